"""Training and scoring as jobs: leave the page, come back, find them done; and the hourly look for what is new."""

from __future__ import annotations

import contextlib
from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs import Progress, duty, follow, job
from qa_app.models import JobRun
from qa_app.screening.errors import AlreadyRunning, NoActiveModel
from qa_app.screening.service import (
    SCORE,
    TRAIN,
    active_model,
    count_coverage,
    score_conversations,
    start_scoring,
    train_model,
)

__all__ = ["run_scoring", "run_training", "score_hourly", "score_what_is_new"]

_PAGE = "/screening"


@job(TRAIN)
def run_training(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Train; the scoring that follows is a job of its own, so that the new version can be seen meanwhile."""
    model = train_model(session, run.actor, progress=progress)
    return {"version": model.version, "conversations": model.training_size, "url": _PAGE}


@job(SCORE)
def run_scoring(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Score what has no score; started again, it goes on."""
    scored = score_conversations(session, run.actor, checkpoint=session.commit, progress=progress)
    return {"conversations": scored, "url": _PAGE}


@follow(TRAIN)
@follow("conversations.import")
def score_what_is_new(session: Session, run: JobRun) -> None:
    """Score after a training and after an import, where there is a model and nobody is at it."""
    with contextlib.suppress(NoActiveModel, AlreadyRunning):
        start_scoring(session, run.actor, locale=str(run.params.get("locale", "en")))


@duty("screening.score")
def score_hourly(session: Session) -> str:
    """Score what came by a command or changed since; without a model there is nothing to do."""
    model = active_model(session)
    if model is None or not count_coverage(session, model).missing:
        return ""
    with contextlib.suppress(AlreadyRunning):
        return f"job {start_scoring(session, None).id}"
    return ""
