"""The picture of a rate by week: its dots, the mean of all weeks, and limits that bend with the number of cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qa_app.trends.pictures import Canvas, Tick, round_steps, triangle
from scoring.trends.charts import ChartPoint, ControlChart, NoSign

__all__ = ["NARROW", "WIDE", "SharePicture", "draw_share_picture"]

WIDE, NARROW = Canvas(430, 220, left=42, bottom=38), Canvas(320, 210, left=40, bottom=38)
_EVERY = 4  # weeks between two week numbers
_RIM = 8
_ROOM = 1.04  # beyond the largest


@dataclass(frozen=True, slots=True)
class ShareDot:
    """One week: a dot, hollow while it is not final, or a triangle where it lies outside its limits."""

    x: float
    y: float
    triangle: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class SharePicture:
    """Everything the template draws; `upper` and `lower` hold a line for each stretch with limits."""

    canvas: Canvas
    centre: float
    dots: tuple[ShareDot, ...]
    line: str
    upper: tuple[str, ...]
    lower: tuple[str, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    canvas: Canvas
    first: date
    steps: int
    highest: float

    def x(self, week: str) -> float:
        steps = (_monday(week) - self.first).days / 7
        return round(self.canvas.left + _RIM + (self.canvas.wide - 2 * _RIM) * steps / self.steps, 1)

    def y(self, share: float) -> float:
        inside = min(max(share, 0.0), self.highest)
        return round(self.canvas.top + self.canvas.tall * (1 - inside / self.highest), 1)


def draw_share_picture(chart: ControlChart, canvas: Canvas) -> SharePicture:
    """Place the weeks by the calendar; `chart` has at least one point, and not all of them are nought."""
    points = chart.points
    first, last = _monday(points[0].label), _monday(points[-1].label)
    highest = _ROOM * max(max(point.value, point.upper or 0.0) for point in points)
    scale = _Scale(canvas, first, max(1, (last - first).days // 7), highest)
    return SharePicture(
        canvas=canvas,
        centre=scale.y(chart.centre or 0.0),
        dots=tuple(_dot(point, scale) for point in points),
        line=_path(scale, [(point.label, point.line) for point in points]),
        upper=_stretches(scale, [(point.label, point.upper) for point in points]),
        lower=_stretches(scale, [(point.label, point.lower) for point in points]),
        x_ticks=tuple((scale.x(point.label), point.label) for point in points[::-1][::_EVERY]),
        y_ticks=tuple(Tick(scale.y(value / 100), value / 100) for value in round_steps(highest * 100)),
    )


def _dot(point: ChartPoint, scale: _Scale) -> ShareDot:
    x, y = scale.x(point.label), scale.y(point.value)
    return ShareDot(x, y, triangle(x, y, point.signal) if point.signal else "", point.no_sign is NoSign.still_open)


def _path(scale: _Scale, values: Iterable[tuple[str, float | None]]) -> str:
    return " ".join(f"{scale.x(week)},{scale.y(value)}" for week, value in values if value is not None)


def _stretches(scale: _Scale, values: Sequence[tuple[str, float | None]]) -> tuple[str, ...]:
    """A line across a week without limits would claim some for it."""
    stretches = (tuple(run) for known, run in groupby(values, lambda pair: pair[1] is not None) if known)
    return tuple(_path(scale, run) for run in stretches)


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
