"""Restricted likelihood of the severity model and its slope.

``−2 log L = Σ_blocks[(k−1) log σ_e² − log g_k] + Σ_j log(1 + σ_u² W_jj) + s log σ_s² + log|K| + M_yy − m'K⁻¹m
+ (R − c) log 2π`` with ``g_k = 1/(σ_e² + kσ_c²)``, ``W_jj = Σ_k n_jk k g_k``, ``D_j = W_jj + 1/σ_u²``,
``G_j = Σ_k g_k G_jk`` and ``M = within/σ_e² + Σ_k g_k between_k − Σ_j G_j G_j'/D_j (+ 1/σ_s² on the inspectors)``;
K is M without the row and column of y, m that column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from scoring.agreement.severity_columns import Floats
from scoring.agreement.severity_design import Design

AGENT, CONVERSATION, INSPECTOR, RESIDUAL = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The likelihood at one set of variances, in units of the standardised scores.

    Attributes
    ----------
    value : float
        −2 log L of the standardised scores.
    slope : ndarray, shape (4,)
        Its derivatives by the logs of σ_u², σ_c², σ_s², σ_e².
    effects : ndarray, shape (q − 1,)
        K⁻¹m: fixed effects, then inspectors.
    errors : ndarray, shape (q − 1,)
        Square roots of the diagonal of K⁻¹.
    """

    value: float
    slope: Floats
    effects: Floats
    errors: Floats


def evaluate(design: Design, variances: Floats) -> Evaluation:
    """Evaluate the likelihood.

    Parameters
    ----------
    design : Design
        Sums of the rows.
    variances : ndarray, shape (4,)
        σ_u², σ_c², σ_s², σ_e² as shares of the variance of the scores; all above 0, σ_c² may be 0.

    Returns
    -------
    Evaluation
        Value, slope, effects and their errors.
    """
    agent, conversation, inspector, residual = variances
    weight = 1 / (residual + design.sizes * conversation)  # g_k
    information = design.patterns @ (design.sizes * weight)  # W_jj
    shrink = 1 / (information + 1 / agent)  # 1/D_j
    inverse, root_log, effects, rest = _solve(design, variances, weight, shrink)

    outer = _with_score(inverse, effects)
    value = (
        float((design.sizes - 1) @ design.blocks) * math.log(residual)
        - float(design.blocks @ np.log(weight))
        + float(design.agent_months @ np.log1p(agent * information))
        + len(design.inspectors) * math.log(inspector)
        + root_log
        + rest
        + (design.rows - design.fixed) * math.log(2 * math.pi)
    )
    slope = _slope(design, variances, weight, information, shrink, outer)
    return Evaluation(value, slope, effects, np.sqrt(np.diag(inverse)))


def _solve(design: Design, variances: Floats, weight: Floats, shrink: Floats) -> tuple[Floats, float, Floats, float]:
    """K⁻¹, log|K|, K⁻¹m and M_yy − m'K⁻¹m."""
    width = len(design.within)
    # Half of each square product, whole ones of mixed sizes: with the transpose added both are complete.
    parts = np.array([weight[k] * weight[o] * (0.5 if k == o else 1.0) * shrink for k, o in design.pairs])
    taken: Floats = (design.products.T @ parts.ravel()).reshape((width, width))
    moments = design.within / variances[RESIDUAL] + np.tensordot(weight, design.between, axes=1) - taken - taken.T
    seats = np.arange(design.fixed, width - 1)
    moments[seats, seats] += 1 / variances[INSPECTOR]

    factor, lower = linalg.cho_factor(moments[:-1, :-1], lower=True, check_finite=False)
    inverse = linalg.cho_solve((factor, lower), np.eye(width - 1), check_finite=False)
    effects = linalg.cho_solve((factor, lower), moments[:-1, -1], check_finite=False)
    root_log = 2 * float(np.log(np.diag(factor)).sum())
    return inverse, root_log, effects, float(moments[-1, -1] - moments[:-1, -1] @ effects)


def _with_score(inverse: Floats, effects: Floats) -> Floats:
    """N with tr(N dM) = d(log|K| + M_yy − m'K⁻¹m): K⁻¹ with a border of zeros, plus vv', v = (−K⁻¹m, 1)."""
    direction = np.append(-effects, 1.0)
    outer = np.outer(direction, direction)
    outer[:-1, :-1] += inverse
    return outer


def _slope(
    design: Design, variances: Floats, weight: Floats, information: Floats, shrink: Floats, outer: Floats
) -> Floats:
    """Derivatives of −2 log L by the logs of the four variances."""
    agent, conversation, inspector, residual = variances
    sizes, months = design.sizes, design.agent_months
    traces = np.asarray(design.products @ outer.ravel()).reshape(len(design.pairs), len(months))
    mixed = np.empty((len(sizes), len(sizes), len(months)))
    for pair, (k, o) in enumerate(design.pairs):
        mixed[k, o] = mixed[o, k] = traces[pair]
    by_size = np.einsum("o,kop->kp", weight, mixed)  # tr N G_k G' of each pattern
    squares = weight @ by_size  # tr N GG'

    kept = months * agent / (1 + agent * information)
    by_weight = (
        np.tensordot(design.between, outer, axes=2)
        - 2 * by_size @ shrink
        + sizes * ((shrink**2 * squares + kept) @ design.patterns)
        - design.blocks / weight
    )
    seats = np.arange(design.fixed, len(outer) - 1)
    of_agent = float(kept @ information) - float(shrink**2 @ squares) / agent
    of_conversation = -float(by_weight @ (sizes * conversation * weight**2))
    of_inspector = len(seats) - float(outer[seats, seats].sum()) / inspector
    of_residual = (
        float((sizes - 1) @ design.blocks)
        - float((design.within * outer).sum()) / residual
        - float(by_weight @ (residual * weight**2))
    )
    return np.array([of_agent, of_conversation, of_inspector, of_residual])


def deviance(design: Design, seen: Evaluation) -> float:
    """−2 log L in points: of the scores and columns as they were given, before they were standardised."""
    of_scores = (design.rows - design.fixed) * 2 * math.log(design.scale)
    of_auto = 2 * math.log(design.columns.auto_scale) if design.columns.auto_column >= 0 else 0.0
    return seen.value + of_scores + of_auto
