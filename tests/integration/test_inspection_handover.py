"""Samples that leave an inspector's hands, and what only the lead decides."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa_app.inspections import lead_queries, service
from qa_app.inspections.refusals import Closed, NotAllowed
from qa_app.models import Assignment, AssignmentState, Inspection, RoleName, SampleState, User
from tests.factories.inspections import (
    answer,
    create_assignment,
    create_lamp_sample,
    create_open_inspection,
    rule_rubric,
)
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw, create_month, find_lead

pytestmark = pytest.mark.both_databases

GOOD = (answer("greeting", "yes"), answer("facts", done=["name", "number"]))


def submit(session: Session, inspector: User, assignment: Assignment, *answers: service.AnswerChange) -> Inspection:
    """Score an assignment to the end."""
    inspection = service.load_draft(session, service.open_inspection(session, inspector, assignment).id)
    service.save_answers(session, inspector, inspection, service.Save("all", 0, answers=[*GOOD, *answers]))
    service.submit_inspection(session, inspector, inspection, revision=inspection.revision, confirmed_critical=True)
    session.flush()
    return inspection


def test_a_sample_handed_over_begins_anew_and_the_old_draft_is_closed(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)
    assert inspection.assignment is not None

    taken = service.reassign(session, lead, inspection.assignment, other, reason="ill")

    with pytest.raises(Closed) as caught:
        service.save_answers(session, inspector, inspection, service.Save("t", 0, answers=[GOOD[0]]))
    assert caught.value.why == "handed_over"
    assert service.open_inspection(session, other, taken).id != inspection.id


def test_a_sample_handed_back_is_the_old_draft_again(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)
    assert inspection.assignment is not None
    taken = service.reassign(session, lead, inspection.assignment, other, reason="ill")

    back = service.reassign(session, lead, taken, inspector, reason="well again")

    assert (back.id, back.state) == (inspection.assignment_id, AssignmentState.open)


def test_nobody_inspects_their_own_team_nor_both_halves_of_a_double(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    assignment = inspection.assignment
    assert assignment is not None
    lead = create_user(session, RoleName.qa_lead)
    team = create_team(session, "Chat 1")
    colleague = create_user(session, RoleName.inspector, agent_id=create_agent(session, team=team).id)
    boss = create_user(session, RoleName.inspector, RoleName.supervisor)
    boss.supervised_teams.append(team)
    second = create_user(session, RoleName.inspector, name="Second")
    create_assignment(session, second, inspection.rubric_version, inspection.conversation, sample=assignment.sample)
    session.expire(assignment.sample, ["assignments"])

    for refused in (colleague, boss, second, inspector, lead):
        with pytest.raises(NotAllowed):
            service.reassign(session, lead, assignment, refused, reason="x")


def test_an_unusable_sample_is_replaced_by_the_next_in_the_order(session: Session) -> None:
    create_month(session)
    draw = create_draw(session, reveal=False)
    sample = draw.samples[0]
    assignment = sample.assignments[0]
    inspector = session.get_one(User, assignment.inspector_id)
    inspection = service.load_draft(session, service.open_inspection(session, inspector, assignment).id)

    service.mark_unusable(session, inspector, inspection, reason="empty")

    session.refresh(sample)
    assert sample.state == SampleState.replaced
    assert sample.replaced_by_id is not None
    with pytest.raises(Closed) as caught:
        service.require_open(inspection)
    assert caught.value.why == "replaced"


def test_a_sample_that_was_judged_cannot_be_called_unusable(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    service.save_answers(session, inspector, inspection, service.Save("t", 0, answers=[GOOD[0]]))

    with pytest.raises(service.AnswersExist):
        service.mark_unusable(session, inspector, inspection, reason="empty")


def test_the_lead_sees_and_settles_a_disagreement_on_critical(session: Session) -> None:
    version = create_published(session, rule_rubric())
    first, second = (create_user(session, RoleName.inspector, name=name) for name in ("First", "Second"))
    assignment = create_lamp_sample(session, first, version)
    other = create_assignment(session, second, version, assignment.sample.conversation, sample=assignment.sample)
    session.expire(assignment.sample, ["assignments"])
    submit(session, first, assignment, answer("privacy", "no"))
    assert assignment.sample.state == SampleState.assigned
    submit(session, second, other, answer("privacy", "yes"))
    assert assignment.sample.state == SampleState.inspected

    (row,) = lead_queries.list_disagreements(session)
    assert (row.first_critical, row.second_critical) == (True, False)
    service.decide_critical(session, find_lead(session), assignment.sample, is_critical=False, reason="No data given.")
    session.flush()

    assert lead_queries.list_disagreements(session) == []
    assert assignment.sample.ruling is not None
    assert assignment.sample.ruling["is_critical"] is False


def test_a_disputed_measurement_set_aside_gives_a_new_score(session: Session) -> None:
    inspector = create_user(session, RoleName.inspector)
    version = create_published(session, rule_rubric())
    assignment = create_lamp_sample(session, inspector, version)
    inspection = service.load_draft(session, service.open_inspection(session, inspector, assignment).id)
    inspection.facts = {**inspection.facts, "first_response_seconds": 90}
    disputed = answer("first_response", disputed=True, reason="The robot answered before.")
    service.save_answers(
        session, inspector, inspection, service.Save("t", 0, answers=[*GOOD, answer("privacy", "yes"), disputed])
    )
    service.submit_inspection(session, inspector, inspection, revision=1)
    assert inspection.score == pytest.approx(80.0)
    assert len(lead_queries.list_disputes(session)) == 1

    service.rule_measurement(
        session, find_lead(session), inspection, "first_response", stands=False, reason="Seen in the log."
    )
    session.flush()

    assert inspection.score == pytest.approx(100.0)
    assert lead_queries.list_disputes(session) == []


def test_the_lead_replaces_what_cannot_be_scored_or_says_how(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    inspection.facts = {**inspection.facts, "first_response_seconds": None}
    nothing = [answer(code, na=True) for code in ("greeting", "facts", "privacy")]
    service.save_answers(session, inspector, inspection, service.Save("t", 0, answers=nothing))
    service.refer_to_lead(session, inspector, inspection, why="not_scoreable")
    session.flush()
    (row,) = lead_queries.list_referred(session)
    assert row.inspection_id == inspection.id
    assert inspection.assignment is not None

    service.instruct(session, find_lead(session), inspection.assignment, instruction="Score the greeting.")
    session.flush()

    service.require_open(inspection)
    assert lead_queries.list_referred(session) == []


def test_the_page_says_the_odds_and_leads_to_the_draw(session: Session, sign_in) -> None:
    create_month(session)
    draw = create_draw(session, reveal=False)
    assignment = draw.samples[0].assignments[0]
    client = sign_in(session.get_one(User, assignment.inspector_id))

    page = client.post(f"/queue/{assignment.id}", follow_redirects=True).text

    assert "Drawn at random, 5 of 9" in page
    assert f'href="/draws/{draw.id}"' in page
