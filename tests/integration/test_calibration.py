"""Calibration sessions: blind until revealed, outside of every figure, ruled on, written into the next version."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from qa_app import access
from qa_app.assessment import service as months
from qa_app.calibration import service, session_queries
from qa_app.calibration.errors import AlreadyRevealed, NothingToWrite, NotMember, NotRevealed, StillMissing
from qa_app.calibration.period import half_year_until
from qa_app.calibration.queries import list_scorings
from qa_app.calibration.revealed import make_boxes
from qa_app.calibration.wording_page import make_wording_page
from qa_app.clock import now
from qa_app.conversations.planning import PLANNING_MINUTES, read_planning
from qa_app.inspections import closing, lead_queries
from qa_app.inspections import queries as inspection_queries
from qa_app.inspections.answers import AnswerRefused
from qa_app.inspections.refusals import Closed, NotAllowed, TooLate
from qa_app.inspections.service import load_draft, mark_unusable, open_inspection, require_open, undo_submit
from qa_app.models import (
    Assignment,
    AuditEvent,
    Conversation,
    Inspection,
    InspectionState,
    PeriodRevision,
    RevisionInput,
    RoleName,
    VersionState,
)
from qa_app.rubrics.guiding import TO_TRANSLATE
from qa_app.rubrics.queries import count_inspections, criterion_uses, draft_of, load_definition
from qa_app.rubrics.service import discard_draft
from qa_app.sampling.service import ReplacementRefused, replace_sample
from scoring.rubric import Text
from tests.factories.calibration import Calibrated, create_calibration, score_blind
from tests.factories.inspections import answer, rule_rubric
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases

YES = {"greeting": "yes", "privacy": "yes"}
NO = {"greeting": "no", "privacy": "yes"}


@pytest.fixture
def made(session: Session) -> Calibrated:
    return create_calibration(session)


@pytest.fixture
def scored(session: Session, made: Calibrated) -> Calibrated:
    """Both have scored both; of the first conversation they differ on the greeting."""
    ada, bo = made.inspectors
    score_blind(session, made, ada, 0, YES)
    score_blind(session, made, bo, 0, NO)
    score_blind(session, made, ada, 1, YES)
    score_blind(session, made, bo, 1, YES)
    return made


@pytest.fixture
def revealed(session: Session, scored: Calibrated) -> Calibrated:
    service.reveal_session(session, scored.lead, scored.session)
    return scored


def test_it_waits_for_its_inspectors_and_stands_in_no_queue(session: Session, made: Calibrated) -> None:
    ada = made.inspectors[0]

    assert session_queries.count_waiting(session, ada) == 1
    assert inspection_queries.count_queue(session, ada) == 0
    assert inspection_queries.find_next(session, ada) is None
    goal = inspection_queries.todays_goal(session, ada)
    assert (goal.done, goal.size) == (0, 0)
    assert session.execute(lead_queries.select_open_assignments(lead_queries.WorkFilter())).all() == []
    assert lead_queries.workload(session) == []


def test_what_was_scored_enters_no_figure_and_no_list(session: Session, revealed: Calibrated) -> None:
    lead, ada = revealed.lead, revealed.inspectors[0]
    rows = session.scalars(sa.select(Inspection)).all()

    assert len(rows) == 4
    assert {(row.purpose, row.is_random, row.agent_id) for row in rows} == {("calibration", False, None)}
    assert lead_queries.list_disagreements(session) == []
    assert lead_queries.count_decisions(session) == 0
    everything = inspection_queries.select_inspections(lead, inspection_queries.InspectionFilter(), None, None)
    assert session.execute(everything).all() == []
    mine = inspection_queries.select_inspections(ada, inspection_queries.InspectionFilter(), None, None)
    assert session.execute(mine).all() == []
    assert count_inspections(session, revealed.version) == 0
    assert criterion_uses(session, revealed.version.rubric) == []
    assert read_planning(session).minutes == PLANNING_MINUTES


def test_the_next_sample_is_of_the_same_session(session: Session, made: Calibrated) -> None:
    ada = made.inspectors[0]
    first = session_queries.find_next_open(session, ada, made.session.id)
    assert first is not None

    following = inspection_queries.find_next(session, ada, after=first)
    assert following is None or following.id != first.id
    score_blind(session, made, ada, 0, YES)
    following = inspection_queries.find_next(session, ada, after=first)
    assert following is not None
    assert following.sample_id == made.samples[1]


def test_nobody_sees_the_others_before_the_reveal(session: Session, scored: Calibrated) -> None:
    ada, bo = scored.inspectors
    visible = {
        user.name: set(session.scalars(sa.select(Inspection.inspector_id).where(access.visible_inspections(user))))
        for user in (ada, bo, scored.lead)
    }

    assert visible == {"Ada": {ada.id}, "Bo": {bo.id}, "Shen Yinuo": set()}
    service.reveal_session(session, scored.lead, scored.session)
    seen = set(session.scalars(sa.select(Inspection.inspector_id).where(access.visible_inspections(scored.lead))))
    assert seen == {ada.id, bo.id}


def test_revealing_without_somebody_takes_a_reason_that_stays(session: Session, made: Calibrated) -> None:
    ada, bo = made.inspectors
    score_blind(session, made, ada, 0, YES)
    score_blind(session, made, ada, 1, YES)

    with pytest.raises(StillMissing) as refused:
        service.reveal_session(session, made.lead, made.session, reason="  ")
    assert refused.value.names == {bo.id: "Bo"}

    assignment = session.scalars(sa.select(Assignment).where(Assignment.inspector_id == bo.id)).first()
    assert assignment is not None
    draft = open_inspection(session, bo, assignment)
    service.reveal_session(session, made.lead, made.session, reason="Bo is ill")

    assert made.session.reveal_reason == "Bo is ill"
    with pytest.raises(Closed) as closed:
        require_open(load_draft(session, draft.id))
    assert closed.value.why == "revealed"
    with pytest.raises(AlreadyRevealed):
        service.reveal_session(session, made.lead, made.session, reason="again")
    session.commit()
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "calibration.reveal")).one()
    assert event.data["missing"] == [bo.id]


def test_after_the_reveal_nothing_is_taken_back(session: Session, revealed: Calibrated) -> None:
    inspection = session.scalars(sa.select(Inspection)).first()
    assert inspection is not None

    assert inspection.state == InspectionState.final
    with pytest.raises(TooLate):
        undo_submit(session, revealed.inspectors[0], inspection)


def test_appeal_windows_leave_it_alone(session: Session, scored: Calibrated) -> None:
    for row in session.scalars(sa.select(Inspection)):
        row.submitted_at = row.started_at.replace(year=2020)
    session.flush()

    assert closing.close_windows(session) == 0


def test_it_can_neither_be_replaced_nor_called_unusable(session: Session, made: Calibrated) -> None:
    ada = made.inspectors[0]
    assignment = session_queries.find_next_open(session, ada, made.session.id)
    assert assignment is not None
    inspection = open_inspection(session, ada, assignment)

    with pytest.raises(NotAllowed):
        mark_unusable(session, ada, inspection, reason="empty")
    with pytest.raises(ReplacementRefused):
        replace_sample(session, made.lead, assignment.sample, reason="not_scoreable")


def test_differences_come_first_with_evidence_and_reasons(app: Flask, session: Session, revealed: Calibrated) -> None:
    with app.test_request_context():
        boxes = make_boxes(revealed.session, session_queries.list_scored(session, revealed.samples), "en")

    assert [[box.code for box in one.differing] for one in boxes] == [["greeting"], []]
    sides = boxes[0].differing[0].sides
    assert [(side.inspector, side.words, side.loses) for side in sides] == [("Ada", "Yes", False), ("Bo", "No", True)]
    assert sides[1].quotes
    assert {box.reference for box in boxes[1].alike if box.code == "greeting"} == {"Yes"}


def test_notes_and_rulings_wait_for_the_reveal_and_its_people(session: Session, scored: Calibrated) -> None:
    ada, _ = scored.inspectors
    place = {"sample_id": scored.samples[0], "criterion": "greeting"}
    with pytest.raises(NotRevealed):
        service.write_note(session, ada, scored.session, **place, text="early")

    service.reveal_session(session, scored.lead, scored.session)
    stranger = create_user(session, RoleName.inspector, name="Cy")
    with pytest.raises(NotMember):
        service.write_note(session, stranger, scored.session, **place, text="from outside")
    with pytest.raises(AnswerRefused):
        service.write_note(session, ada, scored.session, sample_id=scored.samples[0], criterion="nothing", text="x")
    service.write_note(session, ada, scored.session, **place, text="The name alone is a greeting.")

    assert [note.text for note in scored.session.notes] == ["The name alone is a greeting."]


def rule(session: Session, made: Calibrated, level: str, text: Text) -> None:
    service.rule_on(
        session,
        made.lead,
        made.session,
        sample_id=made.samples[0],
        criterion="greeting",
        reference={"level": level},
        text=text,
    )


def test_a_ruling_goes_into_the_next_version_once(session: Session, revealed: Calibrated) -> None:
    rule(session, revealed, "yes", Text(en="A name is a greeting."))
    draft = service.write_into_guidance(session, revealed.lead, revealed.session)

    assert (draft.state, draft.number) == (VersionState.draft, revealed.version.number + 1)
    guidance = load_definition(draft).criterion("greeting").guidance.text
    assert guidance.en.endswith("November: A name is a greeting.")
    assert guidance.zh.endswith(f"{TO_TRANSLATE.zh}{guidance.en.splitlines()[-1]}")
    assert "A name is a greeting." not in load_definition(revealed.version).criterion("greeting").guidance.text.en
    with pytest.raises(NothingToWrite):
        service.write_into_guidance(session, revealed.lead, revealed.session)

    # Changed words wait again, and go into the draft that is there.
    rule(session, revealed, "yes", Text(en="A name is enough.", zh="报名字即可。"))
    again = service.write_into_guidance(session, revealed.lead, revealed.session)
    assert again.id == draft.id
    assert load_definition(again).criterion("greeting").guidance.text.zh.endswith("报名字即可。")


def test_a_ruling_of_a_discarded_draft_waits_again(session: Session, revealed: Calibrated) -> None:
    rule(session, revealed, "no", Text(en="A name is no greeting."))
    draft = service.write_into_guidance(session, revealed.lead, revealed.session)
    discard_draft(session, revealed.lead, draft)
    session.expire_all()

    assert len(service.find_unwritten(revealed.session)) == 1
    service.write_into_guidance(session, revealed.lead, revealed.session)
    assert draft_of(revealed.version.rubric) is not None


def test_not_scoreable_is_collected_per_criterion(session: Session, made: Calibrated) -> None:
    ada, bo = made.inspectors
    said = answer("greeting", unscoreable=True, reason="Two things in one question.")
    score_blind(session, made, ada, 0, {"privacy": "yes"}, more=[said])
    score_blind(session, made, ada, 1, YES)

    page = make_wording_page(session, now(), ZoneInfo("UTC"), "en")
    assert page.lines == ()  # blind until revealed
    service.reveal_session(session, made.lead, made.session, reason=f"without {bo.name}")
    page = make_wording_page(session, now(), ZoneInfo("UTC"), "en")
    assert [(line.code, line.count, line.inspectors) for line in page.lines] == [("greeting", 1, 1)]
    assert page.lines[0].reasons[0].reason == "Two things in one question."


def test_pages_of_a_session(session: Session, scored: Calibrated, sign_in) -> None:
    ada, bo = scored.inspectors
    stranger, lead = sign_in(RoleName.inspector, name="Cy"), sign_in(scored.lead)
    ours, agent = sign_in(ada), sign_in(RoleName.agent)
    number, address = scored.session.id, f"/calibration/{scored.session.id}"
    theirs = session.scalars(sa.select(Inspection.id).where(Inspection.inspector_id == bo.id)).first()

    assert agent.get("/calibration").status_code == 404
    assert agent.get(address).status_code == 404
    assert stranger.get(address).status_code == 404
    before = ours.get(address)
    assert before.status_code == 200
    assert "Bo" not in before.text
    for closed in (f"/inspections/{theirs}", f"/inspections/{theirs}/view"):
        assert ours.get(closed).status_code == 404
    assert lead.get(f"/inspections/{theirs}/view").status_code == 404
    assert ours.post(f"{address}/reveal", data={"reason": "x"}).status_code == 404

    assert lead.post(f"{address}/reveal").status_code == 303
    after = ours.get(address)
    assert "Bo" in after.text
    assert "Answered differently: 1 criterion" in after.text
    assert lead.get(f"/inspections/{theirs}/view").status_code == 200
    assert lead.get("/calibration").text.count(f'href="/calibration/{number}"') == 1


def test_a_session_is_made_on_its_page(session: Session, made: Calibrated, sign_in) -> None:
    lead = sign_in(made.lead)
    conversation = session.scalars(sa.select(Conversation)).first()
    assert conversation is not None
    form = {
        "rubric": made.version.id,
        "name": "December",
        "due_on": "2099-01-01",
        "inspectors": [user.id for user in made.inspectors],
        "numbers": "no-such",
    }

    refused = lead.post("/calibration/new", data=form)
    assert "No conversation of this rubric’s channels has the number no-such." in refused.text
    taken = lead.post("/calibration/new", data={**form, "numbers": conversation.external_id})
    assert taken.status_code == 303
    assert "December" in lead.get("/calibration").text
    assert "of the calibration “December” to score" in words_of(sign_in(made.inspectors[0]).get("/").text)
    alone = lead.post("/calibration/new", data={**form, "inspectors": [made.inspectors[0].id]})
    assert "Choose at least two inspectors." in alone.text


def inputs_of(session: Session, revision: PeriodRevision) -> dict[str, str]:
    """What a month is computed from, by part; the period itself counts its revisions."""
    parts = session.scalars(sa.select(RevisionInput).where(RevisionInput.revision_id == revision.id))
    return {one.part: one.digest for one in parts if one.part != "period"}


def test_a_month_is_the_same_with_a_session_in_it(session: Session) -> None:
    create_month(session, agents=3)
    before = months.compute_month(session, None, MONTH)
    span = half_year_until(now(), ZoneInfo("UTC"))
    figures = (inputs_of(session, before), list_scorings(session, span))

    lead = create_user(session, RoleName.qa_lead, name="Shen Yinuo")
    inspectors = [create_user(session, RoleName.inspector, name=name) for name in ("Cy", "Di")]
    version = create_published(session, rule_rubric())
    picks = [service.Pick(one, "random") for one in session.scalars(sa.select(Conversation).limit(2))]
    new = service.NewSession("October", version, inspectors, picks, now())
    calibration = service.make_session(session, lead, new)
    made = Calibrated(calibration, lead, inspectors, version)
    for inspector in inspectors:
        for place in range(2):
            score_blind(session, made, inspector, place, YES)
    service.reveal_session(session, lead, calibration)

    after = months.compute_month(session, None, MONTH, reason="once more")
    assert len(figures[0]) > 5
    assert (inputs_of(session, after), list_scorings(session, span)) == figures


def words_of(html: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
