"""The pages of the room: the queue, the scoring page and what it sends, reading, the lead's lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.db import db
from qa_app.inspections import queries, service
from qa_app.models import (
    Answer,
    AuditEvent,
    Evidence,
    Inspection,
    InspectionState,
    RoleName,
    SurveyResponse,
)
from tests.factories.inspections import (
    answer,
    create_assignment,
    create_lamp_sample,
    create_open_inspection,
    rule_rubric,
    service_rubric,
)
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

GOOD = [
    {"kind": "answer", "code": "greeting", "value": {"level": "yes"}},
    {"kind": "answer", "code": "facts", "value": {"done": ["name", "number"], "missed": [], "excluded": []}},
    {"kind": "answer", "code": "privacy", "value": {"level": "yes"}},
]


def post_save(client: FlaskClient, inspection: Inspection, changes: list, revision: int = 0, token: str = "a"):
    body = {"token": token, "revision": revision, "seconds": 3, "changes": changes}
    return client.post(f"/inspections/{inspection.id}/save", json=body)


@pytest.mark.both_databases
def test_the_queue_shows_drafts_first_then_what_is_due_first(session: Session, sign_in) -> None:
    inspector = create_user(session, RoleName.inspector)
    version = create_published(session, rule_rubric())
    late, soon, draft = (create_lamp_sample(session, inspector, version) for _ in range(3))
    late.due_at, soon.due_at, draft.due_at = (now() + timedelta(days=days) for days in (9, 1, 12))
    opened = service.load_draft(session, service.open_inspection(session, inspector, draft).id)
    service.save_answers(session, inspector, opened, service.Save("t", 0, answers=[answer("greeting", "yes")]))
    create_lamp_sample(session, create_user(session, RoleName.inspector), version)
    session.flush()

    rows = queries.list_queue(session, inspector)

    assert [row.id for row in rows] == [draft.id, soon.id, late.id]
    assert sign_in(inspector).get("/queue").status_code == 200


@pytest.mark.both_databases
def test_todays_goal_spreads_the_work_over_the_days_it_has(session: Session) -> None:
    inspector = create_user(session, RoleName.inspector)
    version = create_published(session, rule_rubric())
    for _ in range(4):
        create_lamp_sample(session, inspector, version).due_at = now() - timedelta(days=1)
    for _ in range(5):
        create_lamp_sample(session, inspector, version)
    session.flush()

    goal = queries.todays_goal(session, inspector)

    assert (goal.done, goal.size) == (0, 5)


def test_a_double_scoring_looks_like_any_other_sample(session: Session, sign_in) -> None:
    inspector, other = create_user(session, RoleName.inspector), create_user(session, RoleName.inspector, name="Olga")
    version = create_published(session, rule_rubric())
    assignment = create_lamp_sample(session, inspector, version)
    assignment.sample.is_double = True
    create_assignment(session, other, version, assignment.sample.conversation, sample=assignment.sample)
    client = sign_in(inspector)

    page = client.post(f"/queue/{assignment.id}", follow_redirects=True).text

    assert "Tobias Renn" in page
    assert "Olga" not in page
    assert "double" not in page.lower()


def test_the_other_half_of_a_double_does_not_exist_for_an_inspector(session: Session, sign_in) -> None:
    _other, inspection = create_open_inspection(session)
    inspector = create_user(session, RoleName.inspector)
    create_assignment(
        session, inspector, inspection.rubric_version, inspection.conversation, sample=inspection.assignment.sample
    )
    client = sign_in(inspector)

    for path in ("", "/view"):
        assert client.get(f"/inspections/{inspection.id}{path}").status_code == 404
    assert post_save(client, inspection, GOOD).status_code == 404


@pytest.mark.both_databases
def test_a_save_answers_with_the_live_score(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)

    reply = post_save(sign_in(inspector), inspection, GOOD).get_json()

    assert (reply["revision"], reply["next"]["code"], reply["share"]) == (1, None, 1.0)
    assert reply["rows"]["greeting"] == {
        "state": "kept",
        "points": "40",
        "evidence_missing": False,
        "unscoreable": False,
        "disputed": False,
        "spoken": "40 of 40",
    }
    assert "100.0" in reply["foot"]


@pytest.mark.both_databases
def test_a_conflict_names_the_other_side_and_keeps_its_answers(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    client = sign_in(inspector)
    post_save(client, inspection, GOOD[:1], token="here")

    reply = post_save(
        client, inspection, [{"kind": "answer", "code": "greeting", "value": {"level": "no"}}], token="there"
    )

    assert reply.status_code == 409
    assert reply.get_json()["why"] == "changed"
    assert "Priya Nandakumar" in reply.get_json()["text"]
    assert reply.get_json()["answers"]["greeting"]["words"] == "Yes"
    assert session.scalar(select(Answer.value).where(Answer.inspection_id == inspection.id)) == {"level": "yes"}


@pytest.mark.both_databases
def test_whoever_lost_the_sample_is_told_why(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)
    client = sign_in(inspector)
    service.reassign(session, lead, inspection.assignment, other, reason="ill")
    session.commit()

    reply = post_save(client, inspection, GOOD)

    assert (reply.status_code, reply.get_json()["why"]) == (409, "handed_over")
    assert client.get(f"/inspections/{inspection.id}").location.endswith("/view")


def test_a_malformed_save_is_refused_and_changes_nothing(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    client = sign_in(inspector)

    wrong = [{"kind": "answer", "code": "greeting", "value": {"level": "perhaps"}}]
    assert post_save(client, inspection, wrong).status_code == 400
    assert client.post(f"/inspections/{inspection.id}/save", json={"hello": 1}).status_code == 400
    assert session.scalar(select(sa.func.count()).select_from(Answer)) == 0


@pytest.mark.both_databases
def test_submitting_opens_the_next_and_offers_to_take_it_back(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    following = create_lamp_sample(session, inspector, inspection.rubric_version)
    client = sign_in(inspector)
    post_save(client, inspection, GOOD)

    url = client.post(f"/inspections/{inspection.id}/submit", json={"revision": 1}).get_json()["url"]
    page = client.get(url).text

    opened = session.scalars(select(Inspection).where(Inspection.assignment_id == following.id)).one()
    assert url == f"/inspections/{opened.id}"
    assert "Undo submit" in page
    client.post(f"/inspections/{inspection.id}/undo")
    session.expire_all()
    assert session.get_one(Inspection, inspection.id).state == InspectionState.draft


@pytest.mark.both_databases
def test_the_last_save_travels_with_the_submission_or_not_at_all(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    client, address = sign_in(inspector), f"/inspections/{inspection.id}/submit"
    part = {"token": "last", "revision": 0, "changes": GOOD[:-1]}

    early = client.post(address, json={"revision": 0, "save": part})
    assert (early.status_code, early.get_json()["why"]) == (409, "missing")
    assert session.scalar(select(sa.func.count()).select_from(Answer)) == 0
    wrong = [{"kind": "answer", "code": "greeting", "value": {"level": "perhaps"}}]
    assert client.post(address, json={"revision": 0, "save": {**part, "changes": wrong}}).status_code == 400
    stale = client.post(address, json={"revision": 0, "save": {**part, "revision": 7}})
    assert (stale.status_code, stale.get_json()["why"]) == (409, "changed")

    reply = client.post(address, json={"revision": 0, "save": {**part, "changes": GOOD}})

    session.expire_all()
    assert reply.get_json()["url"] == "/queue"
    kept = session.get_one(Inspection, inspection.id)
    assert (kept.state, kept.revision) == (InspectionState.submitted, 1)
    assert {row.criterion for row in kept.answers} == {"greeting", "facts", "privacy", "first_response"}


def test_submitting_too_early_names_the_first_missing(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)

    reply = sign_in(inspector).post(f"/inspections/{inspection.id}/submit", json={"revision": 0})

    assert (reply.status_code, reply.get_json()) == (409, {"why": "missing", "code": "greeting", "what": "answer"})


def test_the_customers_rating_is_hidden_until_the_inspection_is_submitted(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    inspection.conversation.surveys.append(
        SurveyResponse(sequence=1, metric="csat", scale="stars", score="1", comment="Never again, honestly")
    )
    client = sign_in(inspector)
    assert "Never again" not in client.get(f"/inspections/{inspection.id}").text
    assert "Never again" not in client.get(f"/inspections/{inspection.id}/view").text
    post_save(client, inspection, GOOD)

    client.post(f"/inspections/{inspection.id}/submit", json={"revision": 1})

    assert "Never again" in client.get(f"/inspections/{inspection.id}/view").text


def test_personal_data_leaves_the_server_only_on_request_and_is_audited(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    client = sign_in(inspector)
    assert "13812345678" not in client.get(f"/inspections/{inspection.id}").text

    hidden = client.post(f"/inspections/{inspection.id}/unmask").get_json()

    assert hidden == {"3": ["13812345678"]}
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "conversation.unmask")).one()
    assert (event.actor_id, event.thing_id) == (inspector.id, str(inspection.conversation_id))


def test_an_agent_reads_their_own_inspection_and_no_other(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    own = create_user(session, RoleName.agent, agent_id=inspection.agent_id)
    colleague = create_user(session, RoleName.agent, agent_id=create_agent(session).id)
    assert sign_in(own).get(f"/inspections/{inspection.id}/view").status_code == 404
    post_save(sign_in(inspector), inspection, GOOD)
    sign_in(inspector).post(f"/inspections/{inspection.id}/submit", json={"revision": 1})

    page = sign_in(own).get(f"/inspections/{inspection.id}/view")

    assert page.status_code == 200
    assert "Priya Nandakumar" not in page.text
    assert sign_in(colleague).get(f"/inspections/{inspection.id}/view").status_code == 404


def test_reading_begins_with_what_was_lost_and_praised(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    changes = [
        {"kind": "answer", "code": "greeting", "value": {"level": "no"}, "reason": "No name was given."},
        *GOOD[1:],
    ]
    places = [
        {"kind": "evidence", "token": "x", "code": "greeting", "place": "span", "turn": 2, "from": 0, "to": 5},
        {"kind": "evidence", "token": "y", "code": "facts", "praise": True, "place": "message", "turn": 10},
    ]
    client = sign_in(inspector)
    post_save(client, inspection, [*changes, *places])
    client.post(f"/inspections/{inspection.id}/submit", json={"revision": 1})

    page = client.get(f"/inspections/{inspection.id}/view").text

    assert page.index("No name was given.") < page.index("All answers")
    assert page.index("I understand it is a present") < page.index("All answers")
    assert session.scalar(select(sa.func.count()).select_from(Evidence)) == 2


def test_an_unusable_sample_needs_a_reason_of_the_list(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    client = sign_in(inspector)

    assert client.post(f"/inspections/{inspection.id}/unusable", data={"reason": "boring"}).status_code == 400
    reply = client.post(f"/inspections/{inspection.id}/unusable", data={"reason": "test"})

    assert reply.location == "/queue"
    assert "It was a targeted check, so nothing takes its place." in client.get("/queue").text
    assert client.get(f"/inspections/{inspection.id}", follow_redirects=True).text.count("replaced") >= 1


def count_queries(session: Session, client: FlaskClient, path: str) -> int:
    """Count the statements one page issues."""
    session.expire_all()
    seen: list[str] = []
    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert client.get(path).status_code == 200
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


def test_pages_issue_a_fixed_number_of_queries(session: Session, sign_in) -> None:
    inspector = create_user(session, RoleName.inspector)
    version = create_published(session, service_rubric())
    first = create_lamp_sample(session, inspector, version)
    service.open_inspection(session, inspector, first)
    client = sign_in(inspector)
    short = count_queries(session, client, "/queue")
    for _ in range(12):
        create_lamp_sample(session, inspector, version)
    session.commit()

    assert count_queries(session, client, "/queue") == short
    assert short <= 14
