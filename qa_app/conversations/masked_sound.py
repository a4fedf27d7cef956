"""Where in a recording personal data is said: from the pills of the transcript to stretches of time.

A transcript tells when a turn begins and ends, not when a word is said. Where a pill stands in a turn is therefore
worked out from its characters, as if they were spoken at an even pace, and a margin is added on both sides: a second
and a tenth of the turn. A turn without an end reaches to the next one. What has no times at all cannot be placed, and
the page says so (`Muting`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from qa_app.conversations.turns import Said, marks_from, mask_said, read_spoken
from qa_app.models import Conversation, MutedRange, Recording, SearchEntry, TranscriptSegment
from scoring.language.masking import MaskedText, PersonalData

__all__ = ["Muting", "Range", "describe_muting", "ensure_muted_ranges", "muted_parts", "write_muted_ranges"]

MARGIN_SECONDS = 1.0
MARGIN_SHARE = 0.1
LONGEST_OPEN_TURN = 60.0
"""Of the last turn, where nothing says how long it lasts."""

Range = tuple[float, float, str]
"""Start and end in seconds of the call, and what is said there."""


class Muting(enum.StrEnum):
    """What can be said about the muting of a call."""

    no_transcript = "no_transcript"
    no_times = "no_times"
    estimated = "estimated"
    nothing_found = "nothing_found"


def muted_parts(said: Sequence[Said], masked: Sequence[MaskedText]) -> list[Range]:
    """Return the stretches in which something masked is said, turn by turn; `masked` runs beside `said`."""
    return [part for place, text in enumerate(masked) for part in _parts_of_turn(said, place, text)]


def _parts_of_turn(said: Sequence[Said], place: int, masked: MaskedText) -> Iterator[Range]:
    turn = said[place]
    if turn.start_seconds is None or not masked.spans:
        return
    start, end = turn.start_seconds, _end_of(said, place)
    length = end - start
    margin = MARGIN_SECONDS + MARGIN_SHARE * length
    per_character = length / max(1, len(turn.text))
    for span in masked.spans:
        first = start + span.original_start * per_character - margin
        last = start + span.original_end * per_character + margin
        yield round(max(start, first), 3), round(min(end, last), 3), str(span.kind)


def _end_of(said: Sequence[Said], place: int) -> float:
    turn = said[place]
    start = turn.start_seconds or 0.0
    if turn.end_seconds is not None and turn.end_seconds > start:
        return turn.end_seconds
    later = (one.start_seconds for one in said[place + 1 :] if one.start_seconds is not None)
    following = next((moment for moment in later if moment > start), None)
    return following if following is not None else start + LONGEST_OPEN_TURN


def write_muted_ranges(session: Session, ranges: Mapping[int, Sequence[Range]]) -> None:
    """Replace the stretches that masking found in these conversations; what somebody muted otherwise stays."""
    mine = MutedRange.conversation_id.in_(ranges) & MutedRange.kind.in_(list(PersonalData))
    session.execute(delete(MutedRange).where(mine))
    rows = [
        {"conversation_id": key, "start_seconds": start, "end_seconds": end, "kind": kind}
        for key, parts in ranges.items()
        for start, end, kind in parts
    ]
    if rows:
        session.execute(insert(MutedRange), rows)


def ensure_muted_ranges(session: Session, conversation_id: int) -> None:
    """Work the stretches out at once for a call that the pass over new conversations has not come to yet."""
    conversation = session.get_one(Conversation, conversation_id)
    read_at = session.scalar(select(SearchEntry.read_at).where(SearchEntry.conversation_id == conversation_id))
    if read_at == conversation.updated_at or conversation.erased_at is not None:
        return
    spoken = read_spoken(session, [conversation_id])[conversation_id]
    masked = mask_said(spoken, marks_from(conversation.personal))
    write_muted_ranges(session, {conversation_id: muted_parts(spoken, masked)})


def describe_muting(session: Session, conversation_id: int) -> Muting | None:
    """Say what the muting of a call rests on; `None` where there is nothing to hear."""
    if not session.scalar(select(exists().where(Recording.conversation_id == conversation_id))):
        return None
    segments = select(TranscriptSegment.start_seconds).where(TranscriptSegment.conversation_id == conversation_id)
    starts = session.scalars(segments).all()
    if not starts:
        return Muting.no_transcript
    if all(start is None for start in starts):
        return Muting.no_times
    is_muted = session.scalar(select(exists().where(MutedRange.conversation_id == conversation_id)))
    return Muting.estimated if is_muted else Muting.nothing_found
