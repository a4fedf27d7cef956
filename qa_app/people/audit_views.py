"""The audit trail: who did what to which thing when; for the administrator to read and to verify, never to edit."""

from __future__ import annotations

from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from qa_app import audit
from qa_app.access import Permission, acting_user, gate
from qa_app.audit import verify_chain
from qa_app.db import db
from qa_app.people import queries
from qa_app.web.i18n import current_time_zone
from qa_app.web.pagination import paginate_rows

bp = Blueprint("audit", __name__, template_folder="templates", url_prefix="/audit")
gate(bp, Permission.view_audit)

SHOWN_BREAKS = 50


@bp.get("")
def index() -> str:
    """List the events that match, latest first."""
    wanted = _filter()
    page = paginate_rows(db.session(), queries.audit_events(wanted, ZoneInfo(current_time_zone())))
    return render_template("audit/index.html", page=page, wanted=wanted, actions=queries.audit_actions(db.session()))


def _filter() -> queries.AuditFilter:
    return queries.AuditFilter(
        actor=request.args.get("actor", "").strip(),
        action=request.args.get("action", ""),
        thing=request.args.get("thing", "").strip(),
        since=request.args.get("since", type=date.fromisoformat),
        until=request.args.get("until", type=date.fromisoformat),
    )


@bp.post("/verify")
def verify() -> str:
    """Walk the whole chain and name every place where it does not hold; where it holds, note that somebody looked."""
    session = db.session()
    broken, length = list(islice(verify_chain(session), SHOWN_BREAKS)), queries.audit_length(session)
    if not broken:  # onto a broken chain nothing may be added before it was looked into
        audit.record(session, acting_user(), action="audit.verify", thing="audit", links=length)
    return render_template("audit/verified.html", broken=broken, length=length, most=SHOWN_BREAKS)
