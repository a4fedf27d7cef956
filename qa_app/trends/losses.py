"""Where points go: lost points per criterion with intervals, and what became more frequent since the month before.

Knows no words; loaded with SciPy, therefore late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qa_app.trends.criteria import Criteria
from qa_app.trends.inspected import InspectedConversation
from qa_app.trends.scope import Scope
from scoring.estimates.seeds import generator_for
from scoring.estimates.tally import Tally
from scoring.trends.changes import Change, TwoPeriods, find_rising
from scoring.trends.pareto import LostPoints, ParetoBar, rank_losses
from scoring.trends.weekly import fill_weights

__all__ = ["AnswersOf", "answers_by_inspection", "find_rising_criteria", "find_rising_topics", "rank_criteria"]

AnswersOf = Mapping[int, Mapping[str, float]]
"""Inspection → criterion that counted → points lost."""


def answers_by_inspection(rows: Iterable[Any]) -> AnswersOf:
    """Group answers by their inspection."""
    found: dict[int, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row.inspection_id, {})[row.criterion] = row.lost_points or 0.0
    return found


def rank_criteria(
    inspected: Sequence[InspectedConversation], answers: AnswersOf, criteria: Criteria, scope: Scope
) -> tuple[ParetoBar, ...]:
    """Rank criteria by the points they cost; conversations scored twice lost the mean of both."""
    weights = fill_weights([one.stands_for for one in inspected])
    rows = [
        LostPoints(str(one.id), _lost(one, answers, criteria), weight)
        for one, weight in zip(inspected, weights, strict=True)
    ]
    return rank_losses(rows, generator_for("pareto", scope.month, str(scope.team_id or ""), scope.channel))


def _lost(one: InspectedConversation, answers: AnswersOf, criteria: Criteria) -> dict[str, float]:
    sums: dict[str, float] = {}
    for inspection in one.inspections:
        for criterion, lost in answers.get(inspection, {}).items():
            key = criteria.key(one.version_id, criterion)
            sums[key] = sums.get(key, 0.0) + lost / len(one.inspections)
    return sums


def find_rising_criteria(
    before: Sequence[InspectedConversation],
    now: Sequence[InspectedConversation],
    answers: AnswersOf,
    criteria: Criteria,
) -> tuple[Change, ...]:
    """Compare how often each criterion lost points in two months, where it applied; one reading a conversation."""
    earlier, later = (_count(some, answers, criteria) for some in (before, now))
    rows = [
        TwoPeriods(key, *earlier.get(key, Tally()).counts(), *later.get(key, Tally()).counts())
        for key in sorted(earlier.keys() | later.keys())
    ]
    return find_rising(rows)


def find_rising_topics(rows: Iterable[Any]) -> tuple[Change, ...]:
    """Compare the share of each topic among the conversations of two months; those without a topic count in the sum."""
    counted = list(rows)
    n_before, n_now = sum(int(row.before) for row in counted), sum(int(row.now) for row in counted)
    named = [row for row in counted if row.topic]
    return find_rising(TwoPeriods(row.topic, int(row.before), n_before, int(row.now), n_now) for row in named)


def _count(inspected: Sequence[InspectedConversation], answers: AnswersOf, criteria: Criteria) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for one in inspected:
        for criterion, lost in answers.get(one.inspections[0], {}).items():
            tally = tallies.setdefault(criteria.key(one.version_id, criterion), Tally())
            tally.add(one.weight, has_failed=lost > 0)
    return tallies
