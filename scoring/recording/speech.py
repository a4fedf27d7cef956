"""Where somebody speaks, by the power of the sound alone.

For the figures of a recording. A stretch of speech is louder than the noise of its own channel; pauses between words
belong to it, clicks do not. Sounds that are no words (music, breath) are not told apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LONGEST_BREATH_SECONDS", "SHORTEST_SPEECH_SECONDS", "Spans", "find_speech", "join_spans", "speech_bar"]

LONGEST_BREATH_SECONDS = 0.3
"""A shorter pause lies inside a word or between two."""
SHORTEST_SPEECH_SECONDS = 0.06
"""Shorter sounds are clicks."""
_LOWEST_BAR = -50.0
_ABOVE_NOISE = 9.0
_BELOW_VOICE = 12.0
_NOISE_SHARE, _VOICE_SHARE = 0.1, 0.95
_SILENT_POWER = 1e-10

Spans = NDArray[np.float64]
"""Pairs (start, end) in seconds, in order and apart from each other; shape (n, 2)."""


def speech_bar(power: NDArray[np.floating]) -> float:
    """The level in dBFS above which a step of this channel is speech.

    9 dB above the noise, which is the level that a tenth of the steps stay under; at least −50 dBFS, for a channel
    that is digitally silent has no noise; at most 12 dB below the voice, the level that 95 % stay under, for some
    channels have no pause.
    """
    levels = _decibels(power)
    noise, voice = (float(np.quantile(levels, share)) for share in (_NOISE_SHARE, _VOICE_SHARE))
    return max(_LOWEST_BAR, min(noise + _ABOVE_NOISE, voice - _BELOW_VOICE))


def find_speech(power: NDArray[np.floating], step_seconds: float) -> Spans:
    """Stretches of speech in one channel.

    Parameters
    ----------
    power : array
        Mean square of the samples in each step (full scale 1).
    step_seconds : float
        Length of a step.

    Returns
    -------
    Spans
        Stretches louder than `speech_bar`, at least 60 ms long, joined where less than 300 ms lie between them.
    """
    if not len(power):
        return np.zeros((0, 2))
    loud = _decibels(power) > speech_bar(power)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(np.int8)))
    spans: Spans = edges.reshape(-1, 2).astype(np.float64) * step_seconds
    # A hair's breadth: lengths are whole steps, and the limits lie on their borders.
    hair = step_seconds / 10
    spans = spans[spans[:, 1] - spans[:, 0] >= SHORTEST_SPEECH_SECONDS - hair]
    return join_spans(spans, LONGEST_BREATH_SECONDS - hair)


def join_spans(spans: Spans, closer_than: float) -> Spans:
    """Join stretches (sorted by their start) that lie closer together than so many seconds, or overlap."""
    if len(spans) < 2:
        return spans
    ends = np.maximum.accumulate(spans[:, 1])
    apart = spans[1:, 0] - ends[:-1] >= closer_than
    return np.column_stack((spans[np.concatenate(([True], apart)), 0], ends[np.concatenate((apart, [True]))]))


def _decibels(power: NDArray[np.floating]) -> NDArray[np.float64]:
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(np.asarray(power, dtype=np.float64), _SILENT_POWER))
    return levels
