"""Reading inspections, the list of what was scored, and what the QA lead decides. Routes of the same blueprint."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, requires
from qa_app.db import db
from qa_app.inspections import lead_queries, queries, service
from qa_app.inspections.forms import HandOverForm, ReferForm, RulingForm
from qa_app.inspections.queries import InspectionFilter
from qa_app.inspections.reading_page import disputed_line, reading_page
from qa_app.inspections.refusals import Refusal
from qa_app.inspections.scoring_page import load_for_page
from qa_app.inspections.views import bp
from qa_app.inspections.wording import criticality_title, sample_title, state_title, unusable_title
from qa_app.models import User
from qa_app.web.i18n import current_time_zone
from qa_app.web.navigation import count_for
from qa_app.web.pagination import paginate_rows

__all__ = ["bp"]

bp.app_template_global("sample_title")(sample_title)
bp.app_template_global("criticality_title")(criticality_title)
bp.app_template_global("state_title")(state_title)
bp.app_template_global("unusable_title")(unusable_title)


@count_for("inspections.index")
def decisions_waiting(_user: User) -> int:
    """How many cases wait for the lead's word."""
    return lead_queries.count_decisions(db.session())


@bp.get("/inspections/<int:inspection_id>/view")
def view(inspection_id: int) -> str:
    """Show an inspection to be read: lost points first, praise beside, the conversation with its evidence."""
    session, actor = db.session(), acting_user()
    inspection = load_for_page(session, access.get_inspection(session, actor, inspection_id).id)
    return render_template("inspections/view.html", page=reading_page(session, actor, inspection))


@bp.get("/inspections")
@requires(Permission.manage_inspections)
def index() -> str:
    """List what was scored, by whom, when, and how long it took."""
    session, actor = db.session(), acting_user()
    wanted = _read_filter()
    page = paginate_rows(session, queries.select_inspections(actor, wanted, *_bounds(wanted.month)))
    return render_template(
        "inspections/index.html",
        page=page,
        wanted=wanted,
        workload=lead_queries.workload(session),
        decisions=lead_queries.count_decisions(session),
    )


@bp.get("/inspections/mine")
@requires(Permission.inspect)
def mine() -> str:
    """List one's own past inspections."""
    session, actor = db.session(), acting_user()
    wanted = InspectionFilter(month=request.args.get("month", ""), inspector_id=actor.id)
    page = paginate_rows(session, queries.select_inspections(actor, wanted, *_bounds(wanted.month)))
    return render_template("inspections/mine.html", page=page, wanted=wanted)


def _read_filter() -> InspectionFilter:
    asked = request.args
    return InspectionFilter(
        month=asked.get("month", ""),
        inspector_id=asked.get("inspector", type=int),
        agent_id=asked.get("agent", type=int),
        state=asked.get("state", ""),
        only=asked.get("only", ""),
    )


def _bounds(month: str) -> tuple[datetime | None, datetime | None]:
    """First and last moment of a month as typed, YYYY-MM; anything else is no bound."""
    try:
        start = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZoneInfo(current_time_zone()))
    except ValueError:
        return None, None
    following = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return start, following


@bp.get("/inspections/in-hand")
@requires(Permission.manage_inspections)
def work() -> str:
    """Show the samples in inspectors' hands and those that were replaced."""
    session = db.session()
    inspector_id = request.args.get("inspector", type=int)
    return render_template(
        "inspections/work.html",
        rows=lead_queries.list_open_assignments(session, inspector_id=inspector_id),
        workload=lead_queries.workload(session),
        replacements=lead_queries.list_replacements(session),
        inspector_id=inspector_id,
    )


@bp.route("/inspections/in-hand/<int:assignment_id>", methods=["GET", "POST"])
@requires(Permission.manage_inspections)
def hand_over(assignment_id: int) -> str | AnyResponse:
    """Hand a sample to another inspector."""
    session, actor = db.session(), acting_user()
    assignment = access.get_assignment(session, actor, assignment_id)
    form = HandOverForm(service.list_possible_inspectors(session, assignment))
    if form.validate_on_submit():
        inspector = session.get_one(User, form.inspector.data)
        try:
            service.reassign(session, actor, assignment, inspector, reason=form.reason.data)
        except Refusal:
            flash(gettext("This sample can no longer be handed over."), "error")
        else:
            flash(gettext("Handed over to %(name)s.", name=inspector.display_name), "success")
        return redirect(url_for("inspections.work"), 303)
    return render_template("inspections/hand_over.html", form=form, assignment=assignment)


@bp.get("/inspections/decisions")
@requires(Permission.manage_inspections)
def decisions() -> str:
    """Show what only the lead can decide."""
    session = db.session()
    return render_template(
        "inspections/decisions.html",
        disagreements=lead_queries.list_disagreements(session),
        referred=lead_queries.list_referred(session),
        disputes=[disputed_line(session, row) for row in lead_queries.list_disputes(session)],
    )


@bp.post("/inspections/decisions/critical/<int:sample_id>")
@requires(Permission.manage_inspections)
def decide_critical(sample_id: int) -> AnyResponse:
    """Settle a disagreement on “critical”."""
    session, actor = db.session(), acting_user()
    sample = access.get_sample(session, actor, sample_id)
    form = RulingForm()
    if form.validate_on_submit():
        is_critical = form.decision.data == "yes"
        service.decide_critical(session, actor, sample, is_critical=is_critical, reason=form.reason.data)
        flash(gettext("Decided: critical.") if is_critical else gettext("Decided: not critical."), "success")
    else:
        flash(gettext("A decision needs its reason."), "error")
    return redirect(url_for("inspections.decisions"), 303)


@bp.post("/inspections/decisions/referred/<int:assignment_id>")
@requires(Permission.manage_inspections)
def decide_referred(assignment_id: int) -> AnyResponse:
    """Replace a sample that cannot be scored, or say how to score it."""
    session, actor = db.session(), acting_user()
    assignment = access.get_assignment(session, actor, assignment_id)
    form = ReferForm()
    if not form.validate_on_submit():
        flash(gettext("A decision needs its reason."), "error")
    elif form.decision.data == "replace":
        service.replace_unscoreable(session, actor, assignment, note=form.note.data)
        flash(gettext("Replaced by the next in the drawn order."), "success")
    else:
        service.instruct(session, actor, assignment, instruction=form.note.data)
        flash(gettext("Given back to the inspector with your note."), "success")
    return redirect(url_for("inspections.decisions"), 303)


@bp.post("/inspections/decisions/measured/<int:inspection_id>/<criterion>")
@requires(Permission.manage_inspections)
def decide_measured(inspection_id: int, criterion: str) -> AnyResponse:
    """Let a disputed measurement stand, or set it aside."""
    session, actor = db.session(), acting_user()
    inspection = service.load_draft(session, access.get_inspection(session, actor, inspection_id).id)
    form = RulingForm()
    if form.validate_on_submit():
        stands = form.decision.data == "yes"
        service.rule_measurement(session, actor, inspection, criterion, stands=stands, reason=form.reason.data)
        flash(gettext("The measurement stands.") if stands else gettext("The measurement was set aside."), "success")
    else:
        flash(gettext("A decision needs its reason."), "error")
    return redirect(url_for("inspections.decisions"), 303)
