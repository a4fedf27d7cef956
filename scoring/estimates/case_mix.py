"""Handle time of agents against the same mix of cases: who is slow, not who gets the long cases.

Works on sums per cell (agent × topic × channel × shift), so a month of a million conversations is one grouped pass
in the database and a small regression here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from scoring.errors import CountError
from scoring.estimates.intervals import LEVEL
from scoring.estimates.seeds import DRAWS
from scoring.estimates.shrinkage import Normal, Population, fit_population, shrink_mean
from scoring.values import Estimate, Label

METHOD = "case_mix.v1"
SMALLEST_SD_LOG = 0.02  # between agents: two percent, the counterpart of two points
SMALLEST_LEVEL = 30  # cases; rarer topics are taken together
FEWEST_CASES = 30
HASTE_QUANTILE = 0.10
_NORMAL_UPPER = float(stats.norm.ppf((1 + LEVEL) / 2))


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Cases of one agent that are alike.

    Attributes
    ----------
    agent, topic, channel, shift : str
        What they share; empty where unknown.
    n : int
        Cases with a known handle time above 0.
    log_sum, log_square_sum : float
        Σ log(seconds) and Σ log(seconds)².
    """

    agent: str
    topic: str
    channel: str
    shift: str
    n: int
    log_sum: float
    log_square_sum: float


@dataclass(frozen=True, slots=True)
class CaseMixRatio:
    """Handle time of one agent against the same mix of cases.

    Attributes
    ----------
    estimate : Estimate
        The ratio; 1.08 reads "8 % longer than the same mix of cases".
    log_ratio : Normal
        Shrunk log ratio and its variance.
    raw_ratio : float
        Before adjusting: mean of the agent's logs against the centre's, as a ratio.
    """

    estimate: Estimate
    log_ratio: Normal
    raw_ratio: float

    def draw(self, generator: np.random.Generator) -> NDArray[np.float64]:
        """Give posterior draws of the ratio."""
        draws = generator.standard_normal(DRAWS) * math.sqrt(self.log_ratio.variance) + self.log_ratio.mean
        return np.exp(draws)


def estimate_case_mix(cells: Sequence[Cell], *, minimum: int = FEWEST_CASES) -> dict[str, CaseMixRatio]:
    """Case-mix ratio of every agent to the centre.

    Log seconds are regressed on topic, channel and shift **within agents** (each agent's own means are subtracted
    first, so being slow is not explained away by the queue one sits in). ``ratio_j = exp(mean adjusted residual −
    centre mean)``, shrunk on the log scale (`shrink_mean`) with variance σ²/n_j, σ² the pooled residual variance.

    Parameters
    ----------
    cells : sequence of Cell
        All agents together, in any order.
    minimum : int, default=30
        Cases from which an agent's ratio counts; below it the label is ``prior_only``.

    Returns
    -------
    dict of str to CaseMixRatio
        One per agent that has a case; empty for no cells.

    Raises
    ------
    CountError
        If a cell has no cases.

    References
    ----------
    .. [1] A. C. Cameron, P. K. Trivedi, *Microeconometrics* (2005), ch. 21 (within estimator).
    """
    rows = sorted(cells)
    for cell in rows:
        if cell.n < 1:
            raise CountError(f"The cell {cell} holds no cases: leave empty cells out.")
    if not rows:
        return {}
    agents = sorted({cell.agent for cell in rows})
    adjusted, counts, variance = _adjust(rows, agents)
    centre = float(counts @ adjusted / counts.sum())
    raw = _raw_ratios(rows, agents, counts)
    population = fit_population((adjusted - centre).tolist(), (variance / counts).tolist(), smallest_sd=SMALLEST_SD_LOG)
    assert population is not None  # there is at least one agent
    return {
        agent: _ratio(
            float(adjusted[i] - centre), variance / float(counts[i]), int(counts[i]), float(raw[i]), population, minimum
        )
        for i, agent in enumerate(agents)
    }


def haste_limit(ratios: Sequence[float]) -> float | None:
    """Ratio below which being faster earns nothing more: the 10th percentile over the agents; None for no agents."""
    return float(np.quantile(np.sort(ratios), HASTE_QUANTILE)) if len(ratios) else None


def _adjust(rows: Sequence[Cell], agents: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Mean of log seconds per agent after the mix is taken out, cases per agent, and the pooled residual variance."""
    agent = np.searchsorted(agents, [cell.agent for cell in rows])
    n = np.array([cell.n for cell in rows], dtype=float)
    total = np.array([cell.log_sum for cell in rows])
    design = _design(rows)
    counts = np.bincount(agent, weights=n).astype(float)
    own_mean = np.bincount(agent, weights=total) / counts
    own_design = _sum_by(agent, design * n[:, None], len(agents)) / counts[:, None]
    # Normal equations of the within-agent regression, from sums alone.
    inner = design.T @ (design * n[:, None]) - own_design.T @ (own_design * counts[:, None])
    outer = design.T @ total - own_design.T @ (own_mean * counts)
    slopes: NDArray[np.float64] = np.linalg.lstsq(inner, outer, rcond=1e-9)[0]
    squares = math.fsum(cell.log_square_sum for cell in rows) - float(counts @ own_mean**2)
    explained = float(slopes @ outer)
    freedom = float(counts.sum()) - len(agents) - int(np.linalg.matrix_rank(inner, tol=1e-9, hermitian=True))
    variance = max(squares - explained, 0.0) / freedom if freedom > 0 else 0.0
    return own_mean - own_design @ slopes, counts, max(variance, SMALLEST_SD_LOG**2)


def _design(rows: Sequence[Cell]) -> NDArray[np.float64]:
    """Dummies of topic, channel and shift; the most frequent level of each is the base."""
    sizes = [cell.n for cell in rows]
    factors = ([cell.topic for cell in rows], [cell.channel for cell in rows], [cell.shift for cell in rows])
    columns = [
        np.array([float(value == level) for value in values]) for values in factors for level in _levels(values, sizes)
    ]
    return np.column_stack(columns) if columns else np.zeros((len(rows), 0))


def _levels(values: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Levels with enough cases, all but the most frequent; the rest stays with the base."""
    sizes: dict[str, int] = {}
    for value, count in zip(values, counts, strict=True):
        sizes[value] = sizes.get(value, 0) + count
    kept = sorted((level for level, size in sizes.items() if size >= SMALLEST_LEVEL), key=lambda x: (-sizes[x], x))
    return kept[1:]


def _sum_by(index: NDArray[np.intp], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    sums = np.zeros((size, values.shape[1]))
    np.add.at(sums, index, values)
    return sums


def _raw_ratios(rows: Sequence[Cell], agents: Sequence[str], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    index = np.searchsorted(agents, [cell.agent for cell in rows])
    sums = np.bincount(index, weights=np.array([cell.log_sum for cell in rows]))
    ratios: NDArray[np.float64] = np.exp(sums / counts - sums.sum() / counts.sum())
    return ratios


def _ratio(log_ratio: float, variance: float, n: int, raw: float, population: Population, minimum: int) -> CaseMixRatio:
    shrunk = shrink_mean(log_ratio, variance, population)
    half = _NORMAL_UPPER * math.sqrt(shrunk.variance)
    estimate = Estimate(
        math.exp(shrunk.mean),
        math.exp(shrunk.mean - half),
        math.exp(shrunk.mean + half),
        n,
        float(n),
        METHOD,
        Label.ok if n >= minimum else Label.prior_only,
    )
    return CaseMixRatio(estimate, shrunk, raw)
