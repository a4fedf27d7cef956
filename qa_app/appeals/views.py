"""Pages of appeals: the lists, one appeal, and the agent's own steps. Deciding and overseeing are in `lead_views`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, gate, requires
from qa_app.appeals import queries, service
from qa_app.appeals.errors import AppealRefused
from qa_app.appeals.exports import appeal_rows
from qa_app.appeals.forms import AppealForm, EscalateForm, WrongAgentForm, read_disputes
from qa_app.appeals.listing import APPEALS, select_asked
from qa_app.appeals.new_page import new_page
from qa_app.appeals.page import PreviewBox, make_page
from qa_app.appeals.queries import AppealFilter
from qa_app.appeals.wording import (
    STATE_CHIPS,
    cause_title,
    criterion_title,
    kind_title,
    refusal_words,
    state_title,
)
from qa_app.clock import now
from qa_app.conversations.service import note_export
from qa_app.db import db
from qa_app.inspections.refusals import PlaceRefused
from qa_app.inspections.scoring_page import PAGE_PARTS
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.lists.many import asked_for_file, chosen_only
from qa_app.models import Appeal, AppealKind, RubricVersion, User
from qa_app.people.appeal_rules import last_day
from qa_app.rubrics.queries import load_definition
from qa_app.web.downloads import FileForm, table_response
from qa_app.web.navigation import count_for
from qa_app.web.pagination import paginate_rows

bp = Blueprint("appeals", __name__, template_folder="templates")
gate(bp, Permission.view_appeals, Permission.make_appeals)
bp.app_template_global("appeal_state")(state_title)
bp.app_template_global("appeal_kind")(kind_title)
bp.app_template_global("sibling_cause")(cause_title)

MOST_EXPORTED = 100_000


@bp.app_template_global("appeal_chip")
def appeal_chip(state: str) -> tuple[str, str]:
    """Kind and icon of the chip of a state."""
    return STATE_CHIPS[state]


@count_for("appeals.index")
def to_decide(user: User) -> int:
    """How many appeals wait for this person's decision."""
    return queries.count_to_decide(db.session(), user)


@count_for("appeals.mine")
def decided_unread(user: User) -> int:
    """How many decisions the agent has not read."""
    return queries.count_decided_unread(db.session(), user)


@bp.get("/appeals")
@requires(Permission.view_appeals)
def index() -> str:
    """List the appeals this person may see, what waits first."""
    session, actor = db.session(), acting_user()
    asked = read_asked(APPEALS, request.args)
    page = paginate_rows(session, select_asked(session, actor, asked))
    leads = access.has_permission(actor, Permission.manage_appeals)
    return render_template(
        "appeals/index.html",
        page=page,
        bar=make_bar(session, actor, asked, page),
        leads=leads,
        rechecks=queries.count_rechecks(session) if leads else 0,
        moment=now(),
    )


@bp.get("/appeals/mine")
@requires(Permission.make_appeals)
def mine() -> str:
    """List one's own appeals, decisions not read yet marked."""
    session, actor = db.session(), acting_user()
    page = paginate_rows(session, queries.select_appeals(actor, AppealFilter(agent_id=actor.agent_id or 0)))
    return render_template("appeals/mine.html", page=page, moment=now(), windows=queries.open_windows(session, actor))


@bp.route("/appeals/export.<any(csv, xlsx):form>", methods=["GET", "POST"])
@requires(Permission.view_appeals)
def export(form: FileForm) -> Response:
    """Give the list on screen, or its ticked rows, as a file."""
    session, actor = db.session(), acting_user()
    asked = asked_for_file(APPEALS)
    query = chosen_only(select_asked(session, actor, asked), Appeal.id)
    rows = session.execute(query.limit(MOST_EXPORTED)).all()
    note_export(session, actor, what="appeals", form=form, rows=len(rows), asked=asked.query)
    names_shown = access.has_permission(actor, Permission.manage_appeals)
    return table_response("appeals", *appeal_rows(rows, with_inspector=names_shown), form)


@bp.route("/appeals/new/<int:inspection_id>", methods=["GET", "POST"])
@requires(Permission.make_appeals)
def new(inspection_id: int) -> str | AnyResponse:
    """Let the agent name answers, say what would be right and why, and point at places."""
    session, actor = db.session(), acting_user()
    inspection = access.get_inspection(session, actor, inspection_id, PAGE_PARTS)
    if inspection.agent_id != actor.agent_id:
        raise NotFound
    if not service.can_appeal(session, actor, inspection):
        flash(_("This inspection can no longer be appealed: its window has ended, or it is appealed already."), "error")
        return redirect(url_for("inspections.view", inspection_id=inspection.id), 303)
    form, said = AppealForm(), ""
    if form.validate_on_submit():
        kind = AppealKind(form.kind.data)
        disputes = read_disputes(request.form, load_definition(inspection.rubric_version))
        try:
            appeal = service.file_appeal(
                session, actor, inspection, kind=kind, disputes=disputes, text=form.text.data or ""
            )
        except AppealRefused as refusal:
            said = refusal_words(refusal, _title(inspection.rubric_version, refusal.criterion))
        except PlaceRefused:
            said = _("One of the places is not in this conversation. Remove it and point at it again.")
        else:
            flash(_("Your appeal is filed. The QA lead decides it by %(day)s.", day=last_day(appeal.due_at)), "success")
            return redirect(url_for("appeals.show", appeal_id=appeal.id), 303)
        db.session().rollback()
        inspection = access.get_inspection(session, actor, inspection_id, PAGE_PARTS)
    page = new_page(session, inspection, request.form if form.is_submitted() else None, request.args.get("criterion"))
    return render_template("appeals/new.html", form=form, page=page, refusal=said)


def _title(version: RubricVersion, code: str) -> str:
    return criterion_title(version, code) if code else ""


@bp.get("/appeals/<int:appeal_id>")
def show(appeal_id: int) -> str:
    """Show one appeal side by side with the answers as inspected."""
    session, actor = db.session(), acting_user()
    appeal = queries.load_appeal(session, access.get_appeal(session, actor, appeal_id).id)
    service.note_reading(session, actor, appeal)
    return show_appeal(appeal)


def show_appeal(
    appeal: Appeal,
    *,
    refusal: str = "",
    typed: Mapping[str, str] | None = None,
    wrong_agent: WrongAgentForm | None = None,
    box: PreviewBox | None = None,
) -> str:
    """Draw the page, after a refusal with everything that was typed."""
    session, actor = db.session(), acting_user()
    oversees = access.has_permission(actor, Permission.manage_appeals)
    return render_template(
        "appeals/show.html",
        page=make_page(session, actor, appeal, typed),
        escalate_form=EscalateForm(formdata=None),
        wrong_agent_form=wrong_agent or WrongAgentForm(formdata=None),
        refusal=refusal,
        typed=typed or {},
        box=box,
        rechecks=list(appeal.rechecks) if oversees else [],
    )


@bp.post("/appeals/<int:appeal_id>/withdraw")
@requires(Permission.make_appeals)
def withdraw(appeal_id: int) -> AnyResponse:
    """Take one's own appeal back."""
    session, actor = db.session(), acting_user()
    appeal = access.get_appeal(session, actor, appeal_id)
    try:
        service.withdraw_appeal(session, actor, appeal)
    except AppealRefused as refusal:
        db.session().rollback()
        flash(refusal_words(refusal), "error")
    else:
        flash(_("Withdrawn. The answers stand; within the window you may appeal again."), "success")
    return redirect(url_for("appeals.show", appeal_id=appeal_id), 303)
