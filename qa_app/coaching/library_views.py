"""Pages of the case library: reading, proposing, the QA lead's consent, lending a case to an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from qa_app.access import Permission, acting_user, allow, gate, get_action, get_inspection, requires
from qa_app.coaching import library
from qa_app.coaching.entered_lists import CASE_LIST, select_cases
from qa_app.coaching.errors import ActionRefused, ReasonMissing
from qa_app.coaching.queries import ActionFilter, actions_query
from qa_app.coaching.words import CASES
from qa_app.conversations.forms import channel_title
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.models import ActionState, CaseKind, CaseState, LibraryCase, User
from qa_app.web.forms import BaseForm
from qa_app.web.navigation import count_for
from qa_app.web.pagination import paginate_rows

bp = Blueprint("library", __name__, template_folder="templates", url_prefix="/library")
gate(bp, Permission.view_library)

PER_PAGE = 20
STATE_TITLES = {
    CaseState.proposed: _l("waits for consent"),
    CaseState.accepted: _l("in the library"),
    CaseState.declined: _l("declined"),
    CaseState.withdrawn: _l("withdrawn"),
}
bp.add_app_template_global(channel_title, "case_channel")


class CaseForm(BaseForm):
    """What is said about a case."""

    kind = RadioField(
        _l("What it shows"),
        choices=[(kind.value, title) for kind, title in CASES.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    title = StringField(_l("Title, without names"), [InputRequired(_l("Give it a title.")), Length(max=200)])
    lesson = TextAreaField(_l("What to learn from it"), [InputRequired(_l("Write a sentence.")), Length(max=2000)])
    tags = StringField(_l("Tags, parted by commas"), [Length(max=400)])


@count_for("library.index")
def count_waiting(user: User) -> int:
    """Count the cases that wait for the QA lead."""
    from qa_app.permissions import has_permission

    return library.count_proposed(db.session()) if has_permission(user, Permission.manage_library) else 0


@bp.get("")
def index() -> str:
    """Search the library."""
    session, actor = db.session(), acting_user()
    asked = read_asked(CASE_LIST, request.args)
    page = paginate_rows(session, select_cases(actor, asked), per_page=PER_PAGE)
    bar = make_bar(session, actor, asked, page)
    return render_template("coaching/library.html", page=page, bar=bar, kinds=CASES, states=STATE_TITLES)


@bp.get("/<int:case_id>")
def show(case_id: int) -> str:
    """Read a case."""
    session, actor = db.session(), acting_user()
    case = library.find_case(session, actor, case_id)
    lendable: list[Any] = []
    if allow(Permission.coach) and case.state == CaseState.accepted:
        open_ones = actions_query(session, actor, ActionFilter(state=ActionState.open))
        lendable = list(session.execute(open_ones.limit(100)).all())
    return render_template("coaching/case.html", case=case, kinds=CASES, states=STATE_TITLES, actions=lendable)


@bp.route("/propose/<int:inspection_id>", methods=["GET", "POST"])
@requires(Permission.propose_cases)
def propose(inspection_id: int) -> str | Response:
    """Propose the conversation of an inspection."""
    session, actor = db.session(), acting_user()
    inspection = get_inspection(session, actor, inspection_id)
    form = CaseForm()
    if form.validate_on_submit():
        facts = library.CaseFacts(
            CaseKind(form.kind.data), form.title.data, form.lesson.data, library.read_tags(form.tags.data or "")
        )
        made: list[LibraryCase] = []
        if _attempt(lambda: made.append(library.propose_case(session, actor, inspection, facts))):
            flash(_("Proposed. The QA lead decides whether everybody may read it."), "success")
            return redirect(url_for("library.show", case_id=made[0].id), 303)
    lines = library.make_lines(inspection)
    return render_template("coaching/case_propose.html", form=form, lines=lines, inspection=inspection)


@bp.post("/<int:case_id>/accept")
@requires(Permission.manage_library)
def accept(case_id: int) -> Response:
    """Agree."""
    case = _case(case_id)
    if _attempt(lambda: library.accept_case(db.session(), acting_user(), case)):
        flash(_("The case is in the library."), "success")
    return redirect(url_for("library.show", case_id=case.id), 303)


@bp.post("/<int:case_id>/decline")
@requires(Permission.manage_library)
def decline(case_id: int) -> Response:
    """Do not take it in, or take it out again."""
    case, reason = _case(case_id), request.form.get("reason", "")
    session, actor = db.session(), acting_user()
    step = library.withdraw_case if case.state == CaseState.accepted else library.decline_case
    _attempt(lambda: step(session, actor, case, reason=reason))
    return redirect(url_for("library.show", case_id=case.id), 303)


@bp.post("/<int:case_id>/lend")
@requires(Permission.coach)
def lend(case_id: int) -> Response:
    """Lend it to an action."""
    session, actor, case = db.session(), acting_user(), _case(case_id)
    action = get_action(session, actor, request.form.get("action_id", 0, type=read_key))
    if not _attempt(lambda: library.lend_case(session, actor, case, action)):
        return redirect(url_for("library.show", case_id=case.id), 303)
    flash(_("Added to the material."), "success")
    return redirect(url_for("coaching.show", action_id=action.id, _anchor="material"), 303)


def _case(case_id: int) -> LibraryCase:
    return library.find_case(db.session(), acting_user(), case_id)


def _attempt(step: Callable[[], object]) -> bool:
    try:
        with db.session.begin_nested():
            step()
    except ReasonMissing:
        flash(_("Write the reason."), "error")
    except library.NothingToRead:
        flash(_("The words of this conversation are not kept with the inspection."), "error")
    except ActionRefused:
        flash(_("This cannot be done any more: the case was decided already."), "error")
    else:
        return True
    return False
