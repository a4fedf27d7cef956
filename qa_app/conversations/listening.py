"""A call as it is heard: its files, its lanes (agent, customer), waveform, silence and overlap.

For the player of the conversation page and of the scoring page. Everything stands on one clock, which begins with
the first file; the sound itself is served by the views, and every play is audited there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, undefer

from qa_app.conversations.lanes import lay_out, name_channels
from qa_app.conversations.measuring import levels_path
from qa_app.conversations.muting import muted_ranges, on_file_clock
from qa_app.conversations.playable import Served, make_playable
from qa_app.conversations.sound_figures import features_of
from qa_app.models import CallFeatures, Recording
from scoring.recording import RecordingFeatures
from scoring.recording.envelope import read_lanes
from scoring.recording.silence import (
    LONG_OVERLAP_SECONDS,
    LONG_SILENCE_SECONDS,
    Lane,
    Stretch,
    find_overlaps,
    find_silences,
)

__all__ = ["Call", "Track", "Voice", "Waveform", "find_call", "find_sound", "has_sound", "read_waveform"]

POINTS_PER_SECOND = 2
POINTS = 1600
"""Of each lane as it is drawn: more than a wide screen has pixels for it."""
MOST_POINTS = 25_600
"""Of a lane drawn sixteen times as wide."""


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
    """What the player is built from; the first track is the longest and sets the clock.

    `features` are the measured figures; `problem` says why there are none (missing, unreadable), `detail` of which
    file. `muted` stretches hold personal data.
    """

    conversation_id: int
    duration_seconds: float
    tracks: tuple[Track, ...]
    lanes: int
    features: RecordingFeatures | None = None
    problem: str = ""
    detail: str = ""
    muted: int = 0

    @property
    def ruler(self) -> tuple[float, ...]:
        """Positions to print below the waveform."""
        return tuple(self.duration_seconds * part / 6 for part in range(7))


@dataclass(frozen=True, slots=True)
class Voice:
    """One lane of the waveform: whose it is (agent, customer, or empty for both), and its loudness from 0 to 255.

    `track` and `channel` say where its sound comes from: the place of its file in `Call.tracks`, and its channel there.
    """

    side: str
    track: int
    channel: int
    peaks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waveform:
    """What the player draws."""

    voices: tuple[Voice, ...]
    silences: tuple[Stretch, ...]
    overlaps: tuple[Stretch, ...]
    muted: tuple[Stretch, ...]


def find_call(session: Session, conversation_id: int) -> Call | None:
    """Return what the player needs before it draws; none where there is no recording."""
    recordings = list(session.scalars(select(Recording).where(Recording.conversation_id == conversation_id)))
    if not recordings:
        return None
    layout = lay_out(recordings)
    tracks = tuple(
        # The first file is served filled up to the whole call (`find_sound`), so it begins at the beginning.
        Track(one.id, one.side or "", delay if place else 0.0, one.duration_seconds, one.channels)
        for place, (one, delay) in enumerate(zip(layout.recordings, layout.delays, strict=True))
    )
    row = session.get(CallFeatures, conversation_id)
    return Call(
        conversation_id,
        layout.duration_seconds,
        tracks,
        sum(one.channels for one in recordings),
        features_of(row),
        row.problem if row else "",
        row.detail if row else "",
        len(muted_ranges(session, conversation_id)),
    )


def has_sound(session: Session, conversation_id: int) -> bool:
    """Tell whether there is something to be heard."""
    return bool(session.scalar(select(exists().where(Recording.conversation_id == conversation_id))))


def find_sound(session: Session, recording: Recording, *, is_unmasked: bool) -> tuple[Served, int]:
    """Return the file to send for a recording and how many stretches of it are muted for this listener.

    Raises
    ------
    FileNotFoundError, RecordingUnreadable
        As `make_playable`.
    """
    query = select(Recording).where(Recording.conversation_id == recording.conversation_id)
    layout = lay_out(list(session.scalars(query)))
    delay = layout.delay_of(recording)
    ranges = () if is_unmasked else on_file_clock(muted_ranges(session, recording.conversation_id), delay)
    if recording.id == layout.recordings[0].id:
        served = make_playable(recording, muted=ranges, lead_seconds=delay, whole_seconds=layout.duration_seconds)
    else:
        served = make_playable(recording, muted=ranges)
    return served, len(ranges)


def read_waveform(session: Session, conversation_id: int, *, points: int | None = None) -> Waveform:
    """Read the waveform of a call in so many points; without recordings it is empty.

    Unless told how many, the longer the call the more: two a second, between `POINTS` and `MOST_POINTS`.
    Silence and overlap are the measured ones, as the figures count them; before the call was measured they are guessed
    from the outline.
    """
    query = select(Recording).where(Recording.conversation_id == conversation_id).options(undefer(Recording.peaks))
    recordings = list(session.scalars(query))
    if not recordings:
        return Waveform((), (), (), ())
    layout = lay_out(recordings)
    points = points or min(max(round(layout.duration_seconds * POINTS_PER_SECOND), POINTS), MOST_POINTS)
    lanes: list[Lane] = []
    voices: list[Voice] = []
    for track, (one, delay) in enumerate(zip(layout.recordings, layout.delays, strict=True)):
        channels = [Lane(levels, delay, one.duration_seconds) for levels in _levels(one, points)]
        lanes += channels
        sides = [one.side or ""] if len(channels) == 1 else name_channels(session, conversation_id, channels)
        for channel, (side, lane) in enumerate(zip(sides, channels, strict=True)):
            voices.append(Voice(side, track, channel, _project(lane, layout.duration_seconds, points)))
    measured = features_of(session.get(CallFeatures, conversation_id))
    return Waveform(
        tuple(sorted(voices, key=lambda voice: voice.side or "b")),
        _long(measured.silences, LONG_SILENCE_SECONDS) if measured else tuple(find_silences(lanes)),
        _long(measured.overlaps, LONG_OVERLAP_SECONDS) if measured else tuple(find_overlaps(lanes)),
        muted_ranges(session, conversation_id),
    )


def _long(stretches: Sequence[Stretch], seconds: float) -> tuple[Stretch, ...]:
    return tuple(one for one in stretches if one.end_seconds - one.start_seconds >= seconds)


def _levels(recording: Recording, points: int) -> list[NDArray[np.float64]]:
    """The levels of each channel, 0 to 1: the outline, or the fine ones where more points are wanted than it has."""
    outline = read_lanes(recording.peaks or b"", recording.channels)
    path = levels_path(recording.checksum)
    if points <= POINTS or not path.is_file():
        return outline
    fine = np.load(path, mmap_mode="r", allow_pickle=False)
    return [np.asarray(lane, dtype=np.float64) / 255 for lane in fine] if len(fine) == recording.channels else outline


def _project(lane: Lane, length: float, points: int) -> tuple[int, ...]:
    """The lane on the clock of the call in a fixed number of points, each the largest level of its stretch."""
    if not lane.levels.size:
        return (0,) * points
    edges = np.arange(points + 1) * length / points - lane.offset_seconds
    place = np.floor(edges / lane.duration_seconds * lane.levels.size).astype(np.intp)
    first = np.clip(place[:-1], 0, lane.levels.size - 1)
    last = np.clip(place[1:], first + 1, lane.levels.size)
    inside = (place[1:] >= 0) & (place[:-1] < lane.levels.size)
    # Pairs of borders; what reduceat makes of the stretch between two pairs is left out.
    borders = np.column_stack((first, last)).ravel()
    largest = np.maximum.reduceat(np.append(lane.levels, 0.0), borders)[::2]
    return tuple(int(level) for level in np.round(np.where(inside, largest, 0.0) * 255))
