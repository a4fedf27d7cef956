"""Pages of the scorecard: the latest, one month, the answer to it, and how scores are made."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, requires
from qa_app.appeals.queries import open_windows
from qa_app.assessment import sheets
from qa_app.assessment.below_standard_page import own_case
from qa_app.assessment.content import decode_content
from qa_app.assessment.dispute import find_dispute_interval
from qa_app.assessment.errors import AssessmentRefused
from qa_app.assessment.sheet_page import behind_by_title
from qa_app.assessment.standing import is_severity_off, stands_alone
from qa_app.assessment.wording import refusal_sentence, sheet_state
from qa_app.clock import now
from qa_app.coaching.queries import list_own_actions, today
from qa_app.db import db
from qa_app.models import Sheet, User
from qa_app.people.organisation import working_calendar
from qa_app.scorecard import queries
from qa_app.scorecard.card import make_scorecard
from qa_app.scorecard.forms import CommentForm, ObjectForm
from qa_app.scorecard.how import make_chapters
from qa_app.scorecard.waiting import list_for_agent
from qa_app.web.i18n import html_language
from qa_app.web.waiting import Agenda, make_agenda

bp = Blueprint("scorecard", __name__, template_folder="templates")
gate(bp, Permission.own_scorecard)


@bp.get("/me")
@bp.get("/me/<month>")
def index(month: str = "") -> str | Response:
    """Show one's own published month; without a month the latest, or when the first one comes."""
    if month:
        return _show(_own(month))
    session, actor = db.session(), acting_user()
    months = queries.list_own_months(session, actor)
    if months:
        return redirect(url_for("scorecard.index", month=months[0]))
    return render_template(
        "scorecard/empty.html",
        agenda=_agenda(session, actor),
        inspected=queries.count_inspected_since(session, actor, None),
        evidence=own_case(session, actor),
    )


@bp.post("/me/<month>/acknowledge")
def acknowledge(month: str) -> Response:
    """Note that it was read; this does not say that one agrees."""
    sheet = _own(month)
    try:
        sheets.acknowledge_sheet(db.session(), acting_user(), sheet)
        flash(_("Acknowledged: you have read it. It does not mean that you agree."), "success")
    except AssessmentRefused as refusal:
        flash(refusal_sentence(refusal), "error")
    return _back(month)


@bp.post("/me/<month>/object")
def object_to(month: str) -> str | Response:
    """Object with a reason."""
    sheet, form = _own(month), ObjectForm()
    if not form.validate():
        return _show(sheet, object_form=form)
    try:
        sheets.object_to_sheet(db.session(), acting_user(), sheet, reason=form.reason.data or "")
        flash(_("Your objection is kept with the sheet and shown to your supervisor and HR."), "success")
    except AssessmentRefused as refusal:
        flash(refusal_sentence(refusal), "error")
    return _back(month)


@bp.post("/me/<month>/comment")
def comment(month: str) -> str | Response:
    """Put one's own words beside the sheet."""
    sheet, form = _own(month), CommentForm()
    if not form.validate():
        return _show(sheet, comment_form=form)
    try:
        sheets.comment_on_sheet(db.session(), acting_user(), sheet, kind="self", text=form.text.data or "")
    except AssessmentRefused as refusal:
        flash(refusal_sentence(refusal), "error")
    return _back(month)


@bp.get("/how")
@requires(Permission.signed_in)
def how() -> str:
    """Explain in plain words how scores are made, with one's own latest month where there is one."""
    session, actor = db.session(), acting_user()
    months = queries.list_own_months(session, actor)
    own = queries.get_own_sheet(session, actor, months[0]) if months else None
    known = own or queries.newest_sheet(session)
    content = decode_content(known.content) if known else None
    chapters = make_chapters(
        content,
        html_language(),
        is_own=own is not None,
        stands_alone=known is not None and content is not None and stands_alone(content, known.revision),
        is_severity_off=known is not None and is_severity_off(known.revision),
    )
    return render_template("scorecard/how.html", chapters=chapters, content=content)


def _show(sheet: Sheet, *, object_form: ObjectForm | None = None, comment_form: CommentForm | None = None) -> str:
    session, actor = db.session(), acting_user()
    sheets.see_sheet(session, actor, sheet)
    months = queries.list_own_months(session, actor)
    coaching = list_own_actions(session, actor)
    return render_template(
        "scorecard/show.html",
        sheet=sheet,
        state=sheet_state(sheet.state),
        month=sheet.revision.period.month,
        agenda=_agenda(session, actor),
        card=make_scorecard(session, sheet, str(get_locale()), months),
        behind=behind_by_title(decode_content(sheet.content), html_language(), agent_id=sheet.agent_id),
        months=months,
        evidence=own_case(session, actor),
        dispute=find_dispute_interval(session, sheet),
        coaching=coaching,
        coached={title: row.id for row in coaching for title in (row.title, row.title_zh) if title},
        today=today(session),
        object_form=object_form or ObjectForm(),
        comment_form=comment_form or CommentForm(),
        inspected_since=queries.count_inspected_since(session, actor, months[0]),
        appealable={str(window.id) for window in open_windows(session, actor)},
    )


def _agenda(session: Session, actor: User) -> Agenda:
    calendar = working_calendar(session)
    return make_agenda(list_for_agent(session, actor, calendar), calendar, now())


def _own(month: str) -> Sheet:
    return queries.get_own_sheet(db.session(), acting_user(), month)


def _back(month: str) -> Response:
    return redirect(url_for("scorecard.index", month=month), 303)
