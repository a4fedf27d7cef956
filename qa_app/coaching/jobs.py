"""What the worker does for coaching by itself: measure what can be measured, remind of what is due."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.coaching.reminders import remind_of_coaching
from qa_app.coaching.service import measure_due
from qa_app.jobs import duty

__all__ = ["measure_actions", "remind_of_what_is_due"]


@duty("coaching.measure")
def measure_actions(session: Session) -> int:
    """Measure the actions for which enough was inspected since."""
    return measure_due(session)


@duty("coaching.remind")
def remind_of_what_is_due(session: Session) -> int:
    """Remind coaches, agents and raters; says of how many it told."""
    return remind_of_coaching(session)
