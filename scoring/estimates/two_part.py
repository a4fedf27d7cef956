"""The QA score of an agent's month: quality without critical errors and the rate of critical errors, combined.

A critical error makes a conversation 0; mixing those zeros into a mean of five doubles its variance, so the two are
estimated apart and multiplied at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CountError
from scoring.estimates.beta import Beta
from scoring.estimates.intervals import quantile_interval
from scoring.estimates.pooled import PooledSpread, check_scores
from scoring.estimates.seeds import DRAWS
from scoring.estimates.shrinkage import FEWEST_AGENTS, Normal, Population, fit_population
from scoring.values import Estimate, Label

METHOD = "two_part.v1"
FEWEST_SCORES = 3  # below that the label says "few"
Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was inspected of one agent in one month.

    Attributes
    ----------
    qualities : tuple of float
        Quality 0–100 of each conversation without a critical error; one scored twice is there once, with the mean.
    critical : int
        Conversations with a critical error.
    frame : int or None
        Eligible conversations of the month; None where nothing was drawn.
    """

    qualities: tuple[float, ...]
    critical: int
    frame: int | None = None

    def __post_init__(self) -> None:
        check_scores(self.qualities)
        if self.critical < 0 or (self.frame is not None and self.frame < 0):
            raise CountError(f"{self.critical} critical of a frame of {self.frame}: neither can be below 0.")

    @property
    def n(self) -> int:
        """Conversations inspected."""
        return len(self.qualities) + self.critical

    @property
    def uninspected(self) -> int | None:
        """Conversations of the frame that nobody inspected."""
        return None if self.frame is None else max(0, self.frame - self.n)


@dataclass(frozen=True, slots=True)
class Centre:
    """What all agents together lend to each estimate.

    Attributes
    ----------
    spread : PooledSpread
        Within-agent variance of quality.
    quality : Population or None
        How quality differs between agents; None when nobody was inspected.
    critical : Beta
        Prior of the critical rate.
    agents : int
        Agents with at least one inspection this month.
    """

    spread: PooledSpread
    quality: Population | None
    critical: Beta
    agents: int


@dataclass(frozen=True, slots=True)
class TwoPartScore:
    """QA score of one agent and month.

    Attributes
    ----------
    total, quality, critical_rate : Estimate
        θ (0–100), q (0–100) and p (0–1), each with its 95 % interval.
    draws : array of float or None
        Posterior draws of θ for composite and tiers; None where nothing can be said.
    mean_of_inspected : float or None
        Plain mean with zeros for critical errors; shown, never ranked.
    """

    total: Estimate
    quality: Estimate
    critical_rate: Estimate
    draws: Draws | None
    mean_of_inspected: float | None


def describe_centre(months: Iterable[Inspected], spread: PooledSpread, critical: Beta) -> Centre:
    """Learn from all agents of a month what an agent without evidence would be taken to be.

    Parameters
    ----------
    months : iterable of Inspected
        One per agent.
    spread : PooledSpread
        Pooled over the agent-months of the window.
    critical : Beta
        Prior of the critical rate, fitted over the window.

    Returns
    -------
    Centre
        Population of direct qualities by Paule and Mandel; see `fit_population`.
    """
    months = list(months)
    scored = [month for month in months if month.qualities]
    values = [_mean(month) for month in scored]
    # The target is how agents differ, so the variance here is that of their handful, all inspected or not.
    variances = [spread.variance_of_mean(len(month.qualities), None) for month in scored]
    return Centre(spread, fit_population(values, variances), critical, sum(1 for month in months if month.n))


def estimate_two_part(month: Inspected, centre: Centre, generator: np.random.Generator) -> TwoPartScore:
    """QA score of one agent's month, unshrunk ("direct").

    θ = (1 − p)·q. q is the mean quality of the conversations without critical error, with variance
    ``σ²/n·(1 − n/N)``. p is the posterior mean of Beta(a + k, b + n − k), so it is a little shrunk: 0 of 5 cannot tell
    0 % from 10 %. The interval comes from 4,000 draws in which only what was not inspected is uncertain:
    p' ~ Beta, p = (k + Binomial(N − n, p'))/N, q ~ normal(q, V) clipped to 0–100 (Student t with the pooled degrees of
    freedom where fewer than eight agents were inspected).

    Parameters
    ----------
    month : Inspected
        What was inspected of this agent.
    centre : Centre
        What all agents lend: spread, priors.
    generator : numpy.random.Generator
        Made from the agent's and the month's id (`generator_for`).

    Returns
    -------
    TwoPartScore
        Label ``none`` with the prior's value for n = 0, ``few`` for n = 1 or 2. Where all are critical, q is its
        prior. Where everything is inspected only rater variance would remain, and p = k/N. Without any agent that
        was inspected there is no value.

    References
    ----------
    .. [1] W. G. Cochran, *Sampling Techniques*, 3rd ed. (1977), ch. 2 (finite population).
    """
    label = _label(month.n)
    quality = _quality_prior(month, centre)
    if quality is None:
        empty = Estimate(None, None, None, month.n, None, METHOD, label)
        return TwoPartScore(empty, empty, empty, None, None)
    rates = _draw_rates(month, centre.critical, generator)
    qualities = _draw_qualities(month, quality, centre, generator)
    rate = _rate_value(month, centre.critical)
    effective = _effective_n(month, quality, centre)
    total = (1 - rates) * qualities
    return TwoPartScore(
        total=_estimate((1 - rate) * quality.mean, total, month.n, effective, label),
        quality=_estimate(quality.mean, qualities, len(month.qualities), effective, _label(len(month.qualities))),
        critical_rate=_estimate(rate, rates, month.n, None, label),
        draws=total,
        mean_of_inspected=float(np.sum(np.sort(month.qualities)) / month.n) if month.n else None,
    )


def _mean(month: Inspected) -> float:
    return float(np.mean(np.sort(month.qualities)))


def _label(n: int) -> Label:
    if n == 0:
        return Label.none
    return Label.few if n < FEWEST_SCORES else Label.ok


def _quality_prior(month: Inspected, centre: Centre) -> Normal | None:
    """Mean and variance of q: direct where there is quality to see, else what the other agents suggest."""
    if month.qualities:
        # The share inspected counts critical conversations too: with everything inspected nothing is uncertain.
        inspected = centre.spread.variance_of_mean(month.n, month.frame) * month.n / len(month.qualities)
        return Normal(_mean(month), inspected)
    return centre.quality.prior if centre.quality else None


def _rate_value(month: Inspected, prior: Beta) -> float:
    if month.uninspected == 0 and month.n:
        return month.critical / month.n
    return prior.after(month.critical, month.n).mean


def _draw_rates(month: Inspected, prior: Beta, generator: np.random.Generator) -> Draws:
    posterior = prior.after(month.critical, month.n)
    rates: Draws = generator.beta(posterior.a, posterior.b, DRAWS)
    if month.uninspected is None:
        return rates
    total = month.n + month.uninspected
    if total == 0:
        return rates
    found: Draws = (month.critical + generator.binomial(month.uninspected, rates)) / total
    return found


def _draw_qualities(month: Inspected, quality: Normal, centre: Centre, generator: np.random.Generator) -> Draws:
    freedom = centre.spread.degrees_of_freedom
    sd = quality.variance**0.5
    if centre.agents < FEWEST_AGENTS and freedom and month.qualities:
        deviations = generator.standard_t(freedom, DRAWS)
    else:
        deviations = generator.standard_normal(DRAWS)
    qualities: Draws = np.clip(quality.mean + sd * deviations, 0.0, 100.0)
    return qualities


def _effective_n(month: Inspected, quality: Normal, centre: Centre) -> float | None:
    """σ²/v of the direct estimate; the prior adds nothing, and everything inspected has no limit."""
    if not month.qualities or quality.variance == 0:
        return None
    return centre.spread.variance / quality.variance


def _estimate(value: float, draws: Draws, n: int, effective: float | None, label: Label) -> Estimate:
    interval = quantile_interval(draws, value)
    return Estimate(value, interval.lower, interval.upper, n, effective, METHOD, label)
