"""Where things lie in the pictures: intervals on a common scale, and the small charts of drift. No words here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from qa_app.calibration.period import weeks_after
from scoring.trends.charts import ChartPoint, ControlChart, Side

__all__ = ["Bar", "DriftPicture", "Mark", "Scale", "agreement_scale", "draw_drift", "highest_line", "severity_scale"]

_RIM = 3.0  # percent kept free at both ends, so that caps and dots are not cut
WIDTH, HEIGHT = 170.0, 84.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 18.0, 8.0, 8.0, 20.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval: where it begins, how wide it is, where its value lies; in percent of the picture's width."""

    start: float
    width: float
    dot: float

    @property
    def end(self) -> float:
        """Where it ends."""
        return round(self.start + self.width, 2)


@dataclass(frozen=True, slots=True)
class Scale:
    """A domain that all rows of a picture share, with its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Percent from the left; what lies outside the domain is put on its end."""
        inside = min(max(value, self.low), self.high)
        return round(_RIM + (100 - 2 * _RIM) * (inside - self.low) / (self.high - self.low), 2)

    def bar(self, value: float, lower: float, upper: float) -> Bar:
        """Place an interval."""
        start = self.place(lower)
        return Bar(start, round(self.place(upper) - start, 2), self.place(value))


def severity_scale(bounds: Iterable[float]) -> Scale:
    """Points on both sides of 0, as far as any interval goes."""
    reach = max((abs(bound) for bound in bounds), default=3.0)
    step = next(step for step in (1.0, 3.0, 5.0, 10.0, 25.0, 50.0, 100.0) if reach <= 3 * step or step == 100.0)
    steps = max(1, ceil(reach / step))
    return Scale(-steps * step, steps * step, tuple(step * number for number in range(-steps, steps + 1)))


def agreement_scale(bounds: Iterable[float]) -> Scale:
    """From below the lowest bound to full agreement."""
    lowest = min((*bounds, 0.6))
    step = 0.2 if lowest >= 0 else 0.5
    first = floor(round(lowest / step, 6))
    last = round(1 / step)
    return Scale(first * step, 1.0, tuple(round(step * number, 1) for number in range(first, last + 1)))


@dataclass(frozen=True, slots=True)
class Mark:
    """A point outside its limits: the corners of its triangle."""

    corners: str


@dataclass(frozen=True, slots=True)
class DriftPicture:
    """One inspector's chart in pixels; limits are empty where there are too few weeks for them."""

    width: float
    height: float
    line: str
    upper: str
    lower: str
    zero: float
    left: float
    right: float
    marks: tuple[Mark, ...]
    last: tuple[float, float] | None
    ends: tuple[tuple[float, str], ...]


def highest_line(charts: Iterable[ControlChart]) -> float:
    """How far from 0 any of the lines or limits goes: all small charts share this scale."""
    points = [point for chart in charts for point in chart.points]
    return max([1.0, *(max(abs(point.line), point.upper or 0.0) for point in points)])


def draw_drift(chart: ControlChart, reach: float, first_week: str, last_week: str) -> DriftPicture:
    """Place a chart's points by their calendar weeks, so that a gap in the work is a gap in the picture."""
    span = max(1, weeks_after(first_week, last_week))
    middle = _TOP + (HEIGHT - _TOP - _BOTTOM) / 2

    def x(point: ChartPoint) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * weeks_after(first_week, point.label) / span, 1)

    def y(value: float) -> float:
        return round(middle - (middle - _TOP) * value / reach, 1)

    def path(values: Sequence[tuple[ChartPoint, float | None]]) -> str:
        return " ".join(f"{x(point)},{y(value)}" for point, value in values if value is not None)

    points = chart.points
    return DriftPicture(
        width=WIDTH,
        height=HEIGHT,
        line=path([(point, point.line) for point in points]),
        upper=path([(point, point.upper) for point in points]),
        lower=path([(point, point.lower) for point in points]),
        zero=round(middle, 1),
        left=_LEFT,
        right=WIDTH - _RIGHT,
        marks=tuple(_triangle(x(point), y(point.line), point.signal) for point in points if point.signal),
        last=(x(points[-1]), y(points[-1].line)) if points else None,
        ends=tuple((x(point), point.label) for point in (points[0], points[-1])) if len(points) > 1 else (),
    )


def _triangle(x: float, y: float, side: Side) -> Mark:
    """A triangle that points the way the inspector went."""
    tip = -5 if side is Side.above else 5
    return Mark(f"{x - 5},{y - tip} {x + 5},{y - tip} {x},{y + tip}")
