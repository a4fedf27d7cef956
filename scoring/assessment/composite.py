"""The composite: weighted points of the components, where a missing one takes its prior and not the others' average."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import WeightError
from scoring.estimates.intervals import quantile_interval
from scoring.estimates.seeds import DRAWS
from scoring.estimates.shrinkage import FEWEST_AGENTS, Normal
from scoring.values import Interval

ROBUSTNESS_WEIGHTS = 500
ROBUSTNESS_CONCENTRATION = 50.0
Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one component of one agent.

    Attributes
    ----------
    value : float
        0–100.
    draws : array of float
        Posterior draws of the points, 0–100.
    """

    value: float
    draws: Draws


@dataclass(frozen=True, slots=True)
class Composite:
    """Composite of one agent.

    Attributes
    ----------
    value : float or None
        Σ w·s, 0–100; None without a composite.
    interval : Interval or None
        Middle 95 % of the draws.
    draws : array of float or None
        For tiers and ranks.
    points : mapping of str to Points
        By component, priors standing in for missing ones.
    missing : tuple of str
        Components whose prior stands in, or would have to.
    withheld : str
        Why there is no composite: ``observed_weight`` or ``no_prior``; empty otherwise.
    """

    value: float | None
    interval: Interval | None
    draws: Draws | None
    points: Mapping[str, Points]
    missing: tuple[str, ...]
    withheld: str


def component_prior(observed: Sequence[float]) -> Normal | None:
    """Prior of a component's points: mean and variance over the agents of the same policy and period.

    Parameters
    ----------
    observed : sequence of float
        Points of the agents with enough evidence.

    Returns
    -------
    Normal or None
        None with fewer than eight agents: then a missing component leaves no composite.
    """
    if len(observed) < FEWEST_AGENTS:
        return None
    values = np.sort(np.asarray(observed, dtype=float))
    return Normal(float(values.mean()), float(values.var(ddof=1)))


def draw_prior(prior: Normal, generator: np.random.Generator) -> Points:
    """Points of a missing component: its prior mean, drawn with its prior variance and clipped to 0–100."""
    draws = np.clip(prior.mean + math.sqrt(prior.variance) * generator.standard_normal(DRAWS), 0.0, 100.0)
    return Points(prior.mean, draws)


def compose(
    weights: Mapping[str, float],
    observed: Mapping[str, Points],
    priors: Mapping[str, Points],
    *,
    fewest_observed: float = 0.6,
) -> Composite:
    """Composite of one agent.

    ``C = Σ w_d s_d`` over all components d of the policy, weights as fractions. A missing component takes its prior
    mean with its prior variance: dropping it would make the error 1.4 times larger and put agents with missing data
    too often among the best. Components are drawn independently.

    Parameters
    ----------
    weights : mapping of str to float
        Weight of every component, any scale; they are divided by their sum.
    observed : mapping of str to Points
        Components with enough evidence.
    priors : mapping of str to Points
        What stands in for a missing one; a component absent here has no prior.
    fewest_observed : float, default=0.6
        Least share of the weights that must be observed.

    Returns
    -------
    Composite
        Without a value where too little is observed or a prior is lacking.

    Raises
    ------
    WeightError
        If a weight is negative or not finite, or all are 0.
    """
    shares = _as_shares(weights)
    weighted = {code: share for code, share in shares.items() if share > 0}
    missing = tuple(code for code in shares if code not in observed)
    points = {code: observed.get(code) or priors[code] for code in shares if code in observed or code in priors}
    if sum(share for code, share in weighted.items() if code in observed) < fewest_observed - 1e-12:
        return Composite(None, None, None, points, missing, "observed_weight")
    if any(code not in points for code in weighted):
        return Composite(None, None, None, points, missing, "no_prior")
    value = math.fsum(share * points[code].value for code, share in weighted.items())
    draws = np.zeros(DRAWS)
    for code, share in weighted.items():
        draws += share * points[code].draws
    return Composite(value, quantile_interval(draws, value), draws, points, missing, "")


def combine_parts(weights: Mapping[str, float], observed: Mapping[str, Points]) -> Points | None:
    """Points of a component that is the mean of its parts; a part without data passes its weight to the others.

    None where no part with a weight has data.
    """
    present = {code: weight for code, weight in weights.items() if weight > 0 and code in observed}
    if not present:
        return None
    shares = _as_shares(present)
    draws = np.zeros(DRAWS)
    for code, share in shares.items():
        draws += share * observed[code].draws
    return Points(math.fsum(share * observed[code].value for code, share in shares.items()), draws)


def variance_shares(weights: Mapping[str, float], points: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Share of the composites' variance that each component really carries, ``cov(w_d s_d, C)/var(C)``.

    A component with weight 25 % on which all agents are alike carries nothing. Sums to 1; empty where fewer than two
    agents have all components or all composites are equal.
    """
    shares = _as_shares(weights)
    complete = [row for row in points if all(code in row for code in shares)]
    if len(complete) < 2:
        return {}
    parts = np.array(sorted([share * row[code] for code, share in shares.items()] for row in complete))
    total = parts.sum(axis=1)
    spread = float(((total - total.mean()) ** 2).sum())
    if spread <= 0:
        return {}
    carried = ((parts - parts.mean(axis=0)) * (total - total.mean())[:, None]).sum(axis=0) / spread
    return {code: float(value) for code, value in zip(shares, carried, strict=True)}


def reweighted_values(
    weights: Mapping[str, float], points: Mapping[str, float], generator: np.random.Generator
) -> Draws:
    """Composites under 500 other weightings near the policy's, Dirichlet(50·w): does the tier hang on the weights?"""
    shares = {code: share for code, share in _as_shares(weights).items() if share > 0}
    alpha = ROBUSTNESS_CONCENTRATION * np.array(list(shares.values()))
    drawn = generator.dirichlet(alpha, ROBUSTNESS_WEIGHTS)
    values: Draws = drawn @ np.array([points[code] for code in shares])
    return values


def _as_shares(weights: Mapping[str, float]) -> dict[str, float]:
    for code, weight in weights.items():
        if not 0 <= weight < math.inf:
            raise WeightError(f"The weight of {code} is {weight}: it must be finite and at least 0.")
    total = math.fsum(weights.values())
    if total <= 0:
        raise WeightError("All weights are 0: at least one component needs a weight.")
    return {code: weight / total for code, weight in weights.items()}
