"""Satisfaction from surveys: share and mean of stars, who answered, and what the silent ones could change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

from scoring.errors import CountError, InputError
from scoring.estimates.beta import Beta
from scoring.estimates.intervals import LEVEL, mean_interval, proportion_interval
from scoring.estimates.promoters import FEWEST_RESPONSES
from scoring.estimates.shares import Share, estimate_share, nonresponse_band
from scoring.estimates.shrinkage import FEWEST_AGENTS, Normal, Population, fit_population, shrink_mean
from scoring.values import Estimate, Interval, Label

__all__ = ["MeanStars", "Satisfaction", "estimate_mean_stars", "estimate_response_rate", "estimate_satisfaction"]

METHOD_RATE = "response_rate.v1"
METHOD_STARS = "shrunk_stars.v1"
METHOD_STARS_ALONE = "t_stars.v1"
LOWEST, HIGHEST = 1.0, 5.0
SMALLEST_SD = 0.08  # between agents, stars: 2 points of 100 on the four steps from 1 to 5
SMALLEST_SPREAD = 0.2  # of single answers, stars: alike answers do not make an interval of width 0
PLANNING_SPREAD = 1.0  # used until two answers of one agent exist
_NORMAL_UPPER = float(stats.norm.ppf((1 + LEVEL) / 2))


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Share of satisfied customers of one agent.

    Attributes
    ----------
    share : Share
        Posterior and raw share of answers of 4–5.
    response_rate : Estimate
        Answered of asked; stands beside the share wherever it is shown.
    band : Interval or None
        Where the share would lie if dissatisfied customers answered half or twice as readily; None without a value.
    is_too_few : bool
        Fewer than five answers.
    """

    share: Share
    response_rate: Estimate
    band: Interval | None
    is_too_few: bool


@dataclass(frozen=True, slots=True)
class MeanStars:
    """Mean satisfaction of one agent.

    Attributes
    ----------
    estimate : Estimate
        Stars, 1–5; shrunk over agents where there are eight.
    posterior : Normal or None
        Where draws come from, not clipped; None where there is no value.
    raw : float or None
        Plain mean of the answers; None without one.
    """

    estimate: Estimate
    posterior: Normal | None
    raw: float | None


def estimate_response_rate(answered: int, asked: int) -> Estimate:
    """Share of the customers asked who answered, with Wilson's interval.

    Parameters
    ----------
    answered, asked : int
        ``0 <= answered <= asked``.

    Returns
    -------
    Estimate
        Fraction, 0–1; no value where nobody was asked.

    Raises
    ------
    CountError
        If more answered than were asked.
    """
    if not 0 <= answered <= asked:
        raise CountError(f"{answered} answers of {asked} asked: it must be 0 <= answered <= asked.")
    if asked == 0:
        return Estimate(None, None, None, 0, None, METHOD_RATE, Label.none)
    interval = proportion_interval(answered, asked)
    return Estimate(answered / asked, interval.lower, interval.upper, asked, float(asked), METHOD_RATE, Label.ok)


def estimate_satisfaction(satisfied: int, answered: int, asked: int, prior: Beta | None) -> Satisfaction:
    """Share of satisfied customers with everything that must stand beside it.

    Parameters
    ----------
    satisfied : int
        Answers of 4 or 5.
    answered, asked : int
        Customers who answered and who were asked, ``satisfied <= answered <= asked``.
    prior : Beta or None
        From `fit_share_prior` over the agents; None with fewer than eight.

    Returns
    -------
    Satisfaction
        Below five answers the share's label is ``prior_only``.

    Raises
    ------
    CountError
        If the counts contradict each other.
    """
    share = estimate_share(satisfied, answered, prior, minimum=FEWEST_RESPONSES)
    rate = estimate_response_rate(answered, asked)
    value = share.estimate.value
    band = None if value is None else nonresponse_band(value)
    return Satisfaction(share, rate, band, answered < FEWEST_RESPONSES)


def estimate_mean_stars(answers: Mapping[str, Sequence[float]]) -> dict[str, MeanStars]:
    """Mean stars of every agent, shrunk towards the mean of all.

    Normal shrinkage of one month (`fit_population`, `shrink_mean`) with one pooled variance of single answers and
    v = σ²/n; true means differ by at least 0.08 stars. With fewer than eight agents nothing is shrunk and the interval
    is Student's with the pooled variance. Intervals are clipped to 1–5.

    Parameters
    ----------
    answers : mapping of str to sequence of float
        Agent → answers on 1–5; an agent without any is labelled ``none`` and has the prior.

    Returns
    -------
    dict of str to MeanStars
        One per agent; below five answers labelled ``prior_only``.

    Raises
    ------
    InputError
        If an answer lies outside 1–5.
    """
    for agent, own in answers.items():
        if not all(LOWEST <= answer <= HIGHEST for answer in own):
            raise InputError(f"{agent}: answers {list(own)} must lie between 1 and 5.")
    means = {agent: math.fsum(own) / len(own) for agent, own in sorted(answers.items()) if own}
    variance, freedom = _pool(answers, means)
    population = fit_population(
        list(means.values()), [variance / len(answers[agent]) for agent in means], smallest_sd=SMALLEST_SD
    )
    shrunk = population if population is not None and population.agents >= FEWEST_AGENTS else None
    return {agent: _mean_stars(len(own), means.get(agent), variance, freedom, shrunk) for agent, own in answers.items()}


def _pool(answers: Mapping[str, Sequence[float]], means: Mapping[str, float]) -> tuple[float, int]:
    """Pooled variance of single answers within agents, and its degrees of freedom."""
    freedom = sum(len(answers[agent]) - 1 for agent in means)
    if freedom == 0:
        return PLANNING_SPREAD**2, 0
    squares = math.fsum((answer - mean) ** 2 for agent, mean in means.items() for answer in answers[agent])
    return max(squares / freedom, SMALLEST_SPREAD**2), freedom


def _mean_stars(n: int, mean: float | None, variance: float, freedom: int, population: Population | None) -> MeanStars:
    label = Label.none if n == 0 else Label.ok if n >= FEWEST_RESPONSES else Label.prior_only
    if population is not None:
        posterior = population.prior if mean is None else shrink_mean(mean, variance / n, population)
        half = _NORMAL_UPPER * math.sqrt(posterior.variance)
        interval = Interval(posterior.mean - half, posterior.mean + half)
        method = METHOD_STARS
    elif mean is not None:
        posterior = Normal(mean, variance / n)
        # Without two answers of one agent the planning value stands in; it has no degrees of freedom of its own.
        interval = mean_interval(mean, posterior.variance, freedom or 1)
        method = METHOD_STARS_ALONE
    else:
        return MeanStars(Estimate(None, None, None, 0, None, METHOD_STARS_ALONE, label), None, None)
    value = min(HIGHEST, max(LOWEST, posterior.mean))
    lower, upper = max(LOWEST, interval.lower), min(HIGHEST, interval.upper)
    return MeanStars(Estimate(value, lower, upper, n, float(n), method, label), posterior, mean)
