"""Standing over several months: how agents differ, how lastingly, and where each one stands in the newest month.

An agent's months are a stationary AR(1) around the centre's month: sd τ between agents, correlation φ from month to
month. One pass of the Kalman filter gives likelihood, regression and posterior at once; a month without samples is
simply not seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from scoring.errors import InputError
from scoring.estimates.shrinkage import SMALLEST_SD_POINTS

LARGEST_SD = 100.0  # between agents: no scale of 0–100 allows more
LOGIT_PHI_CENTRE = 2.2  # φ is taken to lie about 0.9
_LOGIT_PHI_EDGE = 7.0
_STEP = 1e-4
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """Direct estimates of all agents over the window, oldest month first.

    Attributes
    ----------
    values, variances : array of float, shape (agents, months)
        q_jt and v_jt of the agent's expectation; a month without samples has an infinite variance and any value.
    design : array of float, shape (agents, months, columns)
        Columns of the regression, linearly independent over the rows that have samples.
    targets : array of float, shape (agents, columns)
        Row of the newest month for each agent, sampled or not.
    """

    values: Array
    variances: Array
    design: Array
    targets: Array

    def __post_init__(self) -> None:
        seen = np.isfinite(self.variances)
        if not (np.isfinite(self.values[seen]).all() and (self.variances[seen] > 0).all()):
            raise InputError("Every month with samples needs a finite value and a variance above 0.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each agent stands in the newest month.

    Attributes
    ----------
    means, variances : array of float, shape (agents,)
        Posterior of the agent's expectation in the newest month.
    prior_means, prior_variances : array of float, shape (agents,)
        What it would be without any sample of this agent: x'β̂ and τ² + the variance of x'β̂.
    between_sd : float
        τ, points.
    correlation : float or None
        φ from one month to the next; None where only one month has samples.
    coefficients, covariance : array of float, shape (columns,) and (columns, columns)
        Of the regression.
    """

    means: Array
    variances: Array
    prior_means: Array
    prior_variances: Array
    between_sd: float
    correlation: float | None
    coefficients: Array
    covariance: Array


def fit_standing(panel: Panel, *, smallest_sd: float = SMALLEST_SD_POINTS) -> Standing:
    """Posterior of every agent's newest month, learnt from all agents and months.

    ``q_jt = x_jt'β + a_jt + ε_jt``, ``Cov(a_js, a_jt) = τ²φ^|s−t|``, ``Var ε = v_jt``. With S_j = C + diag(v_j):
    posterior mean ``x_T'β̂ + c'S⁻¹(q − Xβ̂)``, variance ``τ² − c'S⁻¹c + L'A⁻¹L``, ``L = x_T − X'S⁻¹c``,
    ``A = ΣX'S⁻¹X``. (τ, φ) minimise ``Σ(log|S| + r'S⁻¹r) + log|A| + (logit φ − 2.2)²`` under τ >= `smallest_sd`.

    Parameters
    ----------
    panel : Panel
        At least one month with samples.
    smallest_sd : float, default=2.0
        Least τ, in the unit of the values.

    Returns
    -------
    Standing
        τ and φ to six significant digits: the optimum is not known better, and processors agree so far.

    References
    ----------
    .. [1] J. N. K. Rao, M. Yu (1994), Canad. J. Statist. 22:511–528, doi:10.2307/3315407.
    .. [2] P. de Jong (1991), Ann. Statist. 19:1073–1083 (regression by the augmented filter).
    """
    start = np.array([math.log(max(_rough_sd(panel), smallest_sd * 1.05)), LOGIT_PHI_CENTRE])
    bounds = [(math.log(smallest_sd), math.log(LARGEST_SD)), (-_LOGIT_PHI_EDGE, _LOGIT_PHI_EDGE)]
    found = optimize.minimize(
        partial(_deviance_and_slope, panel),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-5, "maxiter": 200},
    )
    between, phi = (float(f"{value:.6g}") for value in (math.exp(found.x[0]), float(special.expit(found.x[1]))))
    return _conclude(panel, max(between, smallest_sd), phi)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass of the filter leaves, for each of K pairs (τ, φ)."""

    log_determinant: Array  # (K,): Σ log|S|
    squares: Array  # (K, 1 + columns, 1 + columns): of [q, X] in the metric S⁻¹
    last: Array  # (K, agents, 1 + columns): c'S⁻¹[q, X]
    variances: Array  # (K, agents): τ² − c'S⁻¹c


def _filter(panel: Panel, between: Array, phi: Array) -> _Pass:
    """Kalman filter of [q, X] at several (τ, φ) at once: for few agents one pass costs hardly less than five."""
    agents, months = panel.values.shape
    columns = np.concatenate([panel.values[:, :, None], panel.design], axis=2)
    seen = np.isfinite(panel.variances)
    noise = np.where(seen, panel.variances, 1.0)
    carried, fresh = phi[:, None], ((between**2) * (1 - phi**2))[:, None]
    state = np.zeros((len(phi), agents, columns.shape[2]))
    variance = np.broadcast_to((between**2)[:, None], (len(phi), agents))
    squares = np.zeros((len(phi), columns.shape[2], columns.shape[2]))
    log_determinant = np.zeros(len(phi))
    for t in range(months):
        if t:
            state = state * carried[:, :, None]
            variance = variance * carried**2 + fresh
        here = seen[:, t]
        error = (columns[:, t] - state) * here[:, None]
        total = np.where(here, variance + noise[:, t], 1.0)
        gain = variance * here / total
        squares += (error / total[:, :, None]).transpose(0, 2, 1) @ error
        log_determinant += np.log(total).sum(axis=1)
        state = state + gain[:, :, None] * error
        variance = variance * (1 - gain)
    return _Pass(log_determinant, squares, state, variance)


_STENCIL = _STEP * np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


def _deviance_and_slope(panel: Panel, point: Array) -> tuple[float, Array]:
    """Deviance at (log τ, logit φ) and its slope by central differences: it is smooth, two unknowns earn no more."""
    points = point + _STENCIL
    passed = _filter(panel, np.exp(points[:, 0]), special.expit(points[:, 1]))
    inner, cross = passed.squares[:, 1:, 1:], passed.squares[:, 1:, :1]
    explained = (cross * np.linalg.solve(inner, cross)).sum(axis=(1, 2))
    penalty = (points[:, 1] - LOGIT_PHI_CENTRE) ** 2
    residual = passed.squares[:, 0, 0] - explained
    values = passed.log_determinant + residual + np.linalg.slogdet(inner)[1] + penalty
    slope = np.array([values[1] - values[2], values[3] - values[4]]) / (2 * _STEP)
    return float(values[0]), slope


def _conclude(panel: Panel, between: float, phi: float) -> Standing:
    passed = _filter(panel, np.array([between]), np.array([phi]))
    covariance: Array = np.linalg.inv(passed.squares[0, 1:, 1:]).astype(np.float64)
    coefficients = covariance @ passed.squares[0, 1:, 0]
    lever = panel.targets - passed.last[0, :, 1:]
    prior_spread = np.einsum("jp,pq,jq->j", panel.targets, covariance, panel.targets)
    return Standing(
        means=passed.last[0, :, 0] + lever @ coefficients,
        variances=passed.variances[0] + np.einsum("jp,pq,jq->j", lever, covariance, lever),
        prior_means=panel.targets @ coefficients,
        prior_variances=between**2 + prior_spread,
        between_sd=between,
        correlation=phi,
        coefficients=coefficients,
        covariance=covariance,
    )


def _rough_sd(panel: Panel) -> float:
    """Moment estimate of τ to start from."""
    seen = np.isfinite(panel.variances)
    values, variances = panel.values[seen], panel.variances[seen]
    return math.sqrt(max(float(values.var()) - float(variances.mean()), 1.0))
