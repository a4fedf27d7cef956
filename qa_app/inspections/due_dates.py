"""Other due dates for samples in inspectors' hands."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.inspections.refusals import Closed, NotLater
from qa_app.models import Assignment, AssignmentState, User
from qa_app.people.organisation import working_calendar

__all__ = ["end_of_day", "extend_due_date", "restore_due_date"]


def end_of_day(session: Session, day: date) -> datetime:
    """The last second of a day where the organisation is: what is due on it may be done until then."""
    zone = working_calendar(session).zone
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)


def extend_due_date(session: Session, actor: User, assignment: Assignment, due_at: datetime, *, reason: str) -> None:
    """Give an inspector more time for one sample, and say why.

    Raises
    ------
    Closed
        If it is no longer open.
    NotLater
        If it is due then or later already.
    """
    _require_open(assignment)
    if assignment.due_at is not None and due_at <= assignment.due_at:
        raise NotLater
    _set(session, actor, assignment, due_at, reason)


def restore_due_date(
    session: Session, actor: User, assignment: Assignment, *, given: datetime, before: datetime | None
) -> None:
    """Take the time back that was just given, unless somebody has set another date since."""
    _require_open(assignment)
    if assignment.due_at != given:
        raise NotLater
    _set(session, actor, assignment, before, "")


def _require_open(assignment: Assignment) -> None:
    if assignment.state != AssignmentState.open:
        raise Closed("submitted" if assignment.state == AssignmentState.done else "handed_over")


def _set(session: Session, actor: User, assignment: Assignment, due_at: datetime | None, reason: str) -> None:
    before, assignment.due_at = assignment.due_at, due_at
    session.flush()
    audit.record(
        session, actor, action="assignment.extend", thing=assignment, before=before, after=due_at, reason=reason
    )
