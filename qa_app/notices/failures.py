"""Tells of a job that failed: who asked for it, or the administrators where nobody did."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.jobs import on_failure
from qa_app.models import JobRun, NoticeKind, RoleName, User
from qa_app.notices.recipients import users_with
from qa_app.notices.service import notify

__all__ = ["tell_failure"]


@on_failure
def tell_failure(session: Session, run: JobRun) -> None:
    """Tell who asked. What the worker does by itself is told to administrators, once a day however often it fails."""
    asked = session.get(User, run.actor_id) if run.actor_id is not None else None
    if asked is not None and asked.active:
        notify(session, [asked.id], NoticeKind.job_failed, f"job:{run.id}", job_id=run.id, job=run.kind)
        return
    told, day = users_with(session, RoleName.administrator), now().date().isoformat()
    notify(session, told, NoticeKind.job_failed, f"jobs:{run.kind}", stage=day, job_id=run.id, job=run.kind)
