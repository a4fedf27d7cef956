"""Intervals that need no other agents: Wilson for shares, Student t with a given spread, quantiles of draws."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from scoring.errors import CountError, InputError, LevelError
from scoring.values import Interval

LEVEL = 0.95


def proportion_interval(successes: int, trials: int, *, level: float = LEVEL) -> Interval:
    """Interval for a rate seen in a random sample.

    Wilson's score interval: it stays inside 0–1, and its coverage stays near `level` in samples as small as ten.
    With p = successes/trials and z the normal quantile: ``(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)``.

    Parameters
    ----------
    successes : int
        Conversations in which the criterion was met, ``0 <= successes <= trials``.
    trials : int
        Conversations inspected, not counting "not applicable". Zero gives the interval (0, 1).
    level : float, default=0.95
        Coverage wanted, between 0 and 1.

    Returns
    -------
    Interval
        Lower and upper bound as fractions (not percent), ``0 <= lower <= upper <= 1``.

    Raises
    ------
    CountError
        If the counts are negative or `successes` exceeds `trials`.
    LevelError
        If `level` does not lie between 0 and 1.

    References
    ----------
    .. [1] E. B. Wilson (1927), J. Am. Stat. Assoc. 22:209–212, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> interval = proportion_interval(81, 263)
    >>> round(interval.lower, 4), round(interval.upper, 4)
    (0.2553, 0.3662)
    """
    _check_counts(successes, trials)
    if trials == 0:
        return Interval(0.0, 1.0)
    z = float(stats.norm.ppf(_upper_tail(level)))
    share = successes / trials
    centre = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # The bound is exactly 0 or 1 at the ends; rounding errors would put it a hair beside.
    lower = 0.0 if successes == 0 else max(0.0, (centre - half) / scale)
    upper = 1.0 if successes == trials else min(1.0, (centre + half) / scale)
    return Interval(lower, upper)


def mean_interval(mean: float, variance: float, degrees_of_freedom: int, *, level: float = LEVEL) -> Interval:
    """Student t interval of a mean whose variance comes from a pooled spread.

    Parameters
    ----------
    mean : float
        The mean, in its own unit.
    variance : float
        Variance of the mean (pooled variance / n, finite population included), ``>= 0``.
    degrees_of_freedom : int
        Of the pooled variance: Σ(n_j − 1) over the agents in it, at least 1.
    level : float, default=0.95
        Coverage wanted, between 0 and 1.

    Returns
    -------
    Interval
        ``mean ± t·√variance``, not clipped to any scale.

    Raises
    ------
    InputError
        If the variance is negative or not finite, or there are no degrees of freedom.
    """
    if not math.isfinite(mean) or not 0 <= variance < math.inf:
        raise InputError(f"A mean of {mean} with variance {variance}: both must be finite, the variance at least 0.")
    if degrees_of_freedom < 1:
        raise InputError(f"{degrees_of_freedom} degrees of freedom: at least one agent needs two scores.")
    half = float(stats.t.ppf(_upper_tail(level), degrees_of_freedom)) * math.sqrt(variance)
    return Interval(mean - half, mean + half)


def quantile_interval(draws: NDArray[np.float64], value: float, *, level: float = LEVEL) -> Interval:
    """Middle part of posterior draws, widened where it would miss its own value.

    Parameters
    ----------
    draws : array of float, shape (n,)
        Posterior draws in the unit of the value.
    value : float
        The estimate shown with the interval; the interval never lies beside it.
    level : float, default=0.95
        Share of the draws inside.

    Returns
    -------
    Interval
        Linear-interpolated quantiles at ``(1 ± level)/2``.
    """
    upper_tail = _upper_tail(level)
    lower, upper = np.quantile(draws, [1 - upper_tail, upper_tail])
    return Interval(min(float(lower), value), max(float(upper), value))


def _check_counts(successes: float, trials: float) -> None:
    if not 0 <= successes <= trials:
        raise CountError(f"{successes} of {trials}: counts must satisfy 0 <= successes <= trials.")


def _upper_tail(level: float) -> float:
    if not 0 < level < 1:
        raise LevelError(f"The level {level} must lie between 0 and 1, such as 0.95.")
    return (1 + level) / 2
