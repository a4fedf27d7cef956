"""Targets for first response and resolution, when they fall due, and whether they were met.

For tables, boards and alerts. The shipped targets are the defaults of the field, by channel and by priority; where
both have one, the stricter holds. Late is late, even if answered later; a source's own verdict goes before ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.timing.working import Seconds, WorkingTimeline

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Target:
    """A span that must not be exceeded: clock seconds, or working days of the calendar."""

    seconds: float = 0.0
    working_days: float = 0.0


CHANNEL_FIRST_RESPONSE = {
    "phone": Target(15.0),
    "chat": Target(30.0),
    "email": Target(12 * HOUR),
    "social": Target(4 * HOUR),
}
PRIORITY_FIRST_RESPONSE = {
    "urgent": Target(5 * MINUTE),
    "high": Target(10 * MINUTE),
    "medium": Target(30 * MINUTE),
    "low": Target(30 * MINUTE),
}
PRIORITY_RESOLUTION = {
    "urgent": Target(2 * HOUR),
    "high": Target(24 * HOUR),
    "medium": Target(working_days=3),
    "low": Target(working_days=3),
}


@dataclass(frozen=True, slots=True)
class Targets:
    """The organisation's targets; a channel or priority that is missing has none.

    `after_opening_seconds`: what comes in outside working hours is due so long after the next opening, or its own
    target after it where that is longer.
    """

    first_response_by_channel: Mapping[str, Target] = field(default_factory=lambda: dict(CHANNEL_FIRST_RESPONSE))
    first_response_by_priority: Mapping[str, Target] = field(default_factory=lambda: dict(PRIORITY_FIRST_RESPONSE))
    resolution_by_priority: Mapping[str, Target] = field(default_factory=lambda: dict(PRIORITY_RESOLUTION))
    after_opening_seconds: float = 10 * MINUTE


def first_response_due(
    opened: Seconds,
    channels: NDArray[np.str_],
    priorities: NDArray[np.str_],
    targets: Targets,
    timeline: WorkingTimeline,
) -> Seconds:
    """When the first response falls due.

    Parameters
    ----------
    opened : array of float
        Opening times in Unix seconds; NaN: unknown.
    channels, priorities : array of str
        Empty where unknown.
    targets : Targets
        What is promised.
    timeline : WorkingTimeline
        The calendar around these times.

    Returns
    -------
    array of float
        Unix seconds; NaN where there is no target or no opening time. Where channel and priority both have a
        target, the earlier moment.
    """
    by_channel = _due(opened, channels, targets.first_response_by_channel, targets, timeline)
    by_priority = _due(opened, priorities, targets.first_response_by_priority, targets, timeline)
    return np.fmin(by_channel, by_priority)


def resolution_due(
    opened: Seconds, priorities: NDArray[np.str_], targets: Targets, timeline: WorkingTimeline
) -> Seconds:
    """When the solution falls due, by priority; arguments and result as in `first_response_due`."""
    return _due(opened, priorities, targets.resolution_by_priority, targets, timeline)


def judge_targets(own_verdict: Seconds, due: Seconds, done: Seconds, *, now: float) -> Seconds:
    """Say whether each target was met.

    Parameters
    ----------
    own_verdict : array of float
        What the source says: 1 met, 0 missed, NaN nothing.
    due, done : array of float
        Unix seconds; NaN: no target, or not done.
    now : float
        Unix seconds: what is due and not done by now is late.

    Returns
    -------
    array of float
        1 met, 0 missed, NaN without a target, or not done and not due yet.
    """
    ours = np.where(np.isnan(done), np.where(due <= now, 0.0, np.nan), (done <= due).astype(np.float64))
    ours = np.where(np.isnan(due), np.nan, ours)
    return np.where(np.isnan(own_verdict), ours, own_verdict)


def _due(
    opened: Seconds,
    keys: NDArray[np.str_],
    promised: Mapping[str, Target],
    targets: Targets,
    timeline: WorkingTimeline,
) -> Seconds:
    due = np.full(opened.shape, np.nan)
    starts = timeline.opened_since(opened)
    for key, target in promised.items():
        those = keys == key
        if not those.any():
            continue
        if target.working_days:
            working_seconds = np.full(int(those.sum()), target.working_days * timeline.day_seconds)
            due[those] = timeline.after(opened[those], working_seconds)
        else:
            waited = starts[those] > opened[those]
            grace = np.where(waited, max(target.seconds, targets.after_opening_seconds), target.seconds)
            due[those] = starts[those] + grace
    return due
