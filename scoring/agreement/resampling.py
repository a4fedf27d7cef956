"""Intervals of coefficients: conversations are drawn anew, inspectors stay as they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.coefficients import (
    Coefficient,
    Measure,
    Undefined,
    compute_agreement,
    correct_for_chance,
)
from scoring.agreement.tables import Table
from scoring.estimates.bootstrap import draw_blocks
from scoring.estimates.intervals import LEVEL, proportion_interval
from scoring.values import Estimate, Interval, Label

__all__ = ["FEWEST_CONVERSATIONS", "Agreement", "estimate_agreement"]

FEWEST_CONVERSATIONS = 10  # below that there are counts, but no interval and so no number
_STILL = 1e-12
_T = TypeVar("_T", bound=Table)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient that may be shown.

    Attributes
    ----------
    estimate : Estimate
        Value with its 95 % interval; no value where undefined or below ten conversations.
    coefficient : Coefficient
        The bare coefficient with the observed and the expected agreement, for formulas and for ordering.
    """

    estimate: Estimate
    coefficient: Coefficient

    @property
    def reason(self) -> Undefined | None:
        """Why there is no value; None where there is one."""
        if self.estimate.value is not None:
            return None
        return self.coefficient.reason or Undefined.too_few


def estimate_agreement(measure: Measure[_T], table: _T, generator: np.random.Generator) -> Agreement:
    """Coefficient with a bootstrap interval over conversations.

    Draws as many conversations as there are, with replacement, 2,000 times; the interval holds the middle 95 % of the
    coefficients. A resample without variation leaves κ and α undefined: it counts as the lowest possible value for the
    lower bound and as 1 for the upper, for it could be either. Where every resample agrees to the same degree (usually:
    all agree) the bootstrap has no width; then the observed agreement's Wilson bounds stand in for it.

    Parameters
    ----------
    measure : Measure
        Such as ``GwetAC()``.
    table : AnswerTable, PairTable or ScoreTable
        As the measure takes it.
    generator : numpy.random.Generator
        From `generator_for` of what is measured; the same generator gives the same bytes.

    Returns
    -------
    Agreement
        Labels: ``none`` without a conversation that says something, ``prior_only`` below ten, else ``ok``.

    References
    ----------
    .. [1] B. Efron, R. J. Tibshirani (1993), *An Introduction to the Bootstrap*, ch. 13.
    """
    coefficient = compute_agreement(measure, table)
    method = f"{measure.code}.v1"
    if coefficient.value is None or coefficient.n < FEWEST_CONVERSATIONS:
        label = Label.none if coefficient.n == 0 else Label.prior_only
        return Agreement(Estimate(None, None, None, coefficient.n, None, method, label), coefficient)
    bounds = _bounds(measure, table, coefficient, generator)
    estimate = Estimate(coefficient.value, bounds.lower, bounds.upper, coefficient.n, None, method, Label.ok)
    return Agreement(estimate, coefficient)


def _bounds(measure: Measure[_T], table: _T, coefficient: Coefficient, generator: np.random.Generator) -> Interval:
    observed, expected = _resample(measure, table, generator)
    drawn = correct_for_chance(observed, expected)
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    lower = float(np.quantile(np.where(np.isnan(drawn), measure.lowest, drawn), tails[0]))
    upper = float(np.quantile(np.where(np.isnan(drawn), 1.0, drawn), tails[1]))
    value = coefficient.value
    assert value is not None  # the caller has one
    spread = observed[~np.isnan(observed)]
    if not len(spread) or np.ptp(spread) < _STILL:
        still = _wilson(coefficient)
        lower, upper = min(lower, still.lower), max(upper, still.upper)
    return Interval(min(lower, value), max(upper, value))


def _resample(
    measure: Measure[_T], table: _T, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Observed and expected agreement of every resample."""
    parts = [measure.parts(table, block) for block in draw_blocks(table.units, generator)]
    observed, expected = (np.concatenate(part) for part in zip(*parts, strict=True))
    return observed, expected


def _wilson(coefficient: Coefficient) -> Interval:
    """Wilson's bounds of the observed agreement, corrected for the chance seen."""
    assert coefficient.observed is not None  # a coefficient with a value has both
    assert coefficient.expected is not None
    n, room = coefficient.n, 1 - coefficient.expected
    # The observed agreement need not be a whole number of conversations: round away from the value on both sides.
    agreeing = min(coefficient.observed, 1.0) * n
    lower = proportion_interval(max(0, math.floor(agreeing + _STILL)), n).lower
    upper = proportion_interval(min(n, math.ceil(agreeing - _STILL)), n).upper
    return Interval(*((bound - coefficient.expected) / room for bound in (lower, upper)))
