"""What every control chart is made of: points in time, limits, and which points lie outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, TypeVar

from scoring.errors import InputError

__all__ = ["FEWEST_POINTS", "ChartPoint", "ControlChart", "NoSign", "Side", "WithoutLimits", "in_time"]

FEWEST_POINTS = 12  # fewer make a line without limits


class Side(StrEnum):
    """Where a point lies that chance does not explain."""

    above = "above"
    below = "below"


class WithoutLimits(StrEnum):
    """Why a chart has no limits."""

    too_few_points = "too_few_points"
    no_variation = "no_variation"  # all shares are 0, or all are 1
    too_few_cases = "too_few_cases"  # in no period enough to tell chance from change


class NoSign(StrEnum):
    """Why a single point has no limits while its chart may have some."""

    still_open = "still_open"  # the figure is not final yet
    too_few_cases = "too_few_cases"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One point in time.

    Attributes
    ----------
    label : str
        The week or month.
    value : float
        The figure itself, in its own unit.
    line : float
        What is drawn and held against the limits; the chart's function says in which unit.
    n : int
        Conversations behind it.
    lower, upper : float or None
        Limits, in the unit of `line`; None where the chart has none.
    signal : Side or None
        Where the line leaves the limits; None inside, and where there are none.
    no_sign : NoSign or None
        Why this point alone is held against no limits; None for every point that is.
    """

    label: str
    value: float
    line: float
    n: int
    lower: float | None
    upper: float | None
    signal: Side | None
    no_sign: NoSign | None = None


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series with its limits.

    Attributes
    ----------
    points : tuple of ChartPoint
        In time.
    centre : float or None
        The centre line, in the unit of the figure; None without points.
    without_limits : WithoutLimits or None
        Why there are no limits.
    """

    points: tuple[ChartPoint, ...]
    centre: float | None
    without_limits: WithoutLimits | None

    @property
    def signals(self) -> tuple[ChartPoint, ...]:
        """Points outside the limits."""
        return tuple(point for point in self.points if point.signal)

    @property
    def is_out_now(self) -> bool:
        """Whether the last point lies outside."""
        return bool(self.points) and self.points[-1].signal is not None


class _Labelled(Protocol):
    @property
    def label(self) -> str: ...


_L = TypeVar("_L", bound=_Labelled)


def in_time(periods: Iterable[_L]) -> Sequence[_L]:
    """Periods in the order of their labels; refused where one comes twice."""
    ordered = sorted(periods, key=lambda period: period.label)
    for before, after in pairwise(ordered):
        if before.label == after.label:
            raise InputError(f"The period {after.label} is given twice.")
    return ordered


def side_of(line: float, lower: float | None, upper: float | None) -> Side | None:
    """Tell on which side of its limits a point lies; None inside, on a limit, or without limits."""
    if upper is not None and line > upper:
        return Side.above
    if lower is not None and line < lower:
        return Side.below
    return None
