"""The search page, its list of one group, and the short list below the box while somebody types."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from qa_app.access import Permission, acting_user, gate, has_permission
from qa_app.conversations.indexing import count_behind
from qa_app.db import db
from qa_app.search.hits import GROUPS, find_group, find_groups
from qa_app.web.forms import without_nul

bp = Blueprint("search", __name__, template_folder="templates", url_prefix="/search")
gate(bp, Permission.signed_in)

LONGEST_QUESTION = 200
SHOWN, SHOWN_WHILE_TYPING = 5, 4


def _question() -> str:
    return without_nul(request.args.get("q", ""))[:LONGEST_QUESTION].strip()


@bp.get("")
def index() -> str:
    """Show what was found: the first of every group, or one group page by page."""
    actor, session, question = acting_user(), db.session(), _question()
    name = request.args.get("group", "")
    page, groups = None, []
    if question and name:
        found = find_group(session, actor, question, name) if name in GROUPS else None
        if found is None:
            abort(404)
        groups, page = [found[0]], found[1]
    elif question:
        groups = find_groups(session, actor, question, at_most=SHOWN)
    # Where something was found nobody asks what is missing, and counting it reads the whole index.
    asks = not groups and has_permission(actor, Permission.view_conversations)
    behind = count_behind(session) if asks else 0
    title = _("Search: %(question)s", question=question) if question else _("Search")
    return render_template(
        "search/index.html", question=question, groups=groups, group=name, page=page, behind=behind, title=title
    )


@bp.get("/quick")
def quick() -> str:
    """Give the short list alone, while somebody types."""
    question = _question()
    if len(question) == 1 and question.isascii():
        question = ""  # one letter is no word yet, and begins too many
    groups = find_groups(db.session(), acting_user(), question, at_most=SHOWN_WHILE_TYPING) if question else []
    return render_template("search/_quick.html", question=question, groups=groups)
