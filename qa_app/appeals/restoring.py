"""Taking back what was just done to appeals: who decides them, and by when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.appeals.errors import AlreadySettled, NotYours
from qa_app.appeals.notices import take_back_decider
from qa_app.models import Appeal, User

__all__ = ["restore_decider", "restore_due_date"]


def restore_decider(session: Session, actor: User, appeal: Appeal, *, given: int, before: int | None) -> None:
    """Give an appeal back to who had it, unless it is settled or with somebody else since."""
    if not appeal.is_open:
        raise AlreadySettled
    if appeal.decider_id != given:
        raise NotYours
    appeal.decider_id = before
    session.flush()
    audit.record(session, actor, action="appeal.take", thing=appeal, before=given, after=before)
    take_back_decider(session, appeal, given=given, before=before)


def restore_due_date(session: Session, actor: User, appeal: Appeal, *, given: datetime, before: datetime) -> None:
    """Set the day an appeal was due before, unless it is settled or was set anew since."""
    if not appeal.is_open:
        raise AlreadySettled
    if appeal.due_at != given:
        raise NotYours
    appeal.due_at = before
    session.flush()
    audit.record(session, actor, action="appeal.set_due", thing=appeal, before=given, after=before)
