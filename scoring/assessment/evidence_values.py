"""What enters K: the values of inspected conversations on a scale of 0 to 1, and the largest value possible.

Values are cut at 0 and never at 1: cutting at 1 would lower the innocent. Severity is that of the last closed month, so
that nothing in a value was learnt from the value itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import InputError

LARGEST_SHIFT = 12.0
"""Points by which an automatic score may move a value."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AssistedValues:
    """Values corrected by an automatic score.

    Attributes
    ----------
    values : array of float
        x of the inspected conversations, 0 or above.
    upper : float
        u, the largest value any conversation of the frame could have had.
    """

    values: Array
    upper: float


@dataclass(frozen=True, slots=True)
class FrameShifts:
    """What an automatic score takes off the conversations of one agent's frame: the rule, and its bounds.

    Attributes
    ----------
    mean : float
        F, the mean automatic score of the frame.
    offset : float
        Mean of the clipped terms, points; taken off each so that they sum to 0 over the frame.
    room : float
        How far above 1 a value can come by them: the largest −h/100, 0 or above.
    slope : float
        λ.
    """

    mean: float
    offset: float
    room: float
    slope: float

    def shift(self, prediction: float | None) -> float:
        """h in points of one conversation; one without an automatic score counts as the mean."""
        return _clip(self.slope * ((self.mean if prediction is None else prediction) - self.mean)) - self.offset


def frame_shifts(predictions: ArrayLike, slope: float, *, missing: int = 0) -> FrameShifts:
    """Fix what an automatic score may take off, before anything of the frame is inspected.

    ``h = clip(λ(f − F), ±12)`` minus the mean of that clipped term over **all** conversations of the frame, so that
    the mean of x over the frame is that of y however bad f is.

    Parameters
    ----------
    predictions : array of float
        Automatic scores f of the frame's conversations of one agent.
    slope : float
        λ, from earlier months only.
    missing : int, default=0
        Conversations of the frame without one; they count as F.

    Returns
    -------
    FrameShifts

    Raises
    ------
    InputError
        If a prediction or the slope is not finite, or the frame is empty.
    """
    frame = np.asarray(predictions, dtype=float)
    if not frame.size or not np.isfinite(frame).all() or not np.isfinite(slope):
        raise InputError("Every conversation of the frame needs a finite automatic score, and the slope is finite.")
    mean = float(frame.mean())
    shifts = np.clip(slope * (frame - mean), -LARGEST_SHIFT, LARGEST_SHIFT)
    offset = float(shifts.sum()) / (len(frame) + missing)
    lowest = min(float(shifts.min()), 0.0) if missing else float(shifts.min())
    return FrameShifts(mean, offset, max(0.0, (offset - lowest) / 100), slope)


def _clip(points: float) -> float:
    return min(max(points, -LARGEST_SHIFT), LARGEST_SHIFT)


def score_values(scores: ArrayLike, severities: ArrayLike, is_critical: ArrayLike) -> Array:
    """Values of scores: ``x = max(0, (score − ŝ)/100)``; a critical conversation is 0.

    Parameters
    ----------
    scores : array of float
        Quality or score, 0–100.
    severities : array of float
        ŝ in points of the inspector who gave each score, of the last closed month; positive = lenient; 0: unknown.
    is_critical : array of bool
        Whether the conversation has a critical error.

    Returns
    -------
    array of float
        0 or above, at most `largest_value`.

    Raises
    ------
    InputError
        If a score lies outside 0 to 100 or a severity is not finite.
    """
    points, corrections = np.asarray(scores, dtype=float), np.asarray(severities, dtype=float)
    if not ((points >= 0) & (points <= 100)).all():
        raise InputError("Scores lie between 0 and 100.")
    if not np.isfinite(corrections).all():
        raise InputError("Severities are finite; an unknown one is 0.")
    values: Array = np.where(np.asarray(is_critical, dtype=bool), 0.0, np.maximum(0.0, (points - corrections) / 100))
    return values


def largest_value(severities: ArrayLike = ()) -> float:
    """Largest value a conversation can have: ``u = 1 + the largest −ŝ/100``, at least 1.

    Parameters
    ----------
    severities : array of float
        ŝ in points of all inspectors of the last closed month; empty: no correction. An inspector without one has 0,
        which is why u is never below 1.

    Returns
    -------
    float
        u, 1 or above.
    """
    corrections = np.asarray(severities, dtype=float)
    return 1.0 + max(0.0, float((-corrections).max()) / 100) if corrections.size else 1.0


def critical_values(is_critical: ArrayLike) -> Array:
    """Values of the critical-rate twin: ``x = 1 − critical``; its standard is 1 − allowed rate and u is 1."""
    values: Array = 1.0 - np.asarray(is_critical, dtype=bool)
    return values


def assisted_values(
    scores: ArrayLike,
    severities: ArrayLike,
    places: ArrayLike,
    predictions: ArrayLike,
    *,
    slope: float,
    upper_without: float = 1.0,
) -> AssistedValues:
    """Values of the quality part with an automatic score: less noise, the same mean.

    ``x = max(0, (y − ŝ − h)/100)``, ``h = clip(λ(f − F), ±12)`` minus the mean of that clipped term over **all** the
    agent's conversations of the month, so that the mean of x over the month is that of y however bad f is.

    Parameters
    ----------
    scores : array of float, shape (n,)
        Quality y of the agent's inspected conversations without critical error, 0–100.
    severities : array of float, shape (n,)
        ŝ of their inspectors, of the last closed month.
    places : array of int, shape (n,)
        Where they stand in `predictions`.
    predictions : array of float, shape (N,)
        Automatic scores f of all the agent's conversations of the month, from models that have not seen them.
    slope : float
        λ, from earlier months only.
    upper_without : float, default=1.0
        u without automatic scores, as `largest_value` gives it.

    Returns
    -------
    AssistedValues
        Values and ``u = upper_without + the largest −h/100`` over the frame. The standard is that of quality.

    Raises
    ------
    InputError
        If a prediction is not finite, the frame is empty, or an argument is out of range.
    """
    frame = np.asarray(predictions, dtype=float)
    rule = frame_shifts(frame, slope)
    shifts = np.clip(slope * (frame - rule.mean), -LARGEST_SHIFT, LARGEST_SHIFT) - rule.offset
    points = np.asarray(scores, dtype=float)
    if not ((points >= 0) & (points <= 100)).all():
        raise InputError("Scores lie between 0 and 100.")
    corrected = points - np.asarray(severities, dtype=float) - shifts[np.asarray(places, dtype=np.int64)]
    return AssistedValues(np.maximum(0.0, corrected / 100), upper_without + rule.room)
