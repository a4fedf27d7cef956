"""Calibration sessions: the list, a new one, scoring it blind, and what is said and ruled once it is revealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, gate, has_permission, requires
from qa_app.calibration import jobs, service, session_queries
from qa_app.calibration.change_page import make_change_forms
from qa_app.calibration.choosing import Suggestion, Why, find_by_number, suggest
from qa_app.calibration.errors import AlreadyRevealed, CalibrationRefused, NothingToWrite, StillMissing
from qa_app.calibration.revealed import make_boxes
from qa_app.calibration.session_figures import make_figures
from qa_app.calibration.session_forms import NewSessionForm, NoteForm, RevealForm, RulingForm
from qa_app.calibration.wording_page import make_wording_page
from qa_app.clock import now
from qa_app.db import db
from qa_app.inspections import service as inspecting
from qa_app.inspections.answers import AnswerRefused
from qa_app.keys import read_key
from qa_app.models import AssignmentState, CalibrationSession, Conversation, Inspection, RoleName, RubricVersion, User
from qa_app.web.i18n import current_time_zone, html_language
from qa_app.web.navigation import count_for
from scoring.rubric import Text

__all__ = ["bp", "jobs"]

bp = Blueprint("calibration_sessions", __name__, template_folder="templates", url_prefix="/calibration")
gate(bp, Permission.view_calibration)

WORKING_WEEK = timedelta(days=7)


@count_for("calibration_sessions.index")
def waiting(user: Any) -> int:
    """How many sessions wait for this person's scores."""
    return session_queries.count_waiting(db.session(), user) if RoleName.inspector in user.role_names else 0


@bp.app_template_global("why_picked")
def why_picked(why: str) -> str:
    """Say why a conversation was picked."""
    titles = {
        "disagreed": _("two inspectors disagreed"),
        "appealed": _("its inspection was appealed"),
        "random": _("at random"),
        "chosen": _("chosen by the QA lead"),
    }
    return str(titles.get(why, why))


@bp.get("")
def index() -> str:
    """List the sessions, running ones first."""
    session, actor = db.session(), acting_user()
    rows = session_queries.list_sessions(session, actor)
    return render_template("calibration/sessions.html", rows=rows, leads=_leads(actor), moment=now())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.manage_calibration)
def new() -> AnyResponse | str:
    """Pick conversations, a rubric version, inspectors and a day."""
    session, actor = db.session(), acting_user()
    versions = session_queries.list_published(session)
    if not versions:
        flash(_("Publish a rubric first: a session is scored with a version in force."), "error")
        return redirect(url_for("rubrics.index"), 303)
    version = next((one for one in versions if one.id == request.values.get("rubric", type=read_key)), versions[0])
    inspectors = session_queries.list_inspectors(session)
    today = now().astimezone(_zone()).date()
    proposed = {"due_on": today + WORKING_WEEK, "inspectors": [user.id for user in inspectors]}
    name = _("Calibration of %(day)s", day=today.isoformat())
    form = NewSessionForm(inspectors, today, data={**proposed, "name": name})
    suggestions = suggest(session, actor, version, now(), _zone())
    ticked = set(request.form.getlist("pick", type=read_key))
    problem = ""
    if form.validate_on_submit():
        made, problem = _make(form, version, inspectors, suggestions, ticked)
        if made is not None:
            session.flush()
            flash(_("The session is with its inspectors."), "success")
            return redirect(url_for(".show", session_id=made.id), 303)
    if request.method == "GET":
        ticked = {one.id for one in suggestions if one.proposed}
    return render_template(
        "calibration/new_session.html",
        form=form,
        versions=versions,
        version=version,
        suggestions=suggestions,
        ticked=ticked,
        problem=problem,
    )


def _make(
    form: NewSessionForm,
    version: RubricVersion,
    inspectors: Sequence[User],
    suggestions: Sequence[Suggestion],
    ticked: set[int],
) -> tuple[CalibrationSession | None, str]:
    """Make the session, or say what is to be mended."""
    session, actor = db.session(), acting_user()
    typed = (form.numbers.data or "").replace("，", ",").replace("、", ",").split(",")
    named, unknown = find_by_number(session, actor, version, typed)
    if unknown:
        text = _("No conversation of this rubric’s channels has the number %(numbers)s.", numbers=", ".join(unknown))
        return None, str(text)
    reasons: dict[int, Why] = dict.fromkeys(named, "chosen")
    reasons |= {one.id: one.why for one in suggestions if one.id in ticked}
    if not reasons:
        return None, str(_("Tick at least one conversation, or name one by its number."))
    assert form.due_on.data is not None
    due_at = datetime.combine(form.due_on.data, time(23, 59), tzinfo=_zone())
    chosen = set(form.inspectors.data or ())
    made = service.make_session(
        session,
        actor,
        service.NewSession(
            name=(form.name.data or "").strip(),
            version=version,
            inspectors=[user for user in inspectors if user.id in chosen],
            picks=[service.Pick(session.get_one(Conversation, key), why) for key, why in reasons.items()],
            due_at=due_at,
        ),
    )
    return made, ""


@bp.get("/<int:session_id>")
def show(session_id: int) -> str:
    """Show a session: one's own work and the progress before it is revealed, everything after."""
    session, actor = db.session(), acting_user()
    calibration = access.get_calibration(session, actor, session_id)
    leads = _leads(actor)
    inspections: list[Inspection] = []
    if calibration.is_revealed:
        inspections = session_queries.list_scored(session, [one.sample_id for one in calibration.conversations])
    language = html_language()
    progress = session_queries.list_progress(session, session_id)
    is_member = session_queries.is_member(session, actor, session_id)
    own = session_queries.list_own(session, actor, session_id)
    # Of who was taken out after a part of it, the rest is theirs no more.
    kept = [row for row in own if row.state != AssignmentState.withdrawn]
    is_left_out = is_member and calibration.is_running and len(kept) < len(own)
    return render_template(
        "calibration/session.html",
        calibration=calibration,
        leads=leads,
        is_member=is_member,
        progress=progress,
        ready=sum(row.done == row.all for row in progress),
        own=kept if is_left_out else own,
        is_left_out=is_left_out,
        boxes=make_boxes(calibration, inspections, language) if calibration.is_revealed else (),
        figures=make_figures(session, calibration, inspections, now(), _zone(), language) if inspections else None,
        missing=service.find_missing(session, calibration) if leads else {},
        unwritten=len(service.find_unwritten(calibration)),
        forms=make_change_forms(session, calibration, _zone()) if leads and calibration.is_running else None,
        moment=now(),
    )


@bp.post("/<int:session_id>/start")
@requires(Permission.inspect)
def start(session_id: int) -> AnyResponse:
    """Open the next conversation of a session that waits for one."""
    session, actor = db.session(), acting_user()
    access.get_calibration(session, actor, session_id)
    assignment = session_queries.find_next_open(session, actor, session_id)
    if assignment is None:
        return redirect(url_for(".show", session_id=session_id), 303)
    inspection = inspecting.open_inspection(session, actor, assignment)
    session.flush()
    return redirect(url_for("inspections.score", inspection_id=inspection.id), 303)


@bp.post("/<int:session_id>/reveal")
@requires(Permission.manage_calibration)
def reveal(session_id: int) -> AnyResponse:
    """Lay all answers open."""
    session, actor = db.session(), acting_user()
    calibration = access.get_calibration(session, actor, session_id)
    form = RevealForm()
    if not form.validate_on_submit():
        raise BadRequest
    try:
        service.reveal_session(session, actor, calibration, reason=form.reason.data or "")
    except StillMissing as refusal:
        names = ", ".join(refusal.names.values())
        flash(_("Not submitted yet: %(names)s. To reveal without them, say why.", names=names), "error")
    except AlreadyRevealed:
        flash(_("The answers lie open already, or the session is cancelled."), "error")
    else:
        flash(_("All answers lie open."), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.post("/<int:session_id>/notes")
def note(session_id: int) -> AnyResponse:
    """Say something about a criterion."""
    session, actor = db.session(), acting_user()
    calibration = access.get_calibration(session, actor, session_id)
    form = NoteForm()
    if not form.validate_on_submit():
        flash(_("Write the note before you keep it; at most 2,000 characters."), "error")
        return redirect(url_for(".show", session_id=session_id), 303)
    sample_id, criterion = form.sample.data or 0, form.criterion.data or ""
    try:
        service.write_note(
            session, actor, calibration, sample_id=sample_id, criterion=criterion, text=form.text.data or ""
        )
    except (CalibrationRefused, AnswerRefused) as refusal:
        raise BadRequest(str(refusal)) from refusal
    return redirect(_place(session_id, sample_id, criterion), 303)


@bp.post("/<int:session_id>/rulings")
@requires(Permission.manage_calibration)
def rule(session_id: int) -> AnyResponse:
    """Set the reference answer, and what the guidance is to say."""
    session, actor = db.session(), acting_user()
    calibration = access.get_calibration(session, actor, session_id)
    form = RulingForm()
    if not form.validate_on_submit():
        flash(_("Choose a reference answer; a ruling holds at most 2,000 characters."), "error")
        return redirect(url_for(".show", session_id=session_id), 303)
    sample_id, criterion = form.sample.data or 0, form.criterion.data or ""
    try:
        service.rule_on(
            session,
            actor,
            calibration,
            sample_id=sample_id,
            criterion=criterion,
            reference=msgspec.json.decode(form.reference.data or "{}", type=dict[str, Any]),
            text=Text(en=(form.text.data or "").strip(), zh=(form.text_zh.data or "").strip()),
        )
    except (CalibrationRefused, AnswerRefused, msgspec.MsgspecError) as refusal:
        raise BadRequest(str(refusal)) from refusal
    return redirect(_place(session_id, sample_id, criterion), 303)


@bp.post("/<int:session_id>/write")
@requires(Permission.manage_calibration)
def write(session_id: int) -> AnyResponse:
    """Write the rulings into the guidance of the next rubric version and open its draft."""
    session, actor = db.session(), acting_user()
    calibration = access.get_calibration(session, actor, session_id)
    try:
        draft = service.write_into_guidance(session, actor, calibration)
    except NothingToWrite:
        flash(_("Every ruling stands in the guidance already."), "error")
        return redirect(url_for(".show", session_id=session_id), 303)
    except CalibrationRefused as refusal:
        raise BadRequest(str(refusal)) from refusal
    text = _(
        "The rulings stand in the guidance of version %(number)s. Publish it when it is right.", number=draft.number
    )
    flash(text, "success")
    return redirect(url_for("rubrics.editor.start", rubric_id=draft.rubric_id), 303)


@bp.get("/wording")
@requires(Permission.manage_calibration)
def wording() -> str:
    """List the criteria that inspectors call not scoreable as written."""
    page = make_wording_page(db.session(), now(), _zone(), html_language())
    return render_template("calibration/wording.html", page=page)


def _place(session_id: int, sample_id: int, criterion: str) -> str:
    return url_for(".show", session_id=session_id, _anchor=f"at-{sample_id}-{criterion}")


def _leads(actor: User) -> bool:
    return has_permission(actor, Permission.manage_calibration)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_time_zone())
