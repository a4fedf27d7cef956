"""A list of people comes in by command, as often as one likes."""

import pytest
from sqlalchemy import select

from qa_app.conversations.import_agents import AgentDirectory
from qa_app.models import Agent, AgentIdentity, AuditEvent, RoleName, User
from qa_app.people.import_reading import PersonRow, Problem, match_headings
from qa_app.people.import_words import reason_of, remedy_of
from qa_app.people.importing import import_people
from tests.factories.people import create_team, create_user

pytestmark = pytest.mark.both_databases


def rows(*people: dict[str, str]) -> list[PersonRow]:
    return [PersonRow(line, person) for line, person in enumerate(people, start=2)]


def test_a_row_makes_agent_team_and_user_and_joins_them(session) -> None:
    person = {
        "employee_number": "1001",
        "name": "王骉",
        "team": "Hotline",
        "email": "Wang@example.com",
        "hired_on": "2024年5月1日",
    }

    report = import_people(session, None, rows(person))

    user = session.scalar(select(User).where(User.email == "wang@example.com"))
    assert report.counts == {"agents created": 1, "teams created": 1, "users created": 1}
    assert user.role_names == {RoleName.agent}
    assert (user.agent.name, str(user.agent.hired_on), user.agent.team.name) == ("王骉", "2024-05-01", "Hotline")


def test_the_same_list_again_changes_nothing(session) -> None:
    people = rows({"employee_number": "1001", "team": "Hotline"}, {"email": "lead@example.com", "roles": "QA lead"})
    import_people(session, None, people)

    again = import_people(session, None, people)

    assert again.counts == {"agents unchanged": 1, "users unchanged": 1}


def test_an_empty_cell_leaves_what_is_known(session) -> None:
    import_people(
        session, None, rows({"employee_number": "1001", "name": "Wang", "team": "Hotline", "skills": "chat; mail"})
    )

    report = import_people(session, None, rows({"employee_number": "1001", "name": "Wang Biao", "team": ""}))

    agent = session.scalar(select(Agent))
    assert report.counts == {"agents changed": 1}
    assert (agent.name, agent.team.name, agent.skills) == ("Wang Biao", "Hotline", ["chat", "mail"])


def test_what_sources_call_an_agent_is_noted_and_found_by_an_import(session) -> None:
    people = rows(
        {"employee_number": "1001", "known_as": "helpdesk:7; hotline: Diane"},
        {"employee_number": "7", "known_as": "helpdesk:8"},
    )
    import_people(session, None, people)
    directory = AgentDirectory(session)

    found = [directory.find(*name, None) for name in (("helpdesk", "7"), ("hotline", "Diane"), ("hotline", "7"))]

    numbers = dict(session.execute(select(Agent.id, Agent.employee_number)).all())
    assert [numbers[key] for key in found] == ["1001", "1001", "7"]
    assert import_people(session, None, people).counts == {"agents unchanged": 2}


def test_names_of_sources_are_replaced_by_a_new_list_and_kept_by_an_empty_cell(session) -> None:
    import_people(session, None, rows({"employee_number": "1001", "known_as": "helpdesk:7; hotline:Diane"}))
    import_people(session, None, rows({"employee_number": "1001", "name": "Diane"}))
    kept = {(one.source, one.external_id) for one in session.scalars(select(AgentIdentity))}

    report = import_people(session, None, rows({"employee_number": "1001", "known_as": "helpdesk:7"}))

    assert kept == {("helpdesk", "7"), ("hotline", "Diane")}
    assert report.counts == {"agents changed": 1}
    assert [(one.source, one.external_id) for one in session.scalars(select(AgentIdentity))] == [("helpdesk", "7")]
    session.commit()
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "agent.change").order_by(AuditEvent.id)
    ).all()[-1]
    assert event.data["after"]["known_as"] == ["helpdesk:7"]


def test_one_name_of_a_source_is_one_agent(session) -> None:
    report = import_people(
        session,
        None,
        rows({"employee_number": "1", "known_as": "helpdesk:7"}, {"employee_number": "2", "known_as": "helpdesk:7"}),
    )

    (refusal,) = report.refused
    assert (refusal.line, refusal.field, refusal.problem, refusal.detail) == (3, "known_as", Problem.name_known, "1")
    assert session.scalar(select(Agent).where(Agent.employee_number == "2")) is None


def test_a_supervisor_is_given_teams_by_either_name(session) -> None:
    create_team(session, "Hotline", name_zh="热线")
    person = {"email": "chen@example.com", "roles": "班组长", "supervises": "热线；Shop"}

    import_people(session, None, rows(person))

    user = session.scalar(select(User).where(User.email == "chen@example.com"))
    assert {team.name for team in user.supervised_teams} == {"Hotline", "Shop"}


@pytest.mark.parametrize(
    ("person", "field", "problem"),
    [
        ({"name": "Nobody"}, "employee_number", Problem.nobody_named),
        ({"email": "nobody"}, "email", Problem.not_an_email),
        ({"email": "a@example.com"}, "roles", Problem.no_role),
        ({"email": "a@example.com", "roles": "boss"}, "roles", Problem.no_such_role),
        ({"employee_number": "1", "hired_on": "someday"}, "hired_on", Problem.not_a_date),
        ({"employee_number": "1", "known_as": "Diane"}, "known_as", Problem.no_source),
        ({"email": "a@example.com", "roles": "hr", "known_as": "helpdesk:7"}, "known_as", Problem.no_agent),
        ({"email": "a@example.com", "roles": "hr", "language": "tlh"}, "language", Problem.no_such_language),
        ({"email": "a@example.com", "roles": "hr", "password": "short"}, "password", Problem.password_short),
    ],
)
def test_what_cannot_be_understood_is_named_and_left_out(session, app, person, field, problem) -> None:
    report = import_people(session, None, rows(person, {"employee_number": "2002"}))

    (refusal,) = report.refused
    assert (refusal.line, refusal.field, refusal.problem) == (2, field, problem)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert reason_of(refusal)
        assert "%" not in reason_of(refusal) + remedy_of(refusal)
    assert "short" not in refusal.value
    assert report.counts["agents created"] == 1


def test_two_users_cannot_share_an_agent(session) -> None:
    import_people(session, None, rows({"employee_number": "1001", "email": "wang@example.com"}))

    report = import_people(session, None, rows({"employee_number": "1001", "email": "li@example.com"}))

    assert (report.refused[0].problem, report.refused[0].detail) == (Problem.number_taken, "wang@example.com")


def test_the_last_administrator_keeps_the_role(session) -> None:
    create_user(session, RoleName.administrator, email="ada@example.com")

    report = import_people(session, None, rows({"email": "ada@example.com", "roles": "hr"}))

    assert report.refused[0].problem == Problem.last_administrator


def test_headings_are_matched_in_both_languages() -> None:
    assert match_headings(["工号", "Full_Name ", "E-mail", "Shoe size"]) == {
        0: "employee_number",
        1: "name",
        2: "email",
    }


def test_the_command_reads_gbk_and_counts(session, app, tmp_path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("工号,姓名,班组\n1001,王静,热线\n1002,李敏,热线\n".encode("gbk"))

    result = app.test_cli_runner().invoke(args=["import", "people", str(file)])

    assert result.exit_code == 0, result.output
    assert "agents created: 2" in result.output
    assert session.scalar(select(Agent.name).where(Agent.employee_number == "1001")) == "王静"


def test_the_command_tells_by_its_exit_status(session, app, tmp_path) -> None:
    file = tmp_path / "people.csv"

    def exit_status(text: str) -> int:
        file.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(args=["import", "people", str(file)]).exit_code

    assert exit_status("email,roles\na@example.com,hr\nnobody,hr\n") == 3
    assert exit_status("email,roles\nnobody,hr\n") == 1
    assert exit_status("shoe size\n44\n") == 1
