"""Which outcomes the conditions of a rubric can have at all.

A condition asks few things, and what it asks has few values that make a difference: the levels of a criterion, the
choices of a field, and for a number the bounds named and the gaps between them. So all cases are tried; where they
are too many, everything is taken to be possible, because a lint must not cry wolf.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from itertools import pairwise, product
from math import prod

from scoring.rubric.conditions import Truth, is_met, walk
from scoring.rubric.definition import NOT_APPLICABLE, AnswerIs, Condition, Criterion, FieldIs, Kind, Rubric
from scoring.rubric.facts import FIELDS, Fact, FieldKind

MOST_CASES = 4_000
_ANY_OTHER_WORD = "\N{REPLACEMENT CHARACTER}"  # stands for every word that no condition names

Case = Mapping[str, bool]  # criterion code → whether it applies


def condition_outcomes(rubric: Rubric, criterion: Criterion) -> frozenset[bool]:
    """Whether the condition of a criterion can be met, and whether it can fail."""
    if criterion.applies_if is None:
        return frozenset({True})
    cases = applicable_cases(rubric, [criterion])
    return frozenset({True, False}) if cases is None else frozenset(case[criterion.code] for case in cases)


def can_apply_together(rubric: Rubric, one: Criterion, other: Criterion) -> bool:
    """Whether a conversation exists to which both criteria apply."""
    cases = applicable_cases(rubric, [one, other])
    return cases is None or any(case[one.code] and case[other.code] for case in cases)


def can_all_fall_away(rubric: Rubric) -> bool:
    """Whether a conversation exists in which no criterion with weight counts."""
    firm = [criterion for criterion in rubric.criteria() if criterion.weight > 0 and not _can_be_na(criterion)]
    if any(criterion.applies_if is None for criterion in firm):
        return False
    cases = applicable_cases(rubric, firm)
    return cases is None or any(not any(case[criterion.code] for criterion in firm) for case in cases)


def applicable_cases(rubric: Rubric, asked: Iterable[Criterion]) -> list[Case] | None:
    """For every case that makes a difference: which of the criteria asked apply; None where the cases are too many."""
    wanted = list(asked)
    chain = _with_predecessors(rubric, wanted)
    conditions = [criterion.applies_if for criterion in chain if criterion.applies_if is not None]
    answers = {code: _possible_answers(rubric, code) for code in _asked_criteria(conditions)}
    fields = {name: _possible_facts(rubric, name, conditions) for name in _asked_fields(conditions)}
    if _size(answers) * _size(fields) > MOST_CASES:
        return None
    return [
        _play(chain, dict(zip(answers, given, strict=True)), dict(zip(fields, facts, strict=True)))
        for given in product(*answers.values())
        for facts in product(*fields.values())
    ]


def _size(possible: Mapping[str, Sized]) -> int:
    return prod([len(values) for values in possible.values()])


def _play(chain: list[Criterion], given: Mapping[str, str], facts: Mapping[str, Fact]) -> Case:
    """Walk the criteria in order; one that is switched off has no answer for those after it."""
    applies: dict[str, bool] = {}
    said: dict[str, frozenset[str] | None] = {}
    for criterion in chain:
        condition = criterion.applies_if
        applies[criterion.code] = condition is None or is_met(condition, said, facts) is Truth.true
        answered = applies[criterion.code] and criterion.code in given
        said[criterion.code] = frozenset({given[criterion.code]}) if answered else frozenset()
    return applies


def _with_predecessors(rubric: Rubric, wanted: list[Criterion]) -> list[Criterion]:
    """The criteria wanted and all whose answers decide about them, in the order of the rubric."""
    ordered = list(rubric.criteria())
    needed = {criterion.code for criterion in wanted}
    for criterion in reversed(ordered):
        if criterion.code in needed and criterion.applies_if is not None:
            needed.update(_asked_criteria([criterion.applies_if]))
    return [criterion for criterion in ordered if criterion.code in needed]


def _asked_criteria(conditions: Iterable[Condition]) -> list[str]:
    asked = (part.criterion for part in _parts(conditions) if isinstance(part, AnswerIs))
    return list(dict.fromkeys(asked))


def _asked_fields(conditions: Iterable[Condition]) -> list[str]:
    asked = (part.field for part in _parts(conditions) if isinstance(part, FieldIs))
    return list(dict.fromkeys(asked))


def _parts(conditions: Iterable[Condition]) -> Iterator[AnswerIs | FieldIs]:
    for condition in conditions:
        yield from walk(condition)


def _possible_answers(rubric: Rubric, code: str) -> list[str]:
    criterion = rubric.criterion(code)
    if criterion is None:
        return [""]
    levels = [level.code for level in criterion.answer_levels]
    return [*levels, *([NOT_APPLICABLE] if criterion.na_allowed else [])] or [""]


def _possible_facts(rubric: Rubric, name: str, conditions: list[Condition]) -> list[Fact]:
    named = [
        value
        for part in _parts(conditions)
        if isinstance(part, FieldIs) and part.field == name
        for value in part.values
    ]
    field = FIELDS.get(name)
    if field is None:
        return [None]
    if name == "channel":
        return list(rubric.channels or field.choices)
    match field.kind:
        case FieldKind.choice:
            return [None, *field.choices]
        case FieldKind.yes_no:
            return [None, True, False]
        case FieldKind.number:
            return [None, *_telling_numbers(value for value in named if not isinstance(value, str))]
    return [None, _ANY_OTHER_WORD, *dict.fromkeys(value for value in named if isinstance(value, str))]


def _telling_numbers(bounds: Iterable[float]) -> list[float]:
    """Each bound, a number between each two, and one beyond either end; none below 0, as times and counts are."""
    edges = sorted({float(bound) for bound in bounds})
    if not edges:
        return [0.0]
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    return sorted(number for number in {*edges, *between, edges[0] - 1, edges[0] / 2, edges[-1] + 1} if number >= 0)


def _can_be_na(criterion: Criterion) -> bool:
    if criterion.kind is Kind.checklist and criterion.items:
        return criterion.na_allowed or all(item.na_allowed for item in criterion.items)
    return criterion.na_allowed or criterion.kind in (Kind.measured, Kind.informational)
