"""Which handler runs which kind of job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs.progress import Progress
from qa_app.models import JobRun

__all__ = ["Follower", "Handler", "follow", "followers_of", "handler_of", "job"]

Handler = Callable[[Session, JobRun, Progress], dict[str, Any]]
Follower = Callable[[Session, JobRun], None]
_HANDLERS: dict[str, Handler] = {}
_FOLLOWERS: dict[str, list[Follower]] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register a handler. It gets a session whose work is committed when it returns, and returns the result to show."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """Return the handler of a kind."""
    return _HANDLERS[kind]


def follow(kind: str) -> Callable[[Follower], Follower]:
    """Register what an upper room does once a job of a lower one is done, such as starting a job of its own.

    It runs in the transaction of the job it follows.
    """

    def register(follower: Follower) -> Follower:
        _FOLLOWERS.setdefault(kind, []).append(follower)
        return follower

    return register


def followers_of(kind: str) -> tuple[Follower, ...]:
    """Return what follows a kind."""
    return tuple(_FOLLOWERS.get(kind, ()))
