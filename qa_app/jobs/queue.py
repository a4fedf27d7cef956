"""The queue: one of Huey's, by the settings; carries nothing but the id of a job run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from qa_app.jobs.duties import EVERY_MINUTE, duties, minute_of, perform

__all__ = ["JobQueue", "make_huey", "queue"]

MINUTE_SECONDS = 60


def make_huey(*, database_url: str, redis_url: str, home: Path, immediate: bool = False) -> Huey:
    """Choose the storage: memory in tests, Redis if given, PostgreSQL beside a PostgreSQL database, else a file."""
    if immediate:
        return MemoryHuey("assay", immediate=True)
    if redis_url:
        return RedisHuey("assay", url=redis_url)
    if database_url.startswith("postgresql"):
        return PostgresHuey("assay", dsn=database_url.replace("postgresql+psycopg://", "postgresql://"))
    home.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("assay", filename=str(home / "queue.db"), timeout=15)


class JobQueue:
    """Binds the queue to the application: the task opens an application context and runs the job."""

    def __init__(self, app: Flask, huey: Huey, worker_threads: int) -> None:
        self.store = huey
        self._app = app
        self._threads = worker_threads

        @huey.task(name="run_job")
        def run_job(run_id: int) -> None:
            from qa_app.jobs.runner import run  # the runner knows the queue

            with app.app_context():
                run(run_id)

        self._task = run_job

    def enqueue(self, run_id: int) -> None:
        """Hand a committed job run to a worker."""
        self._task(run_id)

    def work(self) -> None:
        """Serve the queue, and do the duties when their time comes, until a signal ends it."""
        self.plan_duties()
        Consumer(self.store, workers=self._threads, periodic=True, max_delay=1.0).run()

    def plan_duties(self) -> None:
        """Tell the queue's clock what is to be done when."""
        for name in duties():
            minute = minute_of(name)
            # Behind a long job the minutes would queue up; the next one does what a late one would have done.
            expires = MINUTE_SECONDS if minute == EVERY_MINUTE else None
            plan = self.store.periodic_task(crontab(minute=minute), name=f"duty:{name}", expires=expires)
            plan(partial(self._perform, name))

    def _perform(self, name: str) -> None:
        with self._app.app_context():
            perform(name)

    def ping(self) -> int:
        """Touch the storage and return the number of waiting jobs; raises what the storage raises."""
        return int(self.store.pending_count())


def queue() -> JobQueue:
    """Return the queue of the application in force."""
    bound: Any = current_app.extensions["assay_queue"]
    assert isinstance(bound, JobQueue)
    return bound
