"""Pages of the conversations: list, one conversation, and what is heard of it."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_babel import get_locale, gettext, ngettext
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, gate, requires
from qa_app.conversations import index_jobs, queries, service, sound_jobs  # noqa: F401 - jobs announce themselves
from qa_app.conversations.exports import conversation_rows
from qa_app.conversations.forms import channel_title
from qa_app.conversations.import_forms import TranscriptForm
from qa_app.conversations.importers.transcripts import TranscriptRefused
from qa_app.conversations.listening import find_call, find_sound, read_waveform
from qa_app.conversations.listing import CONVERSATIONS, read_list, wanted_of
from qa_app.conversations.looks import Looks
from qa_app.conversations.masked_sound import describe_muting
from qa_app.conversations.recognition import find_recognition
from qa_app.conversations.storage import RecordingUnreadable
from qa_app.conversations.terms import term_title
from qa_app.conversations.transcripts import explain_refusal, import_transcript
from qa_app.conversations.turns import make_rhythm, make_turns, marks_from, read_masked
from qa_app.db import db
from qa_app.jobs import start_job
from qa_app.lists.bar import make_bar
from qa_app.lists.many import asked_for_file, chosen_only
from qa_app.models import Conversation, Recording
from qa_app.web.ahead import keep_if_fetched_ahead
from qa_app.web.downloads import FileForm, table_response
from qa_app.web.filters import format_duration
from qa_app.web.pagination import paginate_rows
from scoring.language.masking import mask_personal_data

bp = Blueprint("conversations", __name__, template_folder="templates")
gate(bp, Permission.view_conversations, Permission.inspect)
bp.app_template_global("channel_title")(channel_title)
bp.app_template_global("term_title")(term_title)


@bp.app_template_filter("mask")
def mask_text(text: str, personal: list[list[str]] | None = None) -> str:
    """Hide personal data in a short text such as a customer reference; `personal` are the conversation's marks."""
    return mask_personal_data(text, marks=marks_from(personal)).text


@bp.app_template_global("has_page")
def has_page(endpoint: str) -> bool:
    """Whether the room that another room would lead to is part of this installation."""
    return endpoint in current_app.view_functions


MOST_EXPORTED = 100_000
"""Rows of one file; a longer list is narrowed by its filter first."""


@bp.get("/conversations")
@requires(Permission.view_conversations)
def index() -> str:
    """List the conversations this person may see, narrowed by the address."""
    session, actor = db.session(), acting_user()
    asked, wanted = read_list()
    page = paginate_rows(session, queries.list_conversations(actor, wanted))
    return render_template("conversations/index.html", page=page, bar=make_bar(session, actor, asked, page))


@bp.route("/conversations/export.<any(csv, xlsx):form>", methods=["GET", "POST"])
@requires(Permission.view_conversations)
def export(form: FileForm) -> Response:
    """Give the list on screen, or its ticked rows, as a file."""
    session, actor = db.session(), acting_user()
    asked = asked_for_file(CONVERSATIONS)
    query = chosen_only(queries.list_conversations(actor, wanted_of(session, actor, asked)), Conversation.id)
    rows = session.execute(query.limit(MOST_EXPORTED)).all()
    service.note_export(session, actor, what="conversations", form=form, rows=len(rows), asked=asked.query)
    return table_response("conversations", *conversation_rows(rows), form)


@bp.get("/conversations/<int:conversation_id>")
@requires(Permission.view_conversations)
def show(conversation_id: int) -> str:
    """Show one conversation: facts, what was said or heard, rating, inspections."""
    actor, database = acting_user(), db.session()
    conversation = access.get_conversation(database, actor, conversation_id)
    unmasked = Looks(session).is_unmasked(conversation_id) and access.has_permission(actor, Permission.unmask)
    said, masked = read_masked(database, conversation)
    return render_template(
        "conversations/show.html",
        conversation=conversation,
        turns=make_turns(said, masked),
        rhythm=make_rhythm(said),
        call=find_call(database, conversation_id),
        transcript_form=TranscriptForm(formdata=None),
        recognition=find_recognition(),
        unmasked=unmasked,
        muting=describe_muting(database, conversation_id),
        surveys=queries.surveys_of(database, conversation),
        inspections=queries.inspections_of(database, actor, conversation),
    )


@bp.post("/conversations/<int:conversation_id>/unmask")
@requires(Permission.unmask)
def unmask(conversation_id: int) -> AnyResponse:
    """Show personal data of one conversation for a few minutes."""
    actor = acting_user()
    conversation = access.get_conversation(db.session(), actor, conversation_id)
    service.note_unmasking(db.session(), actor, conversation)
    Looks(session).unmask(conversation_id)
    return redirect(url_for("conversations.show", conversation_id=conversation_id), 303)


@bp.post("/conversations/<int:conversation_id>/mask")
@requires(Permission.unmask)
def mask(conversation_id: int) -> AnyResponse:
    """Hide personal data again."""
    access.get_conversation(db.session(), acting_user(), conversation_id)
    Looks(session).mask(conversation_id)
    return redirect(url_for("conversations.show", conversation_id=conversation_id), 303)


@bp.post("/conversations/<int:conversation_id>/transcript")
@requires(Permission.import_data)
def add_transcript(conversation_id: int) -> AnyResponse:
    """Put a transcript beside a call; one that cannot be read changes nothing and says why."""
    actor, database = acting_user(), db.session()
    conversation = access.get_conversation(database, actor, conversation_id)
    form = TranscriptForm()
    if not form.validate():
        flash(" ".join(str(error) for errors in form.errors.values() for error in errors), "error")
    else:
        file, agent = form.file.data, form.agent.data or ""
        try:
            name = file.filename or ""
            turns = import_transcript(database, actor, conversation, file.read(), name=name, agent=agent)
            sound_jobs.start_measuring(database)
            flash(ngettext("%(num)s turn is in.", "%(num)s turns are in.", turns), "success")
        except TranscriptRefused as refused:
            flash(explain_refusal(refused), "error")
    return redirect(url_for("conversations.show", conversation_id=conversation_id), 303)


@bp.post("/conversations/<int:conversation_id>/recognise")
@requires(Permission.import_data)
def recognise(conversation_id: int) -> AnyResponse:
    """Have the transcript of a call written by machine, as a job."""
    actor, database = acting_user(), db.session()
    conversation = access.get_conversation(database, actor, conversation_id)
    recognition = find_recognition()
    if not recognition.is_on or not conversation.recordings:
        flash(recognition.reason or gettext("This conversation has no recording."), "error")
        return redirect(url_for("conversations.show", conversation_id=conversation_id), 303)
    params = {"conversation_id": conversation_id, "locale": str(get_locale())}
    run = start_job(database, actor, sound_jobs.RECOGNISE, params)
    return redirect(url_for("jobs.show", job_id=run.id), 303)


@bp.get("/conversations/<int:conversation_id>/waveform")
def waveform(conversation_id: int) -> Response:
    """Give the outline of the sound; nobody's words are in it, so it counts as no look."""
    access.get_conversation(db.session(), acting_user(), conversation_id)
    wave = read_waveform(db.session(), conversation_id)
    spans = {
        "silences": (wave.silences, gettext("Silence")),
        "overlaps": (wave.overlaps, gettext("Overlap")),
        "muted": (wave.muted, gettext("Muted")),
    }
    stretches = {
        name: [
            {
                "start": one.start_seconds,
                "end": one.end_seconds,
                "label": f"{title} {format_duration(one.end_seconds - one.start_seconds)}",
            }
            for one in found
        ]
        for name, (found, title) in spans.items()
    }
    voices = [{"side": one.side, "track": one.track, "channel": one.channel, "peaks": one.peaks} for one in wave.voices]
    return keep_if_fetched_ahead(jsonify(voices=voices, **stretches))


@bp.get("/recordings/<int:recording_id>")
def sound(recording_id: int) -> AnyResponse:
    """Serve a sound file, in ranges; each listening is written down once, however many pieces it takes."""
    actor, database = acting_user(), db.session()
    recording = database.get(Recording, recording_id)
    if recording is None:
        raise NotFound
    conversation = access.get_conversation(database, actor, recording.conversation_id)
    looks = Looks(session)
    is_unmasked = looks.is_unmasked(conversation.id) and access.has_permission(actor, Permission.unmask)
    try:
        served, muted = find_sound(database, recording, is_unmasked=is_unmasked)
    except (FileNotFoundError, RecordingUnreadable) as error:
        raise NotFound from error
    if looks.begins_listening(recording_id, is_muted=bool(muted)):
        service.note_opened_recording(database, actor, conversation, recording, muted=muted)
    try:
        response = send_file(served.path, mimetype=served.media_type, conditional=True, etag=served.tag, max_age=0)
    except RequestedRangeNotSatisfiable:
        # The page of an error would lose what a player reads: how long the file is.
        return Response(status=416, headers={"Content-Range": f"bytes */{served.path.stat().st_size}"})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/conversations/<int:conversation_id>/plays")
def note_play(conversation_id: int) -> tuple[str, int]:
    """Write down that somebody pressed play."""
    actor = acting_user()
    conversation = access.get_conversation(db.session(), actor, conversation_id)
    service.note_play(db.session(), actor, conversation, at_seconds=request.form.get("at", 0.0, type=float))
    return "", 204
