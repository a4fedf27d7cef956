"""The runs by themselves, once an hour: days end at another hour in each zone; what is done already costs one count."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs import NoProgress, Progress, duty, job, start_job
from qa_app.models import JobRun, User
from qa_app.retention.notices import warn_of_deletion
from qa_app.retention.running import erase_due

__all__ = ["RUN", "erase_hourly", "run_now", "start_run"]

RUN = "retention.run"


def start_run(session: Session, actor: User, *, locale: str) -> JobRun:
    """Put a run into the queue."""
    return start_job(session, actor, RUN, {"locale": locale})


@job(RUN)
def run_now(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Erase what is due; started again, it goes on."""
    actor = session.get(User, run.actor_id) if run.actor_id is not None else None
    outcome = erase_due(session, actor, checkpoint=session.commit, progress=progress)
    return {"conversations": outcome.conversations, "recordings": outcome.recordings, "url": "/retention"}


@duty("retention.warn")
def warn_before(session: Session) -> int:
    """Warn administrators of what is about to be deleted; says of how many it told."""
    return warn_of_deletion(session)


@duty("retention.erase")
def erase_hourly(session: Session) -> str:
    """Erase what came due."""
    outcome = erase_due(session, None, checkpoint=session.commit, progress=NoProgress())
    return (
        f"{outcome.conversations} conversations, {outcome.files} files"
        if outcome.conversations or outcome.files
        else ""
    )
