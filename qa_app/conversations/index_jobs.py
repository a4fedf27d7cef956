"""The pass over new conversations as a job after an import, and as a duty for what came in by a command."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.indexing import count_behind, index_behind
from qa_app.jobs import Progress, duty, follow, job, start_job
from qa_app.models import JobRun, JobState

__all__ = ["INDEX", "index_hourly", "run_indexing", "start_indexing"]

INDEX = "conversations.index"


def start_indexing(session: Session, run: JobRun | None = None) -> JobRun | None:
    """Put the pass into the queue where something waits for it and nobody is at it."""
    busy = select(JobRun.id).where(JobRun.kind == INDEX, JobRun.state.in_((JobState.waiting, JobState.running)))
    if session.scalar(busy.limit(1)) is not None or not count_behind(session):
        return None
    locale = str(run.params.get("locale", "en")) if run else "en"
    return start_job(session, run.actor if run else None, INDEX, {"locale": locale})


@job(INDEX)
def run_indexing(session: Session, _run: JobRun, progress: Progress) -> dict[str, Any]:
    """Index what is behind; started again, it goes on."""
    return {"conversations": index_behind(session, checkpoint=session.commit, progress=progress)}


@follow("conversations.import")
def index_what_is_new(session: Session, run: JobRun) -> None:
    """Index after an import."""
    start_indexing(session, run)


@duty(INDEX)
def index_hourly(session: Session) -> str:
    """Index what came by a command, and what an import changed."""
    started = start_indexing(session)
    return f"job {started.id}" if started else ""
