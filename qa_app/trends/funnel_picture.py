"""The picture of a funnel: curves of both limits, the centre line, and everybody's dot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from qa_app.trends.pictures import Canvas, Tick, round_steps, triangle
from scoring.estimates.funnel import Funnel, FunnelPoint, Position, funnel_limits
from scoring.trends.charts import Side

__all__ = ["NARROW", "WIDE", "FunnelPicture", "draw_funnel_picture"]

WIDE, NARROW = Canvas(430, 260, left=42, bottom=38), Canvas(320, 240, left=40, bottom=38)
_CURVE_POINTS = 48
_ROOM = 1.04  # beyond the largest


@dataclass(frozen=True, slots=True)
class FunnelDot:
    """One agent: a dot, or a triangle with the number of its line in the list beside the picture."""

    x: float
    y: float
    triangle: str
    number: int


@dataclass(frozen=True, slots=True)
class FunnelPicture:
    """Everything the template draws."""

    canvas: Canvas
    centre: float
    inner: tuple[str, str]
    outer: tuple[str, str]
    dots: tuple[FunnelDot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    canvas: Canvas
    most: float
    highest: float

    def x(self, n: float) -> float:
        return round(self.canvas.left + self.canvas.wide * n / self.most, 1)

    def y(self, share: float) -> float:
        inside = min(max(share, 0.0), self.highest)
        return round(self.canvas.top + self.canvas.tall * (1 - inside / self.highest), 1)


def draw_funnel_picture(funnel: Funnel, outside: Sequence[FunnelPoint], canvas: Canvas) -> FunnelPicture:
    """Place the rates over the number of conversations; `outside` are numbered from 1 in their order."""
    assert funnel.target is not None  # nobody draws a funnel without a conversation
    most = max(point.n for point in funnel.points)
    scale = _Scale(canvas, most * _ROOM, _highest_share(funnel))
    numbers = {point.name: number for number, point in enumerate(outside, start=1)}
    inner, outer = _curves(funnel, scale)
    return FunnelPicture(
        canvas=canvas,
        centre=scale.y(funnel.target),
        inner=inner,
        outer=outer,
        dots=tuple(_dot(point, numbers, scale) for point in funnel.points),
        x_ticks=tuple(Tick(scale.x(value), value) for value in round_steps(most)),
        y_ticks=tuple(Tick(scale.y(value / 100), value / 100) for value in round_steps(scale.highest * 100)),
    )


def _curves(funnel: Funnel, scale: _Scale) -> list[tuple[str, str]]:
    """Lower and upper curve of the inner and of the outer limits; closer together where they bend."""
    assert funnel.target is not None
    steps = range(1, _CURVE_POINTS + 1)
    sizes = sorted({max(1, round(scale.most * (step / _CURVE_POINTS) ** 2)) for step in steps})
    limits = [(scale.x(n), funnel_limits(n, funnel.target, funnel.between_variance)) for n in sizes]
    return [
        (
            " ".join(f"{x},{scale.y(pair[level].lower)}" for x, pair in limits),
            " ".join(f"{x},{scale.y(pair[level].upper)}" for x, pair in limits),
        )
        for level in (0, 1)
    ]


def _dot(point: FunnelPoint, numbers: Mapping[str, int], scale: _Scale) -> FunnelDot:
    number, x, y = numbers.get(point.name, 0), scale.x(point.n), scale.y(point.rate)
    side = Side.above if point.position in {Position.above, Position.far_above} else Side.below
    return FunnelDot(x, y, triangle(x, y, side) if number else "", number)


def _highest_share(funnel: Funnel) -> float:
    """Top of the picture: above every dot and above the limits of the smaller ones, in steps of five percent."""
    assert funnel.target is not None
    sizes = sorted(point.n for point in funnel.points)
    usual = funnel_limits(sizes[len(sizes) // 4], funnel.target, funnel.between_variance)[1].upper
    reach = max([usual, *(point.rate for point in funnel.points)])
    return min(1.0, max(0.05, ceil(reach * 1.05 * 20) / 20))
