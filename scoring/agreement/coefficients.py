"""What a coefficient of agreement is: agreement seen, corrected for what chance alone would give.

Each measure splits into the agreement observed and the agreement expected by chance; the coefficient is
``(observed − expected) / (1 − expected)``. They differ only in what they call chance. κ and α fall apart where nearly
all pass; AC1 does not, but is blind there: `scoring.agreement.criterion` therefore looks at failures as well.
The coefficients themselves stand in `measures`, `kappa` and `alpha`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.tables import Table

__all__ = [
    "Coefficient",
    "Measure",
    "Parts",
    "Undefined",
    "Weights",
    "compute_agreement",
    "correct_for_chance",
    "divide",
]

Floats = NDArray[np.float64]
Parts = tuple[Floats, Floats]
_NOTHING_LEFT = 1e-12  # 1 − expected below this is a rounding error, not room for agreement
_T_contra = TypeVar("_T_contra", bound=Table, contravariant=True)
_T = TypeVar("_T", bound=Table)


class Undefined(StrEnum):
    """Why there is no number."""

    no_pairs = "no_pairs"  # nobody answered the same conversation
    no_variation = "no_variation"  # all answers are the same
    one_level = "one_level"  # the criterion declares a single level
    no_failures = "no_failures"  # nobody failed anything
    too_few = "too_few"  # there is a number, but too few conversations for an interval


class Weights(StrEnum):
    """How much a near miss counts as agreement."""

    identity = "identity"  # not at all: levels without order
    linear = "linear"  # 1 − distance / largest distance
    quadratic = "quadratic"  # 1 − (distance / largest distance)²

    def matrix(self, positions: Floats) -> Floats:
        """Weight of each pair of levels, shape (levels, levels); 1 on the diagonal."""
        if self is Weights.identity or len(positions) < 2:
            return np.eye(len(positions))
        distance = np.abs(positions[:, None] - positions[None, :]) / np.ptp(positions)
        weights: Floats = 1 - (distance if self is Weights.linear else distance**2)
        return weights


class Measure(Protocol[_T_contra]):
    """One coefficient."""

    @property
    def code(self) -> str:
        """Name in figures and files."""

    @property
    def lowest(self) -> float:
        """What stands in for the coefficient at worst, where a resample leaves it undefined."""

    @property
    def undefined(self) -> Undefined:
        """Why it has no value where chance leaves no room."""

    def evidence(self, table: _T_contra) -> int:
        """Conversations that say something."""

    def parts(self, table: _T_contra, units: Floats) -> Parts:
        """Observed and expected agreement, each shape (samples,), for conversations per pattern (samples, patterns)."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient for the answers at hand.

    Attributes
    ----------
    value : float or None
        At most 1 (all agree); 0 = as chance would; None = undefined, see `reason`.
    observed, expected : float or None
        Agreement seen and expected by chance, 0–1.
    n : int
        Conversations behind it.
    reason : Undefined or None
        Why there is no value.
    """

    value: float | None
    observed: float | None
    expected: float | None
    n: int
    reason: Undefined | None


def compute_agreement(measure: Measure[_T], table: _T) -> Coefficient:
    """Coefficient of the answers at hand, without an interval.

    Parameters
    ----------
    measure : Measure
        Such as ``GwetAC()`` or ``KrippendorffAlpha(Metric.ordinal)``.
    table : AnswerTable, PairTable or ScoreTable
        As the measure takes it.

    Returns
    -------
    Coefficient
        Undefined cases have a reason and no value; nothing is guessed.

    Examples
    --------
    >>> from scoring.agreement.measures import GwetAC
    >>> from scoring.agreement.tables import tabulate_answers
    >>> answers = [("pass", "pass"), ("pass", "fail"), ("fail", "fail"), ("pass", None)]
    >>> round(compute_agreement(GwetAC(), tabulate_answers(answers, ["pass", "fail"])).value, 3)
    0.373
    """
    n = measure.evidence(table)
    if table.pairable == 0:
        return Coefficient(None, None, None, 0, Undefined.no_pairs)
    if table.has_one_level:
        return Coefficient(None, None, None, n, Undefined.one_level)
    observed, expected = (float(part[0]) for part in measure.parts(table, table.units[None, :]))
    if math.isnan(observed) or 1 - expected < _NOTHING_LEFT:
        seen = None if math.isnan(observed) else observed
        return Coefficient(None, seen, None if seen is None else expected, n, measure.undefined)
    return Coefficient((observed - expected) / (1 - expected), observed, expected, n, None)


def correct_for_chance(observed: Floats, expected: Floats) -> Floats:
    """``(observed − expected) / (1 − expected)`` element by element; NaN where chance leaves no room."""
    room = np.where(1 - expected < _NOTHING_LEFT, np.nan, 1 - expected)
    corrected: Floats = (observed - expected) / room
    return corrected


def divide(part: Floats, whole: Floats) -> Floats:
    """``part / whole`` element by element; NaN where there is nothing to divide by."""
    whole = np.broadcast_to(whole, part.shape)
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
