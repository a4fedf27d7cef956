"""The pages of appeals: who sees what, what a form keeps, what a file holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qa_app.appeals import service
from qa_app.appeals.deciding import Verdict
from qa_app.clock import now
from qa_app.models import Appeal, AppealKind, AppealState, Organisation, PointDecision, RoleName
from qa_app.people.appeal_rules import AppealRules
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.people import create_agent, create_team, create_user

ACCEPT = {"decision-greeting": "accepted", "reason-greeting": "There is a hello."}


@pytest.fixture
def scored(session: Session):
    return create_scored(session)


def test_the_agent_files_from_the_inspection(session: Session, sign_in, scored) -> None:
    client, key = sign_in(scored.agent), scored.inspection.id

    view = client.get(f"/inspections/{key}/view").text
    assert f"/appeals/new/{key}?criterion=greeting" in view
    page = client.get(f"/appeals/new/{key}?criterion=greeting").text
    assert 'name="dispute" value="greeting" checked' in page
    answer = client.post(
        f"/appeals/new/{key}",
        data={
            "kind": "disagree",
            "dispute": ["greeting", "first_response"],
            "answer-greeting": "yes",
            "reason-greeting": "I said hello.",
            "place-greeting": ["span:2:0:5", "message:4"],
            "answer-first_response": "na",
            "reason-first_response": "The robot came first.",
        },
    )

    appeal = session.scalars(select(Appeal)).one()
    assert answer.headers["Location"] == f"/appeals/{appeal.id}"
    assert [(one.criterion, len(one.evidence)) for one in appeal.answers] == [("greeting", 2), ("first_response", 0)]
    shown = client.get(f"/appeals/{appeal.id}").text
    assert "I said hello." in shown
    assert "set aside: it does not count" in shown
    assert scored.inspector.name not in shown
    assert "/appeals/new" not in client.get(f"/inspections/{key}/view").text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "disagree"}, "Tick at least one answer"),
        ({"kind": "disagree", "dispute": "greeting", "reason-greeting": "kept words"}, "choose the answer"),
        ({"kind": "disagree", "dispute": "greeting", "answer-greeting": "yes"}, "say why"),
        ({"kind": "wrong_agent", "text": " ", "dispute": "greeting", "reason-greeting": "kept words"}, "Say why"),
        (
            {
                "kind": "disagree",
                "dispute": "greeting",
                "answer-greeting": "yes",
                "reason-greeting": "kept words",
                "place-greeting": ["message:99", "message:2"],
            },
            "not in this conversation",
        ),
    ],
)
def test_a_form_that_is_refused_loses_nothing(session: Session, sign_in, scored, data, said) -> None:
    page = (
        sign_in(scored.agent).post(f"/appeals/new/{scored.inspection.id}", data={"text": "all my words", **data}).text
    )

    assert said in page
    assert ("all my words" in page) == ("text" not in data)
    assert ("kept words" in page) == ("reason-greeting" in data)
    assert ('value="message:2"' in page) == ("place-greeting" in data)
    assert session.scalars(select(Appeal)).all() == []


def test_who_reads_an_appeal_and_who_does_not(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    supervisor = create_user(session, RoleName.supervisor)
    supervisor.supervised_teams.append(scored.inspection.agent.team)
    other = create_user(session, RoleName.supervisor)
    other.supervised_teams.append(create_team(session, "Elsewhere"))
    colleague = create_user(session, RoleName.agent, agent_id=create_agent(session).id)
    hr, inspector = create_user(session, RoleName.hr), scored.inspector
    everybody = {
        "agent": scored.agent, "lead": scored.lead, "supervisor": supervisor, "other": other,
        "colleague": colleague, "hr": hr, "inspector": inspector,
    }  # fmt: skip

    def readers() -> set[str]:
        return {
            name for name, user in everybody.items() if sign_in(user).get(f"/appeals/{appeal.id}").status_code == 200
        }

    assert readers() == {"agent", "lead", "supervisor"}
    service.escalate_appeal(session, scored.lead, appeal, reason="To be sure.")
    assert readers() == {"agent", "lead", "supervisor", "hr"}
    verdict = Verdict(PointDecision.accepted, "There is a hello.")
    service.decide_appeal(session, hr, appeal, {"greeting": verdict})
    assert readers() == {"agent", "lead", "supervisor", "hr", "inspector"}
    # HR reads the quoted evidence only
    assert "Great help in the end" not in sign_in(hr).get(f"/appeals/{appeal.id}").text
    assert "Great help in the end" in sign_in(scored.lead).get(f"/appeals/{appeal.id}").text


def test_the_lead_who_scored_hands_the_appeal_up(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    scored.inspector.roles += scored.lead.roles
    scored.lead.active = False
    session.commit()
    client = sign_in(scored.inspector)

    page = client.get(f"/appeals/{appeal.id}").text
    assert "data-decide" not in page
    assert f'action="/appeals/{appeal.id}/escalate"' not in page
    advice = "Ask the administrator for another QA lead or somebody of HR, then escalate it."
    assert advice in page
    refused = client.post(f"/appeals/{appeal.id}/escalate", data={"reason": "I scored it."}, follow_redirects=True)
    assert refused.text.count(advice) == 2

    create_user(session, RoleName.hr)
    session.commit()
    page = client.get(f"/appeals/{appeal.id}").text
    assert advice not in page
    assert f'action="/appeals/{appeal.id}/escalate"' in page
    client.post(f"/appeals/{appeal.id}/escalate", data={"reason": "I scored it."})

    session.expire_all()
    assert (appeal.state, appeal.escalated_by_id) == (AppealState.escalated, scored.inspector.id)


def test_hr_finds_on_its_home_what_nobody_else_may_decide(session: Session, sign_in, scored) -> None:
    hr = create_user(session, RoleName.hr)
    scored.lead.active = False
    session.flush()
    appeal = create_appeal(session, scored)
    session.commit()

    assert "appeal to decide" in sign_in(hr).get("/").text
    page = sign_in(hr).get(f"/appeals/{appeal.id}").text
    assert "data-decide" in page
    assert "passed it on to HR" in page
    assert "Nobody else may decide it: every QA lead scored this sample or is its agent." in page


def test_the_lead_previews_and_decides(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    client = sign_in(scored.lead)

    preview = client.post(f"/appeals/{appeal.id}/preview", data=ACCEPT).text
    assert "40.0" in preview
    assert "80.0" in preview
    session.expire_all()
    assert scored.inspection.score == 40
    without = client.post(f"/appeals/{appeal.id}/decide", data={"decision-greeting": "rejected"}).text
    assert "say why" in without
    assert 'value="rejected" required checked' in without
    client.post(f"/appeals/{appeal.id}/decide", data=ACCEPT)

    session.expire_all()
    assert (appeal.state, scored.inspection.score) == (AppealState.accepted, 80)
    view = client.get(f"/inspections/{scored.inspection.id}/view").text
    assert "this is revision 1" in view
    old = client.get(f"/inspections/{scored.inspection.id}/view?revision=0").text
    assert "which stood until" in old
    assert '<b class="num">40.0</b>' in old
    session.expire_all()
    assert scored.inspection.score == 80


def test_an_inspector_with_two_roles_cannot_decide_on_the_page(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    scored.inspector.roles += scored.lead.roles
    client = sign_in(scored.inspector)

    page = client.get(f"/appeals/{appeal.id}").text
    assert "does not decide about it" in page
    assert 'name="decision-greeting"' not in page
    client.post(f"/appeals/{appeal.id}/decide", data=ACCEPT)
    session.expire_all()
    assert appeal.state == AppealState.open


def test_the_agent_is_told_once(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    client = sign_in(scored.agent)
    assert ">new<" not in client.get("/appeals/mine").text.replace("</svg>", ">")
    service.decide_appeal(session, scored.lead, appeal, {"greeting": Verdict(PointDecision.rejected, "No.")})
    session.commit()

    assert "new</span>" in client.get("/appeals/mine").text
    client.get(f"/appeals/{appeal.id}")
    assert "new</span>" not in client.get("/appeals/mine").text


def test_withdrawing_and_appealing_again(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    client = sign_in(scored.agent)

    client.post(f"/appeals/{appeal.id}/withdraw")

    session.expire_all()
    assert appeal.state == AppealState.withdrawn
    assert f"/appeals/new/{scored.inspection.id}" in client.get("/appeals/mine").text


def test_the_list_is_filtered_by_its_address_and_exported(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    client = sign_in(scored.lead)
    link = f'href="/appeals/{appeal.id}"'

    for query in ("", "state=waiting", "state=open", "month=2026-10", "criterion=greeting", "kind=disagree"):
        assert link in client.get(f"/appeals?{query}").text, query
    for query in ("state=rejected", "month=2026-09", "criterion=facts", "kind=technical", "only=overdue"):
        assert link not in client.get(f"/appeals?{query}").text, query
    file = client.get("/appeals/export.csv?state=open").text
    assert "Tobias Renn" in file
    assert scored.inspector.name in file
    assert "Tobias Renn" not in client.get("/appeals/export.csv?state=rejected").text


def test_the_ticked_are_handed_over_or_given_more_time(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    appeal.due_at = now() - timedelta(days=1)
    other = create_user(session, RoleName.qa_lead, name="Rosa Lind")
    client = sign_in(scored.lead)
    assert "overdue" in client.get("/appeals?only=overdue").text

    client.post("/appeals/hand-over", data={"chosen": appeal.id, "decider": other.id})
    client.post("/appeals/extend", data={"chosen": appeal.id, "reason": "On leave."})

    session.expire_all()
    assert appeal.decider_id == other.id
    assert appeal.due_at > now()


def test_the_wrong_agent_is_decided_on_the_page(session: Session, sign_in, scored) -> None:
    right = create_agent(session, "Ines Vidal")
    appeal = create_appeal(session, scored, kind=AppealKind.wrong_agent, text="It was Ines.")
    client = sign_in(scored.lead)

    address = f"/appeals/{appeal.id}/decide-agent"
    unknown = client.post(address, data={"decision": "yes", "right_agent": "nobody", "reason": "The log."}).text
    assert "No other agent has this employee number." in unknown
    assert "The log." in unknown
    client.post(address, data={"decision": "yes", "right_agent": right.employee_number, "reason": "The log."})

    session.expire_all()
    assert appeal.state == AppealState.accepted
    agent = sign_in(scored.agent)
    shown = agent.get(f"/appeals/{appeal.id}").text
    assert "counts for nobody" in shown
    assert "Great help in the end" not in shown  # it is a colleague's conversation now
    assert agent.get(f"/inspections/{scored.inspection.id}/view").status_code == 404


def test_siblings_and_figures_have_their_pages(session: Session, sign_in, scored) -> None:
    appeal = create_appeal(session, scored)
    client = sign_in(scored.lead)
    client.post(f"/appeals/{appeal.id}/decide", data=ACCEPT)

    assert "Nothing waits" in client.get("/appeals/rechecks").text
    figures = client.get("/appeals/figures").text
    assert "1 of 1" in figures
    assert "few: 1" in figures
    assert "/appeals?criterion=greeting" in figures
    assert f"/appeals?inspector={scored.inspector.id}" in figures
    assert "Greeting" in client.get("/appeals/figures.csv").text
    assert "No answers were disputed here." in client.get("/appeals/figures?month=2026-01").text


def test_the_administrator_sets_the_days(session: Session, sign_in) -> None:
    client = sign_in(RoleName.administrator)

    assert "from 1 to 60" in client.post("/settings/appeals", data={"window_days": 0, "decision_days": 5}).text
    client.post("/settings/appeals", data={"window_days": 3, "decision_days": 10})

    session.expire_all()
    assert AppealRules.from_settings(session.get_one(Organisation, 1).settings) == AppealRules(3, 10)
    assert 'value="10"' in client.get("/settings").text


def test_lists_issue_as_many_queries_for_many_as_for_one(session: Session, sign_in, scored) -> None:
    create_appeal(session, scored)
    client = sign_in(scored.lead)
    counts = []

    def count_queries() -> int:
        seen: list[str] = []
        session.expire_all()
        connection = session.connection()
        note = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(connection, "before_cursor_execute", note)
        assert client.get("/appeals").status_code == 200
        event.remove(connection, "before_cursor_execute", note)
        return sum(statement.startswith("SELECT") for statement in seen)

    client.get("/appeals")  # the first one also reads what is kept afterwards
    counts.append(count_queries())
    for _ in range(4):
        create_appeal(session, create_scored(session))
    session.commit()
    counts.append(count_queries())

    assert counts[0] == counts[1]
