"""A call as it is heard: its files, its lanes (agent, customer), waveform, silence and overlap.

For the player of the conversation page and of the scoring page. Everything stands on one clock, that of the longest
file; the sound itself is served by the views, and every play is audited there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from qa_app.models import Recording, Speaker, TranscriptSegment
from scoring.recording.envelope import read_lanes
from scoring.recording.silence import Lane, Stretch, find_overlaps, find_silences

__all__ = ["Call", "Track", "Voice", "Waveform", "find_call", "read_waveform"]

POINTS = 1600
"""Of each lane as it is drawn: more than a wide screen has pixels for it."""


@dataclass(frozen=True, slots=True)
class Track:
    """One sound file; `delay_seconds` is where it begins on the clock of the call."""

    recording_id: int
    side: str
    delay_seconds: float
    duration_seconds: float
    channels: int


@dataclass(frozen=True, slots=True)
class Call:
    """What the player is built from; the first track is the longest and sets the clock."""

    conversation_id: int
    duration_seconds: float
    tracks: tuple[Track, ...]
    lanes: int

    @property
    def ruler(self) -> tuple[float, ...]:
        """Positions to print below the waveform."""
        return tuple(self.duration_seconds * part / 6 for part in range(7))


@dataclass(frozen=True, slots=True)
class Voice:
    """One lane of the waveform: whose it is (agent, customer, or empty for both), and its loudness from 0 to 255."""

    side: str
    peaks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waveform:
    """What the player draws."""

    voices: tuple[Voice, ...]
    silences: tuple[Stretch, ...]
    overlaps: tuple[Stretch, ...]


def find_call(session: Session, conversation_id: int) -> Call | None:
    """Return what the player needs before it draws; none where there is no recording."""
    recordings = list(session.scalars(select(Recording).where(Recording.conversation_id == conversation_id)))
    if not recordings:
        return None
    ordered = _by_length(recordings)
    start = ordered[0].offset_seconds
    tracks = tuple(
        Track(one.id, one.side or "", one.offset_seconds - start, one.duration_seconds, one.channels) for one in ordered
    )
    return Call(conversation_id, ordered[0].duration_seconds, tracks, sum(one.channels for one in ordered))


def read_waveform(session: Session, conversation_id: int) -> Waveform:
    """Read the waveform of a call; without recordings it is empty."""
    query = select(Recording).where(Recording.conversation_id == conversation_id).options(undefer(Recording.peaks))
    recordings = _by_length(list(session.scalars(query)))
    if not recordings:
        return Waveform((), (), ())
    start, length = recordings[0].offset_seconds, recordings[0].duration_seconds
    lanes: list[Lane] = []
    sides: list[str] = []
    for one in recordings:
        channels = [
            Lane(levels, one.offset_seconds - start, one.duration_seconds)
            for levels in read_lanes(one.peaks or b"", one.channels)
        ]
        lanes += channels
        sides += [one.side or ""] if len(channels) == 1 else _name_channels(session, conversation_id, channels)
    ordered = sorted(zip(sides, lanes, strict=True), key=lambda pair: pair[0] or "b")
    voices = tuple(Voice(side, _project(lane, length)) for side, lane in ordered)
    return Waveform(voices, tuple(find_silences(lanes)), tuple(find_overlaps(lanes)))


def _by_length(recordings: Sequence[Recording]) -> list[Recording]:
    return sorted(recordings, key=lambda one: (-one.duration_seconds, one.side or "", one.id))


def _project(lane: Lane, length: float) -> tuple[int, ...]:
    """The lane on the clock of the call, in a fixed number of points."""
    clock = (np.arange(POINTS) + 0.5) * length / POINTS - lane.offset_seconds
    place = np.floor(clock / lane.duration_seconds * lane.levels.size).astype(np.intp)
    inside = (place >= 0) & (place < lane.levels.size)
    shown = np.where(inside, lane.levels[np.where(inside, place, 0)], 0.0)
    return tuple(int(level) for level in np.round(shown * 255))


def _name_channels(session: Session, conversation_id: int, channels: Sequence[Lane]) -> list[str]:
    """Whose each channel of a file is: the one that is louder while the agent speaks is the agent's."""
    if len(channels) != 2:
        return [""] * len(channels)
    segment = TranscriptSegment
    spoken = session.execute(
        select(segment.start_seconds, segment.end_seconds).where(
            segment.conversation_id == conversation_id,
            segment.speaker == Speaker.agent,
            segment.start_seconds.is_not(None),
            segment.end_seconds.is_not(None),
        )
    ).all()
    if not spoken:
        return ["", ""]
    first, second = (_loudness_in(lane, [(row[0] or 0.0, row[1] or 0.0) for row in spoken]) for lane in channels)
    return ["agent", "customer"] if first >= second else ["customer", "agent"]


def _loudness_in(lane: Lane, spans: Sequence[tuple[float, float]]) -> float:
    """Mean level of a lane inside some spans of the call."""
    per_second = lane.levels.size / lane.duration_seconds
    parts: list[NDArray[np.float64]] = [
        lane.levels[
            max(0, int((start - lane.offset_seconds) * per_second)) : int((end - lane.offset_seconds) * per_second)
        ]
        for start, end in spans
    ]
    heard = np.concatenate(parts)
    return float(heard.mean()) if heard.size else 0.0
