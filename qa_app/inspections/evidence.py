"""Evidence: places in the conversation, checked against the copy the inspection was made on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qa_app.clock import now
from qa_app.conversations.lanes import lay_out
from qa_app.inspections.content import Content
from qa_app.inspections.refusals import PlaceRefused
from qa_app.models import Evidence, EvidenceKind, Inspection
from qa_app.rubrics.queries import load_definition

LONGEST_QUOTE = 600


@dataclass(frozen=True, slots=True)
class Place:
    """A message, characters `start` to `end` of its masked text, or seconds of the recording."""

    kind: Literal["message", "span", "range"]
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    start_seconds: float | None = None
    end_seconds: float | None = None


def make_evidence(inspection: Inspection, content: Content, *, criterion: str, praise: bool, place: Place) -> Evidence:
    """Find a place for a criterion; the words quoted are cut from the copy, never taken from the page."""
    if load_definition(inspection.rubric_version).criterion(criterion) is None:
        raise PlaceRefused(f"no criterion {criterion!r}")
    evidence = _range(inspection, content, place) if place.kind == "range" else _words(content, place)
    evidence.criterion = criterion
    evidence.is_praise = praise
    evidence.created_at = now()
    return evidence


def detach_evidence(inspection: Inspection, key: int) -> None:
    """Take a place away; one that is gone already is no matter."""
    inspection.evidence[:] = [evidence for evidence in inspection.evidence if evidence.id != key]


def _words(content: Content, place: Place) -> Evidence:
    text = content.masked_turn(place.turn) if place.turn is not None else None
    if text is None:
        raise PlaceRefused(f"no turn {place.turn}")
    start, end = (0, len(text)) if place.kind == "message" else (place.start or 0, place.end or 0)
    if not 0 <= start < end <= len(text):
        raise PlaceRefused(f"turn {place.turn} has {len(text)} characters, not {start}–{end}")
    return Evidence(
        kind=EvidenceKind(place.kind),
        message_sequence=place.turn,
        start_offset=start,
        end_offset=end,
        quote=text[start:end].strip()[:LONGEST_QUOTE],
    )


def _range(inspection: Inspection, content: Content, place: Place) -> Evidence:
    start, end = place.start_seconds, place.end_seconds
    recordings = inspection.conversation.recordings
    longest = lay_out(recordings).duration_seconds if recordings else None
    if start is None or end is None or not 0 <= start < end:
        raise PlaceRefused(f"{start}–{end} is no stretch of time")
    if longest is not None and start >= longest:
        raise PlaceRefused(f"the recording ends at {longest} s, before {start} s")
    end = end if longest is None else min(end, longest)
    words = content.words_between(start, end)
    return Evidence(kind=EvidenceKind.range, start_seconds=start, end_seconds=end, quote=words[:LONGEST_QUOTE].strip())
