"""What past inspections would have scored under another rubric.

Answers are carried over by the codes of criteria, levels and items; what has no counterpart is left open and counted,
never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from scoring.rubric.definition import Criterion, Kind, Rubric
from scoring.rubric.facts import Facts
from scoring.rubric.results import Answer, Answers
from scoring.rubric.score import score_inspection

USUAL_TIERS = ((90.0, "A"), (80.0, "B"), (70.0, "C"), (0.0, "D"))
NO_CHANGE = 0.05  # points; less than what a page shows with one decimal


@dataclass(frozen=True, slots=True)
class PastInspection:
    """One inspection as it was submitted.

    Attributes
    ----------
    id : str
        Whatever the caller knows it by.
    agent : str
        Whose conversation it was.
    answers : mapping of str to Answer
        As submitted.
    facts : mapping
        Fields of the conversation as they were.
    score : float or None
        Its score then.
    is_critical : bool
        Whether it was critical then.
    """

    id: str
    agent: str
    answers: Answers
    facts: Facts
    score: float | None
    is_critical: bool


@dataclass(frozen=True, slots=True)
class Rescored:
    """One inspection under both rubrics; `open_criteria` have no answer to carry over."""

    id: str
    agent: str
    before: float | None
    after: float | None
    was_critical: bool
    is_critical: bool
    open_criteria: tuple[str, ...]

    @property
    def shift(self) -> float | None:
        """Points gained; None where either score is missing."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class AgentShift:
    """One agent's plain mean under both rubrics, and the tier each would fall into."""

    agent: str
    n: int
    before: float
    after: float
    tier_before: str
    tier_after: str


@dataclass(frozen=True, slots=True)
class BackTest:
    """The whole comparison.

    Attributes
    ----------
    n : int
        Inspections with a score under both.
    changed : int
        Of these, with another score (by 0.05 points or more).
    mean_before, mean_after : float or None
        Plain means of the two; None where n is 0.
    newly_critical, no_longer_critical : int
        Inspections that change sides.
    unscoreable : int
        Inspections to which nothing of the draft with weight applies.
    open_criteria : mapping of str to int
        Criteria of the draft that past answers do not cover, with how many inspections lack them.
    rows : tuple of Rescored
        Largest shift first.
    agents : tuple of AgentShift
        Largest shift first.
    """

    n: int
    changed: int
    mean_before: float | None
    mean_after: float | None
    newly_critical: int
    no_longer_critical: int
    unscoreable: int
    open_criteria: Mapping[str, int]
    rows: tuple[Rescored, ...]
    agents: tuple[AgentShift, ...]

    @property
    def tier_changes(self) -> tuple[AgentShift, ...]:
        """Agents whose mean would fall into another tier."""
        return tuple(shift for shift in self.agents if shift.tier_before != shift.tier_after)


def back_test(
    draft: Rubric, past: Iterable[PastInspection], *, tiers: Sequence[tuple[float, str]] = USUAL_TIERS
) -> BackTest:
    """Score past inspections again under a draft.

    Parameters
    ----------
    draft : Rubric
        The rubric to try.
    past : iterable of PastInspection
        Submitted inspections.
    tiers : sequence of (float, str)
        Lower bounds with their tier, highest first, for the means of agents. They compare the two rubrics only: the
        tier of a sheet rests on more than inspections.

    Returns
    -------
    BackTest
        Counts, means and both lists. Without inspections: zeros and None.
    """
    rows = sorted((_rescore(draft, inspection) for inspection in past), key=_by_shift)
    both = [(row.before, row.after) for row in rows if row.before is not None and row.after is not None]
    open_criteria: dict[str, int] = defaultdict(int)
    for code in (code for row in rows for code in row.open_criteria):
        open_criteria[code] += 1
    return BackTest(
        n=len(both),
        changed=sum(abs(after - before) >= NO_CHANGE for before, after in both),
        mean_before=_mean([before for before, _ in both]),
        mean_after=_mean([after for _, after in both]),
        newly_critical=sum(row.is_critical and not row.was_critical for row in rows),
        no_longer_critical=sum(row.was_critical and not row.is_critical for row in rows),
        unscoreable=sum(row.after is None for row in rows),
        open_criteria=dict(open_criteria),
        rows=tuple(rows),
        agents=_agent_shifts(rows, tiers),
    )


def _rescore(draft: Rubric, inspection: PastInspection) -> Rescored:
    carried = {
        criterion.code: answer
        for criterion in draft.criteria()
        if (answer := _carry_over(criterion, inspection.answers.get(criterion.code))) is not None
    }
    result = score_inspection(draft, carried, inspection.facts)
    return Rescored(
        id=inspection.id,
        agent=inspection.agent,
        before=inspection.score,
        after=result.score,
        was_critical=inspection.is_critical,
        is_critical=result.is_critical,
        open_criteria=(*result.missing, *result.waiting),
    )


def _carry_over(criterion: Criterion, answer: Answer | None) -> Answer | None:
    """The old answer where the draft still offers it, otherwise None."""
    if answer is not None and answer.unscoreable:
        return answer
    if answer is None or answer.na:
        return answer if criterion.na_allowed else None
    if criterion.kind is Kind.checklist:
        offered = {item.code for item in criterion.items}
        excludable = {item.code for item in criterion.items if item.na_allowed}
        return Answer(done=answer.done & offered, excluded=answer.excluded & excludable)
    return answer if criterion.level(answer.level or "") is not None else None


def _agent_shifts(rows: Iterable[Rescored], tiers: Sequence[tuple[float, str]]) -> tuple[AgentShift, ...]:
    by_agent: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if row.before is not None and row.after is not None:
            by_agent[row.agent].append((row.before, row.after))
    shifts = []
    for agent, pairs in by_agent.items():
        before = fsum(pair[0] for pair in pairs) / len(pairs)
        after = fsum(pair[1] for pair in pairs) / len(pairs)
        shifts.append(AgentShift(agent, len(pairs), before, after, _tier(before, tiers), _tier(after, tiers)))
    return tuple(sorted(shifts, key=lambda shift: (-abs(shift.after - shift.before), shift.agent)))


def _tier(score: float, tiers: Sequence[tuple[float, str]]) -> str:
    return next((name for bound, name in tiers if score >= bound), tiers[-1][1])


def _mean(values: Sequence[float]) -> float | None:
    return fsum(values) / len(values) if values else None


def _by_shift(row: Rescored) -> tuple[float, str]:
    return (-abs(row.shift or 0.0), row.id)
