"""What the pictures of this room share: their sizes, ticks and triangles. No words and no colours here."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.trends.charts import Side

__all__ = ["Canvas", "Tick", "round_steps", "triangle"]

_HALF_SIDE = 6
_ROUNDING = 1e-9
_BASES = [base * scale / 10 for scale in (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000) for base in (1, 2, 5)]


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size of a picture in pixels, and the room kept for words around it."""

    width: int
    height: int
    left: int = 34
    right: int = 14
    top: int = 12
    bottom: int = 44

    @property
    def wide(self) -> int:
        """Width of the part that is drawn in."""
        return self.width - self.left - self.right

    @property
    def tall(self) -> int:
        """Height of the part that is drawn in."""
        return self.height - self.top - self.bottom

    @property
    def floor(self) -> int:
        """Where the axis lies."""
        return self.height - self.bottom


@dataclass(frozen=True, slots=True)
class Tick:
    """A figure at an axis."""

    at: float
    value: float


def round_steps(most: float) -> list[float]:
    """Three to six round figures from 0 up to `most`."""
    step = next((base for base in _BASES if most <= 5 * base), _BASES[-1])
    return [round(step * number, 1) for number in range(int(most / step + _ROUNDING) + 1)]


def triangle(x: float, y: float, side: Side) -> str:
    """Corners of a triangle that points the way the figure went."""
    tip = -_HALF_SIDE if side is Side.above else _HALF_SIDE
    return f"{x - _HALF_SIDE},{y - tip} {x + _HALF_SIDE},{y - tip} {x},{y + tip}"
