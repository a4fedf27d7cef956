"""Which handler runs which kind of job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs.progress import Progress
from qa_app.models import JobRun

__all__ = [
    "Follower",
    "Handler",
    "failure_handlers",
    "follow",
    "follow_up",
    "followers_of",
    "handler_of",
    "job",
    "on_failure",
]

Handler = Callable[[Session, JobRun, Progress], dict[str, Any]]
Follower = Callable[[Session, JobRun], None]
_HANDLERS: dict[str, Handler] = {}
_FOLLOWERS: dict[str, list[Follower]] = {}
_ON_FAILURE: list[Follower] = []


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


def follow_up(session: Session, kind: str) -> None:
    """Let everything follow that would follow a job of this kind: a command did the same work without one."""
    done = JobRun(kind=kind, params={})  # never stored: nothing waited and nothing ran
    for follower in followers_of(kind):
        follower(session, done)


def on_failure(handler: Follower) -> Follower:
    """Register what an upper room does once a job of any kind has failed, such as telling who asked for it.

    It runs in a transaction of its own, after the failure itself is kept.
    """
    _ON_FAILURE.append(handler)
    return handler


def failure_handlers() -> tuple[Follower, ...]:
    """Return what is done once a job has failed."""
    return tuple(_ON_FAILURE)
