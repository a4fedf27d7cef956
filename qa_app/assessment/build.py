"""Puts computed results into the words and fields of a sheet's content.

Figures are kept to twelve significant digits: enough for everybody, and the same on processors that differ in the
last bit of a logarithm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

import msgspec

from qa_app.assessment.content import (
    AgentFacts,
    Counts,
    EnteredFacts,
    EnteredResult,
    InputsReference,
    LearnedFacts,
    ListEntry,
    Part,
    PeriodFacts,
    PolicyFacts,
    Standing,
    TierFacts,
    TierResult,
    TrendPoint,
)
from qa_app.assessment.evidence import of_criterion
from qa_app.assessment.inputs import (
    AgentRecord,
    CriterionRecord,
    MonthInputs,
    RatingsRecord,
    ResultRecord,
    WorkRecord,
)
from qa_app.assessment.reduce import ScoredConversation
from scoring.assessment.measures import INTERVAL_NUMBERS, MonthBasis
from scoring.assessment.month import FAIR_METHOD, METHOD
from scoring.assessment.patterns import Pattern
from scoring.assessment.policy import UNITS, Policy
from scoring.assessment.rating_scale import FEWEST_PEERS
from scoring.assessment.results import AgentResult, PartResult
from scoring.estimates.quality_results import Evidence as WorkedEvidence
from scoring.rubric.definition import NO_TEXT, Text
from scoring.values import Estimate

TREND_MONTHS = 12


@overload
def full(value: float) -> float: ...
@overload
def full(value: None) -> None: ...
@overload
def full(value: float | None) -> float | None: ...
def full(value: float | None) -> float | None:
    """The figure to twelve significant digits; None stays None."""
    return None if value is None else float(f"{value:.12g}")


def full_estimate(estimate: Estimate) -> Estimate:
    """The estimate with every figure to twelve significant digits."""
    return Estimate(
        full(estimate.value),
        full(estimate.lower),
        full(estimate.upper),
        estimate.n,
        full(estimate.effective_n),
        estimate.method,
        estimate.label,
    )


def agent_facts(record: AgentRecord) -> AgentFacts:
    """Who the sheet is about."""
    return AgentFacts(
        number=record.number,
        name=record.name,
        team=record.team.en,
        team_zh=record.team.zh,
        team_lead=record.team_lead,
        hired_on=record.hired_on,
    )


def period_facts(inputs: MonthInputs) -> PeriodFacts:
    """Which month, which revision."""
    period = inputs.period
    return PeriodFacts(
        month=period.month,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        timezone=period.timezone,
        month_of=inputs.policy.month_of,
        is_over=period.is_over,
        frozen_at=period.frozen_at,
        revision=period.revision,
        reason=period.reason,
    )


def policy_facts(inputs: MonthInputs) -> PolicyFacts:
    """The policy as far as a reader needs it."""
    policy = inputs.policy
    return PolicyFacts(
        code=policy.code,
        title=policy.title,
        version=inputs.period.policy_version,
        tiers=tuple(
            TierFacts(code=tier.code, from_score=float(tier.from_score), title=tier.title, proposes=tier.proposes)
            for tier in policy.ordered_tiers
        ),
        tier_probability=float(policy.tier_probability),
        mode=policy.mode,
        standard_score=float(policy.standard.qa_score),
    )


def counts(work: WorkRecord, inspected: Sequence[ScoredConversation]) -> Counts:
    """How many of what."""
    return Counts(
        conversations=work.conversations,
        answered=work.answered,
        eligible=work.eligible,
        inspected=len(inspected),
        critical=sum(1 for conversation in inspected if conversation.is_critical),
        surveys_sent=work.surveys_sent,
        surveys_answered=work.satisfied_of,
        active_days=work.active_days,
    )


def tier_result(result: AgentResult) -> TierResult:
    """The tier, the tiers it may be, or why there is none."""
    if result.tier is None:
        return TierResult(given=None, candidates=(), probabilities={}, withheld=result.withheld)
    return TierResult(
        given=result.tier.given,
        candidates=result.tier.candidates,
        probabilities={code: full(share) for code, share in result.tier.probabilities.items()},
    )


def proposals(result: AgentResult, policy: Policy) -> tuple[str, ...]:
    """What the tier proposes to people; nothing where no tier is given."""
    given = result.tier.given if result.tier else None
    return tuple(tier.proposes for tier in policy.tiers if tier.code == given and tier.proposes)


def part(result: PartResult, formulas: int) -> Part:
    """One component, or part of one, as sheets of these formulas tell it."""
    component, points = result.component, result.points
    floor, target, goal = component.floor, component.target, component.compared_with
    return Part(
        code=component.code,
        title=component.title,
        unit=UNITS[component.measure] if component.measure else "points",
        estimate=full_estimate(result.estimate),
        floor=None if floor is None else float(floor),
        target=None if target is None else float(target),
        goal=None if goal is None else float(goal),
        verdict=result.verdict.value,
        points=full(points.value) if points else None,
        points_lower=full(points.lower) if points else None,
        points_upper=full(points.upper) if points else None,
        weight_percent=float(component.weight),
        adds=full(result.adds),
        minimum=component.minimum,
        is_missing=result.is_missing,
        basis={
            symbol: full(number)
            for symbol, number in result.basis.items()
            if formulas > 1 or symbol not in INTERVAL_NUMBERS
        },
        parts=tuple(part(inner, formulas) for inner in result.parts),
    )


def standing(
    result: AgentResult, window: Sequence[ScoredConversation], basis: MonthBasis, formulas: int
) -> Standing | msgspec.UnsetType:
    """Where the agent stands over the window; unset in the `direct` mode."""
    if result.standing is None or basis.quality is None:
        return msgspec.UNSET
    own = result.standing.own
    fair, evidence = own.fair, own.evidence
    return Standing(
        total=full_estimate(fair.total),
        quality=full_estimate(fair.quality),
        critical_rate=full_estimate(fair.critical_rate),
        composite=full_estimate(result.standing.composite),
        months=len({conversation.month for conversation in window}),
        n=evidence.window_n,
        basis={
            "q": full(fair.quality.value),
            "p": full(fair.critical_rate.value),
            "k": full(evidence.window_critical),
            "n": full(evidence.window_effective),
            "a": basis.quality.centre.critical.a,
            "b": basis.quality.centre.critical.b,
            "prior_mean": full(evidence.prior_mean),
            "prior_variance": full(evidence.prior_variance),
            "leniency": full(evidence.leniency),
            "leniency_variance": full(evidence.leniency_variance),
            **(_of_the_month(evidence) if formulas > 1 else {}),
        },
        is_shrunk=basis.quality.centre.is_shrunk if formulas > 1 else msgspec.UNSET,
    )


def _of_the_month(evidence: WorkedEvidence) -> dict[str, float | None]:
    """What the formulas of a standing need of the month itself: nothing is inferred where everything was inspected."""
    return {
        "N": None if evidence.frame is None else float(evidence.frame),
        "inspected": float(evidence.n),
        "month_k": full(evidence.effective_critical),
        "month_n": full(evidence.effective),
        "raw": full(evidence.raw_mean),
        "auto": full(evidence.auto),
    }


def entered(tests: Sequence[ResultRecord], ratings: RatingsRecord | None) -> EnteredFacts | msgspec.UnsetType:
    """Tests and ratings as the sheet shows them; unset where there is neither."""
    if not tests and ratings is None:
        return msgspec.UNSET
    peers = ratings.peers if ratings and len(ratings.peers) >= FEWEST_PEERS else ()
    supervisors = ratings.supervisors if ratings else ()
    return EnteredFacts(
        tests=tuple(
            EnteredResult(quarter=result.quarter, kind=result.kind, share=full(result.share)) for result in tests
        ),
        own_rating=full(ratings.own) if ratings else None,
        supervisor_rating=full(sum(supervisors) / len(supervisors)) if supervisors else None,
        peer_rating=full(sum(peers) / len(peers)) if peers else None,
        peers=len(peers),
    )


def trend(history: Sequence[TrendPoint], month: str, result: AgentResult) -> tuple[TrendPoint, ...]:
    """Earlier months as they were said, this one last."""
    this_month = TrendPoint(month=month, qa=full_estimate(result.qa.total), composite=full_estimate(result.composite))
    earlier = sorted((point for point in history if point.month < month), key=lambda point: point.month)
    return (*earlier[-(TREND_MONTHS - 1) :], this_month)


def list_entry(
    pattern: Pattern,
    criterion: CriterionRecord | None,
    conversations: Sequence[ScoredConversation],
    *,
    kind: str,
    formulas: int,
) -> ListEntry:
    """One line of a list with up to three pieces of evidence; `kind` is ``praise`` or ``improvement``."""
    failures, n = pattern.seen
    return ListEntry(
        criterion=pattern.criterion,
        title=criterion_title(criterion, pattern.criterion),
        failures=failures,
        n=n,
        estimate=full_estimate(pattern.estimate),
        centre_share=full(pattern.centre_share),
        recoverable_points=full(pattern.recoverable_points),
        weight=float(criterion.weight) if criterion else 0.0,
        evidence=of_criterion(pattern.criterion, conversations, kind=kind),
        action=criterion.action if criterion and kind == "improvement" else NO_TEXT,
        basis=_of_the_criterion(pattern) if formulas > 1 else msgspec.UNSET,
    )


def _of_the_criterion(pattern: Pattern) -> dict[str, float]:
    return {"a": pattern.prior.a, "b": pattern.prior.b, "k": full(pattern.k), "n": full(pattern.n)}


def inputs_reference(
    inputs: MonthInputs, digest: str, inspected: Sequence[ScoredConversation], basis: MonthBasis
) -> InputsReference:
    """What was frozen, and which draws, rubrics and learned score this sheet rests on."""
    inspections = [inspection for conversation in inspected for inspection in conversation.inspections]
    own_draws = {inspection.draw for inspection in inspections}
    return InputsReference(
        digest=digest,
        method=FAIR_METHOD if inputs.policy.mode == "fair" else METHOD,
        draws=tuple(draw for draw in inputs.draws if draw.public_id in own_draws),
        rubrics=tuple(sorted({inspection.rubric for inspection in inspections if inspection.rubric})),
        learned=_learned(inputs, basis),
    )


def _learned(inputs: MonthInputs, basis: MonthBasis) -> LearnedFacts | msgspec.UnsetType:
    if basis.quality is None or not basis.quality.centre.assist.is_on or not inputs.models:
        return msgspec.UNSET
    model, centre = inputs.models[-1], basis.quality.centre
    return LearnedFacts(
        version=model.version,
        training_digest=model.training_digest,
        slope=full(centre.slope),
        gain=full(centre.spreads.gain),
    )


def criterion_title(criterion: CriterionRecord | None, key: str) -> Text:
    """The criterion's name in both languages; its key where the rubric is not known."""
    return criterion.title if criterion else Text(en=key, zh=key)


def pattern_entries(
    patterns: Sequence[Pattern],
    criteria: Mapping[str, CriterionRecord],
    conversations: Sequence[ScoredConversation],
    *,
    kind: str,
    formulas: int,
) -> tuple[ListEntry, ...]:
    """All lines of one agent's list."""
    return tuple(
        list_entry(p, criteria.get(p.criterion), conversations, kind=kind, formulas=formulas) for p in patterns
    )
