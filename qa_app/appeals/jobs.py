"""What the worker does for appeals by itself: remind of what is due."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.appeals.reminders import remind_of_appeals
from qa_app.jobs import duty

__all__ = ["remind_of_what_is_due"]


@duty("appeals.remind")
def remind_of_what_is_due(session: Session) -> int:
    """Remind deciders and agents; says of how many it told."""
    return remind_of_appeals(session)
