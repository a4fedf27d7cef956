"""Reading inspections, the list of what was scored, and what the QA lead decides. Routes of the same blueprint."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, requires
from qa_app.conversations.service import note_export
from qa_app.db import db
from qa_app.inspections import jobs, lead_queries, service
from qa_app.inspections.exports import inspection_rows, work_rows
from qa_app.inspections.forms import HandOverForm, ReferForm, RulingForm
from qa_app.inspections.listing import INSPECTIONS, MINE, WORK, select_asked, select_mine, select_work
from qa_app.inspections.many import EXTEND, HAND_OVER
from qa_app.inspections.reading_page import disputed_line, reading_page
from qa_app.inspections.refusals import Changed, Refusal
from qa_app.inspections.scoring_page import PAGE_PARTS
from qa_app.inspections.views import bp
from qa_app.inspections.wording import (
    criticality_title,
    replaced_text,
    sample_title,
    state_title,
    unusable_title,
)
from qa_app.keys import read_key
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.lists.many import asked_for_file, chosen_only, do_to_many
from qa_app.models import Assignment, Inspection, User
from qa_app.people.appeal_rules import last_day
from qa_app.web.downloads import FileForm, table_response
from qa_app.web.navigation import count_for
from qa_app.web.pagination import paginate_rows

__all__ = ["bp", "jobs"]

MOST_EXPORTED = 100_000

bp.app_template_filter("last_day")(last_day)
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
    inspection = access.get_inspection(session, actor, inspection_id, PAGE_PARTS)
    page = reading_page(session, actor, inspection, revision=request.args.get("revision", type=read_key))
    return render_template("inspections/view.html", page=page)


@bp.get("/inspections")
@requires(Permission.manage_inspections)
def index() -> str:
    """List what was scored, by whom, when, and how long it took."""
    session, actor = db.session(), acting_user()
    asked = read_asked(INSPECTIONS, request.args)
    page = paginate_rows(session, select_asked(actor, asked))
    return render_template(
        "inspections/index.html",
        page=page,
        bar=make_bar(session, actor, asked, page),
        decisions=lead_queries.count_decisions(session),
    )


@bp.route("/inspections/export.<any(csv, xlsx):form>", methods=["GET", "POST"])
@requires(Permission.manage_inspections)
def export(form: FileForm) -> Response:
    """Give the list of inspections, or its ticked rows, as a file."""
    session, actor = db.session(), acting_user()
    asked = asked_for_file(INSPECTIONS)
    rows = session.execute(chosen_only(select_asked(actor, asked), Inspection.id).limit(MOST_EXPORTED)).all()
    note_export(session, actor, what="inspections", form=form, rows=len(rows), asked=asked.query)
    return table_response("inspections", *inspection_rows(rows), form)


@bp.get("/inspections/mine")
@requires(Permission.inspect)
def mine() -> str:
    """List one's own past inspections."""
    session, actor = db.session(), acting_user()
    asked = read_asked(MINE, request.args)
    page = paginate_rows(session, select_mine(actor, asked))
    return render_template("inspections/mine.html", page=page, bar=make_bar(session, actor, asked, page))


@bp.get("/inspections/in-hand")
@requires(Permission.manage_inspections)
def work() -> str:
    """Show the samples in inspectors' hands and those that were replaced."""
    session, actor = db.session(), acting_user()
    asked = read_asked(WORK, request.args)
    page = paginate_rows(session, select_work(asked))
    return render_template(
        "inspections/work.html",
        page=page,
        bar=make_bar(session, actor, asked, page),
        workload=lead_queries.workload(session),
        replacements=lead_queries.list_replacements(session),
    )


@bp.route("/inspections/in-hand/export.<any(csv, xlsx):form>", methods=["GET", "POST"])
@requires(Permission.manage_inspections)
def export_work(form: FileForm) -> Response:
    """Give the samples in inspectors' hands, or the ticked ones, as a file."""
    session, actor = db.session(), acting_user()
    asked = asked_for_file(WORK)
    rows = session.execute(chosen_only(select_work(asked), Assignment.id).limit(MOST_EXPORTED)).all()
    note_export(session, actor, what="work in hand", form=form, rows=len(rows), asked=asked.query)
    return table_response("work-in-hand", *work_rows(rows), form)


@bp.post("/inspections/in-hand/hand-over")
@requires(Permission.manage_inspections)
def hand_over_many() -> str | AnyResponse:
    """Hand the ticked samples over, or spread them."""
    return do_to_many(HAND_OVER)


@bp.post("/inspections/in-hand/extend")
@requires(Permission.manage_inspections)
def extend_many() -> str | AnyResponse:
    """Give the ticked samples more time."""
    return do_to_many(EXTEND)


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
        flash(replaced_text(assignment.sample), "success")
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
        try:
            service.rule_measurement(session, actor, inspection, criterion, stands=stands, reason=form.reason.data)
        except Changed:
            flash(gettext("Its inspector took this inspection back. Decide once it is submitted again."), "error")
            return redirect(url_for("inspections.decisions"), 303)
        flash(gettext("The measurement stands.") if stands else gettext("The measurement was set aside."), "success")
    else:
        flash(gettext("A decision needs its reason."), "error")
    return redirect(url_for("inspections.decisions"), 303)
