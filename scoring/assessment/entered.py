"""Figures that people enter: results of tests, and ratings by colleagues and supervisors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.assessment.rating_scale import FEWEST_PEERS, LOWEST_RATING, TOP_RATING
from scoring.errors import InputError
from scoring.estimates.intervals import quantile_interval
from scoring.estimates.seeds import DRAWS
from scoring.values import Estimate, Label

__all__ = [
    "NO_RATINGS",
    "Entered",
    "Ratings",
    "estimate_teamwork",
    "estimate_test",
    "pool_rating_variance",
]

TEST_METHOD = "test_result.v1"
RATING_METHOD = "mean_rating.v1"
PLANNING_VARIANCE = 0.5  # of one rating, until two people rated the same person
SMALLEST_VARIANCE = 0.0625


@dataclass(frozen=True, slots=True)
class Entered:
    """One figure that rests on what people entered.

    Attributes
    ----------
    estimate : Estimate
        A share 0–1 for tests, 1–5 for ratings.
    draws : array of float
        Draws of it in that unit.
    """

    estimate: Estimate
    draws: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings of one agent, each 1–5.

    Attributes
    ----------
    peers, supervisors : tuple of float
        One per rater; the agent's own rating is not among them.
    """

    peers: tuple[float, ...] = ()
    supervisors: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for rating in (*self.peers, *self.supervisors):
            if not LOWEST_RATING <= rating <= TOP_RATING:
                raise InputError(f"A rating of {rating}: it must lie between 1 and 5.")

    @property
    def groups(self) -> tuple[tuple[float, ...], ...]:
        """The groups that count: supervisors, and peers from three on."""
        peers = self.peers if len(self.peers) >= FEWEST_PEERS else ()
        return tuple(group for group in (self.supervisors, peers) if group)


NO_RATINGS = Ratings()


def estimate_test(results: Sequence[float]) -> Entered | None:
    """Mean of an agent's test results.

    A result is taken as it stands: what a test asks is all it claims to know, so its interval has no width.

    Parameters
    ----------
    results : sequence of float
        Written and practical results, shares 0–1.

    Returns
    -------
    Entered or None
        None without a result.

    Raises
    ------
    InputError
        If a result does not lie between 0 and 1.
    """
    if not results:
        return None
    if not all(0 <= result <= 1 for result in results):
        raise InputError(f"Test results {sorted(results)}: shares between 0 and 1.")
    value = math.fsum(results) / len(results)
    estimate = Estimate(value, value, value, len(results), None, TEST_METHOD, Label.ok)
    return Entered(estimate, np.full(DRAWS, value))


def pool_rating_variance(ratings: Iterable[Ratings]) -> float:
    """Pooled variance of one rating about its agent's mean, over all agents and both kinds of raters.

    ``σ² = Σ(r − r̄)² / Σ(n − 1)``; 0.5 where nobody was rated twice, at least 0.0625 (a quarter of a step).
    """
    squares: list[float] = []
    freedom = 0
    for group in (group for one in ratings for group in (one.peers, one.supervisors)):
        if len(group) > 1:
            mean = math.fsum(group) / len(group)
            squares += [(rating - mean) ** 2 for rating in group]
            freedom += len(group) - 1
    # Sorted: the order of the agents must not show in the last digit.
    return max(math.fsum(sorted(squares)) / freedom, SMALLEST_VARIANCE) if freedom else PLANNING_VARIANCE


def estimate_teamwork(ratings: Ratings, variance: float, generator: np.random.Generator) -> Entered | None:
    """Mean of the supervisors' and the peers' rating of one agent.

    ``x = mean of r̄_g over the groups g that count``, ``Var x = Σ(σ²/n_g)/G²``: each group weighs alike, however many
    rated. Draws are normal, clipped to 1–5.

    Parameters
    ----------
    ratings : Ratings
        Of the agent; fewer than three peers do not count.
    variance : float
        σ² of one rating (`pool_rating_variance`).
    generator : numpy Generator
        The agent's own.

    Returns
    -------
    Entered or None
        None where no group counts.
    """
    groups = ratings.groups
    if not groups:
        return None
    value = math.fsum(math.fsum(group) / len(group) for group in groups) / len(groups)
    spread = math.sqrt(math.fsum(variance / len(group) for group in groups)) / len(groups)
    draws = np.clip(value + spread * generator.standard_normal(DRAWS), LOWEST_RATING, TOP_RATING)
    interval = quantile_interval(draws, value)
    n = sum(len(group) for group in groups)
    return Entered(Estimate(value, interval.lower, interval.upper, n, None, RATING_METHOD, Label.ok), draws)
