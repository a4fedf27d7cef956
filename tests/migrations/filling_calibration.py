"""A calibration session for the migrations to carry up and down."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    CalibrationConversation,
    CalibrationMember,
    CalibrationNote,
    CalibrationRuling,
    CalibrationSession,
    Conversation,
    Inspection,
    RubricVersion,
    Sample,
    SamplePurpose,
    User,
)

__all__ = ["fill_calibration"]


def fill_calibration(session: Session, user: User, conversation: Conversation) -> None:
    """Write one session with a scored conversation, a note and a ruling."""
    version = session.scalars(sa.select(RubricVersion)).first()
    assert version is not None
    sample = Sample(
        conversation=conversation,
        rubric_version_id=version.id,
        weight=0.0,
        purpose=SamplePurpose.calibration,
        created_at=now(),
    )
    session.add(sample)
    session.flush()
    made = CalibrationSession(name="十一月校准", rubric_version_id=version.id, due_at=now(), created_at=now())
    made.members = [CalibrationMember(user_id=user.id)]
    made.conversations = [CalibrationConversation(sample_id=sample.id, position=1, why="disagreed")]
    made.notes = [
        CalibrationNote(sample_id=sample.id, criterion="greeting", author_id=user.id, text="算问候", written_at=now())
    ]
    made.rulings = [
        CalibrationRuling(
            sample_id=sample.id, criterion="greeting", reference={"level": "yes"}, text_zh="算", ruled_at=now()
        )
    ]
    scored = Inspection(
        sample_id=sample.id,
        conversation_id=conversation.id,
        inspector_id=user.id,
        rubric_version_id=version.id,
        is_random=False,
        purpose=SamplePurpose.calibration,
        started_at=now(),
    )
    cancelled = CalibrationSession(
        name="Cancelled", rubric_version_id=version.id, due_at=now(), created_at=now(), cancelled_at=now(),
        cancel_reason="Everybody is ill.",
    )  # fmt: skip
    session.add_all([made, scored, cancelled])
    session.flush()
