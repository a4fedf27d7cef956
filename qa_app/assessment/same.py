"""Whether two sheets say the same, and whether they do so to the byte.

Sums and logarithms end differently in their last bits on processors of different kinds. Figures are kept to twelve
significant digits, which hides nearly all of that; now and then the twelfth digit falls the other way, and what is
nought in truth is 1e-15 here and 0 there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Comparison", "compare_sheets", "is_same", "says_the_same"]

RELATIVE, ABSOLUTE = 1e-10, 1e-12


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing the sheets of a revision came to; agents by employee number, in order."""

    sheets: int
    differing: tuple[str, ...]
    """Whose sheet does not say the same."""
    inexact: tuple[str, ...]
    """Whose sheet says the same to ten digits, and not to the byte."""

    @property
    def is_exact(self) -> bool:
        """Tell whether every sheet is the same to the byte."""
        return not self.differing and not self.inexact


def compare_sheets(again: Mapping[str, bytes], stored: Mapping[str, bytes]) -> Comparison:
    """Compare the sheets as they are computed again with the ones that are kept, each by its agent."""
    numbers = sorted(again.keys() | stored.keys())
    unlike = [number for number in numbers if again.get(number) != stored.get(number)]
    differing = tuple(number for number in unlike if not says_the_same(again.get(number), stored.get(number)))
    return Comparison(len(numbers), differing, tuple(number for number in unlike if number not in differing))


def says_the_same(one: bytes | None, other: bytes | None) -> bool:
    """Tell whether two sheets are equal to the byte, or differ in the last digits of figures alone."""
    if one is None or other is None:
        return one is other
    return one == other or is_same(json.loads(one), json.loads(other))


def is_same(one: Any, other: Any) -> bool:
    """Tell whether two trees of plain values are equal, figures to their tenth digit."""
    if isinstance(one, float) or isinstance(other, float):
        both = isinstance(one, int | float) and isinstance(other, int | float)
        return both and math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other)
