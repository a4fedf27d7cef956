"""One's notices: the page, the way to what each is about, reading and taking that back; the bell of every page."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, get_notice
from qa_app.clock import now
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.models import NoticeGroup
from qa_app.notices import failures, jobs  # noqa: F401 - duties and what follows failures announce themselves
from qa_app.notices.groups import GROUPS, groups_for
from qa_app.notices.kinds import page_of
from qa_app.notices.queries import NoticeFilter, group_by_day, notices_query
from qa_app.notices.reading import count_unread, mark_all_read, mark_read, take_back
from qa_app.web.pagination import paginate_rows

bp = Blueprint("notices", __name__, template_folder="templates", url_prefix="/notices")
gate(bp, Permission.signed_in)

UNDO = "notices_marked"
UNDO_FOR = timedelta(minutes=10)


@bp.app_template_global("unread_notices")
def unread_notices() -> int:
    """Count what the person at the screen has not read: one query a page, however often a page asks."""
    if "unread_notices" not in g:
        g.unread_notices = count_unread(db.session(), acting_user()) if current_user.is_authenticated else 0
    return int(g.unread_notices)


@bp.get("")
def index() -> str:
    """List one's notices, newest first."""
    actor, wanted = acting_user(), _wanted()
    page = paginate_rows(db.session(), notices_query(actor, wanted))
    return render_template(
        "notices/index.html",
        page=page,
        days=group_by_day(page.rows),
        wanted=wanted,
        groups={group: GROUPS[group].title for group in groups_for(actor)},
        undo=_undo(),
    )


@bp.get("/<int:notice_id>")
def open_notice(notice_id: int) -> Response:
    """Go to what a notice is about; whoever opens it has read it."""
    actor = acting_user()
    notice = get_notice(db.session(), actor, notice_id)
    mark_read(db.session(), actor, [notice.id])
    endpoint, arguments = page_of(notice.kind, notice.params)
    return redirect(url_for(endpoint, **arguments))


@bp.post("/read")
def read() -> Response:
    """Mark the notices named as read, or all."""
    actor, named = acting_user(), request.form.getlist("notice_id", type=read_key)
    is_all = "all" in request.form
    read_at = mark_all_read(db.session(), actor) if is_all else mark_read(db.session(), actor, named)
    if read_at is not None:
        session[UNDO] = [read_at.isoformat(), 0 if is_all else len(named)]
    return redirect(_back(), 303)


@bp.post("/take-back")
def undo() -> Response:
    """Make unread again what was marked last."""
    marked = session.pop(UNDO, None)
    if marked:
        take_back(db.session(), acting_user(), datetime.fromisoformat(marked[0]))
    return redirect(_back(), 303)


def _undo() -> str:
    """Say what was marked a moment ago, while it can be taken back."""
    marked = session.get(UNDO)
    if not marked or now() - datetime.fromisoformat(marked[0]) > UNDO_FOR:
        session.pop(UNDO, None)
        return ""
    count = int(marked[1])
    if not count:
        return str(_("All are marked as read."))
    return str(ngettext("%(num)s is marked as read.", "%(num)s are marked as read.", count))


def _wanted() -> NoticeFilter:
    return NoticeFilter(
        group=request.args.get("group", type=NoticeGroup),  # what is no group is left out
        is_unread=bool(request.args.get("unread")),
    )


def _back() -> str:
    """The list as it was filtered: only its own parameters come back."""
    kept = {name: request.form[name] for name in ("group", "unread", "page") if request.form.get(name)}
    return url_for("notices.index", **kept)  # type: ignore[arg-type]
