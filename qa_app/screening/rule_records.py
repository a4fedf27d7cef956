"""How often a rule is right, counted beside what people answered: hits confirmed, false hits, misses.

A hit is a conversation of which the rule says "satisfied"; a person confirms it, or it is a false hit. Where it says
"not satisfied" it is right as well, or it missed what a person found. "Cannot tell" is neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scoring.values import Interval

__all__ = ["FEW_DECISIONS", "Record", "Standing", "answer_code", "stand_of"]

FEW_DECISIONS = 30
"""Below so many decisions a share says little; pages say "few"."""


class Standing(StrEnum):
    """What a rule said, beside what a person answered."""

    confirmed = "confirmed"
    false_hit = "false_hit"
    miss = "miss"
    right_without = "right_without"


def stand_of(*, is_hit: bool, is_right: bool) -> Standing:
    """Return where a verdict stands: whether the rule was satisfied, and whether the person says the same."""
    if is_hit:
        return Standing.confirmed if is_right else Standing.false_hit
    return Standing.right_without if is_right else Standing.miss


def answer_code(value: Mapping[str, Any] | None) -> str | None:
    """The answer as a proposal is compared with it: a level, ``na``, or none while the criterion is open."""
    if not value:
        return None
    if value.get("unscoreable"):
        return "unscoreable"
    if value.get("na"):
        return "na"
    level = value.get("level")
    return str(level) if level else None


@dataclass(frozen=True, slots=True)
class Record:
    """How a rule fared with people; shares have Wilson's interval."""

    confirmed: int = 0
    false_hits: int = 0
    misses: int = 0
    right_without: int = 0

    @classmethod
    def of(cls, counts: Mapping[Any, int]) -> Record:
        """Read counts by `Standing`."""
        return cls(
            confirmed=counts.get(Standing.confirmed, 0),
            false_hits=counts.get(Standing.false_hit, 0),
            misses=counts.get(Standing.miss, 0),
            right_without=counts.get(Standing.right_without, 0),
        )

    @property
    def n(self) -> int:
        """All that a person decided."""
        return self.agreed + self.false_hits + self.misses

    @property
    def agreed(self) -> int:
        """Where the person said the same."""
        return self.confirmed + self.right_without

    @property
    def hits(self) -> int:
        """Where the rule was satisfied."""
        return self.confirmed + self.false_hits

    @property
    def found(self) -> int:
        """Where the person found what the rule looks for."""
        return self.confirmed + self.misses

    @property
    def share(self) -> float | None:
        """Of all decided ones the share with which the person agreed."""
        return self.agreed / self.n if self.n else None

    @property
    def interval(self) -> Interval:
        """Of `share`."""
        return _interval(self.agreed, self.n)

    @property
    def confirmed_share(self) -> float | None:
        """Of the hits the share that people confirm; the rest are false hits."""
        return self.confirmed / self.hits if self.hits else None

    @property
    def confirmed_interval(self) -> Interval:
        """Of `confirmed_share`."""
        return _interval(self.confirmed, self.hits)

    @property
    def missed_share(self) -> float | None:
        """Of what people found the share that the rule missed."""
        return self.misses / self.found if self.found else None

    @property
    def missed_interval(self) -> Interval:
        """Of `missed_share`."""
        return _interval(self.misses, self.found)

    @property
    def is_few(self) -> bool:
        """Whether there are too few decisions to rely on."""
        return self.n < FEW_DECISIONS


def _interval(k: int, n: int) -> Interval:
    from scoring.estimates.intervals import proportion_interval  # SciPy is reached late (docs/architecture.md)

    return proportion_interval(k, n)
