"""Where a team loses its points: criteria by points lost, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError, WeightError
from scoring.estimates.bootstrap import draw_blocks
from scoring.estimates.intervals import quantile_interval
from scoring.values import Estimate, Label

__all__ = ["FEWEST_CONVERSATIONS", "LostPoints", "ParetoBar", "rank_losses"]

METHOD_POINTS = "lost_points.v1"
METHOD_SHARE = "share_of_loss.v1"
FEWEST_CONVERSATIONS = 30  # the bootstrap is not to be trusted below


@dataclass(frozen=True, slots=True)
class LostPoints:
    """Points one conversation lost.

    Attributes
    ----------
    conversation : str
        Which; scored twice, it comes once with the mean.
    lost : mapping of str to float
        Criterion → points lost, 0–100; criteria that lost nothing or did not apply may be left out.
    weight : float, default=1
        Conversations it stands for, 1/π, above 0; any scale.
    """

    conversation: str
    lost: Mapping[str, float]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.weight < math.inf:
            raise WeightError(f"{self.conversation}: a weight of {self.weight}; give a number above 0.")
        for criterion, points in self.lost.items():
            if not 0 <= points < math.inf:
                raise InputError(f"{self.conversation}, {criterion}: {points} points lost; give 0 or more.")


@dataclass(frozen=True, slots=True)
class ParetoBar:
    """One criterion's losses.

    Attributes
    ----------
    criterion : str
        Its code.
    conversations : int
        How many lost points in it.
    total : float
        Points lost in the conversations inspected, as they are, without weights.
    cumulative_share : float
        Share of all points lost, this criterion and those above it, 0–1.
    per_conversation : Estimate
        Points lost per conversation, over all conversations.
    share : Estimate
        Share of all points lost.
    """

    criterion: str
    conversations: int
    total: float
    cumulative_share: float
    per_conversation: Estimate
    share: Estimate


def rank_losses(rows: Iterable[LostPoints], generator: np.random.Generator) -> tuple[ParetoBar, ...]:
    """Criteria by points lost, the costliest first.

    ``Σw·lost/Σw`` per conversation, and each criterion's share of the sum over all; with w = 1/π it speaks of every
    conversation that could have been drawn. Intervals by drawing conversations anew 2,000 times, from 30 conversations
    on; below, the totals are facts about the conversations inspected and the estimates have no value (label
    ``prior_only``).

    Parameters
    ----------
    rows : iterable of LostPoints
        Every inspected conversation of the team, those that lost nothing included, in any order. Targeted checks are
        not among them: they were not drawn.
    generator : numpy.random.Generator
        From `generator_for` of team and period.

    Returns
    -------
    tuple of ParetoBar
        Criteria that lost points; ties by code. Bars whose intervals overlap have no order to speak of.

    Raises
    ------
    InputError
        If a conversation comes twice.

    References
    ----------
    .. [1] B. Efron, R. J. Tibshirani (1993), *An Introduction to the Bootstrap*, ch. 13.
    """
    ordered = sorted(rows, key=lambda row: row.conversation)
    if len({row.conversation for row in ordered}) < len(ordered):
        raise InputError("A conversation comes twice among the lost points; give the mean of its scorings.")
    criteria = sorted({criterion for row in ordered for criterion, points in row.lost.items() if points > 0})
    if not criteria:
        return ()
    plain = np.array([[row.lost.get(criterion, 0.0) for criterion in criteria] for row in ordered])
    weights = np.array([row.weight for row in ordered])
    weights = weights / weights.mean()
    lost = plain * weights[:, None]
    draws = _resample(lost, weights, generator) if len(ordered) >= FEWEST_CONVERSATIONS else None
    totals = [math.fsum(column) for column in lost.T]
    sample = _Sample(len(ordered), len(ordered) ** 2 / math.fsum(weights**2))
    # Whole points only decide the order where they differ visibly: sums of fractions may not.
    places = sorted(range(len(criteria)), key=lambda place: (-round(totals[place], 9), criteria[place]))
    bars, running, everything = [], 0.0, math.fsum(totals)
    for place in places:
        running += totals[place]
        bars.append(
            ParetoBar(
                criterion=criteria[place],
                conversations=int((plain[:, place] > 0).sum()),
                total=math.fsum(plain[:, place]),
                cumulative_share=min(1.0, running / everything),
                per_conversation=_estimate(totals[place] / len(lost), draws, place, sample, METHOD_POINTS),
                share=_estimate(totals[place] / everything, _shares(draws), place, sample, METHOD_SHARE),
            )
        )
    return tuple(bars)


@dataclass(frozen=True, slots=True)
class _Sample:
    """How many conversations were inspected, and how many evenly weighted ones they are worth."""

    n: int
    effective: float


def _resample(
    lost: NDArray[np.float64], weights: NDArray[np.float64], generator: np.random.Generator
) -> NDArray[np.float64]:
    """Mean points lost per criterion in every resample, shape (samples, criteria); `lost` is weighted."""
    patterns, units = np.unique(np.column_stack([lost, weights]), axis=0, return_counts=True)
    sums = np.concatenate([block @ patterns for block in draw_blocks(units.astype(float), generator)])
    means: NDArray[np.float64] = sums[:, :-1] / sums[:, -1:]
    return means


def _shares(draws: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    if draws is None:
        return None
    total = draws.sum(axis=1, keepdims=True)
    # A resample that lost nothing says nothing about shares and is left out.
    kept = total[:, 0] > 0
    shares: NDArray[np.float64] = draws[kept] / total[kept]
    return shares


def _estimate(value: float, draws: NDArray[np.float64] | None, place: int, sample: _Sample, method: str) -> Estimate:
    if draws is None or not len(draws):
        return Estimate(None, None, None, sample.n, sample.effective, method, Label.prior_only)
    interval = quantile_interval(draws[:, place], value)
    return Estimate(value, interval.lower, interval.upper, sample.n, sample.effective, method, Label.ok)
