"""What the worker does for calibration by itself: remind of sessions that are due."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.calibration.notices import remind_members
from qa_app.jobs import duty

__all__ = ["remind_of_what_is_due"]


@duty("calibration.remind")
def remind_of_what_is_due(session: Session) -> int:
    """Remind inspectors who have not scored everything; says of how many it told."""
    return remind_members(session)
