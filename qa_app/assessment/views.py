"""Pages of the month: list, steps, computation, verification of a printed sheet."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, public, requires
from qa_app.assessment import service, sheets
from qa_app.assessment.attempts import attempt
from qa_app.assessment.corrections import corrections_since, reason_for
from qa_app.assessment.errors import AssessmentRefused
from qa_app.assessment.forms import ApproveForm, ComputeForm, TypedMonthForm
from qa_app.assessment.jobs import start_computation
from qa_app.assessment.lists_box import make_lists_box
from qa_app.assessment.month_page import make_month_page
from qa_app.assessment.opening import open_period
from qa_app.assessment.policies import DEFAULT_PRESET, policy_of, preset, version_in_force
from qa_app.assessment.queries import find_by_code, list_months, list_trail, read_code, sheets_query
from qa_app.assessment.sheet_table import sheet_line
from qa_app.assessment.wording import audit_line, period_state, sheet_state
from qa_app.db import db
from qa_app.models import AssessmentPeriod, PeriodState
from qa_app.web.forms import MONTH, without_nul
from qa_app.web.i18n import html_language
from qa_app.web.pagination import paginate_rows
from scoring.assessment.policy import Policy

bp = Blueprint("assessment", __name__, template_folder="templates")
gate(bp, Permission.view_months)
bp.app_template_global("period_state")(period_state)
bp.app_template_global("sheet_state")(sheet_state)
bp.app_template_global("audit_line")(audit_line)

_MONTH = re.compile(MONTH)
FILTERS = ("all", "waiting", "held_back", "few")


@bp.get("/months")
def months() -> str:
    """List the months."""
    return render_template("assessment/months.html", months=list_months(db.session()))


@bp.get("/months/<month>")
def show(month: str) -> str:
    """Show a month: where it stands, what is missing, its sheets."""
    return _show(month)


@bp.post("/months/<month>/compute")
@requires(Permission.compute_months)
def compute(month: str) -> Any:
    """Start the computation as a job."""
    session, actor = db.session(), acting_user()
    period = open_period(session, _known(month))
    form = ComputeForm(needs_reason=period.revision is not None)
    if not form.validate_on_submit():
        return _show(month, compute_form=form), 422
    run = start_computation(session, actor, month, reason=form.reason.data or "")
    return redirect(url_for("jobs.show", job_id=run.id), 303)


@bp.post("/months/<month>/review-remaining")
@requires(Permission.review_months)
def review_remaining(month: str) -> Response:
    """Mark the sheets that are left as reviewed."""
    revision = _period(month).revision
    if revision is not None:
        attempt(lambda: sheets.review_remaining(db.session(), acting_user(), revision), done=_("Done."))
    return _back(month)


@bp.post("/months/<month>/review")
@requires(Permission.review_months)
def review(month: str) -> Response:
    """Close the review."""
    period = _period(month)
    attempt(lambda: service.review_month(db.session(), acting_user(), period), done=_("Done."))
    return _back(month)


@bp.post("/months/<month>/approve")
@requires(Permission.approve_months)
def approve(month: str) -> Any:
    """Approve the month."""
    period, form = _period(month), ApproveForm()
    if not form.validate_on_submit():
        return _show(month), 422
    attempt(
        lambda: service.approve_month(db.session(), acting_user(), period, reason=form.reason.data or ""),
        done=_("Done."),
    )
    return _back(month)


@bp.post("/months/<month>/publish")
@requires(Permission.approve_months)
def publish(month: str) -> Any:
    """Publish, once the month is typed in."""
    period, form = _period(month), TypedMonthForm(month=month)
    if not form.validate_on_submit():
        return _show(month, typed_form=form), 422
    attempt(lambda: service.publish_month(db.session(), acting_user(), period), done=_("Done."))
    return _back(month)


@bp.post("/months/<month>/lock")
@requires(Permission.approve_months)
def lock(month: str) -> Any:
    """Lock, once the month is typed in."""
    period, form = _period(month), TypedMonthForm(month=month)
    if not form.validate_on_submit():
        return _show(month, typed_form=form), 422
    attempt(lambda: service.lock_month(db.session(), acting_user(), period), done=_("Done."))
    return _back(month)


@bp.get("/verify")
@public
def check() -> str:
    """Offer the field for a verification code."""
    return _verification(request.args.get("code", ""))


@bp.get("/verify/<code>")
@public
def verify(code: str) -> str:
    """Say whether a printed sheet is known, its revision and date, and whether it was superseded; nothing else."""
    return _verification(code)


def _verification(code: str) -> str:
    code = read_code(without_nul(code))
    found = find_by_code(db.session(), code) if code else None
    return render_template("assessment/verify.html", code=code, found=found)


def _show(month: str, *, compute_form: ComputeForm | None = None, typed_form: TypedMonthForm | None = None) -> str:
    session = db.session()
    period = session.scalar(select(AssessmentPeriod).where(AssessmentPeriod.month == _known(month)))
    period = period or AssessmentPeriod(month=month, state=PeriodState.open)
    policy, number = _rules_of(period)
    language = html_language()
    wanted = request.args.get("wanted", "all")
    rows = next((row for row in list_months(session) if row.month == month), None)
    agents = rows.agents if rows else 0
    page = make_month_page(session, period, policy, number, agents=agents, language=language)
    table = paginate_rows(session, sheets_query(period.revision.id, wanted=wanted)) if period.revision else None
    ranks = period.revision.centre.lists.ranks if period.revision and period.revision.centre.lists else {}
    return render_template(
        "assessment/month.html",
        page=page,
        wanted=wanted if wanted in FILTERS else "all",
        table=table,
        lines=[sheet_line(row, policy, language, ranks) for row in table.rows] if table else [],
        ranked=len(ranks),
        lists=make_lists_box(session, acting_user(), period.revision) if period.revision else None,
        trail=list_trail(session, period) if period.id else [],
        compute_form=compute_form or _compute_form(session, period),
        approve_form=ApproveForm(),
        typed_form=typed_form or TypedMonthForm(month=month),
    )


def _compute_form(session: Session, period: AssessmentPeriod) -> ComputeForm:
    """The form of the next revision; where appeals corrected something its reason names them."""
    if period.revision is None:
        return ComputeForm(needs_reason=False)
    reason = reason_for(corrections_since(session, period.revision, period.month))
    return ComputeForm(needs_reason=True, data={"reason": reason})


def _rules_of(period: AssessmentPeriod) -> tuple[Policy, int]:
    """The rules the revision was made with, or would be made with, and the number of their version."""
    version = period.revision.policy_version if period.revision else version_in_force(db.session())
    return (policy_of(version), version.number) if version else (preset(DEFAULT_PRESET), 1)


def _known(month: str) -> str:
    """Refuse what is no month as if it did not exist."""
    if not _MONTH.fullmatch(month):
        abort(404)
    return month


def _period(month: str) -> AssessmentPeriod:
    try:
        return service.find_period(db.session(), _known(month))
    except AssessmentRefused:
        abort(404)


def _back(month: str) -> Response:
    return redirect(url_for("assessment.show", month=month), 303)
