"""Which handler runs which kind of job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs.progress import Progress
from qa_app.models import JobRun

__all__ = ["Handler", "handler_of", "job"]

Handler = Callable[[Session, JobRun, Progress], dict[str, Any]]
_HANDLERS: dict[str, Handler] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register a handler. It gets a session whose work is committed when it returns, and returns the result to show."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """Return the handler of a kind."""
    return _HANDLERS[kind]
