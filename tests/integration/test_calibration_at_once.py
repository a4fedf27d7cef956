"""A calibration session that several change at the same moment: it ends once, and nobody scores for nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app.calibration.changing import add_inspector, cancel_session, take_out_inspector
from qa_app.calibration.errors import AlreadyRevealed, NotRunning
from qa_app.calibration.service import reveal_session
from qa_app.db import db
from qa_app.inspections.refusals import Closed, TooLate
from qa_app.inspections.service import load_draft, require_open, submit_inspection, undo_submit
from qa_app.models import (
    Assignment,
    AssignmentState,
    AuditEvent,
    CalibrationSession,
    Inspection,
    InspectionState,
    RoleName,
    User,
)
from tests.factories.calibration import create_calibration, save_blind, score_blind
from tests.factories.people import create_user

# The installation on which threads meet is the one of the workers' tests.
from tests.integration.test_notices_workers import WORKERS, at_once, house
from tests.integration.test_undo_at_once import meanwhile

__all__ = ["house"]

pytestmark = pytest.mark.both_databases

LEVELS = {"greeting": "yes", "privacy": "yes"}
ENDED = {
    "cancelled": lambda other, lead, made, _ada: cancel_session(other, lead, made, reason="Ill."),
    "revealed": lambda other, lead, made, _ada: reveal_session(other, lead, made, reason="Enough."),
    "goes on without": take_out_inspector,
}


def test_cancelled_revealed_and_joined_at_once_it_ends_once_and_waits_for_nobody(house: Flask) -> None:
    with house.app_context():
        session = db.session()
        made = create_calibration(session)
        session_id, lead_id = made.session.id, made.lead.id
        dee_id = create_user(session, RoleName.inspector, name="Dee").id
        session.commit()
    deeds = [
        lambda *who: cancel_session(*who, reason="Ill."),
        lambda *who: reveal_session(*who, reason="Enough."),
        lambda *who: cancel_session(*who, reason="Ill again."),
        lambda *who: add_inspector(*who, db.session.get_one(User, dee_id)),
    ]
    assert len(deeds) == WORKERS

    def change() -> int:
        session, deed = db.session(), deeds.pop()
        try:
            deed(session, session.get_one(User, lead_id), session.get_one(CalibrationSession, session_id))
        except (AlreadyRevealed, NotRunning):
            session.rollback()
            return 0
        return 1

    done = sum(at_once(house, change))

    with house.app_context():
        ended = AuditEvent.action.in_(("calibration.cancel", "calibration.reveal"))
        assert db.session.scalar(select(func.count()).select_from(AuditEvent).where(ended)) == 1
        joined = AuditEvent.action == "calibration.add_inspector"
        assert done == 1 + db.session.scalar(select(func.count()).select_from(AuditEvent).where(joined))
        assert AssignmentState.open not in db.session.scalars(select(Assignment.state)).all()


def begin(house: Flask, score) -> tuple[int, int, int, int]:
    """Return the keys of a session, its lead, its first inspector and what that one scored of it."""
    with house.app_context():
        session = db.session()
        made = create_calibration(session, names=("Ada", "Bo", "Cy"))
        scored = score(session, made, made.inspectors[0], 0, LEVELS)
        session.commit()
        return made.session.id, made.lead.id, made.inspectors[0].id, scored.id


@pytest.mark.parametrize("how", ENDED)
def test_what_is_submitted_at_the_moment_in_which_it_ends_is_refused(house: Flask, how: str) -> None:
    session_id, lead_id, ada_id, scored_id = begin(house, save_blind)
    with house.app_context():
        session = db.session()
        draft, ada = load_draft(session, scored_id), session.get_one(User, ada_id)
        require_open(draft)

        def end(other) -> None:
            made = other.get_one(CalibrationSession, session_id)
            ENDED[how](other, other.get_one(User, lead_id), made, other.get_one(User, ada_id))

        meanwhile(house, end)
        with pytest.raises(Closed) as refused:
            submit_inspection(session, ada, draft, revision=draft.revision, confirmed_critical=True)
        session.rollback()

    assert refused.value.why == "revealed"
    with house.app_context():
        kept = db.session.get_one(Inspection, scored_id)
        assert (kept.state, kept.assignment.state) == (InspectionState.draft, AssignmentState.withdrawn)


@pytest.mark.parametrize("how", ["cancelled", "revealed"])
def test_nothing_is_taken_back_at_the_moment_in_which_it_ends(house: Flask, how: str) -> None:
    session_id, _lead_id, ada_id, scored_id = begin(house, score_blind)
    with house.app_context():
        session = db.session()
        scored, ada = load_draft(session, scored_id), session.get_one(User, ada_id)

        def end(other) -> None:
            made = other.get_one(CalibrationSession, session_id)
            # As if the end had not seen this submission: it came in at the same moment.
            if how == "cancelled":
                made.cancelled_at, made.cancel_reason = made.due_at, "Ill."
            else:
                made.revealed_at = made.due_at

        meanwhile(house, end)
        with pytest.raises(TooLate):
            undo_submit(session, ada, scored)
        session.rollback()

    with house.app_context():
        kept = db.session.get_one(Inspection, scored_id)
        assert (kept.state, kept.assignment.state) == (InspectionState.submitted, AssignmentState.done)
