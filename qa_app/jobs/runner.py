"""Runs one job in the worker: state, result and failure are kept where people see them."""

from __future__ import annotations

import structlog
from flask_babel import force_locale

from qa_app.clock import now
from qa_app.db import db, unit_of_work
from qa_app.jobs.progress import QueueProgress, Stopped
from qa_app.jobs.queue import queue
from qa_app.jobs.registry import failure_handlers, followers_of, handler_of
from qa_app.models import JobRun, JobState

__all__ = ["recover_jobs", "run"]

log = structlog.get_logger(__name__)


def run(run_id: int) -> None:
    """Run the job with this id; whatever it raises ends as a failed run, never as a dead worker."""
    with unit_of_work() as session:
        item = session.get(JobRun, run_id)
        if item is None or item.state not in {JobState.waiting, JobState.running}:
            return
        item.state, item.started_at = JobState.running, now()
        kind, locale = item.kind, str(item.params.get("locale", "en"))
    progress = QueueProgress(queue().store, run_id)
    try:
        with force_locale(locale), unit_of_work() as session:
            item = session.get_one(JobRun, run_id)
            item.result = handler_of(kind)(session, item, progress)
            _finish(item, JobState.done, progress)
            for follower in followers_of(kind):
                follower(session, item)
    except Stopped:
        _finish_apart(run_id, JobState.stopped, progress)
    except Exception as error:  # the edge: anything else must not take the worker down
        log.exception("job_failed", run_id=run_id, kind=kind)
        _finish_apart(run_id, JobState.failed, progress, f"{type(error).__name__}: {error}")
        _tell_failure(run_id)


def _finish(item: JobRun, state: JobState, progress: QueueProgress) -> None:
    last = progress.state
    item.state, item.finished_at = state, now()
    item.done, item.total, item.failed = last.done, last.total, last.failed


def _finish_apart(run_id: int, state: JobState, progress: QueueProgress, message: str = "") -> None:
    db.session.rollback()
    with unit_of_work() as session:
        item = session.get_one(JobRun, run_id)
        _finish(item, state, progress)
        item.message = message[:2000]


def _tell_failure(run_id: int) -> None:
    """Do what other rooms want done about a failed run; each by itself, and none of them can fail it again."""
    for handler in failure_handlers():
        try:
            with unit_of_work() as session:
                handler(session, session.get_one(JobRun, run_id))
        except Exception:  # the run is failed and says why; that nobody could be told is for the log
            log.exception("job_failure_untold", run_id=run_id)


def recover_jobs() -> int:
    """Queue again what a killed worker left running; handlers resume or start over without duplicates."""
    with unit_of_work() as session:
        left = session.query(JobRun.id).filter(JobRun.state == JobState.running).all()
    for (run_id,) in left:
        queue().enqueue(run_id)
    return len(left)
