"""A calibration session that several change at the same moment: it ends once, and nobody scores for nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app.calibration.changing import add_inspector, cancel_session
from qa_app.calibration.errors import AlreadyRevealed, NotRunning
from qa_app.calibration.service import reveal_session
from qa_app.db import db
from qa_app.models import Assignment, AssignmentState, AuditEvent, CalibrationSession, RoleName, User
from tests.factories.calibration import create_calibration
from tests.factories.people import create_user

# The installation on which threads meet is the one of the workers' tests.
from tests.integration.test_notices_workers import WORKERS, at_once, house

__all__ = ["house"]

pytestmark = pytest.mark.both_databases


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
