"""The picture of a team's weeks: means with their intervals, the smoothed line and its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor

from qa_app.trends.pictures import Canvas, Tick, triangle
from scoring.trends.charts import ChartPoint, ControlChart
from scoring.trends.ewma import PeriodMean

__all__ = ["HALF", "MIDDLE", "NARROW", "WIDE", "TrendPicture", "draw_trend"]

HALF = 1.96
HIGHEST = 100.0
_FEWEST_SPAN = 20.0  # points of a score that the picture shows at least
_RIM = 10

WIDE, MIDDLE, NARROW = Canvas(860, 270, right=74), Canvas(600, 260, right=74), Canvas(320, 240)
WEEKS_SHOWN = {WIDE: 27, MIDDLE: 20, NARROW: 10}
"""How many weeks fit with their numbers under them; one picture for each width of the page keeps words readable."""


@dataclass(frozen=True, slots=True)
class WeekDot:
    """One week: its mean with its interval, and the triangle where the line leaves its limits."""

    x: float
    y: float
    y_lower: float
    y_upper: float
    n: int
    label: str
    triangle: str
    side: str


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """Everything the template draws."""

    canvas: Canvas
    ticks: tuple[Tick, ...]
    dots: tuple[WeekDot, ...]
    line: str
    upper: str
    lower: str
    centre: float
    line_end: float
    limit_end: float | None


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where weeks and points of a score lie; `unit` is the error of a usual week, in which the line is counted."""

    canvas: Canvas
    first: date
    steps: int
    low: float
    centre: float
    unit: float

    def x(self, week: str) -> float:
        steps = (_monday(week) - self.first).days / 7
        return round(self.canvas.left + _RIM + (self.canvas.wide - 2 * _RIM) * steps / self.steps, 1)

    def y(self, points: float) -> float:
        inside = min(max(points, self.low), HIGHEST)
        return round(self.canvas.top + self.canvas.tall * (HIGHEST - inside) / (HIGHEST - self.low), 1)

    def y_of_line(self, errors: float) -> float:
        return self.y(self.centre + self.unit * errors)


def draw_trend(chart: ControlChart, weeks: Sequence[PeriodMean], canvas: Canvas) -> TrendPicture:
    """Place the weeks by the calendar, the newest ones where not all fit.

    The smoothed line is counted in errors of a week; all of it is drawn in points by the error of a usual week, so
    that a point of it lies outside its limits in the picture exactly where it does in the chart.
    """
    newest = _monday(weeks[-1].label)
    shown = [
        (week, point)
        for week, point in zip(weeks, chart.points, strict=True)
        if (newest - _monday(week.label)).days < 7 * WEEKS_SHOWN[canvas]
    ]
    scale = _scale(chart, weeks, shown, canvas)
    last = shown[-1][1]
    return TrendPicture(
        canvas=canvas,
        ticks=tuple(Tick(scale.y(value), value) for value in _steps(scale.low)),
        dots=tuple(_dot(week, point, scale) for week, point in shown),
        line=_path(scale, [(week.label, point.line) for week, point in shown]),
        upper=_path(scale, [(week.label, point.upper) for week, point in shown]),
        lower=_path(scale, [(week.label, point.lower) for week, point in shown]),
        centre=scale.y(scale.centre),
        line_end=scale.y_of_line(last.line),
        limit_end=None if last.upper is None else scale.y_of_line(last.upper),
    )


def _scale(
    chart: ControlChart, weeks: Sequence[PeriodMean], shown: Sequence[tuple[PeriodMean, ChartPoint]], canvas: Canvas
) -> _Scale:
    centre = chart.centre or 0.0
    unit = sorted(week.error for week in weeks)[len(weeks) // 2]
    first = _monday(shown[0][0].label)
    ends = [week.mean - HALF * week.error for week, _ in shown]
    ends += [centre + unit * min(point.line, point.lower or 0.0) for _, point in shown]
    low = max(0.0, min(floor(min(ends) / 10) * 10.0, HIGHEST - _FEWEST_SPAN))
    return _Scale(canvas, first, max(1, (_monday(shown[-1][0].label) - first).days // 7), low, centre, unit)


def _dot(week: PeriodMean, point: ChartPoint, scale: _Scale) -> WeekDot:
    x = scale.x(week.label)
    return WeekDot(
        x=x,
        y=scale.y(week.mean),
        y_lower=scale.y(week.mean - HALF * week.error),
        y_upper=scale.y(week.mean + HALF * week.error),
        n=week.n,
        label=week.label,
        triangle=triangle(x, scale.y_of_line(point.line), point.signal) if point.signal else "",
        side=point.signal or "",
    )


def _path(scale: _Scale, values: Sequence[tuple[str, float | None]]) -> str:
    return " ".join(f"{scale.x(week)},{scale.y_of_line(value)}" for week, value in values if value is not None)


def _steps(low: float) -> list[float]:
    step = 10.0 if HIGHEST - low <= 50 else 20.0
    return [HIGHEST - step * number for number in range(int((HIGHEST - low) / step) + 1)]


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
