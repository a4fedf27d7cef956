"""Lint of the condition of one criterion: does it ask something that exists, and can it turn out either way?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scoring.rubric.conditions import walk
from scoring.rubric.definition import (
    NOT_APPLICABLE,
    AllOf,
    AnswerIs,
    AnyOf,
    Comparison,
    Condition,
    Criterion,
    FieldIs,
    Not,
    Rubric,
)
from scoring.rubric.facts import FIELDS, Field, FieldKind
from scoring.rubric.findings import Finding, error, has_errors, warning
from scoring.rubric.place import Place
from scoring.rubric.reach import condition_outcomes

_NUMBERS_ONLY = (Comparison.above, Comparison.at_least, Comparison.below, Comparison.at_most)


def lint_conditions(rubric: Rubric, criterion: Criterion, place: Place) -> list[Finding]:
    """What is wrong with when a criterion applies; nothing where it always does."""
    if criterion.applies_if is None:
        return []
    here = replace(place, part="applies_if")
    earlier = _earlier(rubric, criterion)
    found = list(_lint_groups(criterion.applies_if, here))
    for part in walk(criterion.applies_if):
        found.extend(_lint_answer(earlier, part, here) if isinstance(part, AnswerIs) else _lint_field(part, here))
    if not has_errors(found):
        outcomes = condition_outcomes(rubric, criterion)
        if True not in outcomes:
            found.append(error("condition_never", here))
        elif False not in outcomes:
            found.append(warning("condition_always", here))
    return found


def _earlier(rubric: Rubric, criterion: Criterion) -> dict[str, Criterion]:
    found: dict[str, Criterion] = {}
    for other in rubric.criteria():
        if other is criterion:
            break
        found[other.code] = other
    return found


def _lint_groups(condition: Condition, place: Place) -> Iterator[Finding]:
    match condition:
        case AllOf() | AnyOf():
            if not condition.of:
                yield error("condition_empty", place)
            for part in condition.of:
                yield from _lint_groups(part, place)
        case Not():
            yield from _lint_groups(condition.of, place)


def _lint_answer(earlier: dict[str, Criterion], part: AnswerIs, place: Place) -> Iterator[Finding]:
    asked = earlier.get(part.criterion)
    if asked is None:
        yield error("condition_not_earlier", place, asked=part.criterion)
        return
    if not asked.answer_levels:
        yield error("condition_no_levels", place, asked=part.criterion)
        return
    if not part.values:
        yield error("condition_empty", place)
    offered = {level.code for level in asked.answer_levels} | ({NOT_APPLICABLE} if asked.na_allowed else set())
    for value in part.values:
        if value not in offered:
            yield error("condition_unknown_answer", place, asked=part.criterion, value=value)


def _lint_field(part: FieldIs, place: Place) -> Iterator[Finding]:
    field = FIELDS.get(part.field)
    if field is None:
        yield error("condition_unknown_field", place, field=part.field)
    elif part.comparison is not Comparison.known:
        yield from _lint_values(field, part, place)


def _lint_values(field: Field, part: FieldIs, place: Place) -> Iterator[Finding]:
    if not part.values:
        yield error("condition_empty", place)
    if part.comparison in _NUMBERS_ONLY and (field.kind is not FieldKind.number or len(part.values) > 1):
        yield error("condition_comparison", place, field=field.name, comparison=part.comparison.value)
        return
    for value in part.values:
        if not _is_possible(field, value):
            yield error("condition_unknown_value", place, field=field.name, value=str(value))


def _is_possible(field: Field, value: str | float | bool) -> bool:
    match field.kind:
        case FieldKind.choice:
            return value in field.choices
        case FieldKind.text:
            return isinstance(value, str) and bool(value.strip())
        case FieldKind.yes_no:
            return isinstance(value, bool)
        case FieldKind.number:
            return not isinstance(value, str | bool)
