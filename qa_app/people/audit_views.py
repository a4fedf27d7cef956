"""The audit trail: who did what to which thing when; for the administrator to read and to verify, never to edit."""

from __future__ import annotations

from itertools import islice

from flask import Blueprint, render_template, request

from qa_app import audit
from qa_app.access import Permission, acting_user, gate
from qa_app.audit import verify_chain
from qa_app.db import db
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.people import queries
from qa_app.people.audit_listing import EVENTS, select_events
from qa_app.web.pagination import paginate_rows

bp = Blueprint("audit", __name__, template_folder="templates", url_prefix="/audit")
gate(bp, Permission.view_audit)

SHOWN_BREAKS = 50


@bp.get("")
def index() -> str:
    """List the events that match, latest first."""
    session, actor = db.session(), acting_user()
    asked = read_asked(EVENTS, request.args)
    page = paginate_rows(session, select_events(asked))
    return render_template("audit/index.html", page=page, bar=make_bar(session, actor, asked, page))


@bp.post("/verify")
def verify() -> str:
    """Walk the whole chain and name every place where it does not hold; where it holds, note that somebody looked."""
    session = db.session()
    broken, length = list(islice(verify_chain(session), SHOWN_BREAKS)), queries.audit_length(session)
    if not broken:  # onto a broken chain nothing may be added before it was looked into
        audit.record(session, acting_user(), action="audit.verify", thing="audit", links=length)
    return render_template("audit/verified.html", broken=broken, length=length, most=SHOWN_BREAKS)
