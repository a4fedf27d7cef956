"""When a criterion applies: conditions over earlier answers and fields of the conversation.

Three outcomes, because a live score meets conditions whose question has not been answered yet: true, false, and not
known yet. "Not known yet" spreads as one expects: false and anything is false, true or anything is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import assert_never

from scoring.rubric.definition import AllOf, AnswerIs, AnyOf, Comparison, Condition, FieldIs, Not
from scoring.rubric.facts import Facts

# Codes each earlier criterion was answered with; None while its answer is missing.
Said = Mapping[str, frozenset[str] | None]


class Truth(Enum):
    """Outcome of a condition, ordered so that the least is the outcome of "all" and the greatest of "any"."""

    false = 0
    unknown = 1
    true = 2


def is_met(condition: Condition, said: Said, facts: Facts) -> Truth:
    """Whether a condition holds.

    Parameters
    ----------
    condition : Condition
        What is asked.
    said : mapping of str to frozenset of str or None
        Codes each earlier criterion was answered with: its level, ``na``, nothing when it was switched off, None while
        the answer is missing. A criterion that is not in it never holds.
    facts : mapping of str to str, float, bool or None
        Fields of the conversation; a field that is not known is never equal to, above or below anything.

    Returns
    -------
    Truth
        `unknown` only while an answer it turns on is missing.
    """
    match condition:
        case AnswerIs():
            codes = said.get(condition.criterion, frozenset())
            return Truth.unknown if codes is None else _truth(not codes.isdisjoint(condition.values))
        case FieldIs():
            return _truth(_compare(condition, facts))
        case AllOf():
            return _least([is_met(part, said, facts) for part in condition.of])
        case AnyOf():
            return _greatest([is_met(part, said, facts) for part in condition.of])
        case Not():
            return _opposite(is_met(condition.of, said, facts))
    assert_never(condition)


def walk(condition: Condition) -> Iterator[AnswerIs | FieldIs]:
    """Every single question inside a condition, from left to right."""
    match condition:
        case AllOf() | AnyOf():
            for part in condition.of:
                yield from walk(part)
        case Not():
            yield from walk(condition.of)
        case AnswerIs() | FieldIs():
            yield condition


def _compare(condition: FieldIs, facts: Facts) -> bool:
    fact = facts.get(condition.field)
    if condition.comparison is Comparison.known or fact is None:
        return fact is not None and condition.comparison is Comparison.known
    if condition.comparison is Comparison.one_of:
        return any(_is_same(fact, value) for value in condition.values)
    if isinstance(fact, str) or not condition.values or isinstance(condition.values[0], str):
        return False
    return _is_beyond(condition.comparison, float(fact), float(condition.values[0]))


def _is_same(fact: str | float | bool, value: str | float | bool) -> bool:
    # Words compare without regard to case; True is not 1 here.
    if isinstance(fact, str) and isinstance(value, str):
        return fact.casefold() == value.casefold()
    return isinstance(fact, bool) is isinstance(value, bool) and fact == value


def _is_beyond(comparison: Comparison, fact: float, bound: float) -> bool:
    match comparison:
        case Comparison.above:
            return fact > bound
        case Comparison.at_least:
            return fact >= bound
        case Comparison.below:
            return fact < bound
        case _:
            return fact <= bound


def _truth(holds: bool) -> Truth:
    return Truth.true if holds else Truth.false


def _least(parts: list[Truth]) -> Truth:
    return min(parts, key=lambda part: part.value, default=Truth.true)


def _greatest(parts: list[Truth]) -> Truth:
    return max(parts, key=lambda part: part.value, default=Truth.false)


def _opposite(part: Truth) -> Truth:
    return Truth(2 - part.value)
