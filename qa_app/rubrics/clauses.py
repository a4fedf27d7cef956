"""A condition as the rows of a form: all of these, or any of these, each possibly turned round.

Deeper conditions come from files; they are shown and changed as they are written there.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import msgspec
import yaml

from scoring.rubric import (
    FIELDS,
    AllOf,
    AnswerIs,
    AnyOf,
    Comparison,
    Condition,
    FieldIs,
    FieldKind,
    Not,
    read_condition,
)

__all__ = ["Clause", "Joining", "build_condition", "joining_of", "split_condition", "write_condition"]

_NOT = "not_"
_TRUTHS = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


class Joining(enum.StrEnum):
    """How the rows of a condition belong together."""

    always = "always"
    all = "all"
    any = "any"
    written = "written"


@dataclass(frozen=True, slots=True)
class Clause:
    """One row: `subject` is ``answer:greeting`` or ``field:channel``, `comparison` a code, ``not_`` before it turns
    it round, `values` what was typed, separated by commas."""

    subject: str
    comparison: str
    values: str


def joining_of(condition: Condition | None) -> Joining:
    """Return how a condition is edited."""
    if condition is None:
        return Joining.always
    if _as_clause(condition) is not None:
        return Joining.all
    if isinstance(condition, AllOf | AnyOf) and all(_as_clause(part) is not None for part in condition.of):
        return Joining.all if isinstance(condition, AllOf) else Joining.any
    return Joining.written


def split_condition(condition: Condition | None) -> list[Clause]:
    """Return the rows of a condition; none where it is edited as it is written."""
    if condition is None or joining_of(condition) is Joining.written:
        return []
    parts = condition.of if isinstance(condition, AllOf | AnyOf) else (condition,)
    return [clause for part in parts if (clause := _as_clause(part)) is not None]


def build_condition(joining: Joining, clauses: list[Clause], written: str) -> Condition | None:
    """Return the condition that rows or a written text mean; `RubricFileError` where the text cannot be read."""
    if joining is Joining.always:
        return None
    if joining is Joining.written:
        return read_condition(written) if written.strip() else None
    parts = tuple(_from_clause(clause) for clause in clauses if clause.subject)
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return AllOf(of=parts) if joining is Joining.all else AnyOf(of=parts)


def write_condition(condition: Condition | None) -> str:
    """Return a condition as it stands in a file."""
    if condition is None:
        return ""
    return yaml.safe_dump(msgspec.to_builtins(condition), sort_keys=False, allow_unicode=True)


def _as_clause(condition: Condition) -> Clause | None:
    match condition:
        case AnswerIs():
            return Clause(f"answer:{condition.criterion}", Comparison.one_of.value, ", ".join(condition.values))
        case FieldIs():
            values = ", ".join(_write_value(value) for value in condition.values)
            return Clause(f"field:{condition.field}", condition.comparison.value, values)
        case Not(of=AnswerIs() | FieldIs()):
            inner = _as_clause(condition.of)
            return None if inner is None else Clause(inner.subject, _NOT + inner.comparison, inner.values)
    return None


def _from_clause(clause: Clause) -> Condition:
    kind, _, name = clause.subject.partition(":")
    is_turned = clause.comparison.startswith(_NOT)
    comparison = Comparison(clause.comparison.removeprefix(_NOT))
    words = [word.strip() for word in clause.values.replace("，", ",").split(",") if word.strip()]
    condition: Condition
    if kind == "answer":
        condition = AnswerIs(criterion=name, values=tuple(words))
    elif comparison is Comparison.known:
        condition = FieldIs(field=name, comparison=comparison)
    else:
        condition = FieldIs(field=name, comparison=comparison, values=tuple(_read_value(name, word) for word in words))
    return Not(of=condition) if is_turned else condition


def _read_value(field: str, word: str) -> str | float | bool:
    """What was typed, as the field holds it; what does not fit stays a word, and the lint names it."""
    kind = FIELDS[field].kind if field in FIELDS else FieldKind.text
    if kind is FieldKind.yes_no:
        return _TRUTHS.get(word.lower(), word)
    if kind is FieldKind.number:
        try:
            return float(word)
        except ValueError:
            return word
    return word


def _write_value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
