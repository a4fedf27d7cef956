"""One spread for all agents: what a single score of an agent varies by, and the variance of a mean that follows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CountError, InputError

PLANNING_SD = 12.0  # used until two scores of one agent exist
SMALLEST_SD = 1.0  # points: identical scores in a whole centre do not make an interval of width 0


@dataclass(frozen=True, slots=True)
class PooledSpread:
    """Pooled within-agent variance.

    Attributes
    ----------
    variance : float
        σ², squared points.
    degrees_of_freedom : int
        Σ(n_j − 1); 0 means that the planning value stands in.
    """

    variance: float
    degrees_of_freedom: int

    @property
    def sd(self) -> float:
        """Standard deviation, points."""
        return math.sqrt(self.variance)

    def variance_of_mean(self, n: int, frame: int | None) -> float:
        """Variance of the mean of `n` of `frame` conversations; 0 once all are inspected.

        ``σ²/n·(1 − n/N)``; without a frame size the last factor is left out.
        """
        if n < 1:
            raise CountError(f"The mean of {n} scores has no variance.")
        return self.variance / n * _uninspected_share(n, frame)


def pool_spread(groups: Iterable[Sequence[float]]) -> PooledSpread:
    """Pooled variance over agents and months.

    ``σ² = Σ(y − ȳ_j)² / Σ(n_j − 1)`` over all agent-months. One pooled value, because shrinking or judging by each
    agent's own handful of scores drops coverage from 94 % to 80 %.

    Parameters
    ----------
    groups : iterable of sequences of float
        The scores of each agent-month, without conversations that hold a critical error; empty groups are allowed.

    Returns
    -------
    PooledSpread
        At least 1 point²; the planning value of 12 points where no agent has two scores.

    Raises
    ------
    InputError
        If a score is not a finite number between 0 and 100.
    """
    squares: list[float] = []
    freedom = 0
    for group in groups:
        scores = check_scores(group)
        if len(scores) > 1:
            squares.append(float(((scores - scores.mean()) ** 2).sum()))
            freedom += len(scores) - 1
    if not freedom:
        return PooledSpread(PLANNING_SD**2, 0)
    # fsum is exact, so that the order of the agents cannot show in the last digit.
    return PooledSpread(max(math.fsum(squares) / freedom, SMALLEST_SD**2), freedom)


def check_scores(scores: Sequence[float]) -> NDArray[np.float64]:
    """Scores as a sorted array; refused where one is not a number between 0 and 100."""
    values = np.sort(np.asarray(scores, dtype=float))
    if len(values) and not (np.isfinite(values).all() and values[0] >= 0 and values[-1] <= 100):
        raise InputError(f"Scores {values.tolist()} must all be numbers between 0 and 100.")
    return values


def _uninspected_share(n: int, frame: int | None) -> float:
    """1 − n/N, never negative: a replaced or late sample can make n exceed the frame by one."""
    return 1.0 if frame is None else max(0.0, 1 - n / frame)
