"""Shrinkage where only one month has samples: Fay and Herriot's estimate with columns of a regression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from scoring.estimates.shrinkage import SMALLEST_SD_POINTS
from scoring.estimates.standing import Panel, Standing

Array = NDArray[np.float64]


def fit_one_month(panel: Panel, *, smallest_sd: float = SMALLEST_SD_POINTS) -> Standing:
    """Posterior of every agent from the newest month alone.

    τ² solves Paule and Mandel's ``Σ w(q − x'β̂)² = k − p``, ``w = 1/(v + τ²)``, for k agents and p columns. Shrinkage
    ``B = v/(v+τ²)·(k−p−2)/(k−p)``; value ``Bx'β̂ + (1−B)q``; variance ``v(1−B) + B²h + 2v²w³·2/Σw²``,
    ``h = x'(X'WX)⁻¹x``.

    Parameters
    ----------
    panel : Panel
        Only its newest month is looked at; at least p + 3 agents have samples there.
    smallest_sd : float, default=2.0
        Least τ, in the unit of the values.

    Returns
    -------
    Standing
        `correlation` is None. τ to six significant digits. An agent without samples has the prior.

    References
    ----------
    .. [1] R. E. Fay, R. A. Herriot (1979), J. Am. Stat. Assoc. 74:269–277, doi:10.1080/01621459.1979.10482505.
    .. [2] C. N. Morris (1983), J. Am. Stat. Assoc. 78:47–55, doi:10.1080/01621459.1983.10477920.
    .. [3] R. C. Paule, J. Mandel (1982), J. Res. Natl. Bur. Stand. 87:377–385, doi:10.6028/jres.087.022.
    """
    seen = np.isfinite(panel.variances[:, -1])
    q, v, design = panel.values[seen, -1], panel.variances[seen, -1], panel.design[seen, -1]
    between = float(f"{_solve_between_variance(q, v, design, smallest_sd**2) ** 0.5:.6g}")
    between = max(between, smallest_sd)
    w, coefficients, covariance = _regress(q, v, design, between**2)
    prior_means = panel.targets @ coefficients
    h = np.einsum("jp,pq,jq->j", panel.targets, covariance, panel.targets)
    means, variances = prior_means.copy(), between**2 + h
    spare = len(q) - design.shape[1]
    shrinkage = v * w * (spare - 2) / spare
    fitted = design @ coefficients
    means[seen] = shrinkage * fitted + (1 - shrinkage) * q
    lever = np.einsum("jp,pq,jq->j", design, covariance, design)
    variances[seen] = v * (1 - shrinkage) + shrinkage**2 * lever + 2 * v**2 * w**3 * 2 / float(w @ w)
    return Standing(means, variances, prior_means, between**2 + h, between, None, coefficients, covariance)


def _regress(q: Array, v: Array, design: Array, between: float) -> tuple[Array, Array, Array]:
    """Weights, coefficients and their covariance at a given τ²."""
    w = 1 / (v + between)
    covariance: Array = np.linalg.inv((design * w[:, None]).T @ design).astype(np.float64)
    return w, covariance @ (design.T @ (w * q)), covariance


def _solve_between_variance(q: Array, v: Array, design: Array, smallest: float) -> float:
    spare = len(q) - design.shape[1]

    def excess(between: float) -> float:
        w, coefficients, _ = _regress(q, v, design, between)
        return float(w @ (q - design @ coefficients) ** 2 - spare)

    if excess(smallest) <= 0:
        return smallest
    # The weighted squares are at most Σ(q − q̄)²/τ², so the root lies below this.
    ceiling = smallest + float(((q - q.mean()) ** 2).sum()) / spare
    return float(optimize.brentq(excess, smallest, ceiling, xtol=1e-12, rtol=1e-14))
