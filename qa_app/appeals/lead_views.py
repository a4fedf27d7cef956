"""Deciding an appeal, and what the QA lead oversees: many at once, siblings, figures. Routes of the same blueprint."""

from __future__ import annotations

from datetime import datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, requires
from qa_app.appeals import jobs, queries, service
from qa_app.appeals.errors import AlsoAnswer, AppealRefused
from qa_app.appeals.exports import figure_rows
from qa_app.appeals.figures import appeal_figures
from qa_app.appeals.forms import EscalateForm, RecheckForm, WrongAgentForm, read_verdicts
from qa_app.appeals.many import EXTEND, TAKE
from qa_app.appeals.page import criterion_name, make_preview
from qa_app.appeals.recheck_page import recheck_lines
from qa_app.appeals.rechecks import CAUSES
from qa_app.appeals.views import bp, show_appeal
from qa_app.appeals.wording import refusal_words
from qa_app.conversations.metrics import month_bounds
from qa_app.conversations.service import note_export
from qa_app.db import db
from qa_app.inspections.answers import AnswerRefused
from qa_app.lists.many import do_to_many
from qa_app.models import Agent, Appeal, AppealRecheck, RecheckState
from qa_app.people.organisation import working_calendar
from qa_app.rubrics.queries import load_definition
from qa_app.web.downloads import FileForm, table_response

__all__ = ["bp", "jobs"]


def _load(appeal_id: int) -> Appeal:
    session = db.session()
    return queries.load_appeal(session, access.get_appeal(session, acting_user(), appeal_id).id)


@bp.post("/appeals/<int:appeal_id>/preview")
@requires(Permission.decide_appeals)
def preview(appeal_id: int) -> str:
    """Say what the score becomes with the decision as it stands in the form; nothing is changed."""
    appeal = _load(appeal_id)
    codes = [answer.criterion for answer in appeal.answers]
    verdicts, also = read_verdicts(request.form, load_definition(appeal.inspection.rubric_version), codes)
    try:
        box = make_preview(appeal, service.preview_decision(appeal, verdicts, also), also)
    except (AppealRefused, AnswerRefused) as refusal:
        return render_template("appeals/_preview.html", box=None, refusal=_refusal_of(appeal, refusal))
    return render_template("appeals/_preview.html", box=box, refusal="")


@bp.post("/appeals/<int:appeal_id>/decide")
@requires(Permission.decide_appeals)
def decide(appeal_id: int) -> str | AnyResponse:
    """Decide every disputed answer, each with its reason."""
    session, actor, appeal = db.session(), acting_user(), _load(appeal_id)
    codes = [answer.criterion for answer in appeal.answers]
    verdicts, also = read_verdicts(request.form, load_definition(appeal.inspection.rubric_version), codes)
    try:
        service.decide_appeal(session, actor, appeal, verdicts, also=also)
    except (AppealRefused, AnswerRefused) as refusal:
        db.session().rollback()
        appeal = _load(appeal_id)
        box = None
        if isinstance(refusal, AlsoAnswer):
            box = make_preview(appeal, service.preview_decision(appeal, verdicts, also), also)
        return show_appeal(appeal, refusal=_refusal_of(appeal, refusal), typed=request.form, box=box)
    flash(_decided_words(appeal), "success")
    return redirect(url_for("appeals.show", appeal_id=appeal_id), 303)


def _refusal_of(appeal: Appeal, refusal: Exception) -> str:
    if isinstance(refusal, AppealRefused):
        return refusal_words(refusal, criterion_name(appeal, refusal.criterion))
    return str(_("One of the answers is not offered by the rubric. Choose another one."))


def _decided_words(appeal: Appeal) -> str:
    if appeal.revision_number is None:
        return str(_("Decided: the answers stand. The agent is shown your reasons."))
    return str(_("Decided. The inspection was corrected; the one before stays readable."))


@bp.post("/appeals/<int:appeal_id>/decide-agent")
@requires(Permission.decide_appeals)
def decide_agent(appeal_id: int) -> str | AnyResponse:
    """Decide whose conversation it was."""
    session, actor, appeal = db.session(), acting_user(), _load(appeal_id)
    form = WrongAgentForm()
    if not form.validate_on_submit():
        return show_appeal(appeal, refusal=_("Choose a decision and say why."), wrong_agent=form)
    right_agent = None
    if number := (form.right_agent.data or "").strip():
        right_agent = session.scalar(select(Agent).where(Agent.employee_number == number))
        if right_agent is None or right_agent.id == appeal.agent_id:
            form.right_agent.errors = [_("No other agent has this employee number.")]
            return show_appeal(appeal, refusal=_("Whose conversation was it?"), wrong_agent=form)
    try:
        service.decide_wrong_agent(
            session,
            actor,
            appeal,
            is_upheld=form.decision.data == "yes",
            reason=form.reason.data,
            right_agent=right_agent,
        )
    except AppealRefused as refusal:
        db.session().rollback()
        return show_appeal(_load(appeal_id), refusal=refusal_words(refusal), wrong_agent=form)
    if appeal.score_after is None:
        flash(
            _("Decided. The sample is replaced by the next in the drawn order; this one counts for nobody."), "success"
        )
    else:
        flash(_("Decided: the answers stand. The agent is shown your reasons."), "success")
    return redirect(url_for("appeals.show", appeal_id=appeal_id), 303)


@bp.post("/appeals/<int:appeal_id>/escalate")
@requires(Permission.manage_appeals)
def escalate(appeal_id: int) -> AnyResponse:
    """Hand an appeal up."""
    session, actor, appeal = db.session(), acting_user(), _load(appeal_id)
    form = EscalateForm()
    try:
        service.escalate_appeal(session, actor, appeal, reason=form.reason.data or "")
    except AppealRefused as refusal:
        db.session().rollback()
        flash(refusal_words(refusal), "error")
    else:
        flash(_("Escalated: another QA lead or HR decides it."), "success")
    return redirect(url_for("appeals.show", appeal_id=appeal_id), 303)


@bp.post("/appeals/hand-over")
@requires(Permission.manage_appeals)
def take_many() -> str | AnyResponse:
    """Hand the ticked appeals to a decider."""
    return do_to_many(TAKE)


@bp.post("/appeals/extend")
@requires(Permission.manage_appeals)
def extend_many() -> str | AnyResponse:
    """Give the ticked appeals more time."""
    return do_to_many(EXTEND)


@bp.post("/appeals/<int:appeal_id>/rechecks")
@requires(Permission.manage_appeals)
def ask_rechecks(appeal_id: int) -> AnyResponse:
    """Put the siblings of an upheld appeal on the list of those to look at again."""
    session, actor, appeal = db.session(), acting_user(), _load(appeal_id)
    cause = request.form.get("cause", "")
    count = service.ask_rechecks(session, actor, appeal, cause=cause if cause in CAUSES else CAUSES[0])
    flash(ngettext("%(num)s inspection is on the list.", "%(num)s inspections are on the list.", count), "success")
    return redirect(url_for("appeals.rechecks"), 303)


@bp.route("/appeals/rechecks", methods=["GET", "POST"])
@requires(Permission.manage_appeals)
def rechecks() -> str | AnyResponse:
    """Show the siblings that wait, and settle one."""
    session, actor = db.session(), acting_user()
    form = RecheckForm()
    if form.is_submitted():
        _settle(form)
        return redirect(url_for("appeals.rechecks"), 303)
    rows = session.scalars(queries.select_rechecks().limit(queries.MOST_AT_ONCE)).unique().all()
    settled = (
        session.scalars(queries.select_rechecks(state=RecheckState.corrected).limit(queries.MOST_AT_ONCE))
        .unique()
        .all()
    )
    return render_template(
        "appeals/rechecks.html",
        lines=recheck_lines(session, actor, rows),
        settled=recheck_lines(session, actor, settled),
        total=queries.count_rechecks(session),
    )


def _settle(form: RecheckForm) -> None:
    session, actor = db.session(), acting_user()
    if not form.validate():
        flash(_("Choose a decision and say why."), "error")
        return
    recheck = session.get(AppealRecheck, form.recheck.data)
    if recheck is None:
        flash(_("This was settled in the meantime. The page shows how."), "error")
        return
    is_corrected = form.decision.data == "corrected"
    try:
        service.settle_recheck(session, actor, recheck, is_corrected=is_corrected, note=form.note.data)
    except AppealRefused as refusal:
        name = criterion_name(recheck.appeal, refusal.criterion)
        session.rollback()
        flash(refusal_words(refusal, name), "error")
    else:
        flash(_("Corrected as in the appeal.") if is_corrected else _("It stands."), "success")


def _month_asked() -> tuple[str, datetime | None, datetime | None]:
    """The month of the address with its bounds; anything but a month is none."""
    month = request.args.get("month", "")
    try:
        return month, *month_bounds(month, working_calendar(db.session()).zone)
    except ValueError:
        return "", None, None


@bp.get("/appeals/figures")
@requires(Permission.manage_appeals)
def figures() -> str:
    """Show how appeals end, per criterion and per inspector."""
    month, *bounds = _month_asked()
    return render_template("appeals/figures.html", figures=appeal_figures(db.session(), *bounds), month=month)


@bp.get("/appeals/figures.<any(csv, xlsx):form>")
@requires(Permission.manage_appeals)
def export_figures(form: FileForm) -> Response:
    """Give the figures as a file."""
    session, actor = db.session(), acting_user()
    _month, *bounds = _month_asked()
    found = appeal_figures(session, *bounds)
    asked = request.query_string.decode(errors="replace")
    lines = len(found.criteria) + len(found.inspectors)
    note_export(session, actor, what="appeal figures", form=form, rows=lines, asked=asked)
    return table_response("appeal-figures", *figure_rows(found), form)
