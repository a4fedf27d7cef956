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
from scoring.assessment.measures import Figure, MonthBasis, Subject, describe_month, describe_subjects, measure_figure
from scoring.assessment.month_lists import list_agents
from scoring.assessment.points import Verdict, draw_points, judge, points_of
from scoring.assessment.policy import Component, Measure, Policy
from scoring.assessment.results import AgentResult, MonthResult, PartResult, StandingResult
from scoring.assessment.tiers import decide_tier, expect_ranks, share_in_tier_of
from scoring.estimates.intervals import quantile_interval
from scoring.estimates.seeds import generator_for
from scoring.estimates.shrinkage import Normal
from scoring.values import Estimate, Label

METHOD = "direct.v1"
FAIR_METHOD = "fair.v1"
PARTS_METHOD = "mean_of_parts.v1"


@dataclass(frozen=True, slots=True)
class _Measured:
    """Figures and points of one agent before priors are known."""

    subject: Subject
    figures: Mapping[str, Figure]
    points: Mapping[str, Points]  # by code of component and part, those with enough evidence
    standing_points: Mapping[str, Points]  # the same with the standing in the place of the month's own QA score

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
    basis = describe_month(figures, use_learned_scores=policy.learned_scores)
    subjects = describe_subjects(sorted(figures.agents, key=lambda a: a.agent), basis)
    measured = [_measure_agent(subject, policy, basis) for subject in subjects]
    priors = {
        component.code: prior
        for component in policy.components
        if (prior := component_prior([m.points[component.code].value for m in measured if component.code in m.points]))
    }
    weights = {component.code: component.weight for component in policy.components}
    composites = [_compose_agent(m, m.points, weights, priors, policy, basis.month) for m in measured]
    standings = composites
    if basis.quality is not None:
        standings = [_compose_agent(m, m.standing_points, weights, priors, policy, basis.month) for m in measured]
    results = [
        _conclude(m, composite, standing, policy, basis)
        for m, composite, standing in zip(measured, composites, standings, strict=True)
    ]
    observed = [{code: m.points[code].value for code in weights if code in m.points} for m in measured]
    return MonthResult(
        basis,
        priors,
        variance_shares(weights, observed),
        _with_ranks(results, standings),
        list_agents(results, [composite.draws for composite in standings]),
    )


def _measure_agent(subject: Subject, policy: Policy, basis: MonthBasis) -> _Measured:
    figures: dict[str, Figure] = {}
    points: dict[str, Points] = {}
    for component in policy.components:
        for leaf in component.parts or (component,):
            figures[leaf.code] = figure = measure_figure(leaf, subject, basis)
            if (earned := _earn(leaf, figure)) is not None:
                points[leaf.code] = earned
        _combine(component, points)
    return _Measured(subject, figures, points, _standing_points(subject, policy, points))


def _combine(component: Component, points: dict[str, Points]) -> None:
    """Add the points of a component that has parts, where any of them has points."""
    if component.parts:
        combined = combine_parts({part.code: part.weight for part in component.parts}, points)
        if combined is not None:
            points[component.code] = combined


def _standing_points(subject: Subject, policy: Policy, points: Mapping[str, Points]) -> Mapping[str, Points]:
    """Points with the standing over the window in the place of every figure that is the month's own QA score."""
    if subject.own is None:
        return points
    fair, stood = subject.own.fair, dict(points)
    estimate, draws = fair.total, fair.draw()
    if not estimate.n:
        return points
    for component in policy.components:
        for leaf in component.parts or (component,):
            if leaf.measure is Measure.qa_score:
                earned = _earn(leaf, Figure(estimate, draws, is_enough=True, basis={}))
                if earned is not None:
                    stood[leaf.code] = earned
        _combine(component, stood)
    return stood


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
    measured: _Measured,
    points: Mapping[str, Points],
    weights: Mapping[str, float],
    priors: Mapping[str, Normal],
    policy: Policy,
    month: str,
) -> Composite:
    stand_ins = {
        code: draw_prior(prior, generator_for(month, measured.agent.agent, f"prior:{code}"))
        for code, prior in priors.items()
        if code not in points
    }
    return compose(weights, points, stand_ins, fewest_observed=policy.observed_weight)


def _conclude(
    measured: _Measured, composite: Composite, standing: Composite, policy: Policy, basis: MonthBasis
) -> AgentResult:
    """Everything of one agent; the tier rests on the standing, which is the composite itself in the `direct` mode."""
    agent, own = measured.agent, measured.subject.own
    withheld = composite.withheld or _withheld(measured, policy)
    thresholds = {tier.code: tier.from_score for tier in policy.tiers}
    tier = None
    robustness = None
    if not withheld and standing.draws is not None and standing.value is not None:
        tier = decide_tier(standing.draws, thresholds, probability=policy.tier_probability)
        robustness = _robustness(standing, standing.value, thresholds, policy, f"{basis.month}:{agent.agent}")
    return AgentResult(
        agent=agent.agent,
        qa=measured.subject.qa,
        parts=tuple(_part_result(component, measured, composite) for component in policy.components),
        composite=_composite_estimate(composite, measured, policy),
        tier=tier,
        withheld=withheld,
        robustness=robustness,
        rank=None,
        standing=None if own is None else StandingResult(own, _composite_estimate(standing, measured, policy)),
    )


def _withheld(measured: _Measured, policy: Policy) -> str:
    """Why no tier can be given although there is a composite; empty if one can."""
    match _label(measured, policy):
        case Label.ok:
            return ""
        case Label.not_comparable:
            return Label.not_comparable.value
        case _:
            return "few"


def _label(measured: _Measured, policy: Policy) -> Label:
    """Label of the composite: that of the QA component, which speaks about conversations somebody looked at."""
    n, own = measured.agent.inspected.n, measured.subject.own
    minimum = min((c.minimum for c in policy.components if c.measure == "qa_score"), default=0)
    if n == 0 and minimum:
        return Label.none
    if n < minimum:
        return Label.few
    return Label.ok if own is None or own.is_comparable else Label.not_comparable


def _composite_estimate(composite: Composite, measured: _Measured, policy: Policy) -> Estimate:
    label, n = _label(measured, policy), measured.agent.inspected.n
    method = METHOD if measured.subject.own is None else FAIR_METHOD
    if composite.value is None or composite.interval is None:
        label = Label.prior_only if label is Label.ok else label
        return Estimate(None, None, None, n, None, method, label)
    interval = composite.interval
    return Estimate(composite.value, interval.lower, interval.upper, n, None, method, label)


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
