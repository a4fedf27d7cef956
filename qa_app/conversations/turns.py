"""A conversation as it is read: what was said turn by turn, masked, with its silences and its rhythm.

For the pages that show a conversation and for the copy an inspection keeps. Offsets of evidence count characters of
the masked text of one turn. Nothing here is put into words: templates format times and durations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Conversation, Message, Speaker, TranscriptSegment
from scoring.language.masking import Mark, MaskedText, PersonalData, mask_personal_data

LONG_PAUSE_SECONDS = 60.0
"""From here on a chat's pause is drawn and named."""
LONG_SILENCE_SECONDS = 10.0
"""The same for the silence of a call."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message or one stretch of speech as it was said, personal data included."""

    sequence: int
    speaker: str
    kind: str
    text: str
    sent_at: datetime | None = None
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a masked text: plain words, or the pill that hides `original`, personal data of that kind."""

    text: str
    hides: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn ready to be drawn; `pause_seconds` is the long pause before it.

    `is_named` asks for the name: a voice is named once, its side of the page tells it afterwards.
    """

    said: Said
    pieces: tuple[Piece, ...]
    is_named: bool
    pause_seconds: float | None


@dataclass(frozen=True, slots=True)
class Beat:
    """One message in the rhythm strip, placed in percent of the conversation's length."""

    at: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A long pause in the rhythm strip."""

    start: float
    width: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A chat at a glance: when who wrote, where it was silent; `ticks` are (percent, moment)."""

    beats: tuple[Beat, ...]
    pauses: tuple[Stretch, ...]
    ticks: tuple[tuple[float, datetime], ...]


def read_said(session: Session, conversation_id: int) -> list[Said]:
    """Read what was said: the messages, or the transcript where there are none."""
    written = read_written(session, [conversation_id])
    return written[conversation_id] or read_spoken(session, [conversation_id])[conversation_id]


def read_written(session: Session, keys: Sequence[int]) -> dict[int, list[Said]]:
    """Read the messages of several conversations in one query."""
    columns = (Message.conversation_id, Message.sequence, Message.speaker, Message.kind, Message.text, Message.sent_at)
    said: dict[int, list[Said]] = defaultdict(list)
    written = select(*columns).where(Message.conversation_id.in_(keys)).order_by(Message.sequence)
    for key, sequence, speaker, kind, words, sent_at in session.execute(written):
        said[key].append(Said(sequence, speaker, kind, words, sent_at))
    return said


def read_spoken(session: Session, keys: Sequence[int]) -> dict[int, list[Said]]:
    """Read the transcripts of several conversations in one query, messages or not."""
    turn = TranscriptSegment
    columns = (turn.conversation_id, turn.sequence, turn.speaker, turn.text, turn.start_seconds, turn.end_seconds)
    said: dict[int, list[Said]] = defaultdict(list)
    spoken = select(*columns).where(turn.conversation_id.in_(keys)).order_by(turn.sequence)
    for key, sequence, speaker, words, start, end in session.execute(spoken):
        said[key].append(Said(sequence, speaker, "speech", words, None, start, end))
    return said


def make_turns(said: Sequence[Said], masked: Sequence[MaskedText]) -> list[Turn]:
    """Prepare turns for drawing; `masked` runs beside `said`."""
    turns: list[Turn] = []
    before: Said | None = None
    named: set[tuple[str, str]] = set()
    for one, text in zip(said, masked, strict=True):
        voice = (one.speaker, one.kind)
        turns.append(Turn(one, split_pieces(one.text, text), voice not in named, _long_pause(before, one)))
        named.add(voice)
        before = one
    return turns


def marks_from(personal: Sequence[Sequence[str]] | None) -> tuple[Mark, ...]:
    """Return what the source of a conversation marks as personal, from its column."""
    return tuple(Mark(PersonalData(kind), text) for kind, text in personal or ())


def mask_said(said: Iterable[Said], marks: Sequence[Mark] = ()) -> list[MaskedText]:
    """Mask every turn; a bare number is known for what the other side asked for just before."""
    masked: list[MaskedText] = []
    last: dict[bool, str] = {}
    for one in said:
        side = is_replying(one.speaker)
        masked.append(mask_personal_data(one.text, marks=marks, asked=last.get(not side, "")))
        last[side] = one.text
    return masked


def read_masked(session: Session, conversation: Conversation) -> tuple[list[Said], list[MaskedText]]:
    """Read what was said and mask it: what every page and every list of a conversation's words begins with."""
    said = read_said(session, conversation.id)
    return said, mask_said(said, marks_from(conversation.personal))


def split_pieces(original: str, masked: MaskedText) -> tuple[Piece, ...]:
    """Cut a masked text at its pills. What a pill hides leaves the server only when somebody who may asks for it."""
    pieces: list[Piece] = []
    read = 0
    for span in masked.spans:
        if span.start > read:
            pieces.append(Piece(masked.text[read : span.start]))
        hidden = original[span.original_start : span.original_end]
        pieces.append(Piece(masked.text[span.start : span.end], span.kind, hidden))
        read = span.end
    if read < len(masked.text) or not pieces:
        pieces.append(Piece(masked.text[read:]))
    return tuple(pieces)


def _long_pause(before: Said | None, one: Said) -> float | None:
    """Seconds since the turn before, where they are many enough to be shown."""
    if before is None:
        return None
    if before.end_seconds is not None and one.start_seconds is not None:
        silence = one.start_seconds - before.end_seconds
        return silence if silence >= LONG_SILENCE_SECONDS else None
    if before.sent_at is None or one.sent_at is None:
        return None
    pause = (one.sent_at - before.sent_at).total_seconds()
    return pause if pause >= LONG_PAUSE_SECONDS else None


def make_rhythm(said: Iterable[Said]) -> Rhythm | None:
    """Lay a chat out on a line; None where times are missing or all the same."""
    timed = [(one, one.sent_at) for one in said if one.sent_at is not None and one.kind == "message"]
    if len(timed) < 2:
        return None
    start, end = timed[0][1], timed[-1][1]
    length = (end - start).total_seconds()
    if length <= 0:
        return None
    percent = [100 * (at - start).total_seconds() / length for _, at in timed]
    beats = tuple(Beat(x, one.speaker) for x, (one, _) in zip(percent, timed, strict=True))
    pauses = tuple(
        Stretch(x, after - x, (after - x) * length / 100)
        for x, after in pairwise(percent)
        if (after - x) * length / 100 >= LONG_PAUSE_SECONDS
    )
    ticks = tuple((25.0 * quarter, start + (end - start) * quarter / 4) for quarter in range(5))
    return Rhythm(beats, pauses, ticks)


def is_replying(speaker: str) -> bool:
    """Whether this speaker stands for the company."""
    return speaker in (Speaker.agent, Speaker.bot)
