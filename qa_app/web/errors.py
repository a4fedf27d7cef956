"""Error pages: one table of handlers; a person gets a page, a script gets JSON or a fragment.

Whoever was signed out meanwhile loses nothing by it: a form comes back with what was typed, to be sent again.
"""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from qa_app.db import db
from qa_app.web.typed import keep_typed, page_before

__all__ = ["configure_errors"]

log = structlog.get_logger(__name__)

TEXTS = {
    400: (_l("This request cannot be understood."), _l("Go back, reload the page and try again.")),
    401: (_l("You are signed out."), _l("Nothing was changed. Sign in again, then go on where you were.")),
    403: (_l("This is not allowed."), _l("Ask your administrator if you think it should be.")),
    404: (
        _l("There is nothing here for you."),
        _l("The page does not exist, or it belongs to somebody else. Check the address, or go to your home page."),
    ),
    405: (_l("This page cannot be used that way."), _l("Go back and use the buttons of the page.")),
    409: (_l("Somebody else changed this meanwhile."), _l("Reload the page to see the newer state.")),
    413: (_l("The file is too large."), _l("Split it, or import it with the command line.")),
    429: (_l("Too many attempts."), _l("Wait a minute, then try again.")),
    500: (
        _l("Something failed on our side."),
        _l("What was saved stays saved. Quote the number below when you ask for help."),
    ),
}
STALE = (_l("This page was open for too long."), _l("Nothing was changed. Go back, reload the page and try again."))
"""The token of a form is not that of the session: signed in anew since, or sent by another site."""

Texts = tuple[LazyString, LazyString]


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.is_json


def _answer(code: int, reference: str = "", texts: Texts | None = None) -> tuple[Response | str, int]:
    title, advice = texts or TEXTS.get(code, TEXTS[400])
    if _wants_json():
        return jsonify(error=str(title), advice=str(advice), reference=reference), code
    if request.headers.get("HX-Request"):
        return render_template("errors/_fragment.html", title=title, advice=advice), code
    if code == 401 or texts is STALE:
        kept = {"typed": keep_typed(), "back": page_before()}
        return render_template("errors/again.html", code=code, title=title, advice=advice, **kept), code
    template = "errors/plain.html" if code == 500 else "errors/error.html"
    return render_template(template, code=code, title=title, advice=advice, reference=reference), code


def configure_errors(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(HTTPException)
    def answer_http_error(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        return _answer(error.code)

    @app.errorhandler(CSRFError)
    def answer_csrf_error(error: CSRFError) -> tuple[Response | str, int] | AnyResponse:
        log.info("csrf_refused", reason=error.description)
        if request.endpoint == "security.login" and not _wants_json():
            flash(_("This page was open for too long. Please sign in once more."), "error")
            return redirect(url_for("security.login", next=request.args.get("next")), 303)
        # The token dies with the session, so this comes before any gate could say who is signed out.
        is_public = getattr(current_app.view_functions.get(request.endpoint or ""), "assay_public", False)
        if not current_user.is_authenticated and not is_public:
            return _answer(401)
        return _answer(400, texts=STALE)

    @app.errorhandler(InternalServerError)
    def answer_failure(error: InternalServerError) -> tuple[Response | str, int]:
        db.session.rollback()
        reference = secrets.token_hex(3).upper()
        log.error("request_failed", reference=reference, path=request.path, exc_info=error.original_exception)
        return _answer(500, reference)
