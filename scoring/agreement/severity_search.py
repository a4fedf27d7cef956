"""The search for the variances at the top of the restricted likelihood."""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize

from scoring.agreement.severity_columns import Floats
from scoring.agreement.severity_design import Design
from scoring.agreement.severity_likelihood import AGENT, CONVERSATION, INSPECTOR, RESIDUAL, evaluate

_START = 1 / 3  # of the variance of the scores
_LOWEST, _HIGHEST = 1e-6, 10.0  # of the variance of the scores
_LOWEST_START = 0.01  # further down the likelihood is flat in the log, and a search begun there would stay
_LIFTED = 0.05  # where a variance begins again that was lost near 0
_SMALL = 1e-3
_STEEP = 0.1  # fall of −2 log L per unit of the variance of the scores, for a variance near 0
_UNFINISHED = 1e-5  # slope left per scoring, for a variance inside its bounds
_MOST_STEPS = 200
_MOST_SEARCHES = 6


def find_top(design: Design, start: Floats | None) -> Floats:
    """Variances at the top of the restricted likelihood.

    L-BFGS-B on log variances between 1e-6 and 10 times the variance of the scores, from a third of it each. σ_c² is 0
    and stays out of the search where no conversation was scored twice: nothing tells it from σ_e² then. A search that
    ended where it should not (before the top, or with a variance near 0 that wants to be larger) goes on from there.

    Parameters
    ----------
    design : Design
        Sums of the rows.
    start : ndarray, shape (4,), or None
        Where to begin, as shares of the variance of the scores; moved to 0.01…10 where it lies outside.

    Returns
    -------
    ndarray, shape (4,)
        σ_u², σ_c², σ_s², σ_e² as shares of the variance of the scores.
    """
    free = np.array([AGENT, CONVERSATION, INSPECTOR, RESIDUAL])
    if design.sizes.max() == 1:
        free = np.array([AGENT, INSPECTOR, RESIDUAL])
    begin = np.full(4, _START) if start is None else np.clip(start, _LOWEST_START, _HIGHEST)

    def spread(logs: Floats) -> Floats:
        variances = np.zeros(4)
        variances[free] = np.exp(logs)
        return variances

    def objective(logs: Floats) -> tuple[float, Floats]:
        seen = evaluate(design, spread(logs))
        return seen.value, seen.slope[free]

    logs = top = np.log(begin[free])
    lowest = math.inf
    for _ in range(_MOST_SEARCHES):
        found = optimize.minimize(
            objective,
            logs,
            jac=True,
            method="L-BFGS-B",
            bounds=[(math.log(_LOWEST), math.log(_HIGHEST))] * len(free),
            options={"maxiter": _MOST_STEPS, "ftol": 1e-14, "gtol": 1e-6},
        )
        if found.fun < lowest:
            lowest, top = found.fun, found.x
        slope = np.asarray(found.jac, dtype=np.float64)
        lost = (found.x < math.log(_SMALL)) & (slope < -_STEEP * np.exp(found.x))
        if not lost.any() and not _is_unfinished(found.x, slope, design.rows):
            break
        logs = np.where(lost, math.log(_LIFTED), found.x)
    return spread(top)


def _is_unfinished(logs: Floats, slope: Floats, rows: int) -> bool:
    """Whether a variance inside its bounds would still move."""
    outwards = ((logs <= math.log(_LOWEST)) & (slope > 0)) | ((logs >= math.log(_HIGHEST)) & (slope < 0))
    return bool((np.abs(slope[~outwards]) > _UNFINISHED * rows).any())
