"""Estimates from draws with unequal chances, and from strata drawn one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import CountError, InputError
from scoring.estimates.intervals import LEVEL, mean_interval
from scoring.estimates.pooled import PooledSpread
from scoring.values import Estimate, Label

WEEKLY_METHOD = "weekly.v1"
WEEKLY_REWEIGHTED_METHOD = "weekly_reweighted.v1"
"""Weeks without a sample gave their weight to the others."""
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class HajekMean:
    """A mean from a draw with unequal chances.

    Attributes
    ----------
    mean : float
        In the unit of the values.
    variance : float or None
        Of the mean; None where a single conversation is not certain, which tells nothing about spread.
    n : int
        Conversations behind it.
    effective_n : float
        (Σw)²/Σw² with w = 1/π: conversations an equally weighted mean of this precision would need.
    """

    mean: float
    variance: float | None
    n: int
    effective_n: float


@dataclass(frozen=True, slots=True)
class StratumMean:
    """What was found in one stratum: how many conversations it has, and the mean with its variance."""

    population: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class WeekSample:
    """One week of one agent: all eligible conversations and the scores of those drawn from it."""

    population: int
    scores: tuple[float, ...]


def estimate_hajek(values: ArrayLike, chances: ArrayLike) -> HajekMean:
    """Mean of a population from a draw with unequal chances.

    ``ȳ = Σ(y/π)/Σ(1/π)``. With ``e_i = (y_i − ȳ)/(π_i Σ1/π)`` and ``c_i = (1−π_i)n/(n−1)``:
    ``V = Σ c_i (e_i − Σce/Σc)²``, n without the certain ones; all certain: 0. Never Σ(y/π)/N, whose error at n = 5 is
    three times as large.

    Parameters
    ----------
    values : array of float, shape (n,)
        y, any unit.
    chances : array of float, shape (n,)
        π, inclusion probabilities, above 0 and at most 1.

    Returns
    -------
    HajekMean
        The variance is meant for 30 conversations and more; for one agent's handful weights 1/π enter the pooled
        estimates instead.

    Raises
    ------
    InputError
        If there is no value, one is not finite, or a chance is out of range.

    References
    ----------
    .. [1] J. Hájek (1971), in: *Foundations of Statistical Inference*, 236.
    .. [2] Y. Tillé, *Sampling Algorithms* (2006), §7.5 (variance with the centre Σce/Σc).
    """
    y, probabilities = np.asarray(values, dtype=float), np.asarray(chances, dtype=float)
    if not y.size or y.shape != probabilities.shape or not np.isfinite(y).all():
        raise InputError(
            f"{y.shape} values with {probabilities.shape} chances: one finite value per chance, at least one."
        )
    if not ((probabilities > 0) & (probabilities <= 1)).all():
        raise InputError("Inclusion probabilities lie above 0 and are at most 1.")
    weights = 1 / probabilities
    total = float(weights.sum())
    mean = float((weights * y).sum()) / total
    deviations = (y - mean) * weights / total
    effective = total**2 / float((weights**2).sum())
    return HajekMean(mean, _hajek_variance(deviations, probabilities), len(y), effective)


def combine_strata(parts: Sequence[StratumMean]) -> StratumMean:
    """Mean of a population cut into strata: ``Σ(N_h/N)ȳ_h`` with variance ``Σ(N_h/N)²V_h``.

    Parameters
    ----------
    parts : sequence of StratumMean
        One per stratum, N_h above 0, V_h 0 or more.

    Returns
    -------
    StratumMean
        Of the whole population.

    Raises
    ------
    CountError
        If there is none or one is empty.

    References
    ----------
    .. [1] W. G. Cochran, *Sampling Techniques*, 3rd ed. (1977), §5.3.
    """
    if not parts or any(part.population < 1 for part in parts):
        raise CountError("Give at least one stratum, and each with at least one conversation.")
    population = sum(part.population for part in parts)
    shares = [part.population / population for part in parts]
    return StratumMean(
        population,
        math.fsum(share * part.mean for share, part in zip(shares, parts, strict=True)),
        math.fsum(share**2 * part.variance for share, part in zip(shares, parts, strict=True)),
    )


def combine_weeks(weeks: Sequence[WeekSample], spread: PooledSpread, *, level: float = LEVEL) -> Estimate:
    """Mean of an agent's month drawn week by week.

    ``Σ(N_w/N)ȳ_w`` with variance ``Σ(N_w/N)²(1−n_w/N_w)σ²/n_w``; σ² is pooled over all agents, so that one sample in a
    week works. A week without a sample gives its weight to the others, and the method says so.

    Parameters
    ----------
    weeks : sequence of WeekSample
        Every week of the month in which the agent had conversations.
    spread : PooledSpread
        σ² within agents.
    level : float, default=0.95
        Coverage wanted, between 0 and 1.

    Returns
    -------
    Estimate
        Student t with the pooled degrees of freedom (normal where there are none), method ``weekly.v1``, or
        ``weekly_reweighted.v1`` where weeks without a sample had to be left out. No value without a single sample.

    Raises
    ------
    CountError
        If a week has more samples than conversations.

    References
    ----------
    .. [1] W. G. Cochran, *Sampling Techniques*, 3rd ed. (1977), §5.3.
    """
    for week in weeks:
        if len(week.scores) > week.population:
            raise CountError(f"{len(week.scores)} samples of a week with {week.population} conversations.")
    seen = [week for week in weeks if week.scores]
    n = sum(len(week.scores) for week in seen)
    unseen = any(week.population and not week.scores for week in weeks)
    method = WEEKLY_REWEIGHTED_METHOD if unseen else WEEKLY_METHOD
    if not seen:
        return Estimate(None, None, None, 0, None, method, Label.none)
    parts = [
        StratumMean(
            week.population,
            math.fsum(week.scores) / len(week.scores),
            spread.variance_of_mean(len(week.scores), week.population),
        )
        for week in seen
    ]
    whole = combine_strata(parts)
    freedom = spread.degrees_of_freedom or _NORMAL_FREEDOM
    interval = mean_interval(whole.mean, whole.variance, freedom, level=level)
    effective = spread.variance / whole.variance if whole.variance else None
    label = Label.ok if n >= _FEWEST else Label.few
    return Estimate(whole.mean, interval.lower, interval.upper, n, effective, method, label)


_NORMAL_FREEDOM = 1_000_000


def _hajek_variance(deviations: NDArray[np.float64], chances: NDArray[np.float64]) -> float | None:
    drawn = chances < 1
    n = int(drawn.sum())
    if n == 0:
        return 0.0
    if n == 1:
        return None
    c, e = (1 - chances[drawn]) * n / (n - 1), deviations[drawn]
    centre = (c * e).sum() / c.sum()
    return float((c * (e - centre) ** 2).sum())
