"""Duties: what the worker does by itself, most once an hour, without anybody asking; who acts is the system.

A duty looks for what is due and does nothing where nothing is, so it may run as often as one likes, in several workers
at a time, and catches up after a worker was away.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy.orm import Session

from qa_app.db import unit_of_work

__all__ = ["EVERY_MINUTE", "ONCE_AN_HOUR", "duties", "duty", "minute_of", "perform"]

Handler = Callable[[Session], object]
_DUTIES: dict[str, Handler] = {}
_MINUTES: dict[str, str] = {}

ONCE_AN_HOUR = "5"
"""The minute at which it is done. Of every hour: days end at another hour in each time zone."""
EVERY_MINUTE = "*"
"""For what people wait for; finding nothing must cost next to nothing."""

log = structlog.get_logger(__name__)


def duty(name: str, *, minute: str = ONCE_AN_HOUR) -> Callable[[Handler], Handler]:
    """Register a duty. It gets a session whose work is committed when it returns what it did, empty for nothing."""

    def register(handler: Handler) -> Handler:
        _DUTIES[name], _MINUTES[name] = handler, minute
        return handler

    return register


def duties() -> tuple[str, ...]:
    """Return the names of all duties."""
    return tuple(_DUTIES)


def minute_of(name: str) -> str:
    """Return the minutes of the hour at which a duty is done, as `crontab` writes them."""
    return _MINUTES[name]


def perform(name: str) -> None:
    """Do one duty in a transaction of its own; a failure is logged, and tried again the next time."""
    try:
        with unit_of_work() as session:
            done = _DUTIES[name](session)
    except Exception:  # the edge: nothing may take the worker down
        log.exception("duty_failed", duty=name)
    else:
        if done:
            log.info("duty_done", duty=name, done=done)
