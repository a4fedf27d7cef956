"""A whole month: every agent's figures, points, composite, tier and place, from counts and scores alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.assessment.composite import (
    Composite,
    Points,
    combine_parts,
    component_prior,
    compose,
    draw_prior,
    reweighted_values,
    variance_shares,
)
from scoring.assessment.figures import AgentFigures, MonthFigures
from scoring.assessment.measures import Figure, MonthBasis, Subject, describe_month, measure_figure, score_two_parts
from scoring.assessment.points import Verdict, draw_points, judge, points_of
from scoring.assessment.policy import Component, Policy
from scoring.assessment.results import AgentResult, MonthResult, PartResult
from scoring.assessment.tiers import decide_tier, expect_ranks, share_in_tier_of
from scoring.estimates.intervals import quantile_interval
from scoring.estimates.seeds import generator_for
from scoring.estimates.shrinkage import Normal
from scoring.values import Estimate, Label

METHOD = "direct.v1"
PARTS_METHOD = "mean_of_parts.v1"


@dataclass(frozen=True, slots=True)
class _Measured:
    """Figures and points of one agent before priors are known."""

    subject: Subject
    figures: Mapping[str, Figure]
    points: Mapping[str, Points]  # by code of component and part, those with enough evidence

    @property
    def agent(self) -> AgentFigures:
        return self.subject.agent


def assess_month(figures: MonthFigures, policy: Policy) -> MonthResult:
    """Compute a month by a policy.

    Figures and their points come first, for all agents; the priors of the components follow from them; then each
    agent's composite and tier; last, the places of those who have both.

    Parameters
    ----------
    figures : MonthFigures
        Counts and scores; the order of agents does not matter.
    policy : Policy
        A published one (`check_policy` finds nothing).

    Returns
    -------
    MonthResult
        The same bytes for the same input: every draw comes from the agent's own seed.
    """
    basis = describe_month(figures)
    measured = [_measure_agent(agent, policy, basis) for agent in sorted(figures.agents, key=lambda a: a.agent)]
    priors = {
        component.code: prior
        for component in policy.components
        if (prior := component_prior([m.points[component.code].value for m in measured if component.code in m.points]))
    }
    weights = {component.code: component.weight for component in policy.components}
    composites = [_compose_agent(m, weights, priors, policy, basis.month) for m in measured]
    results = [_conclude(m, composite, policy, basis) for m, composite in zip(measured, composites, strict=True)]
    observed = [{code: m.points[code].value for code in weights if code in m.points} for m in measured]
    return MonthResult(basis, priors, variance_shares(weights, observed), _with_ranks(results, composites))


def _measure_agent(agent: AgentFigures, policy: Policy, basis: MonthBasis) -> _Measured:
    subject = Subject(agent, score_two_parts(agent, basis))
    figures: dict[str, Figure] = {}
    points: dict[str, Points] = {}
    for component in policy.components:
        for leaf in component.parts or (component,):
            figures[leaf.code] = figure = measure_figure(leaf, subject, basis)
            if (earned := _earn(leaf, figure)) is not None:
                points[leaf.code] = earned
        if component.parts:
            combined = combine_parts({part.code: part.weight for part in component.parts}, points)
            if combined is not None:
                points[component.code] = combined
    return _Measured(subject, figures, points)


def _earn(component: Component, figure: Figure) -> Points | None:
    """Points of a figure with enough evidence; beyond the haste limit being faster earns nothing more."""
    value, draws = figure.estimate.value, figure.draws
    if not figure.is_enough or value is None or draws is None:
        return None
    assert component.floor is not None  # a published policy has both anchors
    assert component.target is not None
    if figure.earns_from is not None:
        value, draws = max(value, figure.earns_from), np.maximum(draws, figure.earns_from)
    return Points(
        points_of(value, component.floor, component.target), draw_points(draws, component.floor, component.target)
    )


def _compose_agent(
    measured: _Measured, weights: Mapping[str, float], priors: Mapping[str, Normal], policy: Policy, month: str
) -> Composite:
    stand_ins = {
        code: draw_prior(prior, generator_for(month, measured.agent.agent, f"prior:{code}"))
        for code, prior in priors.items()
        if code not in measured.points
    }
    return compose(weights, measured.points, stand_ins, fewest_observed=policy.observed_weight)


def _conclude(measured: _Measured, composite: Composite, policy: Policy, basis: MonthBasis) -> AgentResult:
    agent = measured.agent
    withheld = composite.withheld or ("few" if _label(agent, policy) is not Label.ok else "")
    thresholds = {tier.code: tier.from_score for tier in policy.tiers}
    tier = None
    robustness = None
    if not withheld and composite.draws is not None and composite.value is not None:
        tier = decide_tier(composite.draws, thresholds, probability=policy.tier_probability)
        robustness = _robustness(composite, composite.value, thresholds, policy, f"{basis.month}:{agent.agent}")
    return AgentResult(
        agent=agent.agent,
        qa=measured.subject.qa,
        parts=tuple(_part_result(component, measured, composite) for component in policy.components),
        composite=_composite_estimate(composite, agent, policy),
        tier=tier,
        withheld=withheld,
        robustness=robustness,
        rank=None,
    )


def _label(agent: AgentFigures, policy: Policy) -> Label:
    """Label of the composite: that of the QA component, which speaks about conversations somebody looked at."""
    n = agent.inspected.n
    minimum = min((c.minimum for c in policy.components if c.measure == "qa_score"), default=0)
    if n == 0 and minimum:
        return Label.none
    return Label.few if n < minimum else Label.ok


def _composite_estimate(composite: Composite, agent: AgentFigures, policy: Policy) -> Estimate:
    label = _label(agent, policy)
    if composite.value is None or composite.interval is None:
        label = Label.prior_only if label is Label.ok else label
        return Estimate(None, None, None, agent.inspected.n, None, METHOD, label)
    interval = composite.interval
    return Estimate(composite.value, interval.lower, interval.upper, agent.inspected.n, None, METHOD, label)


def _robustness(
    composite: Composite, value: float, thresholds: Mapping[str, float], policy: Policy, name: str
) -> float:
    weights = {component.code: component.weight for component in policy.components}
    points = {code: earned.value for code, earned in composite.points.items()}
    values = reweighted_values(weights, points, generator_for(name, "weights"))
    return share_in_tier_of(value, values, thresholds)


def _part_result(component: Component, measured: _Measured, composite: Composite) -> PartResult:
    points = composite.points.get(component.code)
    adds = component.weight * points.value / 100 if points and composite.value is not None else None
    shown = _points_estimate(points, measured, component) if points else None
    if not component.parts:
        return _leaf_result(component, measured, shown, adds)
    estimate = shown if component.code in measured.points and shown else _no_points()
    return PartResult(
        component=component,
        estimate=estimate,
        verdict=judge(estimate, component.compared_with),
        points=shown,
        adds=adds,
        is_missing=component.code not in measured.points,
        basis={},
        parts=tuple(_part_of(part, component, measured, adds is not None) for part in component.parts),
    )


def _part_of(part: Component, whole: Component, measured: _Measured, has_composite: bool) -> PartResult:
    """One part; its share of the weight grows where other parts have no data."""
    points = measured.points.get(part.code)
    present = [p.weight for p in whole.parts if p.code in measured.points and p.weight > 0]
    adds = None
    if points and has_composite and part.weight > 0:
        adds = whole.weight * part.weight / sum(present) * points.value / 100
    return _leaf_result(part, measured, _points_estimate(points, measured, part) if points else None, adds)


def _leaf_result(component: Component, measured: _Measured, points: Estimate | None, adds: float | None) -> PartResult:
    figure = measured.figures[component.code]
    is_missing = component.code not in measured.points
    goal, is_lower_better = component.compared_with, component.is_lower_better
    return PartResult(
        component=component,
        estimate=figure.estimate,
        verdict=Verdict.no_value if is_missing else judge(figure.estimate, goal, is_lower_better=is_lower_better),
        points=points,
        adds=adds,
        is_missing=is_missing,
        basis=figure.basis,
    )


def _points_estimate(points: Points, measured: _Measured, component: Component) -> Estimate:
    interval = quantile_interval(points.draws, points.value)
    is_observed = component.code in measured.points
    n = sum(measured.figures[leaf.code].estimate.n for leaf in component.parts or (component,)) if is_observed else 0
    label = Label.ok if is_observed else Label.prior_only
    return Estimate(points.value, interval.lower, interval.upper, n, None, PARTS_METHOD, label)


def _no_points() -> Estimate:
    return Estimate(None, None, None, 0, None, PARTS_METHOD, Label.none)


def _with_ranks(results: Sequence[AgentResult], composites: Sequence[Composite]) -> tuple[AgentResult, ...]:
    """Places among those who have a composite and enough inspections; the others are not ranked."""
    ranked = [i for i, result in enumerate(results) if not result.withheld and composites[i].draws is not None]
    draws = [composite.draws for composite in composites]
    ranks = dict(zip(ranked, expect_ranks([d for i in ranked if (d := draws[i]) is not None]), strict=True))
    return tuple(replace(result, rank=ranks.get(i)) for i, result in enumerate(results))
