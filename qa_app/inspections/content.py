"""The copy of a conversation an inspection keeps: what was said, masked and plain, with its checksum.

An import may correct a conversation later; evidence must go on pointing at the words it was taken from. The copy keeps
the masked text as it was shown, so that better masking rules do not shift old offsets.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import msgspec

from qa_app.conversations.turns import Said, mask_said
from qa_app.models import Inspection
from scoring.language.masking import Mark, MaskedSpan, MaskedText, PersonalData


@dataclass(frozen=True, slots=True)
class Content:
    """What an inspection was made on; `masked` runs beside `said`."""

    said: tuple[Said, ...]
    masked: tuple[MaskedText, ...]

    def masked_turn(self, sequence: int) -> str | None:
        """Give the masked text of one turn, or none where there is no such turn."""
        for one, masked in zip(self.said, self.masked, strict=True):
            if one.sequence == sequence:
                return masked.text
        return None

    def words_between(self, start: float, end: float) -> str:
        """Give the masked words spoken in a stretch of the recording."""
        spoken = [
            masked.text
            for one, masked in zip(self.said, self.masked, strict=True)
            if one.start_seconds is not None
            and one.start_seconds < end
            and (one.end_seconds if one.end_seconds is not None else one.start_seconds + 1) > start
        ]
        return " ".join(spoken)


class _Line(msgspec.Struct, array_like=True):
    sequence: int
    speaker: str
    kind: str
    text: str
    sent_at: datetime | None
    start_seconds: float | None
    end_seconds: float | None
    masked: str
    spans: list[tuple[int, int, str, int, int]]


def make_content(said: Sequence[Said], marks: Sequence[Mark] = ()) -> Content:
    """Mask what was said; masking a conversation costs a few milliseconds, so it is done once."""
    return Content(tuple(said), tuple(mask_said(said, marks)))


def pack_content(content: Content) -> tuple[bytes, str]:
    """Give the compressed copy and the checksum of the masked text that evidence offsets refer to."""
    lines = [
        _Line(**asdict(one), masked=masked.text, spans=[_span_row(span) for span in masked.spans])
        for one, masked in zip(content.said, content.masked, strict=True)
    ]
    shown = msgspec.json.encode([(line.sequence, line.masked) for line in lines])
    return zlib.compress(msgspec.json.encode(lines), 6), hashlib.sha256(shown).hexdigest()


def read_content(inspection: Inspection) -> Content:
    """Unpack the copy; an imported inspection without one has nothing to show."""
    if inspection.content is None:
        return Content((), ())
    lines = msgspec.json.decode(zlib.decompress(inspection.content), type=list[_Line])
    said = (
        Said(
            line.sequence,
            line.speaker,
            line.kind,
            line.text,
            line.sent_at,
            line.start_seconds,
            line.end_seconds,
        )
        for line in lines
    )
    masked = (MaskedText(line.masked, tuple(_read_span(row) for row in line.spans)) for line in lines)
    return Content(tuple(said), tuple(masked))


def _span_row(span: MaskedSpan) -> tuple[int, int, str, int, int]:
    return (span.start, span.end, str(span.kind), span.original_start, span.original_end)


def _read_span(row: tuple[int, int, str, int, int]) -> MaskedSpan:
    start, end, kind, original_start, original_end = row
    return MaskedSpan(start, end, PersonalData(kind), original_start, original_end)
