"""One month's means of many agents: how far agents truly differ, the prior that follows, and shrinkage towards it.

Shrinkage over months and inspectors' severity belong to the `fair` mode and are not here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from scoring.errors import InputError

FEWEST_AGENTS = 8  # below that nothing is shrunk
SMALLEST_SD_POINTS = 2.0  # between agents, on a scale of 0–100


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal distribution.

    Attributes
    ----------
    mean : float
        In the unit of what is estimated.
    variance : float
        Its square unit, ``>= 0``.
    """

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Population:
    """What all agents together say about an agent nobody has looked at yet.

    Attributes
    ----------
    mean : float
        Weighted mean μ̂ = Σwq/Σw, w = 1/(v + τ²).
    mean_variance : float
        Variance of μ̂, 1/Σw.
    between_variance : float
        τ², how far true values differ between agents.
    agents : int
        How many agents it was learnt from.
    weight_sum, weight_square_sum : float
        Σw and Σw², which the variance of a shrunk value needs.
    """

    mean: float
    mean_variance: float
    between_variance: float
    agents: int
    weight_sum: float
    weight_square_sum: float

    @property
    def prior(self) -> Normal:
        """Prior of an agent without evidence: mean μ̂, variance τ² + that of μ̂."""
        return Normal(self.mean, self.between_variance + self.mean_variance)


def fit_population(
    values: Sequence[float], variances: Sequence[float], *, smallest_sd: float = SMALLEST_SD_POINTS
) -> Population | None:
    """Spread of true values between agents, by Paule and Mandel's equation.

    Solves ``Σ w(q − μ̂)² = k − 1`` with ``w = 1/(v + τ²)`` for τ², which is at least ``smallest_sd²``.

    Parameters
    ----------
    values : sequence of float
        Direct estimates q, one per agent with evidence.
    variances : sequence of float
        Their variances v, above or equal 0.
    smallest_sd : float, default=2.0
        Least standard deviation between agents, in the unit of the values.

    Returns
    -------
    Population or None
        None for no agents.

    Raises
    ------
    InputError
        If a value or variance is not finite, or a variance is negative.

    References
    ----------
    .. [1] R. C. Paule, J. Mandel (1982), J. Res. Natl. Bur. Stand. 87:377–385, doi:10.6028/jres.087.022.
    """
    # Sorted first: the order of agents must not change the last digit.
    pairs = sorted(zip(values, variances, strict=True))
    for value, variance in pairs:
        if not math.isfinite(value) or not 0 <= variance < math.inf:
            raise InputError(f"The estimate {value} with variance {variance}: both finite, the variance at least 0.")
    if not pairs:
        return None
    q, v = np.array(pairs, dtype=float).T
    between = _solve_between_variance(q, v, smallest_sd**2)
    w = 1 / (v + between)
    return Population(
        mean=float(w @ q / w.sum()),
        mean_variance=float(1 / w.sum()),
        between_variance=between,
        agents=len(q),
        weight_sum=float(w.sum()),
        weight_square_sum=float((w * w).sum()),
    )


def shrink_mean(value: float, variance: float, population: Population) -> Normal:
    """Fay–Herriot estimate of one agent's true value.

    ``B = v/(v+τ²)·(k−3)/(k−1)``; value ``Bμ̂ + (1−B)q``; variance ``v(1−B) + B²/Σw + 2v²w³·2/Σw²``.
    With fewer than eight agents nothing is shrunk.

    Parameters
    ----------
    value, variance : float
        The agent's direct estimate q and its variance v.
    population : Population
        Of all agents, this one among them.

    Returns
    -------
    Normal
        Shrunk value and its variance.

    References
    ----------
    .. [1] R. E. Fay, R. A. Herriot (1979), J. Am. Stat. Assoc. 74:269–277, doi:10.1080/01621459.1979.10482505.
    .. [2] C. N. Morris (1983), J. Am. Stat. Assoc. 78:47–55, doi:10.1080/01621459.1983.10477920.
    """
    if population.agents < FEWEST_AGENTS:
        return Normal(value, variance)
    weight = 1 / (variance + population.between_variance)
    shrinkage = variance * weight * (population.agents - 3) / (population.agents - 1)
    spread = (
        variance * (1 - shrinkage)
        + shrinkage**2 * population.mean_variance
        + 2 * variance**2 * weight**3 * 2 / population.weight_square_sum
    )
    return Normal(shrinkage * population.mean + (1 - shrinkage) * value, spread)


def _solve_between_variance(q: NDArray[np.float64], v: NDArray[np.float64], smallest: float) -> float:
    """τ² where the weighted squares equal their expectation, or the smallest allowed."""

    def excess(between: float) -> float:
        w = 1 / (v + between)
        mean = w @ q / w.sum()
        return float(w @ (q - mean) ** 2 - (len(q) - 1))

    if len(q) < 2 or excess(smallest) <= 0:
        return smallest
    # The left side is at most Σ(q − q̄)²/τ², so the root lies below this.
    ceiling = smallest + float(((q - q.mean()) ** 2).sum()) / (len(q) - 1)
    return float(optimize.brentq(excess, smallest, ceiling, xtol=1e-12, rtol=1e-14))
