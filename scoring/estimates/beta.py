"""Beta-binomial shares: a prior learnt from all agents, and each agent's posterior."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from scoring.errors import CountError, InputError
from scoring.estimates.intervals import LEVEL
from scoring.values import Interval

STRENGTH_CENTRE = 50.0
STRENGTH_SPREAD = 2.5  # of log strength around log 50
STRENGTH_LIMIT = 5000.0
SMALLEST_SD = 0.005  # between agents
_MEAN_EDGE = math.log(1e-5 / (1 - 1e-5))
_DISTANCE_LIMIT = 12.0  # of log strength below its cap
_GRID_MEANS = 41
_GRID_DISTANCES = 25
_SMALLEST_STEP = 1e-7


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta distribution of a share.

    Attributes
    ----------
    a, b : float
        Both above 0; read as successes and failures known beforehand.
    """

    a: float
    b: float

    def __post_init__(self) -> None:
        if not (self.a > 0 and self.b > 0 and math.isfinite(self.a + self.b)):
            raise InputError(f"Beta({self.a}, {self.b}): both numbers must be finite and above 0.")

    @property
    def mean(self) -> float:
        """Mean, a / (a + b)."""
        return self.a / (self.a + self.b)

    @property
    def variance(self) -> float:
        """Variance, m(1 − m) / (a + b + 1)."""
        return self.mean * (1 - self.mean) / (self.a + self.b + 1)

    def after(self, successes: float, trials: float) -> Beta:
        """Give the posterior once `successes` of `trials` were seen: Beta(a + k, b + n − k)."""
        if not 0 <= successes <= trials:
            raise CountError(f"{successes} of {trials}: counts must satisfy 0 <= successes <= trials.")
        return Beta(self.a + successes, self.b + trials - successes)

    def quantile(self, share: float) -> float:
        """Value below which `share` of the distribution lies."""
        return float(special.betaincinv(self.a, self.b, share))

    def probability_below(self, value: float) -> float:
        """Probability that the share is `value` or less; 0 below 0 and 1 above 1."""
        return float(special.betainc(self.a, self.b, min(max(value, 0.0), 1.0)))

    def interval(self, *, level: float = LEVEL) -> Interval:
        """Central interval of that level."""
        return Interval(self.quantile((1 - level) / 2), self.quantile((1 + level) / 2))


JEFFREYS = Beta(0.5, 0.5)  # where there are no other agents to learn a prior from


def fit_beta_prior(successes: Sequence[float], trials: Sequence[float]) -> Beta | None:
    """Prior of a share, learnt from all agents by its marginal likelihood.

    Maximises ``Σ log[B(a+k, b+n−k)/B(a, b)] − ½((log(a+b) − log 50)/2.5)²`` over agents with n > 0, under
    ``a+b <= min(5000, m(1−m)/0.005²)`` with m = a/(a+b): agents are never taken to be more alike than an sd of half a
    percent, and a centre with few agents falls back to a strength of about 50 conversations.

    Parameters
    ----------
    successes : sequence of float
        k per agent; sums over a window may be discounted and so need not be whole.
    trials : sequence of float
        n per agent, ``0 <= k <= n``. Agents without trials say nothing and are left out.

    Returns
    -------
    Beta or None
        The prior, to six significant digits (the optimum is not known better); None when nobody has a trial.

    Raises
    ------
    CountError
        If the sequences differ in length or a pair is not ``0 <= k <= n``.

    References
    ----------
    .. [1] Gelman et al., *Bayesian Data Analysis*, 3rd ed. (2013), ch. 5.
    """
    counts, multiplicity = _distinct_counts(successes, trials)
    if not len(counts):
        return None

    best = _refine(_best_on_grid(counts, multiplicity), counts, multiplicity)
    a, b = _shape(best[:1], best[1:])
    return Beta(float(f"{a[0]:.6g}"), float(f"{b[0]:.6g}"))


def _distinct_counts(
    successes: Sequence[float], trials: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pairs (k, n) with n > 0 once each, sorted, and how many agents have them: the order of agents cannot matter."""
    if len(successes) != len(trials):
        raise CountError(f"{len(successes)} successes for {len(trials)} trials: one pair per agent is needed.")
    pairs = np.column_stack([np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)])
    bad = np.flatnonzero(~((pairs[:, 0] >= 0) & (pairs[:, 0] <= pairs[:, 1]) & np.isfinite(pairs[:, 1])))
    if len(bad):
        row = int(bad[0])
        raise CountError(f"Row {row}: {pairs[row, 0]} of {pairs[row, 1]}; counts must satisfy 0 <= k <= n.")
    kept, multiplicity = np.unique(pairs[pairs[:, 1] > 0], axis=0, return_counts=True)
    return kept, multiplicity.astype(float)


def _shape(
    mean_logit: NDArray[np.float64], distance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(a, b) from the logit of the mean and how far log strength lies below its cap."""
    mean = special.expit(mean_logit)
    cap = np.minimum(STRENGTH_LIMIT, mean * (1 - mean) / SMALLEST_SD**2)
    strength = cap * np.exp(-distance)
    return mean * strength, (1 - mean) * strength


def _objective(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    counts: NDArray[np.float64],
    multiplicity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Penalised log marginal likelihood at every (a, b)."""
    k, n = counts[:, 0], counts[:, 1]
    terms = special.betaln(a[:, None] + k, b[:, None] + n - k) - special.betaln(a, b)[:, None]
    penalty = 0.5 * ((np.log(a + b) - math.log(STRENGTH_CENTRE)) / STRENGTH_SPREAD) ** 2
    likelihood: NDArray[np.float64] = (terms * multiplicity).sum(axis=1)
    return likelihood - penalty


def _best_on_grid(counts: NDArray[np.float64], multiplicity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coarse maximum, so that the refinement starts on the right hill."""
    means = np.linspace(_MEAN_EDGE, -_MEAN_EDGE, _GRID_MEANS)
    return _best_of(means, np.linspace(0, _DISTANCE_LIMIT, _GRID_DISTANCES), counts, multiplicity)


def _refine(
    best: NDArray[np.float64], counts: NDArray[np.float64], multiplicity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Walk and halve a small grid around the best point: two unknowns need no gradient, every machine goes alike."""
    steps = np.array([-2 * _MEAN_EDGE / (_GRID_MEANS - 1), _DISTANCE_LIMIT / (_GRID_DISTANCES - 1)])
    offsets = np.arange(-2, 3) / 2
    while steps.max() > _SMALLEST_STEP:
        means = np.clip(best[0] + steps[0] * offsets, _MEAN_EDGE, -_MEAN_EDGE)
        distances = np.clip(best[1] + steps[1] * offsets, 0, _DISTANCE_LIMIT)
        found = _best_of(means, distances, counts, multiplicity)
        # On the rim of the grid the top lies outside: walk there first, halve afterwards.
        if (np.abs(found - best) < 0.75 * steps).all():
            steps = steps / 2
        best = found
    return best


def _best_of(
    means: NDArray[np.float64],
    distances: NDArray[np.float64],
    counts: NDArray[np.float64],
    multiplicity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the point of a grid with the largest likelihood."""
    grid = np.stack(np.meshgrid(means, distances), axis=-1).reshape(-1, 2)
    a, b = _shape(grid[:, 0], grid[:, 1])
    best: NDArray[np.float64] = grid[int(np.argmax(_objective(a, b, counts, multiplicity)))]
    return best
