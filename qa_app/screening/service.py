"""Screening as jobs, commands and pages call it: train, score, audit, put another version in use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.jobs import start_job
from qa_app.models import JobRun, JobState, User
from qa_app.screening.auditing import audit_model
from qa_app.screening.errors import AlreadyRunning, NoActiveModel, TooFewInspections
from qa_app.screening.evaluating import evaluate_target
from qa_app.screening.labels import count_labels
from qa_app.screening.proposals import find_proposal
from qa_app.screening.proposing import count_coverage, score_conversations
from qa_app.screening.store import active_model
from qa_app.screening.training import activate_model, train_model

__all__ = [
    "SCORE",
    "TRAIN",
    "activate_model",
    "active_model",
    "audit_model",
    "count_coverage",
    "evaluate_target",
    "find_proposal",
    "running_job",
    "score_conversations",
    "start_scoring",
    "start_training",
    "train_model",
]

TRAIN, SCORE = "screening.train", "screening.score"
FEWEST_INSPECTIONS = 100
"""As the library asks for; said here so that the page can tell without loading it."""


def start_training(session: Session, actor: User, *, locale: str) -> JobRun:
    """Put a training into the queue; scoring follows it.

    Raises
    ------
    TooFewInspections, AlreadyRunning
        Nothing can be learned yet; a training waits or runs.
    """
    have = count_labels(session)
    if have < FEWEST_INSPECTIONS:
        raise TooFewInspections(have, FEWEST_INSPECTIONS)
    return _start(session, actor, TRAIN, {"locale": locale})


def start_scoring(session: Session, actor: User | None, *, locale: str = "en") -> JobRun:
    """Put the scoring of what has no score into the queue.

    Raises
    ------
    NoActiveModel, AlreadyRunning
        Nothing can score; a scoring waits or runs.
    """
    if active_model(session) is None:
        raise NoActiveModel
    return _start(session, actor, SCORE, {"locale": locale})


def running_job(session: Session, *kinds: str) -> JobRun | None:
    """Return the newest job of these kinds that waits or runs."""
    states = (JobState.waiting, JobState.running)
    query = select(JobRun).where(JobRun.kind.in_(kinds), JobRun.state.in_(states)).order_by(JobRun.id.desc()).limit(1)
    return session.scalar(query)


def _start(session: Session, actor: User | None, kind: str, params: dict[str, Any]) -> JobRun:
    busy = running_job(session, kind)
    if busy is not None:
        raise AlreadyRunning(busy.id)
    return start_job(session, actor, kind, params)
