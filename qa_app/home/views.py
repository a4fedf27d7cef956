"""The start page of each role."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from qa_app.access import Permission, gate, public
from qa_app.web.i18n import LANGUAGES

bp = Blueprint("home", __name__, template_folder="templates")
gate(bp, Permission.signed_in)


@bp.get("/")
def index() -> str:
    """Show what to do now."""
    return render_template("home/index.html")


@bp.post("/language")
@public
def choose_language() -> Response:
    """Keep the language for this browser, and for the person when signed in."""
    from flask_security import current_user

    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
        if current_user.is_authenticated:
            current_user.language = language
    back = request.form.get("next", "")
    return redirect(back if back.startswith("/") and not back.startswith("//") else url_for("home.index"), 303)
