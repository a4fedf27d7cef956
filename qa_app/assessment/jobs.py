"""What the worker does for the month: the computation as a job (killed, it leaves nothing behind), lock and alerts."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qa_app.assessment.service import compute_month, lock_ended_months
from qa_app.assessment.watch import tell_below_standard
from qa_app.jobs import Progress, duty, job, start_job
from qa_app.models import JobRun, User

__all__ = ["COMPUTE", "start_computation"]

COMPUTE = "assessment.compute"


def start_computation(session: Session, actor: User, month: str, *, reason: str) -> JobRun:
    """Put the computation into the queue."""
    return start_job(session, actor, COMPUTE, {"month": month, "reason": reason})


@job(COMPUTE)
def run_computation(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Compute the month named in the parameters."""
    month = str(run.params["month"])
    revision = compute_month(
        session,
        run.actor,
        month,
        reason=str(run.params["reason"]),
        step=lambda done, total: progress.step(done, total),
    )
    return {"month": month, "revision": revision.number, "url": f"/months/{month}"}


@duty("assessment.lock")
def lock_what_ended(session: Session) -> list[str]:
    """Lock the published months whose time to answer has ended; names them."""
    return lock_ended_months(session)


@duty("assessment.watch")
def watch_the_standard(session: Session) -> int:
    """Tell who is below the standard in force; says of how many it told."""
    return tell_below_standard(session)
