"""Tiers given only where the evidence separates them, and the order of a page by expected rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from scoring.errors import AssessmentError
from scoring.values import Interval

Draws = NDArray[np.float64]
RANK_LEVEL = 0.90
_DRAWS_AT_ONCE = 500  # of all agents: every copy of all draws of ten thousand agents takes 300 MB


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """Tier of one agent.

    Attributes
    ----------
    given : str or None
        The tier that reaches the probability asked for; None = not separable.
    candidates : tuple of str
        Where none is given: the fewest neighbouring tiers that reach it together, best first.
    probabilities : mapping of str to float
        Share of the draws in each tier, best first; they sum to 1.
    """

    given: str | None
    candidates: tuple[str, ...]
    probabilities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ExpectedRank:
    """Place of one agent among those compared; 1 is the best.

    Attributes
    ----------
    mean : float
        Mean rank over the draws.
    interval : Interval
        Middle 90 % of the ranks.
    """

    mean: float
    interval: Interval


def decide_tier(draws: Draws, thresholds: Mapping[str, float], *, probability: float = 0.8) -> TierVerdict:
    """Tier at sufficient probability, otherwise the neighbours it may be.

    Parameters
    ----------
    draws : array of float
        Posterior draws of the composite.
    thresholds : mapping of str to float
        Tier code → composite from which it is given; the lowest starts at 0.
    probability : float, default=0.8
        Share of the draws a tier needs.

    Returns
    -------
    TierVerdict
        See there.

    Raises
    ------
    AssessmentError
        If no tier starts at 0 or two start at the same score.
    """
    codes = sorted(thresholds, key=lambda code: thresholds[code])
    starts = [thresholds[code] for code in codes]
    if not starts or starts[0] != 0 or len(set(starts)) < len(starts):
        raise AssessmentError(f"Tiers start at {starts}: the lowest must start at 0, each at another score.")
    places = np.searchsorted(starts, draws, side="right") - 1
    counts = np.bincount(np.clip(places, 0, None), minlength=len(codes))
    # Whole counts decide, so that 3,200 of 4,000 draws is 0.8 and not a hair less.
    needed = round(probability * len(draws))
    best_first = [(code, int(count)) for code, count in zip(codes, counts, strict=True)][::-1]
    probabilities = {code: count / len(draws) for code, count in best_first}
    given = next((code for code, count in best_first if count >= needed), None)
    return TierVerdict(given, () if given else _neighbours(best_first, needed), probabilities)


def expect_ranks(draws: Sequence[Draws]) -> list[ExpectedRank]:
    """Expected rank of every agent with its 90 % range.

    Parameters
    ----------
    draws : sequence of arrays
        Posterior draws of the composite, one array per agent, all of one length.

    Returns
    -------
    list of ExpectedRank
        In the order given, which changes nothing; who ties in a draw shares the mean of the places taken there.
    """
    if not draws:
        return []
    ranks = np.empty((len(draws), len(draws[0])))
    for start in range(0, ranks.shape[1], _DRAWS_AT_ONCE):
        part = slice(start, start + _DRAWS_AT_ONCE)
        # A draw in a row: sorting along what lies together takes half the time.
        ranks[:, part] = stats.rankdata(-np.column_stack([own[part] for own in draws]), axis=1).T
    tails = (1 - RANK_LEVEL) / 2
    lower, upper = np.quantile(ranks, [tails, 1 - tails], axis=1)
    means = ranks.mean(axis=1)
    return [
        ExpectedRank(float(mean), Interval(float(low), float(high)))
        for mean, low, high in zip(means, lower, upper, strict=True)
    ]


def share_in_tier_of(value: float, others: Draws, thresholds: Mapping[str, float]) -> float:
    """Share of other composites that fall into the tier of `value`; for comparing weightings, never for a person."""
    starts = sorted(thresholds.values())
    own = np.searchsorted(starts, value, side="right")
    return float((np.searchsorted(starts, others, side="right") == own).mean())


def _neighbours(best_first: Sequence[tuple[str, int]], needed: int) -> tuple[str, ...]:
    """Give the shortest run of neighbouring tiers that holds enough draws; of equally short ones the likelier."""
    for length in range(2, len(best_first) + 1):
        runs = [best_first[start : start + length] for start in range(len(best_first) - length + 1)]
        best = max(runs, key=lambda run: sum(count for _, count in run))
        if sum(count for _, count in best) >= needed:
            return tuple(code for code, _ in best)
    return tuple(code for code, _ in best_first)
