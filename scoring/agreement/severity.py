"""How lenient each inspector is, from the conversations they scored: shrunk, with its error, or not told at all.

Crossed random effects by restricted likelihood: agent-month, conversation, inspector, residual. Rows come from
`severity_scorings`, their sums from `severity_design`, the likelihood from `severity_likelihood`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.connectivity import find_components
from scoring.agreement.severity_design import Design, build_design
from scoring.agreement.severity_likelihood import deviance, evaluate
from scoring.agreement.severity_results import Reason, SeverityFit, Variances, find_inspectors_to_calibrate
from scoring.agreement.severity_scorings import ScoringRecord, Scorings, scorings_from_records
from scoring.agreement.severity_search import find_top

__all__ = [
    "Reason",
    "ScoringRecord",
    "Scorings",
    "SeverityFit",
    "Variances",
    "find_inspectors_to_calibrate",
    "fit_severity",
    "scorings_from_records",
]

METHOD = "severity.v1"
FEWEST_INSPECTORS = 3
FEWEST_SCORINGS = 30
_DECIMALS = 6  # of points: finer than anybody reads, coarser than the last bit in which processors differ


def fit_severity(scorings: Scorings, *, start: Variances | None = None) -> SeverityFit:
    """Estimate how lenient each inspector is.

    ``y = x'β + u_agent-month + c_conversation + s_inspector + e``, normal effects, variances by restricted maximum
    likelihood, x = intercept of the component, queue (those with 30 scorings, the rest together), auto-score. ŝ is the
    best linear prediction of s at these variances, its error that of the prediction. Conversations and agent-months
    are eliminated analytically; what remains is dense of size fixed effects + inspectors.

    Only components of the agent–inspector graph with at least 3 inspectors and 30 scorings are fitted, each with an
    intercept of its own: nothing tells how strict two of them are against each other, and a difference between teams
    must not be taken for one between their inspectors.

    Parameters
    ----------
    scorings : Scorings
        R rows; a window of months stacked.
    start : Variances, optional
        Where the search begins, such as last month's variances; saves steps, changes nothing but the last digits
        within the tolerance of the search. None: a third of the variance of the scores each.

    Returns
    -------
    SeverityFit
        Points are rounded to a millionth and independent of the order of the rows.

    Raises
    ------
    InputError
        If an inspector scored one conversation twice.

    References
    ----------
    .. [1] S. R. Searle, G. Casella, C. E. McCulloch, *Variance Components* (1992), ch. 6–8.
    .. [2] C. R. Henderson (1975), Biometrics 31:423–447, doi:10.2307/2529430 (mixed model equations).

    Examples
    --------
    >>> rows = [(i, name, points) for i in range(30) for name, points in (("Ann", 80), ("Ben", 84), ("Cem", 88))]
    >>> scorings = scorings_from_records(
    ...     ScoringRecord(f"agent {i}", "2026-10", f"chat {i}", name, points + i % 3 + (i * len(name) + points) % 5)
    ...     for i, name, points in rows)
    >>> fit_severity(scorings).leniency.round(1).tolist()
    [-4.0, 0.0, 4.0]
    """
    components = find_components(
        scorings.persons, scorings.inspector, agents=scorings.person_count, inspectors=len(scorings.inspectors)
    )
    component_of_row = components.inspector[scorings.inspector]
    fitted = _fitted_components(component_of_row, components.inspector, components.count)
    reason = _reason_against(scorings, component_of_row, fitted)
    if reason:
        return _unfitted(scorings, components.inspector, components.agent, reason)

    place = np.full(components.count, -1, dtype=np.intp)
    place[fitted] = np.arange(len(fitted))
    design = build_design(scorings, place[component_of_row])
    shares = find_top(design, None if start is None else _as_shares(start, design))
    # The top is not known better, and what follows from it must not depend on the last bit of a processor.
    variances = Variances(*(float(f"{share * design.scale**2:.6g}") for share in shares))
    return _fitted(scorings, components.inspector, components.agent, design, variances)


def _fitted_components(component: NDArray[np.intp], of_inspector: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Components with enough inspectors and scorings."""
    scorings = np.bincount(component, minlength=count)
    inspectors = np.bincount(of_inspector[of_inspector >= 0], minlength=count)
    return np.flatnonzero((inspectors >= FEWEST_INSPECTORS) & (scorings >= FEWEST_SCORINGS))


def _reason_against(scorings: Scorings, component: NDArray[np.intp], fitted: NDArray[np.intp]) -> Reason:
    inspectors = len(np.unique(scorings.inspector))
    if inspectors == 0:
        return Reason.no_scorings
    if inspectors < FEWEST_INSPECTORS:
        return Reason.one_inspector if inspectors == 1 else Reason.few_inspectors
    if len(scorings) < FEWEST_SCORINGS:
        return Reason.few_scorings
    if not len(fitted):
        return Reason.disconnected
    if not np.ptp(scorings.score[np.isin(component, fitted)]) > 0:
        return Reason.no_variation
    return Reason.applied


def _unfitted(
    scorings: Scorings, component: NDArray[np.intp], agent_component: NDArray[np.intp], reason: Reason
) -> SeverityFit:
    """No correction: strictness stays in the scores, and the label says so."""
    count = len(scorings.inspectors)
    return SeverityFit(
        inspectors=scorings.inspectors,
        leniency=np.zeros(count),
        standard_error=np.zeros(count),
        is_corrected=np.zeros(count, dtype=bool),
        scorings=np.bincount(scorings.inspector, minlength=count),
        component=component,
        agent_component=agent_component,
        lambda_=_slope_within(scorings),
        intercept=math.nan,
        queue_effect=np.full(int(scorings.queue.max(initial=-1)) + 1, math.nan),
        variances=Variances(0.0, 0.0, 0.0, 0.0),
        deviance=math.nan,
        is_applied=False,
        reason=reason,
    )


def _slope_within(scorings: Scorings) -> float:
    """Σ(y − ȳ_j)(f − f̄_j) / Σ(f − f̄_j)² inside agent-months, a conversation scored twice as its mean; 0 without f."""
    if scorings.auto is None or not len(scorings):
        return 0.0
    order = np.lexsort((scorings.inspector, scorings.conversation))
    conversation = np.unique(scorings.conversation[order], return_inverse=True)[1]
    times = np.bincount(conversation)
    score = np.bincount(conversation, weights=scorings.score[order]) / times
    auto = np.bincount(conversation, weights=scorings.auto[order]) / times
    month = np.empty(len(times), dtype=np.intp)
    month[conversation] = scorings.agent_month[order]
    conversations = np.maximum(np.bincount(month), 1)
    score -= (np.bincount(month, weights=score) / conversations)[month]
    auto -= (np.bincount(month, weights=auto) / conversations)[month]
    squares = float(auto @ auto)
    return _short(float(auto @ score) / squares) if squares > 0 else 0.0


def _as_shares(variances: Variances, design: Design) -> NDArray[np.float64]:
    """Variances as shares of that of the scores."""
    parts = (variances.agent, variances.conversation, variances.inspector, variances.residual)
    return np.array(parts) / design.scale**2


def _fitted(
    scorings: Scorings,
    component: NDArray[np.intp],
    agent_component: NDArray[np.intp],
    design: Design,
    variances: Variances,
) -> SeverityFit:
    """Back to points."""
    top = evaluate(design, _as_shares(variances, design))
    count = len(scorings.inspectors)
    leniency, error = np.zeros(count), np.full(count, math.sqrt(variances.inspector))
    leniency[design.inspectors] = top.effects[design.fixed :] * design.scale
    error[design.inspectors] = top.errors[design.fixed :] * design.scale
    corrected = np.zeros(count, dtype=bool)
    corrected[design.inspectors] = True
    columns = design.columns
    effects = np.append(top.effects[: design.fixed] * design.scale, [0.0, math.nan])  # REFERENCE and NO_COLUMN
    has_auto = columns.auto_column >= 0
    return SeverityFit(
        inspectors=scorings.inspectors,
        leniency=leniency.round(_DECIMALS) + 0.0,  # no −0.0
        standard_error=error.round(_DECIMALS),
        is_corrected=corrected,
        scorings=np.bincount(scorings.inspector, minlength=count),
        component=component,
        agent_component=agent_component,
        lambda_=_short(float(effects[columns.auto_column]) / columns.auto_scale) if has_auto else 0.0,
        intercept=round(float(effects[columns.component_column[0]]) + design.centre, _DECIMALS),
        queue_effect=effects[columns.queue_column].round(_DECIMALS),
        variances=variances,
        deviance=deviance(design, top),
        is_applied=True,
        reason=Reason.applied,
    )


def _short(value: float) -> float:
    """Nine significant digits, for a number in a unit we do not know."""
    return float(f"{value:.9g}")
