"""Intraclass correlations of total scores: how much of what scores vary by is the conversations and not the inspectors.

The six forms of Shrout and Fleiss with their intervals. ICC(2,1) is McGraw and Wong's ICC(A,1), agreement of single
scores in absolute terms: the one shown beside total scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from scoring.agreement.coefficients import Undefined
from scoring.errors import InputError
from scoring.estimates.intervals import LEVEL
from scoring.values import Estimate, Label

__all__ = ["Icc", "IccForm", "MeanSquares", "estimate_icc", "mean_squares"]

_UPPER = (1 + LEVEL) / 2


class IccForm(StrEnum):
    """Design, and whether one score or the mean of all is judged."""

    one_way_single = "icc11"  # each conversation has its own inspectors
    two_way_single = "icc21"  # the same inspectors throughout, a sample of all; ICC(A,1)
    fixed_single = "icc31"  # only these inspectors matter; leniency does not count
    one_way_mean = "icc1k"
    two_way_mean = "icc2k"
    fixed_mean = "icc3k"


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Analysis of variance of conversations × inspectors.

    Attributes
    ----------
    between : float
        Between conversations (BMS).
    within : float
        Within conversations (WMS).
    judges : float
        Between inspectors (JMS).
    error : float
        What is left (EMS).
    n, k : int
        Conversations scored by all, and inspectors.
    """

    between: float
    within: float
    judges: float
    error: float
    n: int
    k: int


@dataclass(frozen=True, slots=True)
class Icc:
    """An intraclass correlation.

    Attributes
    ----------
    estimate : Estimate
        At most 1; 0 or below: conversations differ no more than scores of one conversation do.
    reason : Undefined or None
        Why there is no value.
    """

    estimate: Estimate
    reason: Undefined | None


def mean_squares(scores: ArrayLike) -> MeanSquares | None:
    """Mean squares of a table of scores.

    Parameters
    ----------
    scores : array_like of float, shape (conversations, inspectors)
        NaN = not scored; conversations that lack a score are left out.

    Returns
    -------
    MeanSquares or None
        None for fewer than two complete conversations or two inspectors.

    Raises
    ------
    InputError
        If the scores are no table or one is infinite.

    References
    ----------
    .. [1] P. E. Shrout, J. L. Fleiss (1979), Psychol. Bull. 86:420–428, doi:10.1037/0033-2909.86.2.420, table 3.
    """
    table = np.asarray(scores, dtype=float)
    if table.ndim != 2 or np.isinf(table).any():
        raise InputError("Scores must be a table of finite numbers, NaN where there is none.")
    table = table[np.isfinite(table).all(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2:
        return None
    # Exact sums, so that neither the order of conversations nor that of inspectors shows in the last digit.
    centred = table - math.fsum(table.ravel()) / table.size
    rows = math.fsum(math.fsum(row) ** 2 for row in centred) / k
    columns = math.fsum(math.fsum(column) ** 2 for column in centred.T) / n
    total = math.fsum(x * x for x in centred.ravel())
    within = max(total - rows, 0.0)
    error = max(total - rows - columns, 0.0)
    tiny = total * 1e-12  # a difference of large sums: below that it is a rounding error
    error, within = (0.0 if value < tiny else value for value in (error, within))
    return MeanSquares(rows / (n - 1), within / (n * (k - 1)), columns / (k - 1), error / ((n - 1) * (k - 1)), n, k)


def estimate_icc(scores: ArrayLike, form: IccForm = IccForm.two_way_single) -> Icc:
    """Intraclass correlation with its 95 % interval.

    With BMS, WMS, JMS, EMS, n conversations and k inspectors: ICC(1,1) = (BMS − WMS)/(BMS + (k−1)WMS); ICC(2,1) =
    (BMS − EMS)/(BMS + (k−1)EMS + k(JMS − EMS)/n); ICC(3,1) = (BMS − EMS)/(BMS + (k−1)EMS). The means of k scores:
    (BMS − WMS)/BMS; (BMS − EMS)/(BMS + (JMS − EMS)/n); (BMS − EMS)/BMS. Intervals by the F distribution; bounds below
    −1 are given as −1.

    Parameters
    ----------
    scores : array_like of float, shape (conversations, inspectors)
        NaN = not scored; conversations that lack a score are left out.
    form : IccForm, default=ICC(2,1)
        Which of the six.

    Returns
    -------
    Icc
        No value with fewer than two complete conversations or inspectors (`too_few`), or where conversations do not
        differ at all (`no_variation`).

    References
    ----------
    .. [1] P. E. Shrout, J. L. Fleiss (1979), Psychol. Bull. 86:420–428, doi:10.1037/0033-2909.86.2.420.
    .. [2] K. O. McGraw, S. P. Wong (1996), Psychol. Methods 1:30–46, doi:10.1037/1082-989X.1.1.30, table 7.
    """
    method = f"{form}.v1"
    squares = mean_squares(scores)
    if squares is None:
        return Icc(Estimate(None, None, None, 0, None, method, Label.none), Undefined.too_few)
    value = _value(squares, form)
    bounds = _bounds(squares, form) if math.isfinite(value) else (math.nan, math.nan)
    if not all(math.isfinite(bound) for bound in bounds):
        return Icc(Estimate(None, None, None, squares.n, None, method, Label.prior_only), Undefined.no_variation)
    lower, upper = min(value, max(bounds[0], -1.0)), max(value, bounds[1])
    return Icc(Estimate(value, lower, upper, squares.n, None, method, Label.ok), None)


def _value(squares: MeanSquares, form: IccForm) -> float:
    b, w, j, e, n, k = (
        squares.between,
        squares.within,
        squares.judges,
        squares.error,
        squares.n,
        squares.k,
    )
    numerator, denominator = {
        IccForm.one_way_single: (b - w, b + (k - 1) * w),
        IccForm.two_way_single: (b - e, b + (k - 1) * e + k * (j - e) / n),
        IccForm.fixed_single: (b - e, b + (k - 1) * e),
        IccForm.one_way_mean: (b - w, b),
        IccForm.two_way_mean: (b - e, b + (j - e) / n),
        IccForm.fixed_mean: (b - e, b),
    }[form]
    return numerator / denominator if denominator > 0 else math.nan


def _bounds(squares: MeanSquares, form: IccForm) -> tuple[float, float]:
    n, k = squares.n, squares.k
    if form in (IccForm.one_way_single, IccForm.one_way_mean):
        single = _bounds_by_ratio(squares.between, squares.within, n - 1, n * (k - 1), k)
    elif form in (IccForm.fixed_single, IccForm.fixed_mean):
        single = _bounds_by_ratio(squares.between, squares.error, n - 1, (n - 1) * (k - 1), k)
    else:
        single = _bounds_of_agreement(squares)
    if form in (IccForm.one_way_single, IccForm.two_way_single, IccForm.fixed_single):
        return single
    return _of_the_mean(single[0], k), _of_the_mean(single[1], k)


def _bounds_by_ratio(between: float, noise: float, df: int, noise_df: int, k: int) -> tuple[float, float]:
    """Interval of ICC(1,1) and ICC(3,1) from F = between / noise."""
    if noise == 0:
        return (1.0, 1.0) if between > 0 else (math.nan, math.nan)
    ratio = between / noise
    lower = ratio / float(stats.f.ppf(_UPPER, df, noise_df))
    upper = ratio * float(stats.f.ppf(_UPPER, noise_df, df))
    return (lower - 1) / (lower + k - 1), (upper - 1) / (upper + k - 1)


def _bounds_of_agreement(squares: MeanSquares) -> tuple[float, float]:
    """Interval of ICC(2,1) = ICC(A,1), with Satterthwaite's degrees of freedom."""
    n, k, between, judges, error = squares.n, squares.k, squares.between, squares.judges, squares.error
    value = _value(squares, IccForm.two_way_single)
    if value >= 1:
        return 1.0, 1.0
    a = k * value / (n * (1 - value)) * judges
    b = (1 + k * value * (n - 1) / (n * (1 - value))) * error
    spread = a**2 / (k - 1) + b**2 / ((n - 1) * (k - 1))
    if spread == 0:
        return math.nan, math.nan
    freedom = (a + b) ** 2 / spread
    noise = k * judges + (k * n - k - n) * error
    below = float(stats.f.ppf(_UPPER, n - 1, freedom))
    above = float(stats.f.ppf(_UPPER, freedom, n - 1))
    return (
        n * (between - below * error) / (below * noise + n * between),
        n * (above * between - error) / (noise + n * above * between),
    )


def _of_the_mean(single: float, k: int) -> float:
    """Spearman and Brown: from one score to the mean of k; below −1 it says no more."""
    room = 1 + (k - 1) * single
    return k * single / room if room > 0 else -1.0
