"""From frozen inputs to the sheets of a month. Pure: the same inputs give the same bytes, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from qa_app.assessment import build, centre, evidence
from qa_app.assessment.content import PolicyFacts, SheetContent, TrendPoint, encode_content
from qa_app.assessment.inputs import (
    AgentRecord,
    CriterionRecord,
    MonthInputs,
    RatingsRecord,
    ResultRecord,
    RubricRecord,
    WordsRecord,
    WorkRecord,
)
from qa_app.assessment.reduce import (
    ScoredConversation,
    count_alike,
    count_by_chance,
    count_failures,
    describe_figures,
    latest_criteria,
    score_conversations,
)
from qa_app.assessment.window import describe_window
from scoring.assessment.centre_record import CentreRecord, ModelRecord, ProcessItem
from scoring.assessment.measures import MonthBasis
from scoring.assessment.month import assess_month
from scoring.assessment.patterns import Failures, Pattern, Patterns, find_patterns, inspections_needed
from scoring.assessment.results import AgentResult, MonthResult
from scoring.assessment.tiers import ExpectedRank

__all__ = ["Outcome", "SheetResult", "calculate_month"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SheetResult:
    """One sheet: what it says, the bytes of it, and its place in a list of sheets."""

    agent: str
    content: SheetContent
    data: bytes
    rank: ExpectedRank | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A computed month: its sheets by employee number, and the figures of the centre."""

    sheets: tuple[SheetResult, ...]
    centre: CentreRecord


@dataclass(frozen=True, slots=True)
class _Month:
    """What every sheet of the month is built from, by employee number or key."""

    inputs: MonthInputs
    digest: str
    policy: PolicyFacts
    basis: MonthBasis
    patterns: Patterns
    criteria: dict[str, CriterionRecord]
    rubrics: dict[str, RubricRecord]
    agents: dict[str, AgentRecord]
    work: dict[str, WorkRecord]
    conversations: dict[str, list[ScoredConversation]]
    failures: dict[str, list[Failures]]
    improvement: dict[str, list[Pattern]]
    praise: dict[str, list[Pattern]]
    words: dict[str, list[WordsRecord]]
    history: dict[str, list[TrendPoint]]
    tests: dict[str, list[ResultRecord]]
    ratings: dict[str, RatingsRecord]


def calculate_month(inputs: MonthInputs, digest: str, *, progress: Callable[[int, int], None] | None = None) -> Outcome:
    """Compute every sheet; `digest` names the inputs and is written on each."""
    conversations = score_conversations(inputs.inspections)
    figures = describe_figures(inputs, conversations)
    if inputs.policy.mode == "fair":
        figures = replace(figures, scorings=describe_window(inputs, conversations))
    result = assess_month(figures, inputs.policy)
    month = _prepare(inputs, digest, conversations, result.basis)
    sheets = []
    for done, agent in enumerate(result.agents, start=1):
        sheets.append(_sheet(month, agent))
        if progress:
            progress(done, len(result.agents))
    return Outcome(tuple(sheets), _describe_centre(month, result))


def _prepare(
    inputs: MonthInputs, digest: str, conversations: Sequence[ScoredConversation], basis: MonthBasis
) -> _Month:
    weight_of = count_by_chance if inputs.period.formulas > 1 else count_alike
    failures = count_failures(conversations, inputs.rubrics, inputs.period.month, weight_of=weight_of)
    patterns = find_patterns(failures)
    history: dict[str, list[TrendPoint]] = {}
    for record in inputs.history:
        history.setdefault(record.agent, []).append(record.point)
    return _Month(
        inputs=inputs,
        digest=digest,
        policy=build.policy_facts(inputs),
        basis=basis,
        patterns=patterns,
        criteria=latest_criteria(inputs.rubrics),
        rubrics={rubric.key: rubric for rubric in inputs.rubrics},
        agents={agent.number: agent for agent in inputs.agents},
        work={work.agent: work for work in inputs.work},
        conversations=_by_agent(conversations, lambda c: c.agent),
        failures=_by_agent(failures, lambda f: f.agent),
        improvement=_by_agent(patterns.improvement, lambda p: p.agent),
        praise=_by_agent(patterns.praise, lambda p: p.agent),
        words=_by_agent(inputs.words, lambda w: w.agent),
        history=history,
        tests=_by_agent(inputs.tests, lambda t: t.agent),
        ratings={record.agent: record for record in inputs.ratings},
    )


def _by_agent(items: Iterable[T], agent_of: Callable[[T], str]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for item in items:
        grouped.setdefault(agent_of(item), []).append(item)
    return grouped


def _sheet(month: _Month, result: AgentResult) -> SheetResult:
    inputs, number = month.inputs, result.agent
    formulas = inputs.period.formulas
    own = month.conversations.get(number, [])
    inspected = [conversation for conversation in own if conversation.month == inputs.period.month]
    recent = evidence.recent(own, inputs.period.month)
    improvement = month.improvement.get(number, [])
    needed = None if improvement else inspections_needed(month.failures.get(number, []), month.patterns.criteria)
    content = SheetContent(
        agent=build.agent_facts(month.agents[number]),
        period=build.period_facts(inputs),
        policy=month.policy,
        counts=build.counts(month.work.get(number) or WorkRecord(agent=number), inspected),
        composite=build.full_estimate(result.composite),
        tier=build.tier_result(result),
        proposals=build.proposals(result, inputs.policy),
        components=tuple(build.part(part, formulas) for part in result.parts),
        weight_robustness=build.full(result.robustness),
        inspected_mean=build.full(result.qa.mean_of_inspected),
        trend=build.trend(month.history.get(number, []), inputs.period.month, result),
        inspected=tuple(evidence.inspected_conversation(c, month.rubrics) for c in inspected),
        praise=build.pattern_entries(
            month.praise.get(number, []), month.criteria, recent, kind="praise", formulas=formulas
        ),
        improvement=build.pattern_entries(improvement, month.criteria, recent, kind="improvement", formulas=formulas),
        inspections_for_a_pattern=needed,
        facts=evidence.facts(inspected, month.words.get(number, []), month.rubrics),
        inputs=build.inputs_reference(inputs, month.digest, inspected, month.basis),
        frozen_standing=build.standing(result, own, month.basis, formulas),
        frozen_entered=build.entered(month.tests.get(number, ()), month.ratings.get(number)),
    )
    return SheetResult(number, content, encode_content(content), result.rank)


def _describe_centre(month: _Month, result: MonthResult) -> CentreRecord:
    """Figures of the whole centre, for the month page and the QA lead."""
    tiers: Counter[str] = Counter()
    for agent in result.agents:
        tiers["withheld" if agent.tier is None else agent.tier.given or "between"] += 1
    return replace(
        centre.describe_quality(result.basis),
        agents=len(result.agents),
        models=tuple(ModelRecord(model.version, model.training_digest) for model in month.inputs.models),
        priors={code: (build.full(p.mean), build.full(p.variance)) for code, p in result.priors.items()},
        variance_shares={code: build.full(share) for code, share in result.variance_shares.items()},
        tiers=dict(sorted(tiers.items())),
        lists=centre.describe_lists(result.lists, _inspected(month), result.agents),
        process_items=tuple(
            ProcessItem(
                criterion=c.criterion,
                title=build.criterion_title(month.criteria.get(c.criterion), c.criterion),
                share=build.full(c.share),
                n=round(c.n),
            )
            for c in month.patterns.criteria
            if c.is_process_item
        ),
    )


def _inspected(month: _Month) -> list[ScoredConversation]:
    """The conversations of the month itself, not of its window."""
    every = (conversation for own in month.conversations.values() for conversation in own)
    return [conversation for conversation in every if conversation.month == month.inputs.period.month]
