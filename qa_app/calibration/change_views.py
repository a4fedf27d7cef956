"""What the QA lead changes of a running session: cancelled, given more days, an inspector more or less.

Routes of the blueprint of `session_views`.
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, requires
from qa_app.calibration import changing, errors, session_queries
from qa_app.calibration.session_forms import CancelForm, MemberForm, ProlongForm
from qa_app.calibration.session_views import bp, jobs
from qa_app.db import db
from qa_app.models import CalibrationSession
from qa_app.web.i18n import current_time_zone

__all__ = ["bp", "jobs"]


@bp.post("/<int:session_id>/cancel")
@requires(Permission.manage_calibration)
def cancel(session_id: int) -> AnyResponse:
    """End a session without a reveal."""
    calibration, form = _load(session_id), CancelForm()
    try:
        changing.cancel_session(db.session(), acting_user(), calibration, reason=form.reason.data or "")
    except errors.CalibrationRefused as refusal:
        return _refused(session_id, refusal)
    flash(_("The session is cancelled. What was scored stays closed and counts for nothing."), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.post("/<int:session_id>/prolong")
@requires(Permission.manage_calibration)
def prolong(session_id: int) -> AnyResponse:
    """Give a session until a later day."""
    calibration, form = _load(session_id), ProlongForm()
    if not form.validate_on_submit() or form.due_on.data is None:
        return _refused(session_id, errors.NotLater())
    due_at = datetime.combine(form.due_on.data, time(23, 59), tzinfo=ZoneInfo(current_time_zone()))
    try:
        changing.prolong_session(db.session(), acting_user(), calibration, due_at)
    except errors.CalibrationRefused as refusal:
        return _refused(session_id, refusal)
    flash(_("It can be scored until then; its inspectors are told."), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.post("/<int:session_id>/inspectors")
@requires(Permission.manage_calibration)
def add_inspector(session_id: int) -> AnyResponse:
    """Give the conversations to one more inspector."""
    session, calibration = db.session(), _load(session_id)
    people = session_queries.list_inspectors(session)
    form = MemberForm(people)
    inspector = next((user for user in people if form.validate() and user.id == form.inspector.data), None)
    try:
        if inspector is None:
            raise errors.NothingToGive
        changing.add_inspector(session, acting_user(), calibration, inspector)
    except errors.CalibrationRefused as refusal:
        return _refused(session_id, refusal)
    flash(_("%(name)s scores in this session too.", name=inspector.display_name), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.post("/<int:session_id>/inspectors/remove")
@requires(Permission.manage_calibration)
def take_out_inspector(session_id: int) -> AnyResponse:
    """Let the session go on without what an inspector has not scored."""
    session, calibration = db.session(), _load(session_id)
    people = [member.user for member in calibration.members]
    form = MemberForm(people)
    inspector = next((user for user in people if form.validate() and user.id == form.inspector.data), None)
    try:
        if inspector is None:
            raise errors.NothingToTake
        changing.take_out_inspector(session, acting_user(), calibration, inspector)
    except errors.CalibrationRefused as refusal:
        return _refused(session_id, refusal)
    flash(_("The session goes on without %(name)s.", name=inspector.display_name), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


def _load(session_id: int) -> CalibrationSession:
    return access.get_calibration(db.session(), acting_user(), session_id)


def _refused(session_id: int, refusal: errors.CalibrationRefused) -> AnyResponse:
    db.session().rollback()
    flash(_words_of(refusal), "error")
    return redirect(url_for(".show", session_id=session_id), 303)


def _words_of(refusal: errors.CalibrationRefused) -> str:
    match refusal:
        case errors.ReasonMissing():
            return str(_("Say why it is cancelled: its inspectors are told."))
        case errors.NotLater():
            return str(_("Choose a day after the one it is due now."))
        case errors.AlreadyOver():
            return str(_("This day has passed. Choose today or a later day."))
        case errors.NothingToGive():
            return str(_("This person scores every conversation of it already, or does not inspect."))
        case errors.NothingToTake():
            return str(_("Nothing of this session waits for this person."))
        case errors.SessionIncomplete():
            return str(_("It takes two inspectors: add one first, or cancel the session."))
    return str(_("The session was revealed or cancelled in the meantime."))
