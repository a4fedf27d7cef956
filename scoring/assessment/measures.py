"""The figure behind every component: one function per measure, fed by what all agents of the month lend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.assessment.entered import (
    PLANNING_VARIANCE,
    Entered,
    estimate_teamwork,
    estimate_test,
    pool_rating_variance,
)
from scoring.assessment.figures import AgentFigures, AgentMonth, MonthFigures, Ratio
from scoring.assessment.policy import Component, Measure
from scoring.estimates.beta import JEFFREYS, Beta, fit_beta_prior
from scoring.estimates.case_mix import FEWEST_CASES, CaseMixRatio, estimate_case_mix, haste_limit
from scoring.estimates.pooled import pool_spread
from scoring.estimates.quality import AgentQuality, QualityOptions, QualityResult, estimate_quality
from scoring.estimates.seeds import generator_for
from scoring.estimates.shares import estimate_share, fit_share_prior, nonresponse_band
from scoring.estimates.throughput import estimate_per_day
from scoring.estimates.two_part import Centre, TwoPartScore, describe_centre, estimate_two_part
from scoring.values import Estimate, Label

__all__ = [
    "INTERVAL_NUMBERS",
    "Figure",
    "MonthBasis",
    "Subject",
    "describe_month",
    "describe_subjects",
    "measure_figure",
]

DISCOUNT = 0.9  # of critical errors, per month of age
Basis = Mapping[str, float | None]
INTERVAL_NUMBERS = frozenset(
    {"inspected", "quality_n", "spread", "leniency_variance", "rater_variance", "variance", "reach"}
)
"""Numbers of the interval of q in the `fair` mode, which sheets of the first formulas do not know."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure of one agent.

    Attributes
    ----------
    estimate : Estimate
        As shown, in the unit of the measure.
    draws : array of float or None
        Posterior draws in that unit; None where nothing can be said.
    is_enough : bool
        Whether there is enough evidence for it to count.
    basis : mapping of str to float or None
        The numbers its formula needs, by symbol.
    earns_from : float or None
        Figures beyond this one earn no more (haste); None = no such limit.
    """

    estimate: Estimate
    draws: NDArray[np.float64] | None
    is_enough: bool
    basis: Basis
    earns_from: float | None = None


@dataclass(frozen=True, slots=True)
class MonthBasis:
    """What all agents together lend to each figure.

    Attributes
    ----------
    month : str
        ``YYYY-MM``.
    centre : Centre or None
        Spread and priors of the QA score in the `direct` mode.
    quality : QualityResult or None
        The QA scores of the `fair` mode, and what all agents and inspectors share.
    satisfied_prior, in_time_prior : Beta or None
        None with fewer than eight agents.
    ratios : mapping of str to CaseMixRatio
        Handle time of every agent that has a case.
    haste : float or None
        Ratio below which being faster earns nothing more.
    rating_variance : float
        Variance of one rating about its agent's mean.
    """

    month: str
    centre: Centre | None
    quality: QualityResult | None
    satisfied_prior: Beta | None
    in_time_prior: Beta | None
    ratios: Mapping[str, CaseMixRatio]
    haste: float | None
    rating_variance: float = PLANNING_VARIANCE


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose figures are measured.

    Attributes
    ----------
    agent : AgentFigures
        The month in numbers.
    qa : TwoPartScore
        The QA score, which the sheet shows whether or not the policy weighs it.
    own : AgentQuality or None
        The same with the standing over the window and the numbers behind both; None in the `direct` mode.
    """

    agent: AgentFigures
    qa: TwoPartScore
    own: AgentQuality | None = None


def describe_month(figures: MonthFigures, *, use_learned_scores: bool = False) -> MonthBasis:
    """Fit what all agents lend: severity, pooled spread, priors, case mix."""
    options = QualityOptions(use_auto=use_learned_scores)
    ratios = estimate_case_mix(figures.cells)
    enough = [ratio.estimate.value for ratio in ratios.values() if ratio.estimate.n >= FEWEST_CASES]
    return MonthBasis(
        month=figures.month,
        centre=None if figures.scorings else _describe_quality(figures),
        quality=estimate_quality(figures.scorings, options=options) if figures.scorings else None,
        satisfied_prior=_share_prior([agent.satisfied for agent in figures.agents]),
        in_time_prior=_share_prior([agent.in_time for agent in figures.agents]),
        ratios=ratios,
        haste=haste_limit([value for value in enough if value is not None]),
        rating_variance=pool_rating_variance(agent.ratings for agent in figures.agents),
    )


def describe_subjects(agents: Sequence[AgentFigures], basis: MonthBasis) -> list[Subject]:
    """QA score of every agent, each with draws of its own seed; in the order given."""
    if basis.quality is not None:
        known = {own.agent: own for own in basis.quality.agents}
        return [_fair_subject(agent, known[agent.agent]) for agent in agents]
    assert basis.centre is not None  # one of the two modes
    centre = basis.centre
    return [
        Subject(agent, estimate_two_part(agent.inspected, centre, generator_for(basis.month, agent.agent, "qa_score")))
        for agent in agents
    ]


def _fair_subject(agent: AgentFigures, own: AgentQuality) -> Subject:
    return Subject(agent, own.direct.to_two_part(own.mean_of_inspected), own)


def measure_figure(component: Component, subject: Subject, basis: MonthBasis) -> Figure:
    """Figure of a component, or of a part, for one agent.

    A measure that people enter is missing where nothing was entered.
    """
    assert component.measure is not None  # a published policy names one
    return _MEASURES[component.measure](component, subject, basis)


def _describe_quality(figures: MonthFigures) -> Centre:
    spread = pool_spread(month.inspected.qualities for month in figures.window)
    sums = _discounted_sums(figures.window)
    prior = fit_beta_prior([k for k, _ in sums], [n for _, n in sums]) or JEFFREYS
    return describe_centre((agent.inspected for agent in figures.agents), spread, prior)


def _discounted_sums(window: Sequence[AgentMonth]) -> list[tuple[float, float]]:
    """Critical conversations and conversations of each agent over the window, older months counting less."""
    sums: dict[str, tuple[float, float]] = {}
    for month in sorted(window, key=lambda m: (m.agent, m.age)):
        k, n = sums.get(month.agent, (0.0, 0.0))
        weight = DISCOUNT**month.age
        sums[month.agent] = (k + weight * month.inspected.critical, n + weight * month.inspected.n)
    return list(sums.values())


def _share_prior(ratios: Sequence[Ratio]) -> Beta | None:
    return fit_share_prior([ratio.k for ratio in ratios], [ratio.n for ratio in ratios])


def _qa_score(component: Component, subject: Subject, basis: MonthBasis) -> Figure:
    """QA score; one or two inspections still count, labelled "few": the tier is withheld, not the figure."""
    score, inspected = subject.qa, subject.agent.inspected
    if basis.quality is not None and subject.own is not None:
        numbers = _fair_numbers(component, subject.own, basis.quality)
        return Figure(score.total, score.draws, inspected.n > 0 and score.draws is not None, numbers)
    assert basis.centre is not None  # one of the two modes
    centre = basis.centre
    numbers = {
        "q": score.quality.value,
        "q_lower": score.quality.lower,
        "q_upper": score.quality.upper,
        "p": score.critical_rate.value,
        "p_lower": score.critical_rate.lower,
        "p_upper": score.critical_rate.upper,
        "k": float(inspected.critical),
        "n": float(inspected.n),
        "N": None if inspected.frame is None else float(inspected.frame),
        "a": centre.critical.a,
        "b": centre.critical.b,
        "sigma": centre.spread.sd,
        "theta": score.total.value,
        "minimum": float(component.minimum),
    }
    return Figure(score.total, score.draws, inspected.n > 0 and score.draws is not None, numbers)


def _fair_numbers(component: Component, own: AgentQuality, result: QualityResult) -> Basis:
    """Numbers of the month's own score: the mean of the inspected, what is taken off it, and its rate."""
    score, evidence, centre = own.direct, own.evidence, result.centre
    return {
        "q": score.quality.value,
        "q_lower": score.quality.lower,
        "q_upper": score.quality.upper,
        "p": score.critical_rate.value,
        "p_lower": score.critical_rate.lower,
        "p_upper": score.critical_rate.upper,
        "k": evidence.effective_critical,
        "n": evidence.effective,
        "N": None if evidence.frame is None else float(evidence.frame),
        "a": centre.critical.a,
        "b": centre.critical.b,
        "sigma": centre.spreads.assisted.sd,
        "raw": evidence.raw_mean,
        "leniency": evidence.leniency,
        "auto": evidence.auto,
        "theta": score.total.value,
        "minimum": float(component.minimum),
        **_interval_numbers(own),
    }


def _interval_numbers(own: AgentQuality) -> Basis:
    """Numbers of the interval of q; none where nothing was inspected that has a quality."""
    evidence, posterior = own.evidence, own.direct.posterior
    if evidence.variance is None or evidence.spread is None or posterior is None:
        return {"inspected": float(evidence.n)}
    return {
        "inspected": float(evidence.n),
        "quality_n": evidence.quality_effective,
        "spread": evidence.spread,
        "leniency_variance": evidence.leniency_variance,
        "rater_variance": evidence.rater_variance,
        "variance": evidence.variance,
        "reach": posterior.reach(),
    }


def _csat_share(component: Component, subject: Subject, basis: MonthBasis) -> Figure:
    figure = _share(component, subject.agent, subject.agent.satisfied, basis.satisfied_prior, basis.month)
    value = figure.estimate.value
    if value is None:
        return figure
    band = nonresponse_band(value)
    numbers = {**figure.basis, "band_lower": band.lower, "band_upper": band.upper}
    return Figure(figure.estimate, figure.draws, figure.is_enough, numbers)


def _in_time_share(component: Component, subject: Subject, basis: MonthBasis) -> Figure:
    return _share(component, subject.agent, subject.agent.in_time, basis.in_time_prior, basis.month)


def _share(component: Component, agent: AgentFigures, ratio: Ratio, prior: Beta | None, month: str) -> Figure:
    share = estimate_share(ratio.k, ratio.n, prior, minimum=component.minimum)
    numbers = {
        "k": float(ratio.k),
        "n": float(ratio.n),
        "a": prior.a if prior else None,
        "b": prior.b if prior else None,
        "raw": share.raw,
        "raw_lower": share.raw_interval.lower if ratio.n else None,
        "raw_upper": share.raw_interval.upper if ratio.n else None,
    }
    draws = share.draw(generator_for(month, agent.agent, component.code))
    return Figure(share.estimate, draws, ratio.n >= component.minimum, numbers)


def _handle_time_ratio(component: Component, subject: Subject, basis: MonthBasis) -> Figure:
    agent = subject.agent
    ratio = basis.ratios.get(agent.agent)
    if ratio is None:
        return _nothing("case_mix.v1")
    numbers = {
        "log_ratio": ratio.log_ratio.mean,
        "log_variance": ratio.log_ratio.variance,
        "raw": ratio.raw_ratio,
        "n": float(ratio.estimate.n),
        "haste": basis.haste,
    }
    draws = ratio.draw(generator_for(basis.month, agent.agent, component.code))
    return Figure(ratio.estimate, draws, ratio.estimate.n >= component.minimum, numbers, basis.haste)


def _answered_per_day(component: Component, subject: Subject, basis: MonthBasis) -> Figure:
    agent = subject.agent
    if component.reference is None:
        return _nothing("per_day.v1")
    per_day = estimate_per_day(agent.answered, agent.active_days, component.reference, minimum=component.minimum)
    if per_day is None:
        return _nothing("per_day.v1")
    numbers = {
        "answered": float(agent.answered),
        "days": float(agent.active_days),
        "reference": component.reference,
    }
    draws = per_day.draw(generator_for(basis.month, agent.agent, component.code))
    return Figure(per_day.estimate, draws, agent.active_days >= component.minimum, numbers)


def _knowledge_test(component: Component, subject: Subject, basis: MonthBasis) -> Figure:  # noqa: ARG001 - one shape
    results = subject.agent.tests
    return _entered(estimate_test(results), len(results), component, {"sum": sum(results), "n": float(len(results))})


def _teamwork_rating(component: Component, subject: Subject, basis: MonthBasis) -> Figure:
    ratings = subject.agent.ratings
    generator = generator_for(basis.month, subject.agent.agent, component.code)
    numbers: dict[str, float | None] = {
        "supervisor": _mean_of(ratings.supervisors),
        "supervisors": float(len(ratings.supervisors)),
        "peer": _mean_of(ratings.peers) if ratings.peers in ratings.groups else None,
        "peers": float(len(ratings.peers)) if ratings.peers in ratings.groups else 0.0,
    }
    found = estimate_teamwork(ratings, basis.rating_variance, generator)
    return _entered(found, found.estimate.n if found else 0, component, numbers)


def _entered(found: Entered | None, n: int, component: Component, numbers: Basis) -> Figure:
    if found is None:
        return _nothing("entered.v1")
    return Figure(found.estimate, found.draws, n >= component.minimum, numbers)


def _mean_of(ratings: Sequence[float]) -> float | None:
    return sum(ratings) / len(ratings) if ratings else None


def _nothing(method: str) -> Figure:
    return Figure(Estimate(None, None, None, 0, None, method, Label.none), None, False, {})


_MEASURES: dict[Measure, Callable[[Component, Subject, MonthBasis], Figure]] = {
    Measure.qa_score: _qa_score,
    Measure.csat_share: _csat_share,
    Measure.handle_time_ratio: _handle_time_ratio,
    Measure.first_response_within_target: _in_time_share,
    Measure.answered_per_active_day: _answered_per_day,
    Measure.knowledge_test: _knowledge_test,
    Measure.teamwork_rating: _teamwork_rating,
}
