"""What the worker does for inspections: once the time to appeal is over they are final; inspectors are reminded."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.inspections.closing import close_windows
from qa_app.inspections.reminders import remind_inspectors
from qa_app.jobs import duty

__all__ = ["finalise_what_is_due", "remind_what_is_due"]


@duty("inspections.finalise")
def finalise_what_is_due(session: Session) -> int:
    """Make final what can no longer be appealed; says how many."""
    return close_windows(session)


@duty("inspections.remind")
def remind_what_is_due(session: Session) -> int:
    """Remind inspectors of samples that are due or overdue; says of how many it told."""
    return remind_inspectors(session)
