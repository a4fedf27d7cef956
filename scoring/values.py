"""The value objects every number travels in: an interval, and an estimate with its evidence.

A number about people never comes alone: it carries its interval, how many conversations stand behind it, and a label
that says whether it may be read as it stands. Which formula made it is named in `method`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scoring.errors import CountError, InputError


class Label(StrEnum):
    """Whether an estimate may be read as it stands."""

    ok = "ok"
    few = "few"  # fewer than three conversations
    none = "none"  # nothing was inspected
    prior_only = "prior_only"  # some evidence, less than the stated minimum
    not_comparable = "not_comparable"  # no inspector connects it to the others


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval.

    Attributes
    ----------
    lower, upper : float
        The bounds in the unit of the estimate, ``lower <= upper``.
    """

    lower: float
    upper: float

    def __post_init__(self) -> None:
        # Written so that NaN bounds fail as well: every comparison with NaN is false.
        if not self.lower <= self.upper:
            raise InputError(f"The interval {self.lower} to {self.upper} is upside down: give lower <= upper.")

    def contains(self, value: float) -> bool:
        """Whether `value` lies inside or on a bound."""
        return self.lower <= value <= self.upper

    @property
    def width(self) -> float:
        """Upper minus lower bound."""
        return self.upper - self.lower


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with what it takes to read it.

    Attributes
    ----------
    value : float or None
        The estimate in its own unit (score 0–100, rate 0–1, seconds). None where nothing can be said.
    lower, upper : float or None
        Bounds of the interval (95 % unless said); None together with `value`.
    n : int
        Conversations behind it; one that was scored twice is one.
    effective_n : float or None
        Conversations an equally precise plain mean would need; None where the method has none.
    method : str
        Code of the formula, such as ``two_part.v1``.
    label : Label
        Whether it may be read as it stands.
    """

    value: float | None
    lower: float | None
    upper: float | None
    n: int
    effective_n: float | None
    method: str
    label: Label

    def __post_init__(self) -> None:
        if self.n < 0:
            raise CountError(f"An estimate rests on {self.n} conversations; it cannot be fewer than 0.")
        given = {self.value is None, self.lower is None, self.upper is None}
        if len(given) > 1:
            raise InputError("An estimate has a value and both bounds, or none of the three.")
        if self.lower is not None and self.upper is not None and not self.lower <= self.upper:
            raise InputError(f"The interval {self.lower} to {self.upper} is upside down: give lower <= upper.")

    @property
    def interval(self) -> Interval | None:
        """Both bounds as one value; None where nothing can be said."""
        if self.lower is None or self.upper is None:
            return None
        return Interval(self.lower, self.upper)
