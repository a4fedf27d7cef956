"""Where the plan, what is done and the forecast lie in the picture of the pace. No words here but figures and days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from qa_app.home.pace import Pace

__all__ = ["PacePicture", "draw_pace"]

WIDTH, HEIGHT = 340.0, 236.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 68.0, 14.0, 26.0
_LINE = 13.0  # the least distance between two labels


@dataclass(frozen=True, slots=True)
class PacePicture:
    """Points in pixels; `forecast` and `band` are empty where no pace can be told."""

    width: float
    height: float
    left: float
    right: float
    bottom: float
    grid: tuple[tuple[float, int], ...]
    plan: str
    done: str
    here: tuple[float, float]
    forecast: str
    band: str
    end: tuple[float, float] | None
    plan_label_y: float
    days: tuple[tuple[float, date, str], ...]


def draw_pace(pace: Pace) -> PacePicture:
    """Place the lines on one scale: days from left to right, samples from the bottom up."""
    span = max(1, (max(pace.last_on, pace.today) - pace.first_on).days)
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM

    def x(day: date) -> float:
        return round(_LEFT + (right - _LEFT) * min(span, (day - pace.first_on).days) / span, 1)

    def y(count: float) -> float:
        return round(bottom - (bottom - _TOP) * count / max(1, pace.total), 1)

    def path(points: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{across},{up}" for across, up in points)

    here = (x(pace.today), y(pace.done))
    forecast = band = ""
    end = None
    if pace.forecast is not None and pace.last_on > pace.today:
        at = x(pace.last_on)
        end = (at, y(pace.forecast.value))
        forecast = path([here, end])
        band = path([here, (at, y(pace.forecast.bounds.upper)), (at, y(pace.forecast.bounds.lower))])
    plan_y = y(pace.total)
    if end is not None and end[1] - plan_y < 2 * _LINE:
        end = (end[0], plan_y + 2 * _LINE)
    return PacePicture(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=right,
        bottom=bottom,
        grid=tuple((y(part), part) for part in sorted({0, round(pace.total / 2), pace.total})),
        plan=path([(x(pace.first_on), y(0)), *((x(day.on), y(day.due_by)) for day in pace.days)]),
        done=path((x(day.on), y(day.done_by)) for day in pace.days if day.done_by is not None),
        here=here,
        forecast=forecast,
        band=band,
        end=end,
        plan_label_y=plan_y,
        days=_days(pace, x),
    )


def _days(pace: Pace, x: Callable[[date], float]) -> tuple[tuple[float, date, str], ...]:
    """The first and the last day, and today where it does not stand on another."""
    found = [(x(pace.first_on), pace.first_on, "start"), (x(pace.last_on), pace.last_on, "end")]
    if all(abs(x(pace.today) - place) > 55 for place, _day, _anchor in found):
        found.insert(1, (x(pace.today), pace.today, "middle"))
    return tuple(found)
