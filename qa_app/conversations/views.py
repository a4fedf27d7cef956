"""Pages of the conversations: list, one conversation, and what is heard of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, session, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from qa_app import access
from qa_app.access import Permission, acting_user, gate, requires
from qa_app.conversations import queries, service
from qa_app.conversations.address import Chip, chips_of, sort_links
from qa_app.conversations.exports import conversation_rows
from qa_app.conversations.filters import ConversationFilter
from qa_app.conversations.forms import ConversationFilterForm, channel_title
from qa_app.conversations.listening import find_call, read_waveform
from qa_app.conversations.looks import Looks
from qa_app.conversations.storage import recording_path
from qa_app.conversations.terms import term_title
from qa_app.conversations.turns import make_rhythm, make_turns, mask_said, read_said
from qa_app.db import db
from qa_app.models import Recording
from qa_app.web.downloads import FileForm, table_response
from qa_app.web.filters import format_duration
from qa_app.web.i18n import current_time_zone
from qa_app.web.pagination import paginate_rows
from scoring.language.masking import mask_personal_data

bp = Blueprint("conversations", __name__, template_folder="templates")
gate(bp, Permission.view_conversations, Permission.inspect)
bp.app_template_global("channel_title")(channel_title)
bp.app_template_global("term_title")(term_title)


@bp.app_template_filter("mask")
def mask_text(text: str) -> str:
    """Hide personal data in a short text such as a customer reference."""
    return mask_personal_data(text).text


@bp.app_template_global("has_page")
def has_page(endpoint: str) -> bool:
    """Whether the room that another room would lead to is part of this installation."""
    return endpoint in current_app.view_functions


MOST_EXPORTED = 100_000
"""Rows of one file; a longer list is narrowed by its filter first."""


def _zone() -> ZoneInfo:
    return ZoneInfo(current_time_zone())


def _wanted() -> tuple[ConversationFilterForm, ConversationFilter]:
    choices = queries.find_choices(db.session(), acting_user())
    form = ConversationFilterForm(request.args, choices=choices)
    sort, order = request.args.get("sort", "opened"), request.args.get("order", "desc")
    return form, form.to_filter(zone=_zone(), sort=sort, order=order)


@bp.get("/conversations")
@requires(Permission.view_conversations)
def index() -> str:
    """List the conversations this person may see, narrowed by the address."""
    form, wanted = _wanted()
    page = paginate_rows(db.session(), queries.list_conversations(acting_user(), wanted))
    chips: list[Chip] = chips_of(form)
    return render_template(
        "conversations/index.html", form=form, page=page, chips=chips, sorts=sort_links(wanted.sort, wanted.order)
    )


@bp.get("/conversations/export.<any(csv, xlsx):form>")
@requires(Permission.view_conversations)
def export(form: FileForm) -> Response:
    """Give the list on screen as a file."""
    actor = acting_user()
    _, wanted = _wanted()
    rows = db.session().execute(queries.list_conversations(actor, wanted).limit(MOST_EXPORTED)).all()
    asked = request.query_string.decode(errors="replace")
    service.note_export(db.session(), actor, what="conversations", form=form, rows=len(rows), asked=asked)
    return table_response("conversations", *conversation_rows(rows), form)


@bp.get("/conversations/<int:conversation_id>")
@requires(Permission.view_conversations)
def show(conversation_id: int) -> str:
    """Show one conversation: facts, what was said or heard, rating, inspections."""
    actor, database = acting_user(), db.session()
    conversation = access.get_conversation(database, actor, conversation_id)
    unmasked = Looks(session).is_unmasked(conversation_id) and access.has_permission(actor, Permission.unmask)
    said = read_said(database, conversation_id)
    return render_template(
        "conversations/show.html",
        conversation=conversation,
        turns=make_turns(said, mask_said(said)),
        rhythm=make_rhythm(said),
        call=find_call(database, conversation_id),
        unmasked=unmasked,
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


@bp.get("/conversations/<int:conversation_id>/waveform")
def waveform(conversation_id: int) -> dict[str, object]:
    """Give the outline of the sound; nobody's words are in it, so it counts as no look."""
    access.get_conversation(db.session(), acting_user(), conversation_id)
    wave = read_waveform(db.session(), conversation_id)
    spans = {"silences": (wave.silences, gettext("Silence")), "overlaps": (wave.overlaps, gettext("Overlap"))}
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
    return {"voices": [{"side": voice.side, "peaks": voice.peaks} for voice in wave.voices], **stretches}


@bp.get("/recordings/<int:recording_id>")
def sound(recording_id: int) -> AnyResponse:
    """Serve a sound file, in ranges; the first fetch of a session is written down."""
    actor, database = acting_user(), db.session()
    recording = database.get(Recording, recording_id)
    if recording is None:
        raise NotFound
    conversation = access.get_conversation(database, actor, recording.conversation_id)
    if Looks(session).is_first_sound(recording_id):
        service.note_opened_recording(database, actor, conversation, recording)
    path = recording_path(recording.file)
    if not path.is_file():
        raise NotFound
    response = send_file(path, mimetype=recording.media_type, conditional=True, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/conversations/<int:conversation_id>/plays")
def note_play(conversation_id: int) -> tuple[str, int]:
    """Write down that somebody pressed play."""
    actor = acting_user()
    conversation = access.get_conversation(db.session(), actor, conversation_id)
    service.note_play(db.session(), actor, conversation, at_seconds=request.form.get("at", 0.0, type=float))
    return "", 204
