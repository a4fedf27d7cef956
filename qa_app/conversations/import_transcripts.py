"""Finds the transcripts that lie beside the recordings of a record: `Call01.srt` beside `Call01.wav`.

For the writer of an import. A record that brings its own transcript keeps that; what cannot be read is named, and the
call comes in without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from qa_app.conversations.importers.record import ConversationRecord, RecordingRecord, TurnRecord
from qa_app.conversations.importers.transcripts import SpokenTurn, TranscriptRefused, read_transcript

__all__ = ["Beside", "read_beside"]

ENDINGS = (".srt", ".vtt", ".json", ".txt")
"""In this order: the first that can be read is taken."""
_LARGEST = 20 * 2**20


@dataclass(slots=True)
class Beside:
    """What lay beside the recordings of a record.

    `digest` changes with the files, so that a transcript that comes later is noticed; `unread` names those that are no
    transcript that can be read, although another one may have been taken in their place.
    """

    turns: list[TurnRecord] = field(default_factory=list)
    digest: bytes = b""
    unread: list[str] = field(default_factory=list)


def read_beside(record: ConversationRecord, source: Path, inline: Collection[str] = ()) -> Beside | None:
    """Read the transcripts beside the recordings of a record that has none of its own.

    Parameters
    ----------
    record : ConversationRecord
        As it was read.
    source : Path
        The import file; recordings lie at or below its folder. It is no transcript of its own recordings.
    inline : collection of str
        Names of recordings that come inside the record: nothing lies beside those.

    Returns
    -------
    Beside or None
        None where there is nothing to look for, or nothing there.
    """
    if record.transcript or not record.recordings:
        return None
    beside, spoken, is_there = Beside(), blake2b(digest_size=16), False
    for recording in record.recordings:
        for path in () if recording.file in inline else _transcripts_of(recording.file, source):
            is_there = True
            try:
                content = path.read_bytes()
                spoken.update(content)
                turns = read_transcript(content)
            except (OSError, TranscriptRefused):
                beside.unread.append(path.name)
                continue
            beside.turns += [_as_record(turn) for turn in _on_the_calls_clock(turns, recording)]
            break
    if all(turn.start_seconds is not None for turn in beside.turns):
        beside.turns.sort(key=lambda turn: turn.start_seconds or 0.0)
    beside.digest = spoken.digest()
    return beside if is_there else None


def _transcripts_of(recording: str, source: Path) -> Iterator[Path]:
    folder = source.parent.resolve()
    for ending in ENDINGS:
        path = (folder / recording).with_suffix(ending).resolve()
        if not path.is_relative_to(folder) or path == source.resolve():
            continue
        if path.is_file() and path.stat().st_size <= _LARGEST:
            yield path


def _on_the_calls_clock(turns: Sequence[SpokenTurn], recording: RecordingRecord) -> list[SpokenTurn]:
    """Shift by the start of the file; where nobody is named in the file of one side, that side speaks."""
    side = recording.side if recording.side in ("agent", "customer") else ""
    is_unnamed = {turn.speaker for turn in turns} == {"system"}
    later = recording.offset_seconds
    return [
        replace(
            turn,
            speaker=side if side and is_unnamed else turn.speaker,
            start_seconds=None if turn.start_seconds is None else turn.start_seconds + later,
            end_seconds=None if turn.end_seconds is None else turn.end_seconds + later,
        )
        for turn in turns
    ]


def _as_record(turn: SpokenTurn) -> TurnRecord:
    return TurnRecord(
        speaker=turn.speaker,  # type: ignore[arg-type]  # `read_transcript` gives the four words of the record
        text=turn.text,
        start_seconds=turn.start_seconds,
        end_seconds=turn.end_seconds,
    )
