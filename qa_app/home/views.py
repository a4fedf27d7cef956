"""The start page of each role, and the choice of language that every page offers."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, allow, gate, public, requires
from qa_app.calibration.page import make_overview
from qa_app.clock import now
from qa_app.db import db
from qa_app.home import queries
from qa_app.home.administrator import list_slow
from qa_app.home.board import make_board
from qa_app.home.inspector import read_day
from qa_app.home.months import read_months, say_turns
from qa_app.home.supervisor import read_standing
from qa_app.models import RoleName
from qa_app.people.organisation import working_calendar
from qa_app.web.i18n import LANGUAGES, html_language
from qa_app.web.waiting import make_agenda

bp = Blueprint("home", __name__, template_folder="templates")
gate(bp, Permission.signed_in)


@bp.get("/")
def index() -> str | Response:
    """Show what to do now; an agent's home is the scorecard."""
    actor, found = acting_user(), db.session()
    roles = actor.role_names
    if roles == {RoleName.agent}:
        return redirect(url_for("scorecard.index"))
    calendar, moment = working_calendar(found), now()
    is_lead = RoleName.qa_lead in roles
    overview = make_overview(found, moment, calendar.zone, html_language()) if is_lead else None
    months = read_months(found, calendar) if allow(Permission.view_months) else []
    known = queries.Known(calendar, months, overview.findings if overview else ())
    return render_template(
        "home/index.html",
        agenda=make_agenda(queries.list_tasks(found, actor, known), calendar, moment),
        nothing=queries.say_nothing_waits(actor),
        board=make_board(found, overview, calendar) if overview else None,
        day=read_day(found, actor) if RoleName.inspector in roles else None,
        turns=say_turns(months, calendar),
        standing=read_standing(found, actor, html_language()) if RoleName.supervisor in roles else None,
        has_slow=RoleName.administrator in roles,
        is_empty=allow(Permission.import_data) and queries.is_empty(found),
    )


@bp.get("/home/house")
@requires(Permission.manage_settings)
def house() -> str:
    """Show what takes longer to find out about the installation: a part of the home page, fetched after it."""
    found = db.session()
    agenda = make_agenda(list_slow(found), working_calendar(found), now())
    return render_template("home/_house.html", agenda=agenda)


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
