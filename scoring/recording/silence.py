"""Silence and overlap: where nobody speaks, and where both do.

For the player, which names and skips them. Works on outlines, not on sound, so it costs nothing when a page opens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONG_SILENCE_SECONDS = 5.0
LONG_OVERLAP_SECONDS = 1.0
_STEP_SECONDS = 0.1
_LOWEST_SPEECH = 0.02
_ABOVE_NOISE = 3.0
_NOISE_SHARE = 0.1
_HIGHEST_BAR = 0.1


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel on the common clock of the call: its loudness (0–1) from `offset_seconds` on."""

    levels: NDArray[np.float64]
    offset_seconds: float
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, in seconds from the start of the call."""

    start_seconds: float
    end_seconds: float


def find_silences(lanes: Sequence[Lane], *, at_least_seconds: float = LONG_SILENCE_SECONDS) -> list[Stretch]:
    """Stretches in which no lane carries speech.

    A lane speaks where its level exceeds 0.02 (−34 dB) and three times its own noise: the level that a tenth of its
    stretches stay under. Noise never lifts that bar above 0.1: some lanes have no pause.

    Parameters
    ----------
    lanes : sequence of Lane
        All channels of all recordings of the call.
    at_least_seconds : float
        Shorter pauses are speech.

    Returns
    -------
    list of Stretch
        In order, not overlapping; empty for a call without lanes. Exact to one stretch of the outline.
    """
    speaking = [_speaking(lane, _length(lanes)) for lane in lanes]
    return _stretches(~np.logical_or.reduce(speaking), at_least_seconds) if speaking else []


def find_overlaps(lanes: Sequence[Lane], *, at_least_seconds: float = LONG_OVERLAP_SECONDS) -> list[Stretch]:
    """Stretches in which two lanes or more speak at once; arguments and result as in `find_silences`."""
    if len(lanes) < 2:
        return []
    voices = np.sum([_speaking(lane, _length(lanes)) for lane in lanes], axis=0)
    return _stretches(voices >= 2, at_least_seconds)


def _length(lanes: Sequence[Lane]) -> int:
    end = max((lane.offset_seconds + lane.duration_seconds for lane in lanes), default=0.0)
    return int(np.ceil(end / _STEP_SECONDS))


def _speaking(lane: Lane, steps: int) -> NDArray[np.bool_]:
    """Whether the lane speaks in each step of the call."""
    clock = (np.arange(steps) + 0.5) * _STEP_SECONDS - lane.offset_seconds
    place = np.floor(clock / lane.duration_seconds * lane.levels.size).astype(np.intp)
    inside = (place >= 0) & (place < lane.levels.size)
    noise = float(np.quantile(lane.levels, _NOISE_SHARE)) if lane.levels.size else 0.0
    loud: NDArray[np.bool_] = lane.levels > max(_LOWEST_SPEECH, min(_ABOVE_NOISE * noise, _HIGHEST_BAR))
    speaking: NDArray[np.bool_] = inside & loud[np.where(inside, place, 0)]
    return speaking


def _stretches(flags: NDArray[np.bool_], at_least_seconds: float) -> list[Stretch]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    pairs = edges.reshape(-1, 2) * _STEP_SECONDS
    return [Stretch(float(start), float(end)) for start, end in pairs if end - start >= at_least_seconds]
