"""Results of Amazon Transcribe, of Call Analytics and plain ones, as turns (speaker, text, start, end)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["read_transcribe"]

Spoken = tuple[str, str, float | None, float | None]
_PAUSE_SECONDS = 1.0
"""Where nobody is named, so long a pause begins a new turn."""


def read_transcribe(data: Any) -> list[Spoken] | None:
    """Return the turns of a result, or none where this is no such file."""
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("Transcript"), list):
        return [_analysed(turn) for turn in data["Transcript"] if isinstance(turn, dict)]
    results = data.get("results")
    if not isinstance(results, dict) or not isinstance(results.get("items"), list):
        return None
    segments = results.get("audio_segments")
    if isinstance(segments, list) and segments:
        return [
            (
                str(one.get("speaker_label", "")),
                str(one.get("transcript", "")),
                _time(one, "start_time"),
                _time(one, "end_time"),
            )
            for one in segments
        ]
    return list(_join_words(_words(results)))


def _analysed(turn: dict[str, Any]) -> Spoken:
    """A turn of Call Analytics: times in milliseconds."""
    start, end = (turn.get(name) for name in ("BeginOffsetMillis", "EndOffsetMillis"))
    return (
        str(turn.get("ParticipantRole", "")),
        str(turn.get("Content", "")),
        start / 1000 if isinstance(start, int | float) else None,
        end / 1000 if isinstance(end, int | float) else None,
    )


def _words(results: dict[str, Any]) -> Iterator[Spoken]:
    """Word by word, with the speaker of each: by its label, or by the channel it lies in."""
    channels = (results.get("channel_labels") or {}).get("channels")
    if isinstance(channels, list):
        found = [
            (str(channel.get("channel_label", place)), item)
            for place, channel in enumerate(channels)
            for item in channel.get("items", [])
        ]
        yield from sorted(_stamped(found), key=lambda word: word[2] or 0.0)
        return
    spans = [
        (str(one.get("speaker_label", "")), _time(one, "start_time") or 0.0, _time(one, "end_time") or 0.0)
        for one in (results.get("speaker_labels") or {}).get("segments", [])
    ]
    named = []
    for item in results["items"]:
        at = _time(item, "start_time")
        label = item.get("speaker_label") or next(
            (who for who, start, end in spans if at is not None and start <= at < end), ""
        )
        named.append((str(label), item))
    yield from _stamped(named)


def _stamped(items: list[tuple[str, dict[str, Any]]]) -> Iterator[Spoken]:
    """Words with times; a stop or comma has none and stays with the word before it."""
    held: Spoken | None = None
    for label, item in items:
        said = str((item.get("alternatives") or [{}])[0].get("content", ""))
        if item.get("type") == "punctuation":
            if held is not None:
                held = (held[0], held[1] + said, held[2], held[3])
            continue
        if held is not None:
            yield held
        held = (label, said, _time(item, "start_time"), _time(item, "end_time"))
    if held is not None:
        yield held


def _join_words(words: Iterator[Spoken]) -> Iterator[Spoken]:
    """One turn as long as the same person speaks on."""
    held: Spoken | None = None
    for label, said, start, end in words:
        pause = (start or 0.0) - ((held[3] or 0.0) if held else 0.0)
        if held is not None and held[0] == label and (label or pause < _PAUSE_SECONDS):
            held = (label, f"{held[1]} {said}", held[2], end)
            continue
        if held is not None:
            yield held
        held = (label, said, start, end)
    if held is not None:
        yield held


def _time(item: dict[str, Any], name: str) -> float | None:
    """Seconds, which these files write as text."""
    try:
        return float(item[name])
    except (KeyError, TypeError, ValueError):
        return None
