"""Pages of screening: the version in use, whether it counts, its audit; what it proposes for one conversation."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, get_conversation, requires
from qa_app.db import db
from qa_app.keys import is_count
from qa_app.models import JobRun, ScreeningModel
from qa_app.screening import jobs, service
from qa_app.screening.errors import AlreadyRunning, ScreeningError
from qa_app.screening.page import list_readiness, make_page
from qa_app.screening.words import explain_refusal

bp = Blueprint("screening", __name__, template_folder="templates", url_prefix="/screening")
gate(bp, Permission.manage_screening)

__all__ = ["bp", "jobs"]


@bp.get("")
def index() -> str:
    """Show the version in use, its figures, what it covers, its audit, and all versions."""
    return render_template("screening/index.html", page=make_page(db.session()))


@bp.get("/readiness")
def readiness() -> str:
    """Say for the last two months whether learned scores may enter: a part of the page, or a page of its own."""
    template = "screening/_readiness.html" if request.headers.get("HX-Request") else "screening/readiness.html"
    return render_template(template, rows=list_readiness(db.session()))


@bp.post("/train")
def train() -> Response:
    """Start a training."""
    return _start(lambda: service.start_training(db.session(), acting_user(), locale=str(get_locale())))


@bp.post("/score")
def score() -> Response:
    """Start scoring what has no score."""
    return _start(lambda: service.start_scoring(db.session(), acting_user(), locale=str(get_locale())))


@bp.post("/audit")
def audit() -> Response:
    """Audit the version in use."""
    try:
        service.audit_model(db.session(), acting_user())
    except ScreeningError as error:
        flash(explain_refusal(error), "error")
    else:
        flash(_("Audited. The table says about whom the model errs, if about anybody."), "success")
    return redirect(url_for("screening.index", _anchor="audit"), 303)


@bp.post("/versions/<int:version>/use")
def use(version: int) -> Response:
    """Put another version in use."""
    session = db.session()
    row = session.query(ScreeningModel).filter_by(version=version).one_or_none() if is_count(version) else None
    if row is None:
        raise NotFound
    service.activate_model(session, acting_user(), row)
    flash(_("Version %(version)s is in use. Have the conversations scored by it.", version=version), "success")
    return redirect(url_for("screening.index"), 303)


@bp.get("/conversations/<int:conversation_id>/proposal")
@requires(Permission.manage_screening, Permission.inspect)
def proposal(conversation_id: int) -> str:
    """Give the proposal for one conversation, or nothing where there is none or this person may not see it yet."""
    session, actor = db.session(), acting_user()
    get_conversation(session, actor, conversation_id)
    return render_template("screening/_proposal.html", proposal=service.find_proposal(session, actor, conversation_id))


def _start(start: Callable[[], JobRun]) -> Response:
    try:
        run = start()
    except AlreadyRunning as busy:
        return redirect(url_for("jobs.show", job_id=busy.job_id), 303)
    except ScreeningError as error:
        flash(explain_refusal(error), "error")
        return redirect(url_for("screening.index"), 303)
    return redirect(url_for("jobs.show", job_id=run.id), 303)
