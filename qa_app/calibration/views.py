"""Pages about inspectors: all of them for the QA lead, oneself for an inspector, and where two differ."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template

from qa_app.access import Permission, acting_user, gate, requires
from qa_app.calibration.page import make_page
from qa_app.calibration.pairs_page import make_pairs_page
from qa_app.clock import now
from qa_app.db import db
from qa_app.models import RoleName
from qa_app.web.i18n import current_time_zone, html_language

bp = Blueprint("calibration", __name__, template_folder="templates", url_prefix="/calibration")
gate(bp, Permission.view_calibration)


@bp.get("/inspectors")
def inspectors() -> str:
    """Show who is strict, lenient or drifting and what is read differently; an inspector sees oneself."""
    return _show(_own_id())


@bp.get("/mine")
@requires(Permission.inspect)
def mine() -> str:
    """Show one's own severity, drift and agreement, whatever other roles one has."""
    return _show(acting_user().id)


@bp.get("/criteria/<code>")
def pairs(code: str) -> str:
    """List the conversations in which two inspectors answered a criterion differently."""
    own = _own_id()
    page = make_pairs_page(db.session(), now(), _zone(), code, html_language(), own=own)
    if page is None:
        abort(404)
    return render_template("calibration/pairs.html", page=page, is_own=own is not None)


def _show(own: int | None) -> str:
    page = make_page(db.session(), now(), _zone(), html_language(), own=own)
    return render_template("calibration/inspectors.html", page=page)


def _own_id() -> int | None:
    """Whose figures the person may see: None for all."""
    actor = acting_user()
    return None if RoleName.qa_lead in actor.role_names else actor.id


def _zone() -> ZoneInfo:
    return ZoneInfo(current_time_zone())
