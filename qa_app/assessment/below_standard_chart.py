"""The path of K as a picture: a logarithmic scale with lines at "watch" and "below standard", drawn by the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from scoring.assessment.consequences import BELOW_STANDARD, WATCH

__all__ = ["NARROW", "WIDE", "PathChart", "draw_path"]

LOWEST, HIGHEST = 0.1, 100.0
_DECADES = log10(HIGHEST / LOWEST)


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size of a picture in pixels and the room kept for words."""

    width: int
    height: int
    left: int = 34
    right: int = 12
    top: int = 8
    bottom: int = 22


WIDE, NARROW = Canvas(640, 220), Canvas(320, 200)


@dataclass(frozen=True, slots=True)
class Guide:
    """A line across, at a value of K."""

    value: float
    y: float
    code: str


@dataclass(frozen=True, slots=True)
class PathChart:
    """Everything the template draws: guides, the path, its last point, ticks of the conversations."""

    canvas: Canvas
    guides: tuple[Guide, ...]
    points: str
    last: tuple[float, float] | None
    ticks: tuple[tuple[float, int], ...]


def draw_path(evidence: Sequence[float], canvas: Canvas) -> PathChart:
    """Draw K after each conversation, from 1 before the first; values beyond the picture lie on its rim."""
    path = [1.0, *evidence]
    wide = canvas.width - canvas.left - canvas.right
    step = wide / max(1, len(path) - 1)
    points = [(round(canvas.left + step * place, 1), _height(value, canvas)) for place, value in enumerate(path)]
    guides = ((BELOW_STANDARD, "below"), (WATCH, "watch"), (1.0, "start"))
    return PathChart(
        canvas=canvas,
        guides=tuple(Guide(value, _height(value, canvas), code) for value, code in guides),
        points=" ".join(f"{x},{y}" for x, y in points),
        last=points[-1] if evidence else None,
        ticks=tuple((points[place][0], place) for place in _tick_places(len(evidence))),
    )


def _height(value: float, canvas: Canvas) -> float:
    inside = min(max(value, LOWEST), HIGHEST)
    tall = canvas.height - canvas.top - canvas.bottom
    return round(canvas.top + tall * (1 - log10(inside / LOWEST) / _DECADES), 1)


def _tick_places(count: int) -> tuple[int, ...]:
    """Places of up to three ticks: the first conversation, the middle one, the last."""
    if count == 0:
        return ()
    return tuple(sorted({1, (count + 1) // 2, count})) if count > 4 else tuple(sorted({1, count}))
