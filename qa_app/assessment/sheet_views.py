"""Pages of one sheet: the list, the sheet itself, and the bar of those who review it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, get_sheet, requires, visible_sheets
from qa_app.assessment import sheets
from qa_app.assessment.attempts import attempt
from qa_app.assessment.corrected import list_corrected
from qa_app.assessment.dispute import find_dispute_interval
from qa_app.assessment.forms import CommentForm, NoteForm
from qa_app.assessment.policies import policy_of
from qa_app.assessment.queries import latest_sheets_query, reviewer_name
from qa_app.assessment.sheet_page import make_sheet_page
from qa_app.assessment.sheet_table import sheet_line
from qa_app.coaching.queries import actions_about
from qa_app.db import db
from qa_app.models import PeriodRevision, PeriodState, RoleName, Sheet, SheetState
from qa_app.web.i18n import html_language
from qa_app.web.pagination import paginate_rows

bp = Blueprint("sheets", __name__, template_folder="templates")
gate(bp, Permission.view_sheets)


@bp.get("/sheets")
def index() -> str:
    """List the sheets of the latest month that one may see."""
    session, actor = db.session(), acting_user()
    table = paginate_rows(session, latest_sheets_query(visible_sheets(actor)))
    revision = session.get(PeriodRevision, table.rows[0].revision_id) if table.rows else None
    lines = (
        [sheet_line(row, policy_of(revision.policy_version), html_language()) for row in table.rows] if revision else []
    )
    return render_template("assessment/sheets.html", table=table, lines=lines, revision=revision)


@bp.get("/sheets/<int:sheet_id>")
def show(sheet_id: int) -> str:
    """Show a sheet: result, components with their formulas, lists, inspected conversations."""
    session, actor = db.session(), acting_user()
    sheet = get_sheet(session, actor, sheet_id)
    return render_template(
        "assessment/sheet.html",
        sheet=sheet,
        page=make_sheet_page(sheet, html_language(), corrected=list_corrected(session, sheet)),
        dispute=find_dispute_interval(session, sheet),
        lang=html_language(),
        is_reviewing=_is_reviewing(sheet),
        note_form=NoteForm(note=sheet.review_note),
        comment_form=CommentForm(),
        can_comment=RoleName.supervisor in actor.role_names or RoleName.hr in actor.role_names,
        reviewer=reviewer_name(session, sheet.reviewed_by_id),
        previous=sheets.neighbour(session, sheet, -1),
        following=sheets.neighbour(session, sheet, 1),
        coached=actions_about(session, actor, sheet.agent_id),
    )


@bp.post("/sheets/<int:sheet_id>/review")
@requires(Permission.view_months)
def review(sheet_id: int) -> Response:
    """Note that it is right and open the next one."""
    sheet = _sheet(sheet_id)
    if not attempt(lambda: sheets.review_sheet(db.session(), acting_user(), sheet)):
        return _back(sheet)
    following = sheets.next_to_review(db.session(), sheet)
    if following is None:
        flash(_("All sheets are reviewed."), "success")
        return redirect(url_for("assessment.show", month=sheet.revision.period.month), 303)
    return redirect(url_for("sheets.show", sheet_id=following), 303)


@bp.post("/sheets/<int:sheet_id>/note")
@requires(Permission.view_months)
def note(sheet_id: int) -> Response:
    """Keep the note, or hold the sheet back with it."""
    sheet, form = _sheet(sheet_id), NoteForm()
    form.validate()
    text = form.note.data or ""
    if request.form.get("action") == "hold_back":
        attempt(lambda: sheets.hold_back_sheet(db.session(), acting_user(), sheet, note=text))
    else:
        attempt(lambda: sheets.note_on_sheet(db.session(), acting_user(), sheet, text))
    return _back(sheet)


@bp.post("/sheets/<int:sheet_id>/comment")
def comment(sheet_id: int) -> Response:
    """Put a supervisor's or HR's word on the sheet."""
    sheet, form, actor = _sheet(sheet_id), CommentForm(), acting_user()
    kind = "supervisor" if RoleName.supervisor in actor.role_names else "hr"
    if form.validate_on_submit():
        attempt(lambda: sheets.comment_on_sheet(db.session(), actor, sheet, kind=kind, text=form.text.data or ""))
    return _back(sheet)


def _sheet(sheet_id: int) -> Sheet:
    return get_sheet(db.session(), acting_user(), sheet_id)


def _is_reviewing(sheet: Sheet) -> bool:
    return sheet.state == SheetState.draft and sheet.revision.period.state == PeriodState.computed


def _back(sheet: Sheet) -> Response:
    return redirect(url_for("sheets.show", sheet_id=sheet.id), 303)
