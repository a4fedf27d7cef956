"""The start page of each role, and the choice of language that every page offers."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, allow, gate, public
from qa_app.db import db
from qa_app.home import queries
from qa_app.models import RoleName
from qa_app.web.i18n import LANGUAGES

bp = Blueprint("home", __name__, template_folder="templates")
gate(bp, Permission.signed_in)


@bp.get("/")
def index() -> str | Response:
    """Show what to do now; an agent's home is the scorecard."""
    actor = acting_user()
    if actor.role_names == {RoleName.agent}:
        return redirect(url_for("scorecard.index"))
    return render_template(
        "home/index.html",
        tasks=queries.list_tasks(db.session(), actor),
        pace=queries.read_pace(db.session()) if allow(Permission.manage_sampling) else [],
        inspected=queries.describe_inspected(db.session(), actor) if allow(Permission.inspect) else None,
        is_empty=allow(Permission.import_data) and queries.is_empty(db.session()),
    )


@bp.post("/language")
@public
def choose_language() -> Response:
    """Keep the language for this browser, and for the person when signed in."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
        if current_user.is_authenticated:
            current_user.language = language
    back = request.form.get("next", "")
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if is_ours else url_for("home.index"), 303)
