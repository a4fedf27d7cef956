"""The simulation as a job: its report is the job's result."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs import Progress, job, start_job
from qa_app.models import JobRun, User
from qa_app.simulation.service import SIMULATE, run_simulation

__all__ = ["start_simulation"]


def start_simulation(session: Session, actor: User, numbers: dict[str, Any], *, standard: float) -> JobRun:
    """Put a simulation into the queue; its report is kept as the job's result."""
    return start_job(session, actor, SIMULATE, {"numbers": numbers, "standard": standard})


@job(SIMULATE)
def run_simulation_job(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:  # noqa: ARG001 - the manner of jobs
    """Simulate the centre named in the parameters."""
    report = run_simulation(
        run.params["numbers"],
        standard=float(run.params["standard"]),
        step=lambda done, total: progress.step(done, total),
    )
    return {**report, "url": "/simulate"}
