"""Scoring one sample: what is saved, what is missing, what is fixed when it is submitted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.inspections import closing, service
from qa_app.inspections.answers import AnswerRefused
from qa_app.inspections.content import read_content
from qa_app.inspections.refusals import (
    Changed,
    Closed,
    CriticalUnconfirmed,
    Incomplete,
    NotScoreable,
    PlaceRefused,
    TooLate,
)
from qa_app.models import AssignmentState, AuditEvent, Inspection, InspectionState, Message, SampleState
from tests.factories.inspections import answer, create_open_inspection

pytestmark = pytest.mark.both_databases

ALL_GOOD = (answer("greeting", "yes"), answer("facts", done=["name", "number"]), answer("privacy", "yes"))


def save(session: Session, actor, inspection: Inspection, *changes, token: str = "", **more: object) -> dict[str, int]:
    """Send one save on the revision the inspection has."""
    given = service.Save(
        token=token or f"save-{inspection.revision}", revision=inspection.revision, answers=changes, **more
    )
    tokens = service.save_answers(session, actor, inspection, given)
    session.flush()
    return tokens


def span(turn: int, start: int, end: int) -> service.Place:
    return service.Place("span", turn, start, end)


def fault(code: str, place: service.Place, *, praise: bool = False) -> service.EvidenceChange:
    return service.EvidenceChange("new-1", code, praise, place)


def test_every_save_counts_the_revision_and_keeps_the_answer(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)

    save(session, inspector, inspection, answer("greeting", "no", reason="Said nothing."), seconds=12)

    session.expire_all()
    kept = service.load_draft(session, inspection.id)
    assert (kept.revision, kept.seconds_spent) == (1, 12)
    assert [(row.criterion, row.value, row.reason) for row in kept.answers] == [
        ("greeting", {"level": "no"}, "Said nothing.")
    ]


def test_a_save_on_an_older_revision_is_refused_and_changes_nothing(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, answer("greeting", "yes"))

    with pytest.raises(Changed):
        service.save_answers(
            session, inspector, inspection, service.Save("other tab", 0, answers=[answer("greeting", "no")])
        )

    assert inspection.answers[0].value == {"level": "yes"}


def test_a_save_sent_again_because_its_reply_was_lost_is_taken_once(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    again = service.Save("same", 0, answers=[answer("greeting", "yes")], added=[fault("greeting", span(2, 0, 5))])
    service.save_answers(session, inspector, inspection, again)

    service.save_answers(session, inspector, inspection, again)

    assert (inspection.revision, len(inspection.evidence)) == (1, 1)


def test_an_answer_the_rubric_does_not_offer_is_refused(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)

    for change in (answer("greeting", "perhaps"), answer("facts", done=["name", "name"]), answer("facts", done=["x"])):
        with pytest.raises(AnswerRefused):
            save(session, inspector, inspection, change, token=str(change.value))


def test_evidence_quotes_the_masked_words_of_the_kept_copy(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    masked = read_content(inspection).masked_turn(3)
    assert masked is not None
    start = masked.index("my phone")

    save(session, inspector, inspection, added=[fault("greeting", span(3, start, start + 16))])

    assert inspection.evidence[0].quote == "my phone is ••••"


def test_evidence_beyond_the_text_is_refused(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)

    for place in (span(99, 0, 3), span(2, 0, 9999), span(2, 5, 5), service.Place("range", start_seconds=3)):
        with pytest.raises(PlaceRefused):
            save(session, inspector, inspection, added=[fault("greeting", place)], token=str(place))


def test_an_inspection_keeps_the_text_it_was_made_on(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    digest = inspection.content_digest

    message = session.get_one(Message, (inspection.conversation_id, 2))
    message.text = "Corrected by a later import"
    session.flush()
    save(session, inspector, inspection, added=[fault("greeting", span(2, 0, 5))])

    assert inspection.evidence[0].quote == "Hello"
    assert inspection.content_digest == digest


def test_what_is_missing_is_named_in_the_order_of_the_rubric(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, answer("facts", done=["name"]), answer("privacy", "yes"))

    with pytest.raises(Incomplete) as caught:
        service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    assert (caught.value.criterion, caught.value.what) == ("greeting", "answer")


def test_a_half_answered_checklist_is_still_open(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)

    save(session, inspector, inspection, answer("facts", done=["name"], missed=[], excluded=[]))

    missing = closing.find_missing(inspection, service.score_of(inspection))
    assert ("facts", "answer") in [(one.criterion, one.what) for one in missing]


def test_points_cannot_be_taken_without_the_place_where_it_is_required(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD[1:], answer("greeting", "no"))

    with pytest.raises(Incomplete) as caught:
        service.submit_inspection(session, inspector, inspection, revision=inspection.revision)
    assert (caught.value.criterion, caught.value.what) == ("greeting", "evidence")
    save(session, inspector, inspection, added=[fault("greeting", span(2, 0, 5), praise=True)])
    with pytest.raises(Incomplete):
        service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    save(session, inspector, inspection, added=[fault("greeting", span(2, 0, 5))])
    score = service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    assert score.quality == pytest.approx(60.0)


def test_a_disputed_measurement_needs_its_reason(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD, answer("first_response", disputed=True))

    with pytest.raises(Incomplete) as caught:
        service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    assert (caught.value.criterion, caught.value.what) == ("first_response", "reason")


def test_a_critical_error_is_asked_for_once_and_scores_zero(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD[:2], answer("privacy", "no"))

    with pytest.raises(CriticalUnconfirmed) as caught:
        service.submit_inspection(session, inspector, inspection, revision=inspection.revision)
    assert caught.value.criteria == ("privacy",)
    service.submit_inspection(session, inspector, inspection, revision=inspection.revision, confirmed_critical=True)

    assert (inspection.score, inspection.quality, inspection.critical_classes) == (0.0, 100.0, ["compliance"])


def test_submitting_fixes_points_closes_the_assignment_and_is_audited(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD[:1], answer("facts", done=["name"], missed=["number"]), ALL_GOOD[2])

    service.submit_inspection(session, inspector, inspection, revision=inspection.revision, seconds=30)
    session.commit()

    points = {row.criterion: (row.points, row.lost_points) for row in inspection.answers}
    assert points == {
        "greeting": (40.0, 0.0),
        "facts": (20.0, 20.0),
        "privacy": (0.0, 0.0),
        "first_response": (20.0, 0.0),
    }
    assert inspection.quality == pytest.approx(80.0)
    assert inspection.assignment is not None
    assert (inspection.assignment.state, inspection.assignment.sample.state) == (
        AssignmentState.done,
        SampleState.inspected,
    )
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-2:] == ["inspection.save", "inspection.submit"]


def test_measured_figures_are_kept_with_the_answers(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD)

    service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    measured = {row.criterion: row.value for row in inspection.answers}["first_response"]
    assert measured == {"measured": 23.0}


def test_nothing_with_weight_goes_to_the_lead(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    inspection.facts = {**inspection.facts, "first_response_seconds": None}
    save(session, inspector, inspection, *(answer(code, na=True) for code in ("greeting", "facts", "privacy")))

    with pytest.raises(NotScoreable):
        service.submit_inspection(session, inspector, inspection, revision=inspection.revision)
    service.refer_to_lead(session, inspector, inspection, why="not_scoreable")

    with pytest.raises(Closed) as caught:
        save(session, inspector, inspection, answer("greeting", "yes"))
    assert caught.value.why == "with_lead"


def test_a_submission_can_be_taken_back_for_ten_minutes(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD)
    service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    service.undo_submit(session, inspector, inspection)

    assert (inspection.state, inspection.score) == (InspectionState.draft, None)
    assert inspection.assignment is not None
    assert inspection.assignment.state == AssignmentState.open
    assert {row.criterion: row.value for row in inspection.answers}["greeting"] == {"level": "yes"}


def test_after_ten_minutes_a_submission_stays(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD)
    service.submit_inspection(session, inspector, inspection, revision=inspection.revision)
    assert inspection.submitted_at is not None
    inspection.submitted_at -= timedelta(minutes=11)

    with pytest.raises(TooLate):
        service.undo_submit(session, inspector, inspection)


def test_an_inspection_is_final_after_five_working_days(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD)
    service.submit_inspection(session, inspector, inspection, revision=inspection.revision)
    assert inspection.submitted_at is not None
    assert service.close_windows(session) == 0

    inspection.submitted_at -= timedelta(days=9)

    assert (service.close_windows(session), inspection.state) == (1, InspectionState.final)


def test_a_submitted_inspection_takes_no_more_answers(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD)
    service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    with pytest.raises(Closed) as caught:
        save(session, inspector, inspection, answer("greeting", "no"))

    assert caught.value.why == "submitted"


def test_opening_twice_gives_the_same_inspection(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    assert inspection.assignment is not None

    again = service.open_inspection(session, inspector, inspection.assignment)

    assert again.id == inspection.id


def test_not_scoreable_as_written_needs_its_reason_and_leaves_the_rest_alone(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    save(session, inspector, inspection, *ALL_GOOD)
    save(session, inspector, inspection, answer("privacy", unscoreable=True, reason="  "))

    assert [(one.criterion, one.what) for one in closing.find_missing(inspection, service.score_of(inspection))] == [
        ("privacy", "reason")
    ]
    with pytest.raises(Incomplete):
        service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    save(session, inspector, inspection, answer("privacy", unscoreable=True, reason="It asks two things at once."))
    score = service.submit_inspection(session, inspector, inspection, revision=inspection.revision)

    row = next(one for one in inspection.answers if one.criterion == "privacy")
    assert (row.value, row.points, row.lost_points) == ({"unscoreable": True}, None, None)
    assert (score.quality, score.is_critical) == (100.0, False)
