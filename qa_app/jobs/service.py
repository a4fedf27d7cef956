"""Starting, stopping and retrying jobs."""

from __future__ import annotations

from typing import Any

from flask import has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.db import pending
from qa_app.jobs.queue import queue
from qa_app.models import JobRun, JobState, User

__all__ = ["JobNotStoppable", "request_stop", "retry_job", "start_job"]

_TO_QUEUE = "jobs"


class JobNotStoppable(Exception):
    """The job has already ended."""


def start_job(session: Session, actor: User | None, kind: str, params: dict[str, Any]) -> JobRun:
    """Note a job; it is queued when the transaction commits, so a worker never sees a run that is not there.

    `params` are plain values; put `locale` in for messages in the reader's language.
    """
    run = JobRun(kind=kind, params=params, actor_id=actor.id if actor else None, created_at=now())
    session.add(run)
    session.flush()
    pending(session, _TO_QUEUE).append(run.id)
    audit.record(session, actor, action="job.start", thing=run, kind=kind)
    return run


def request_stop(session: Session, actor: User, run: JobRun) -> None:
    """Ask a running job to stop at its next step; a waiting one stops at once."""
    if run.state not in {JobState.waiting, JobState.running}:
        raise JobNotStoppable(f"job {run.id} is {run.state}")
    run.stop_requested = True
    if run.state == JobState.waiting:
        run.state, run.finished_at = JobState.stopped, now()
    queue().store.put(f"stop:{run.id}", True)
    audit.record(session, actor, action="job.stop", thing=run, kind=run.kind)


def retry_job(session: Session, actor: User, run: JobRun) -> JobRun:
    """Start the same work again as a new run; what was done stays done."""
    return start_job(session, actor, run.kind, {**run.params, "retry_of": run.id})


@event.listens_for(Session, "after_commit")
def _queue_after_commit(session: Session) -> None:
    if session.in_nested_transaction() or not has_app_context():
        return
    waiting = pending(session, _TO_QUEUE)
    run_ids = list(waiting)
    waiting.clear()
    for run_id in run_ids:
        queue().enqueue(run_id)
