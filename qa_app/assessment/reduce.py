"""From frozen inspections to what the estimates need: conversations, figures per agent, failures per criterion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa_app.assessment.content import WINDOW_MONTHS
from qa_app.assessment.inputs import CriterionRecord, InspectionRecord, MonthInputs, RubricRecord, WorkRecord
from qa_app.models import settle_critical
from scoring.assessment.entered import NO_RATINGS, Ratings
from scoring.assessment.figures import AgentFigures, AgentMonth, MonthFigures, Ratio
from scoring.assessment.patterns import Failures
from scoring.estimates.tally import Tally
from scoring.estimates.two_part import Inspected

__all__ = [
    "LIST_MONTHS",
    "WINDOW_MONTHS",
    "ScoredConversation",
    "count_alike",
    "count_by_chance",
    "count_failures",
    "criterion_key",
    "describe_figures",
    "latest_criteria",
    "months_before",
    "score_conversations",
]

LIST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class ScoredConversation:
    """One inspected conversation; scored twice, it counts once with the mean."""

    agent: str
    month: str
    quality: float
    is_critical: bool
    inspections: tuple[InspectionRecord, ...]

    @property
    def score(self) -> float:
        """0 with a critical error, otherwise the quality."""
        return 0.0 if self.is_critical else self.quality

    @property
    def first(self) -> InspectionRecord:
        """The earlier inspection: lists count one reading of a conversation, whoever scored it again."""
        return self.inspections[0]


def months_before(month: str, other: str) -> int:
    """How many months `other` lies before `month`, both as YYYY-MM."""
    return _month_number(month) - _month_number(other)


def score_conversations(inspections: Iterable[InspectionRecord]) -> list[ScoredConversation]:
    """Inspections by conversation, in a fixed order.

    Where two inspectors disagree about "critical" the lead's ruling holds; until there is one the conversation is not
    counted as critical, and the month cannot be reviewed.
    """
    ordered = sorted(inspections, key=lambda i: (i.agent, i.month, i.conversation, len(i.id), i.id))
    return [_score(tuple(group)) for _, group in groupby(ordered, key=lambda i: (i.agent, i.month, i.conversation))]


def describe_figures(inputs: MonthInputs, conversations: Sequence[ScoredConversation]) -> MonthFigures:
    """Counts and scores of the month and its window, as the estimates take them."""
    month = inputs.period.month
    frames = {work.agent: work.eligible for work in inputs.work}
    work = {record.agent: record for record in inputs.work}
    window = {
        key: _inspected(list(group), frames.get(key[0]) if key[1] == month else None)
        for key, group in groupby(conversations, key=lambda c: (c.agent, c.month))
    }
    tests, ratings = _entered(inputs)
    agents = tuple(
        _agent_figures(
            work.get(agent.number) or WorkRecord(agent=agent.number),
            window.get((agent.number, month)) or Inspected((), 0, frames.get(agent.number)),
            tests.get(agent.number, ()),
            ratings.get(agent.number, NO_RATINGS),
        )
        for agent in inputs.agents
    )
    return MonthFigures(
        month=month,
        agents=agents,
        window=tuple(AgentMonth(key[0], months_before(month, key[1]), inspected) for key, inspected in window.items()),
        cells=inputs.cells,
    )


def count_by_chance(conversation: ScoredConversation) -> float:
    """What a conversation stands for: one that was likely to be drawn stands for fewer others."""
    return conversation.first.weight


def count_alike(conversation: ScoredConversation) -> float:  # noqa: ARG001 - one shape with `count_by_chance`
    """Every conversation as one, as the lists of the first formulas did."""
    return 1.0


def count_failures(
    conversations: Iterable[ScoredConversation],
    rubrics: Iterable[RubricRecord],
    month: str,
    *,
    weight_of: Callable[[ScoredConversation], float] = count_by_chance,
) -> list[Failures]:
    """How often each agent lost points in each criterion over the last three months, undiscounted."""
    known = latest_criteria(rubrics)
    tallies: dict[tuple[str, str], Tally] = {}
    for conversation in conversations:
        if months_before(month, conversation.month) >= LIST_MONTHS:
            continue
        failed = {answer.criterion for answer in conversation.first.answers}
        for criterion in conversation.first.applied:
            key = conversation.agent, criterion_key(conversation.first.rubric, criterion)
            tallies.setdefault(key, Tally()).add(weight_of(conversation), has_failed=criterion in failed)
    return [
        Failures(
            agent,
            criterion,
            *tally.even_sample(),
            weight=known[criterion].weight if criterion in known else 0.0,
            seen=(tally.seen_failed, tally.seen),
        )
        for (agent, criterion), tally in sorted(tallies.items(), key=lambda item: item[0])
    ]


def criterion_key(rubric: str, criterion: str) -> str:
    """Name of a criterion across the versions of its rubric."""
    return f"{rubric.split('@')[0]}.{criterion}"


def latest_criteria(rubrics: Iterable[RubricRecord]) -> dict[str, CriterionRecord]:
    """Criteria by key, as the newest version in use words and weighs them."""
    return {
        criterion_key(rubric.key, criterion.code): criterion
        for rubric in sorted(rubrics, key=lambda r: (r.code, r.version))
        for criterion in rubric.criteria
    }


def _score(inspections: tuple[InspectionRecord, ...]) -> ScoredConversation:
    first = inspections[0]
    is_critical = settle_critical((one.is_critical for one in inspections), (one.ruling for one in inspections))
    quality = sum(inspection.quality for inspection in inspections) / len(inspections)
    return ScoredConversation(first.agent, first.month, quality, is_critical, inspections)


def _inspected(conversations: Sequence[ScoredConversation], frame: int | None) -> Inspected:
    qualities = tuple(conversation.quality for conversation in conversations if not conversation.is_critical)
    return Inspected(qualities, len(conversations) - len(qualities), frame)


def _entered(inputs: MonthInputs) -> tuple[dict[str, tuple[float, ...]], dict[str, Ratings]]:
    """Results of tests and ratings by agent."""
    tests: dict[str, tuple[float, ...]] = {}
    for result in inputs.tests:
        tests[result.agent] = (*tests.get(result.agent, ()), result.share)
    return tests, {record.agent: Ratings(record.peers, record.supervisors) for record in inputs.ratings}


def _agent_figures(work: WorkRecord, inspected: Inspected, tests: tuple[float, ...], ratings: Ratings) -> AgentFigures:
    return AgentFigures(
        agent=work.agent,
        inspected=inspected,
        satisfied=Ratio(work.satisfied, work.satisfied_of),
        in_time=Ratio(work.in_time, work.in_time_of),
        answered=work.answered,
        active_days=work.active_days,
        tests=tests,
        ratings=ratings,
    )


def _month_number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)
