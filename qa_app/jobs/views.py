"""Jobs as people see them: list, progress, stop, retry."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, get_job
from qa_app.db import db
from qa_app.jobs.progress import State, read_state
from qa_app.jobs.queue import queue
from qa_app.jobs.service import request_stop, retry_job
from qa_app.jobs.titles import job_state, job_title
from qa_app.models import JobRun, JobState, RoleName
from qa_app.web.pagination import paginate_rows

bp = Blueprint("jobs", __name__, template_folder="templates", url_prefix="/jobs")
gate(bp, Permission.signed_in)
bp.app_template_global("job_title")(job_title)
bp.app_template_global("job_state")(job_state)


def state_of(run: JobRun) -> State:
    """Return the live state while the job runs, else what was kept at its end."""
    live = read_state(queue().store, run.id) if run.state == JobState.running else None
    return live or State(run.done, run.total, run.failed, run.message)


@bp.get("")
def index() -> str:
    """List the jobs: one's own, all for the administrator."""
    actor = acting_user()
    query = select(JobRun).order_by(JobRun.id.desc())
    if RoleName.administrator not in actor.role_names:
        query = query.where(JobRun.actor_id == actor.id)
    return render_template("jobs/index.html", page=paginate_rows(db.session(), query))


@bp.get("/<int:job_id>")
def show(job_id: int) -> str:
    """Show one job."""
    run = get_job(db.session(), acting_user(), job_id)
    return render_template("jobs/show.html", run=run, state=state_of(run))


@bp.get("/<int:job_id>/progress")
def progress(job_id: int) -> str:
    """Give the progress bar alone; the page asks for it every two seconds while the job runs."""
    run = get_job(db.session(), acting_user(), job_id)
    return render_template("jobs/_progress.html", run=run, state=state_of(run))


@bp.post("/<int:job_id>/stop")
def stop(job_id: int) -> Response:
    """Ask it to stop."""
    actor = acting_user()
    request_stop(db.session(), actor, get_job(db.session(), actor, job_id))
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@bp.post("/<int:job_id>/retry")
def retry(job_id: int) -> Response:
    """Start it again."""
    actor = acting_user()
    run = retry_job(db.session(), actor, get_job(db.session(), actor, job_id))
    return redirect(url_for("jobs.show", job_id=run.id), 303)
