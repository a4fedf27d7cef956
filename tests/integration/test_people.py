"""The administrator lets people in, gives and takes rights, keeps teams and agents; HR looks on."""

import pytest
from flask_security import verify_password
from sqlalchemy import select

from qa_app import audit
from qa_app.models import Agent, AuditEvent, RoleName, Team, User
from qa_app.people import queries, service
from qa_app.people.service import EmailTaken, LastAdministrator, NameTaken, NewUser, PasswordTooShort
from tests.factories.people import create_agent, create_team, create_user

pytestmark = pytest.mark.both_databases


def actions(session) -> list[str]:
    audit.seal_pending(session)
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_the_administrator_lets_a_supervisor_in_with_a_temporary_password(sign_in, session) -> None:
    team = create_team(session, "Hotline")
    admin = sign_in(RoleName.administrator)

    answer = admin.post(
        "/people/new",
        data={
            "name": "Jonas",
            "email": "Jonas@Example.com",
            "roles": ["supervisor"],
            "supervised_teams": [str(team.id)],
        },
    )

    made = session.scalar(select(User).where(User.email == "jonas@example.com"))
    assert made.role_names == {RoleName.supervisor}
    assert [team.name for team in made.supervised_teams] == ["Hotline"]
    shown = answer.text.split('class="secret">')[1].split("<")[0]
    assert verify_password(shown, made.password)


def test_an_address_can_be_let_in_once(sign_in, session) -> None:
    create_user(session, RoleName.hr, email="miriam@example.com")
    admin = sign_in(RoleName.administrator)

    answer = admin.post("/people/new", data={"name": "M", "email": "miriam@example.com", "roles": ["hr"]})

    assert "Somebody already signs in with this address." in answer.text
    assert 'value="miriam@example.com"' in answer.text


def test_an_agent_role_needs_the_agent_whose_figures_are_shown(sign_in, session) -> None:
    admin = sign_in(RoleName.administrator)

    answer = admin.post("/people/new", data={"name": "Wang", "email": "wang@example.com", "roles": ["agent"]})

    assert "An agent sees their own figures: name the employee number." in answer.text


def test_rights_change_from_the_next_page_on(sign_in, session) -> None:
    person = create_user(session, RoleName.inspector, name="Lin")
    admin, inspector = sign_in(RoleName.administrator), sign_in(person)
    assert inspector.get("/audit").status_code == 404

    admin.post(f"/people/{person.id}/edit", data={"name": "Lin", "roles": ["inspector", "administrator"]})

    assert inspector.get("/audit").status_code == 200


def test_the_last_administrator_stays(sign_in, session) -> None:
    admin = sign_in(RoleName.administrator)

    answer = admin.post(f"/people/{admin.user.id}/edit", data={"name": "Ada", "roles": ["hr"]})
    admin.post(f"/people/{admin.user.id}/active", data={"active": "0"})

    assert "Nobody would be left to administer." in answer.text
    assert admin.user.active
    with pytest.raises(LastAdministrator):
        service.set_active(session, admin.user, admin.user, active=False)


def test_who_may_sign_in_no_more_loses_open_sessions(sign_in, session) -> None:
    person = create_user(session, RoleName.hr)
    admin, leaving = sign_in(RoleName.administrator), sign_in(person)
    assert leaving.get("/people").status_code == 200

    admin.post(f"/people/{person.id}/active", data={"active": "0"})

    assert leaving.get("/people").headers["Location"].startswith("/sign-in")


def test_a_lost_second_factor_can_be_removed(sign_in, session) -> None:
    person = create_user(session, RoleName.hr, tf_primary_method="authenticator", tf_totp_secret="sealed")
    admin = sign_in(RoleName.administrator)

    admin.post(f"/people/{person.id}/second-factor")

    assert person.tf_primary_method is None
    assert "user.remove_second_factor" in actions(session)


def test_hr_sees_people_and_changes_none(sign_in, session) -> None:
    person = create_user(session, RoleName.agent, name="Wang")
    hr = sign_in(RoleName.hr)

    seen = hr.get(f"/people/{person.id}")

    assert seen.status_code == 200
    assert "Give a temporary password" not in seen.text
    assert hr.post(f"/people/{person.id}/password").status_code == 404


def test_the_list_finds_by_name_role_team_and_standing(session) -> None:
    hotline, chat = create_team(session, "Hotline"), create_team(session, "Live chat")
    wang = create_agent(session, "王骉", team=hotline, employee_number="1001")
    create_agent(session, "Noise", team=chat)
    lead = create_user(session, RoleName.supervisor, name="Jonas 100%")
    lead.supervised_teams.append(hotline)
    create_user(session, RoleName.hr, name="Miriam")

    def names(**wanted) -> set[str]:
        return {row.name for row in session.execute(queries.people_rows(queries.PeopleFilter(**wanted)))}

    assert names(text="王") == {"王骉"}
    assert names(text="1001") == {"王骉"}
    assert names(text="0%") == {"Jonas 100%"}
    assert names(role=RoleName.supervisor) == {"Jonas 100%"}
    assert names(team_id=hotline.id) == {"王骉", "Jonas 100%"}
    assert names(standing=queries.Standing.no_sign_in) == {"王骉", "Noise"}
    assert wang.user is None
    assert queries.roles_of(session, [lead.id]) == {lead.id: [RoleName.supervisor]}


def test_agents_and_teams_are_kept_in_the_browser(sign_in, session) -> None:
    admin = sign_in(RoleName.administrator)

    admin.post("/teams/new", data={"name": "Shop", "name_zh": "店铺"})
    team = session.scalar(select(Team).where(Team.name == "Shop"))
    admin.post(
        "/agents/new", data={"employee_number": "2001", "name": "䶮", "team": str(team.id), "skills": "mail, chat"}
    )
    agent = session.scalar(select(Agent).where(Agent.employee_number == "2001"))
    admin.post(
        f"/agents/{agent.id}/edit",
        data={"employee_number": "2001", "name": "李䶮", "team": str(team.id), "active_to": "2026-10-31"},
    )

    assert (agent.name, str(agent.active_to), agent.team.name_zh) == ("李䶮", "2026-10-31", "店铺")
    assert actions(session)[-3:] == ["team.create", "agent.create", "agent.change"]
    assert "店铺" in admin.get("/teams", headers={"Accept-Language": "zh-CN"}).text


def test_two_teams_of_one_name_are_refused(sign_in, session) -> None:
    create_team(session, "Shop")
    admin = sign_in(RoleName.administrator)

    answer = admin.post("/teams/new", data={"name": "Shop"})

    assert "Another team has this name." in answer.text
    with pytest.raises(NameTaken):
        service.create_team(session, admin.user, name="Shop")


def test_services_refuse_what_cannot_be(session) -> None:
    service.create_user(session, None, NewUser("a@example.com", "A", [RoleName.hr], "long-enough-password"))

    with pytest.raises(EmailTaken):
        service.create_user(session, None, NewUser("A@example.com ", "A", [RoleName.hr]))
    with pytest.raises(PasswordTooShort):
        service.create_user(session, None, NewUser("b@example.com", "B", [RoleName.hr], "short"))


def test_a_change_that_changes_nothing_leaves_no_trace(session) -> None:
    person = create_user(session, RoleName.hr, name="Miriam")
    same = {"name": "Miriam", "roles": {RoleName.hr}, "agent": None, "supervised_teams": []}

    assert not service.change_user(session, None, person, **same)
    assert service.change_user(session, None, person, **{**same, "name": "Miriam V."})
    assert actions(session) == ["user.change"]
