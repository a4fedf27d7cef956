"""Lint for double jeopardy: two criteria that take points for the same thing.

Two signs are looked for. Both criteria are filled from the same figure, or their words are nearly the same in one of
the languages; and some conversation exists to which both apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from scoring.rubric.definition import Criterion, Kind, Rubric
from scoring.rubric.findings import Finding, warning
from scoring.rubric.place import Place
from scoring.rubric.reach import can_apply_together

SIMILARITY = 0.6  # share of common words at which two texts are taken to ask the same

_WORD = re.compile(r"[a-z][a-z'-]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_COMMON_WORDS = frozenset(
    _WORD.findall(
        "an and any are as at be by for from has have in is it its no not of on or that the their this to was with"
    )
)


def lint_overlaps(rubric: Rubric) -> Iterator[Finding]:
    """A warning for each pair of criteria that punish the same thing, placed at the later one."""
    homes = {criterion.code: section.code for section in rubric.sections for criterion in section.criteria}
    counting = [criterion for criterion in rubric.criteria() if criterion.kind is not Kind.informational]
    for one, other in combinations(counting, 2):
        sign = _sign_of_overlap(one, other)
        if sign and can_apply_together(rubric, one, other):
            place = Place(section=homes[other.code], criterion=other.code)
            yield warning("double_jeopardy", place, other=one.code, sign=sign)


def _sign_of_overlap(one: Criterion, other: Criterion) -> str | None:
    if one.measure is not None and other.measure is not None and one.measure.metric == other.measure.metric:
        return "metric"
    alike = max(text_similarity(_words_en(one), _words_en(other)), text_similarity(_words_zh(one), _words_zh(other)))
    return "words" if alike >= SIMILARITY else None


def text_similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Common words over all words (Jaccard), 0–1; 0 where a text has fewer than two words."""
    if len(one) < 2 or len(other) < 2:
        return 0.0
    return len(one & other) / len(one | other)


def _words_en(criterion: Criterion) -> frozenset[str]:
    return frozenset(_WORD.findall(criterion.title.en.lower())) - _COMMON_WORDS


def _words_zh(criterion: Criterion) -> frozenset[str]:
    """Pairs of neighbouring characters: Chinese has no blanks, and two characters are the commonest word."""
    runs = _HAN.findall(criterion.title.zh)
    return frozenset(run[at : at + 2] for run in runs for at in range(len(run) - 1))
