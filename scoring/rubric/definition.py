"""What a rubric is: sections of criteria, their levels, measures and conditions.

These are frozen, compared by value, and known to the reader and writer of rubric files (`scoring.rubric.files`).
They are msgspec structs rather than dataclasses because a file with a misspelt field must be refused, not half read.
Texts come in English and Chinese side by side; what is missing is found by `scoring.rubric.lint`, not here, so that a
draft can be kept at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

LANGUAGES = ("en", "zh")
NOT_APPLICABLE = "na"  # the code that conditions use for an answer "not applicable"

Code = Annotated[
    str,
    msgspec.Meta(
        pattern="^[a-z][a-z0-9_]*$", max_length=64, description="Lower-case name that stays the same across versions."
    ),
]
Fraction = Annotated[float, msgspec.Meta(ge=0, le=1)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=100, description="Percent of the whole rubric.")]


class Kind(StrEnum):
    """How a criterion is answered."""

    yes_no = "yes_no"
    scale = "scale"
    checklist = "checklist"
    measured = "measured"
    informational = "informational"


class Criticality(StrEnum):
    """Whom an error in a criterion endangers; `none` where it only costs points."""

    none = "none"
    customer = "customer"
    business = "business"
    compliance = "compliance"


class Comparison(StrEnum):
    """How a condition compares a field of the conversation."""

    one_of = "one_of"
    above = "above"
    at_least = "at_least"
    below = "below"
    at_most = "at_most"
    known = "known"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Common manners of everything in a rubric file."""


class Text(_Part, frozen=True, kw_only=True):
    """One text in both languages."""

    en: str = ""
    zh: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language` (``en`` or ``zh``), or in the other one where it is missing."""
        first, second = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return first or second


NO_TEXT = Text()


class Level(_Part, frozen=True, kw_only=True):
    """One named level of a scale, or one of the two answers of a yes/no criterion."""

    code: Code
    value: Fraction
    text: Text = NO_TEXT
    fatal: bool = False


class Item(_Part, frozen=True, kw_only=True):
    """One line of a checklist."""

    code: Code
    text: Text = NO_TEXT
    na_allowed: bool = False


class Step(_Part, frozen=True, kw_only=True):
    """One row of a table of steps: the value for figures up to and including `up_to`; None = all that remain."""

    up_to: float | None = None
    value: Fraction


class Target(_Part, frozen=True, kw_only=True):
    """From which figure a measure earns full value, and where it earns none.

    Full value at `target` or better, none at `limit` or worse, a straight line between; ``target < limit`` means that
    lower is better. A table of `steps` takes the place of both. Empty `channels` or `priorities` mean "any"; the first
    target that fits a conversation is used.
    """

    channels: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    target: float | None = None
    limit: float | None = None
    steps: tuple[Step, ...] = ()


class Measure(_Part, frozen=True, kw_only=True):
    """Where a measured criterion takes its figure from, and what it is held against."""

    metric: str
    targets: tuple[Target, ...]


class AnswerIs(_Part, frozen=True, kw_only=True, tag_field="test", tag="answer"):
    """True when an earlier criterion was answered with one of `values` (level codes, or ``na``)."""

    criterion: Code
    values: tuple[str, ...]


class FieldIs(_Part, frozen=True, kw_only=True, tag_field="test", tag="field"):
    """True when a field of the conversation compares as asked; an unknown field is never equal, above or below."""

    field: str
    comparison: Comparison = Comparison.one_of
    values: tuple[str | float | bool, ...] = ()


class AllOf(_Part, frozen=True, kw_only=True, tag_field="test", tag="all"):
    """True when every condition in it is."""

    of: tuple[Condition, ...]


class AnyOf(_Part, frozen=True, kw_only=True, tag_field="test", tag="any"):
    """True when at least one condition in it is."""

    of: tuple[Condition, ...]


class Not(_Part, frozen=True, kw_only=True, tag_field="test", tag="not"):
    """True when the condition in it is not."""

    of: Condition


Condition = AnswerIs | FieldIs | AllOf | AnyOf | Not


class Guidance(_Part, frozen=True, kw_only=True):
    """What to look at, with one good and one bad example, and what to do next where points were lost.

    `advice` is said to the agent: the improvement list of a month prints it beside the criterion.
    """

    text: Text = NO_TEXT
    good: Text = NO_TEXT
    bad: Text = NO_TEXT
    advice: Text = NO_TEXT


NO_GUIDANCE = Guidance()


class Check(_Part, frozen=True, kw_only=True):
    """A rule that proposes the answer: which level where it is satisfied, which where it is not; empty: none.

    `rule` is its code; what it says of a conversation is a proposal, and a person decides.
    """

    rule: Code
    satisfied: str = ""
    not_satisfied: str = ""

    def answer_for(self, *, is_satisfied: bool) -> str:
        """The level proposed, or an empty text."""
        return self.satisfied if is_satisfied else self.not_satisfied


class Criterion(_Part, frozen=True, kw_only=True):
    """One thing that is asked of a conversation; `script` is the code of the script that says how it is done well."""

    code: Code
    kind: Kind
    title: Text = NO_TEXT
    weight: Weight = 0.0
    criticality: Criticality = Criticality.none
    na_allowed: bool = False
    evidence_required: bool = False
    levels: tuple[Level, ...] = ()
    items: tuple[Item, ...] = ()
    measure: Measure | None = None
    applies_if: Condition | None = None
    guidance: Guidance = NO_GUIDANCE
    check: Check | None = None
    script: str = ""

    @property
    def answer_levels(self) -> tuple[Level, ...]:
        """The levels that can be chosen; a yes/no criterion without texts of its own has the usual two."""
        if self.kind is Kind.yes_no:
            return self.levels or YES_NO_LEVELS
        if self.kind in (Kind.scale, Kind.informational):
            return self.levels
        return ()

    @property
    def is_critical_kind(self) -> bool:
        """Whether failing it makes the whole inspection critical."""
        return self.criticality is not Criticality.none

    def level(self, code: str) -> Level | None:
        """The level of that code, or None where the criterion does not offer it."""
        return next((level for level in self.answer_levels if level.code == code), None)


class Section(_Part, frozen=True, kw_only=True):
    """A heading and the criteria under it; its weight is the sum of theirs."""

    code: Code
    title: Text = NO_TEXT
    criteria: tuple[Criterion, ...] = ()

    @property
    def weight(self) -> float:
        """Sum of the weights of its criteria."""
        return sum(criterion.weight for criterion in self.criteria)


class Rubric(_Part, frozen=True, kw_only=True):
    """A whole rubric as it is written in a file or frozen as a version."""

    format: Literal[1] = 1
    code: Code
    title: Text = NO_TEXT
    description: Text = NO_TEXT
    channels: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def criteria(self) -> Iterator[Criterion]:
        """All criteria in the order in which they are asked."""
        for section in self.sections:
            yield from section.criteria

    def criterion(self, code: str) -> Criterion | None:
        """The criterion of that code, or None."""
        return next((criterion for criterion in self.criteria() if criterion.code == code), None)

    def numbers(self) -> dict[str, int]:
        """The number each criterion is shown with, counted through from 1."""
        return {criterion.code: number for number, criterion in enumerate(self.criteria(), start=1)}


YES_NO_LEVELS = (
    Level(code="yes", value=1.0, text=Text(en="Yes", zh="是")),
    Level(code="no", value=0.0, text=Text(en="No", zh="否")),
)
THREE_LEVELS = (
    Level(code="met", value=1.0, text=Text(en="Met", zh="做到")),
    Level(code="partly", value=0.5, text=Text(en="Partly", zh="部分做到")),
    Level(code="not_met", value=0.0, text=Text(en="Not met", zh="未做到")),
)
FIVE_LEVELS = (
    Level(code="excellent", value=1.0, text=Text(en="Excellent", zh="优秀")),
    Level(code="good", value=0.75, text=Text(en="Good", zh="良好")),
    Level(code="fair", value=0.5, text=Text(en="Fair", zh="一般")),
    Level(code="weak", value=0.25, text=Text(en="Weak", zh="较弱")),
    Level(code="failed", value=0.0, text=Text(en="Failed", zh="未达标")),
)
