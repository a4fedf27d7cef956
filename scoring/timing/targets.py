"""Targets for first response and resolution, when they fall due, and whether they were met.

For tables, boards and alerts. The shipped targets are the defaults of the field, by channel and by priority; where
both have one, the stricter holds. Late is late, even if answered later; a source's own verdict goes before ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    by_channel = _promised(channels, targets.first_response_by_channel)
    by_priority = _promised(priorities, targets.first_response_by_priority)
    return _due(opened, by_channel.or_sooner(by_priority), targets, timeline)


def first_response_due_of_cases(
    opened: Seconds,
    case: NDArray[np.intp],
    cases: Sequence[tuple[str, str]],
    targets: Targets,
    timeline: WorkingTimeline,
) -> Seconds:
    """As `first_response_due`, for millions: what is promised is looked up once per pair of channel and priority.

    Parameters
    ----------
    opened : array of float
        Opening times in Unix seconds; NaN: unknown.
    case : array of int
        Place of each one's pair in `cases`.
    cases : sequence of (str, str)
        Channel and priority, empty where unknown.
    targets, timeline
        As in `first_response_due`.

    Returns
    -------
    array of float
        Unix seconds; NaN where there is no target or no opening time.
    """
    by_channel = _promised(np.array([channel for channel, _ in cases]), targets.first_response_by_channel)
    by_priority = _promised(np.array([priority for _, priority in cases]), targets.first_response_by_priority)
    return _due(opened, by_channel.or_sooner(by_priority).of(case), targets, timeline)


def resolution_due(
    opened: Seconds, priorities: NDArray[np.str_], targets: Targets, timeline: WorkingTimeline
) -> Seconds:
    """When the solution falls due, by priority; arguments and result as in `first_response_due`."""
    return _due(opened, _promised(priorities, targets.resolution_by_priority), targets, timeline)


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


@dataclass(frozen=True, slots=True)
class _Promises:
    """What is promised to each: seconds, working days, both or neither (NaN)."""

    seconds: Seconds
    working_days: Seconds

    def or_sooner(self, other: _Promises) -> _Promises:
        """The stricter of two; seconds and days are weighed against each other once they are moments."""
        return _Promises(np.fmin(self.seconds, other.seconds), np.fmin(self.working_days, other.working_days))

    def of(self, place: NDArray[np.intp]) -> _Promises:
        """What is promised at each of these places."""
        return _Promises(self.seconds[place], self.working_days[place])


def _promised(keys: NDArray[np.str_], targets: Mapping[str, Target]) -> _Promises:
    seconds, working_days = np.full(keys.shape, np.nan), np.full(keys.shape, np.nan)
    for key, target in targets.items():
        if target.working_days:
            working_days[keys == key] = target.working_days
        else:
            seconds[keys == key] = target.seconds
    return _Promises(seconds, working_days)


def _due(opened: Seconds, promises: _Promises, targets: Targets, timeline: WorkingTimeline) -> Seconds:
    starts = timeline.opened_since(opened)
    seconds = promises.seconds
    due: Seconds = starts + np.where(starts > opened, np.maximum(seconds, targets.after_opening_seconds), seconds)
    by_days = ~np.isnan(promises.working_days)
    if by_days.any():
        worked = promises.working_days[by_days] * timeline.day_seconds
        due[by_days] = np.fmin(due[by_days], timeline.after(opened[by_days], worked))
    return due
