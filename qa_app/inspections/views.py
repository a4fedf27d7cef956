"""The queue and the scoring page: what an inspector sees and sends. Lists and the lead's pages are in `list_views`."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, gate, requires
from qa_app.conversations.listening import has_sound
from qa_app.conversations.looks import Looks
from qa_app.conversations.service import note_unmasking
from qa_app.db import db
from qa_app.inspections import queries, service
from qa_app.inspections.answers import AnswerRefused
from qa_app.inspections.content import read_content
from qa_app.inspections.forms import SubmitBody, UnusableForm, read_save
from qa_app.inspections.refusal_answers import answer_refusal
from qa_app.inspections.refusals import Closed, NotScoreable, PlaceRefused, Refusal, TooLate
from qa_app.inspections.scoring_page import PAGE_PARTS, last_submission, scoring_page
from qa_app.inspections.state import state_of
from qa_app.inspections.wording import replaced_text
from qa_app.models import Assignment, Inspection, SamplePurpose
from qa_app.web.ahead import keep_if_fetched_ahead
from qa_app.web.navigation import count_for

bp = Blueprint("inspections", __name__, template_folder="templates")
gate(bp, Permission.view_inspections)


@count_for("inspections.queue")
def waiting(user: Any) -> int:
    """How many samples wait for this person."""
    return queries.count_queue(db.session(), user)


@bp.get("/queue")
@requires(Permission.inspect)
def queue() -> str:
    """Show what to inspect next, and how much of today is done."""
    session, actor = db.session(), acting_user()
    return render_template(
        "inspections/queue.html",
        rows=queries.list_queue(session, actor),
        total=queries.count_queue(session, actor),
        goal=queries.todays_goal(session, actor),
        undo=last_submission(session, actor),
    )


@bp.post("/queue/start")
@requires(Permission.inspect)
def start() -> AnyResponse:
    """Open the next sample."""
    session, actor = db.session(), acting_user()
    return redirect(_open(queries.find_next(session, actor)), 303)


@bp.post("/queue/<int:assignment_id>")
@requires(Permission.inspect)
def open_sample(assignment_id: int) -> AnyResponse:
    """Open one sample of the queue."""
    return redirect(_open(access.get_own_assignment(db.session(), acting_user(), assignment_id)), 303)


def _open(assignment: Assignment | None) -> str:
    """Prepare a sample; return where it is shown, or the queue where there is none."""
    if assignment is None:
        return url_for("inspections.queue")
    try:
        inspection = service.open_inspection(db.session(), acting_user(), assignment)
    except Closed as refusal:
        flash(answer_refusal(refusal)["text"], "error")
        return url_for("inspections.queue")
    db.session().flush()
    return url_for("inspections.score", inspection_id=inspection.id)


@bp.get("/inspections/<int:inspection_id>")
@requires(Permission.inspect)
def score(inspection_id: int) -> AnyResponse | Response:
    """Show the scoring page; what can no longer be scored is shown to be read."""
    session, actor = db.session(), acting_user()
    inspection = access.get_own_inspection(session, actor, inspection_id, PAGE_PARTS)
    try:
        service.require_open(inspection)
    except Closed as refusal:
        if refusal.why != "submitted":
            flash(answer_refusal(refusal)["text"], "error")
        return redirect(url_for("inspections.view", inspection_id=inspection.id), 303)
    page = render_template("inspections/scoring.html", page=scoring_page(session, actor, inspection))
    return keep_if_fetched_ahead(make_response(page))


@bp.post("/inspections/<int:inspection_id>/opened")
@requires(Permission.inspect)
def opened(inspection_id: int) -> Response:
    """Note that the page is being looked at (one fetched ahead is not), and say what has changed since it was made."""
    session, actor = db.session(), acting_user()
    inspection = access.get_own_inspection(session, actor, inspection_id)
    service.note_opening(session, actor, inspection)
    goal, undo = queries.todays_goal(session, actor), last_submission(session, actor)
    top = render_template("inspections/_top_live.html", goal=goal, undo=undo)
    return jsonify({"top": top, "revision": inspection.revision})


@bp.post("/inspections/<int:inspection_id>/save")
@requires(Permission.inspect)
def save(inspection_id: int) -> Response:
    """Take one save of the page."""
    session, actor = db.session(), acting_user()
    inspection = access.get_own_inspection(session, actor, inspection_id, service.DRAFT_PARTS)
    try:
        tokens = service.save_answers(session, actor, inspection, read_save(request.get_data()))
    except (AnswerRefused, PlaceRefused, msgspec.MsgspecError) as error:
        raise BadRequest(str(error)) from error
    except Refusal as refusal:
        return _refused(refusal, inspection)
    return jsonify(state_of(inspection, tokens))


@bp.post("/inspections/<int:inspection_id>/submit")
@requires(Permission.inspect)
def submit(inspection_id: int) -> Response:
    """Submit, with the last save where it had not gone yet, and say where the next sample is."""
    session, actor = db.session(), acting_user()
    inspection = access.get_own_inspection(session, actor, inspection_id, service.DRAFT_PARTS)
    try:
        body = msgspec.json.decode(request.get_data(), type=SubmitBody)
        if body.save:
            service.save_answers(session, actor, inspection, read_save(bytes(body.save)))
        service.submit_inspection(
            session,
            actor,
            inspection,
            revision=inspection.revision if body.save else body.revision,
            confirmed_critical=body.confirmed,
            seconds=body.seconds,
        )
    except (AnswerRefused, PlaceRefused, msgspec.MsgspecError) as error:
        raise BadRequest(str(error)) from error
    except NotScoreable:
        service.refer_to_lead(session, actor, inspection, why="not_scoreable")
        flash(gettext("Handed to the QA lead: nothing with weight applies to this conversation."), "success")
    except Refusal as refusal:
        return _refused(refusal, inspection)
    session.flush()
    return jsonify({"url": _open_after(inspection)})


def _open_after(inspection: Inspection) -> str:
    """Prepare what comes after this one; at the end of a calibration session its page."""
    session = db.session()
    following = queries.find_next(session, acting_user(), after=inspection.assignment)
    if following is None and inspection.purpose == SamplePurpose.calibration and inspection.sample is not None:
        return url_for("calibration_sessions.show", session_id=queries.session_of(session, inspection.sample))
    return _open(following)


def _refused(refusal: Refusal, inspection: Inspection) -> Response:
    db.session().rollback()
    current = service.load_draft(db.session(), inspection.id)
    response = jsonify(answer_refusal(refusal, current))
    response.status_code = 409
    return response


@bp.post("/inspections/<int:inspection_id>/undo")
@requires(Permission.inspect)
def undo(inspection_id: int) -> AnyResponse:
    """Take a submission back and open it again."""
    session, actor = db.session(), acting_user()
    inspection = access.get_own_inspection(session, actor, inspection_id, service.DRAFT_PARTS)
    try:
        service.undo_submit(session, actor, inspection)
    except TooLate:
        text = gettext(
            "This inspection can no longer be taken back: ten minutes have passed, it is appealed, the QA lead ruled "
            "on it, or its calibration session is over."
        )
        flash(text, "error")
        return redirect(url_for("inspections.queue"), 303)
    return redirect(url_for("inspections.score", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/unusable")
@requires(Permission.inspect)
def unusable(inspection_id: int) -> AnyResponse:
    """Replace a sample that cannot be used, and open the next."""
    session, actor = db.session(), acting_user()
    inspection = access.get_own_inspection(session, actor, inspection_id, service.DRAFT_PARTS)
    form = UnusableForm()
    if not form.validate_on_submit():
        raise BadRequest(gettext("Choose one of the reasons."))
    try:
        service.mark_unusable(session, actor, inspection, reason=form.reason.data, note=form.note.data or "")
    except Refusal as refusal:
        flash(answer_refusal(refusal)["text"], "error")
        return redirect(url_for("inspections.score", inspection_id=inspection.id), 303)
    if inspection.sample is not None:
        flash(replaced_text(inspection.sample), "success")
    session.flush()
    return redirect(_open(queries.find_next(session, actor, after=inspection.assignment)), 303)


@bp.post("/inspections/<int:inspection_id>/prepare-next")
@requires(Permission.inspect)
def prepare_next(inspection_id: int) -> Response:
    """Prepare the sample after this one, so that its page, and the outline of its sound, can be fetched ahead."""
    session, actor = db.session(), acting_user()
    inspection = access.get_own_inspection(session, actor, inspection_id)
    following = queries.find_next(session, actor, after=inspection.assignment)
    if following is None:
        return jsonify({})
    ahead = {"url": _open(following)}
    if has_sound(session, following.sample.conversation_id):
        ahead["waveform"] = url_for("conversations.waveform", conversation_id=following.sample.conversation_id)
    return jsonify(ahead)


@bp.post("/inspections/<int:inspection_id>/unmask")
@requires(Permission.unmask)
def unmask(inspection_id: int) -> Response:
    """Give what the pills of a conversation hide, and let its sound be heard in full; every look is audited."""
    session, actor = db.session(), acting_user()
    inspection = access.get_inspection(session, actor, inspection_id)
    if inspection.content is None:
        raise NotFound
    content = read_content(inspection)
    hidden = {
        one.sequence: [one.text[span.original_start : span.original_end] for span in masked.spans]
        for one, masked in zip(content.said, content.masked, strict=True)
        if masked.spans
    }
    note_unmasking(session, actor, inspection.conversation)
    Looks(cookie).unmask(inspection.conversation_id)
    return jsonify(hidden)
