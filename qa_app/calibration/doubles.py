"""Conversations that two inspectors scored without knowing of each other, and the questions both answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from qa_app.calibration.queries import ALL, NOT_ALL, Scored
from scoring.rubric.definition import NO_TEXT, Criterion, Kind, Rubric, Text

__all__ = ["CRITICAL", "Double", "Question", "Questions", "pair_scorings", "read_questions"]


@dataclass(frozen=True, slots=True)
class Double:
    """One conversation scored twice; seen by an inspector, the second is their own."""

    first: Scored
    second: Scored


@dataclass(frozen=True, slots=True)
class Question:
    """A criterion that is answered with levels, as the same question across versions and rubrics.

    `rubric` names it where one code stands for several questions, and is empty elsewhere.
    """

    key: str
    code: str
    title: Text
    levels: tuple[str, ...]
    positions: tuple[float, ...]
    failing: frozenset[str]
    is_ordered: bool
    texts: tuple[Text, ...] = ()
    rubric: Text = NO_TEXT

    def level_text(self, level: str | None, language: str) -> str:
        """Name a level in the reader's language; empty where there was no answer or it has no name."""
        if level not in self.levels or not self.texts:
            return ""
        return self.texts[self.levels.index(level)].in_language(language)


@dataclass(frozen=True, slots=True)
class Questions:
    """All questions, and which one a criterion of a rubric version asks."""

    by_key: Mapping[str, Question]
    key_of: Mapping[tuple[int, str], str]


# Whether there was a critical error at all; the hyphen keeps it apart from the codes of criteria.
CRITICAL = Question("critical-error", "critical-error", NO_TEXT, ("no", "yes"), (0.0, 1.0), frozenset({"yes"}), False)


def pair_scorings(scorings: Iterable[Scored], *, own: int | None = None) -> list[Double]:
    """Pair the first two inspectors of every conversation that has two; with `own` only that inspector's pairs.

    With `own` the second scoring of a pair is that inspector's, so that differences say "I minus the other".
    """
    conversations: dict[int, dict[int, Scored]] = defaultdict(dict)
    for scoring in scorings:
        conversations[scoring.conversation_id].setdefault(scoring.inspector_id, scoring)
    pairs = []
    for by_inspector in conversations.values():
        mine = by_inspector.pop(own) if own in by_inspector else None
        rest = list(by_inspector.values())
        if mine is not None and rest:
            pairs.append(Double(rest[0], mine))
        elif own is None and len(rest) > 1:
            pairs.append(Double(rest[0], rest[1]))
    return pairs


def read_questions(definitions: Sequence[tuple[int, int, dict[str, Any]]]) -> Questions:
    """Find the questions of rubric versions: same code, same levels and, in the newest version, the same title.

    Measured figures fill themselves and informational criteria cost nothing: neither is anybody's judgement.
    """
    versions = [(version_id, msgspec.convert(plain, Rubric)) for version_id, _number, plain in definitions]
    titles = {(rubric.code, one.code): one.title for _id, rubric in versions for one in rubric.criteria()}
    keys: dict[tuple[object, ...], str] = {}
    by_key: dict[str, Question] = {}
    key_of: dict[tuple[int, str], str] = {}
    for version_id, rubric in versions:
        for criterion in filter(_is_judged, rubric.criteria()):
            question = _question(criterion, titles[rubric.code, criterion.code])
            same = (question.code, question.title, question.levels, question.positions, question.failing)
            key = keys.setdefault(same, f"{criterion.code}.{len(keys)}")
            by_key[key] = replace(question, key=key, rubric=rubric.title)
            key_of[version_id, criterion.code] = key
    return Questions(_forget_unneeded_rubrics(by_key), key_of)


def _forget_unneeded_rubrics(by_key: Mapping[str, Question]) -> dict[str, Question]:
    codes = [question.code for question in by_key.values()]
    return {
        key: question if codes.count(question.code) > 1 else replace(question, rubric=NO_TEXT)
        for key, question in by_key.items()
    }


def _is_judged(criterion: Criterion) -> bool:
    counts = criterion.weight > 0 or criterion.is_critical_kind
    return counts and criterion.kind in (Kind.yes_no, Kind.scale, Kind.checklist)


def _question(criterion: Criterion, title: Text) -> Question:
    if criterion.kind is Kind.checklist:
        return Question("", criterion.code, title, (ALL, NOT_ALL), (0.0, 1.0), frozenset({NOT_ALL}), False)
    levels = criterion.answer_levels
    values = tuple(level.value for level in levels)
    return Question(
        key="",
        code=criterion.code,
        title=title,
        levels=tuple(level.code for level in levels),
        # Two levels of one value have no distance: then they lie one step apart, in their order.
        positions=values if len(set(values)) == len(values) else tuple(map(float, range(len(values)))),
        failing=frozenset(level.code for level in levels if level.value < 1 or level.fatal),
        is_ordered=criterion.kind is Kind.scale,
        texts=tuple(level.text for level in levels),
    )
