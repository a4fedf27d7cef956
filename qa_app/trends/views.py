"""Trends: what changes, where points go, who stands out, and the inspections behind."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate
from qa_app.clock import now
from qa_app.db import db
from qa_app.jobs.views import state_of
from qa_app.trends import jobs, queries
from qa_app.trends.behind import NotAsked, make_behind_page
from qa_app.trends.forms import TrendsForm
from qa_app.trends.page import make_trends_page
from qa_app.trends.scope import Scope, watched_teams
from qa_app.trends.themes import read_texts, start_search
from qa_app.trends.words import week_number
from qa_app.web.i18n import current_language, current_time_zone, html_language, named

__all__ = ["bp", "jobs"]

bp = Blueprint("trends", __name__, template_folder="templates", url_prefix="/trends")
gate(bp, Permission.view_trends)
bp.app_template_global("week_number")(week_number)


@bp.get("")
def index() -> str:
    """Show the trends of a month."""
    form, scope = _asked()
    actor = acting_user()
    page = make_trends_page(db.session(), actor, scope, html_language())
    run = page.themes.run
    return render_template(
        "trends/index.html",
        form=form,
        page=page,
        run=run,
        state=state_of(run) if run else None,
        is_own_run=bool(run and run.actor_id == actor.id),
    )


@bp.get("/inspections")
def inspections() -> str:
    """List the inspections behind a bar or a week."""
    _form, scope = _asked()
    asked = {name: request.args.get(name, "") for name in ("criterion", "week")}
    try:
        page = make_behind_page(db.session(), scope, html_language(), **asked)
    except NotAsked:
        abort(404)
    return render_template("trends/inspections.html", page=page, scope=scope)


@bp.post("/themes")
def look_for_themes() -> Response:
    """Start looking for themes in the failing evidence."""
    _form, scope = _asked()
    session = db.session()
    start_search(session, acting_user(), scope, read_texts(session, scope), locale=current_language())
    return redirect(url_for("trends.index", _anchor="themes", **scope.address()), 303)


def _asked() -> tuple[TrendsForm, Scope]:
    """The filter as the address has it; the month is the newest one with inspections unless one is named."""
    session, zone = db.session(), ZoneInfo(current_time_zone())
    watched = watched_teams(acting_user())
    teams = [(row.id, named(row.name, row.name_zh)) for row in queries.list_teams(session, watched)]
    form = TrendsForm(request.values, teams=teams)
    this_month = f"{now().astimezone(zone):%Y-%m}"
    newest = queries.newest_inspected(session, Scope(this_month, zone, watched))
    month, team, channel = form.asked(f"{newest.astimezone(zone):%Y-%m}" if newest else this_month)
    return form, Scope(month, zone, watched, team, channel)
