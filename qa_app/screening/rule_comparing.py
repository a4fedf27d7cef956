"""What a rule's test is held against: answers that inspectors submitted to one criterion of a rubric.

The lead chooses the criterion and the answer that stands for "satisfied"; every submitted answer of daily work counts
as it stands now, corrections of appeals included, in whatever version of the rubric it was given. Of a conversation
that two scored both answers count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.models import (
    Answer,
    CheckRule,
    Inspection,
    InspectionState,
    Rubric,
    RubricVersion,
    RuleProposal,
    RuleVersion,
    SamplePurpose,
    VersionState,
)
from qa_app.rubrics.queries import load_definition
from qa_app.screening.rule_records import Standing, answer_code, stand_of
from scoring.language.conversation import Outcome
from scoring.rubric import Criterion

__all__ = ["Comparing", "Yardstick", "default_yardstick", "list_yardsticks", "read_answers", "yardstick_words"]

_EXAMPLES = 60
_NO_OPINION = (None, "na", "unscoreable")


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A criterion of a rubric, and the answer to it that stands for "satisfied"."""

    rubric_id: int
    criterion: str
    level: str

    @classmethod
    def from_text(cls, text: str) -> Yardstick | None:
        """Read what a form, a job or a test holds; none where nothing is chosen."""
        rubric_id, _, rest = text.partition(":")
        criterion, _, level = rest.partition(":")
        return cls(int(rubric_id), criterion, level) if rubric_id.isascii() and rubric_id.isdecimal() else None

    def to_text(self) -> str:
        """Write it; codes hold no colon."""
        return f"{self.rubric_id}:{self.criterion}:{self.level}"


def _newest_versions(session: Session) -> list[tuple[Rubric, RubricVersion]]:
    """The newest version of each rubric that was ever in force."""
    newest = (
        select(func.max(RubricVersion.id))
        .where(RubricVersion.state != VersionState.draft)
        .group_by(RubricVersion.rubric_id)
    )
    rows = session.execute(
        select(Rubric, RubricVersion).join(Rubric.versions).where(RubricVersion.id.in_(newest)).order_by(Rubric.id)
    )
    return [(rubric, version) for rubric, version in rows.unique()]


def list_yardsticks(session: Session, language: str) -> list[tuple[Yardstick, str]]:
    """Return what can be chosen: each answer to each criterion, with the rubric's name."""
    return [
        (
            Yardstick(rubric.id, criterion.code, level.code),
            f"{_name(rubric, criterion, language)}: {level.text.in_language(language) or level.code}",
        )
        for rubric, version in _newest_versions(session)
        for criterion in load_definition(version).criteria()
        for level in criterion.answer_levels
    ]


def yardstick_words(session: Session, yardstick: Yardstick, language: str) -> str:
    """Name the criterion and the answer; by their codes where the rubric has them no more."""
    named = dict(list_yardsticks(session, language))
    return named.get(yardstick, f"{yardstick.criterion}: {yardstick.level}")


def _name(rubric: Rubric, criterion: Criterion, language: str) -> str:
    name = rubric.name_zh if language == "zh" and rubric.name_zh else rubric.name
    return f"{name} · {criterion.title.in_language(language) or criterion.code}"


def default_yardstick(session: Session, rule: CheckRule) -> Yardstick | None:
    """Return the criterion that names the rule, or else the one for which it proposed an answer last."""
    for rubric, version in _newest_versions(session):
        for criterion in load_definition(version).criteria():
            if criterion.check is not None and criterion.check.rule == rule.code:
                return Yardstick(rubric.id, criterion.code, criterion.check.satisfied or _other(criterion))
    row = session.execute(
        select(RubricVersion.rubric_id, RuleProposal.criterion, RuleProposal.proposed)
        .join(Inspection, Inspection.id == RuleProposal.inspection_id)
        .join(RubricVersion, RubricVersion.id == Inspection.rubric_version_id)
        .join(RuleVersion, RuleVersion.id == RuleProposal.rule_version_id)
        .where(RuleVersion.rule_id == rule.id, RuleProposal.outcome == Outcome.satisfied.value)
        .order_by(RuleProposal.made_at.desc())
        .limit(1)
    ).first()
    return None if row is None else Yardstick(*row)


def _other(criterion: Criterion) -> str:
    """The best answer but the one that stands for "not satisfied"."""
    assert criterion.check is not None
    levels = [level for level in criterion.answer_levels if level.code != criterion.check.not_satisfied]
    return max(levels, key=lambda level: level.value or 0.0).code if levels else ""


def read_answers(session: Session, yardstick: Yardstick, ids: Sequence[int]) -> dict[int, list[tuple[int, bool]]]:
    """Return by conversation the inspections that answered, each with whether the answer is the one asked for."""
    rows = session.execute(
        select(Inspection.conversation_id, Inspection.id, Answer.value)
        .join(Answer, Answer.inspection_id == Inspection.id)
        .join(RubricVersion, RubricVersion.id == Inspection.rubric_version_id)
        .where(
            Inspection.conversation_id.in_(ids),
            Inspection.state != InspectionState.draft,
            RubricVersion.rubric_id == yardstick.rubric_id,
            Answer.criterion == yardstick.criterion,
            Inspection.purpose == SamplePurpose.work,
        )
        .order_by(Inspection.id)
    )
    found: dict[int, list[tuple[int, bool]]] = {}
    for conversation_id, inspection_id, value in rows:
        code = answer_code(value)
        if code not in _NO_OPINION:
            found.setdefault(conversation_id, []).append((inspection_id, code == yardstick.level))
    return found


@dataclass(slots=True)
class Comparing:
    """Counts verdicts beside answers, and keeps some of the conversations of each kind with their inspections."""

    yardstick: Yardstick
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[list[int]]] = field(default_factory=lambda: {one.value: [] for one in Standing})

    def add(self, conversation_id: int, outcome: Outcome, answers: Sequence[tuple[int, bool]]) -> None:
        """Count one conversation with what was answered about it."""
        if outcome is Outcome.cannot_tell:
            return
        is_hit = outcome is Outcome.satisfied
        for inspection_id, is_found in answers:
            standing = stand_of(is_hit=is_hit, is_right=is_hit == is_found).value
            self.counts[standing] += 1
            if len(self.examples[standing]) < _EXAMPLES:
                self.examples[standing].append([conversation_id, inspection_id])

    def to_plain(self) -> dict[str, Any]:
        """Write what is kept with the test."""
        counts = {one.value: self.counts[one.value] for one in Standing}
        return {"against": self.yardstick.to_text(), "counts": counts, "examples": self.examples}
