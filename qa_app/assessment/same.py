"""Whether two sheets say the same.

Sums and logarithms end differently in their last bits on processors of different kinds. Figures are kept to twelve
significant digits, which hides nearly all of that; now and then the twelfth digit falls the other way, and what is
nought in truth is 1e-15 here and 0 there.
"""

from __future__ import annotations

import json
import math
from typing import Any

__all__ = ["is_same", "says_the_same"]

RELATIVE, ABSOLUTE = 1e-10, 1e-12


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
