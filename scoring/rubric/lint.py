"""Whether a rubric makes sense: what must be mended before it is published, and what deserves a second look.

Errors block publishing, warnings do not. A finding is a code with its place and the figures a sentence needs; the
sentences, and what to do about each, are said by whoever shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import fsum

from scoring.rubric.definition import Criterion, Kind, Rubric, Section, Text
from scoring.rubric.facts import CHANNELS
from scoring.rubric.findings import Finding, error, has_errors, warning
from scoring.rubric.lint_answers import lint_answers
from scoring.rubric.lint_conditions import lint_conditions
from scoring.rubric.lint_overlaps import lint_overlaps
from scoring.rubric.place import Place
from scoring.rubric.reach import can_all_fall_away

__all__ = ["Finding", "has_errors", "lint_rubric"]

WEIGHT_SUM = 100.0
_TOLERANCE = 1e-6  # weights typed as thirds (33.333333) do not sum to 100 in binary


def lint_rubric(rubric: Rubric) -> list[Finding]:
    """Everything worth saying about a rubric, errors first, then in its own order.

    Parameters
    ----------
    rubric : Rubric
        A draft, however unfinished.

    Returns
    -------
    list of Finding
        Empty when there is nothing to say. `has_errors` tells whether it may be published.
    """
    found = [*_lint_whole(rubric), *_lint_codes(rubric)]
    for section in rubric.sections:
        found.extend(_lint_section(section))
        for criterion in section.criteria:
            found.extend(_lint_criterion(rubric, section, criterion))
    if not has_errors(found):
        # Only a rubric that can be scored has cases worth trying.
        found.extend(lint_overlaps(rubric))
        if can_all_fall_away(rubric):
            found.append(warning("all_na_possible", Place()))
    return sorted(found, key=lambda finding: finding.severity)


def _lint_whole(rubric: Rubric) -> Iterator[Finding]:
    yield from _lint_text(rubric.title, Place(part="title"))
    if not any(True for _ in rubric.criteria()):
        yield error("no_criteria", Place())
        return
    total = fsum(criterion.weight for criterion in rubric.criteria())
    if abs(total - WEIGHT_SUM) > _TOLERANCE:
        yield error("weights_sum", Place(part="weight"), total=total, missing=WEIGHT_SUM - total)
    for channel in rubric.channels:
        if channel not in CHANNELS:
            yield error("unknown_channel", Place(part="channels", entry=channel), channel=channel)


def _lint_codes(rubric: Rubric) -> Iterator[Finding]:
    for code, times in Counter(section.code for section in rubric.sections).items():
        if times > 1:
            yield error("code_twice", Place(section=code), code=code, times=times)
    for code, times in Counter(criterion.code for criterion in rubric.criteria()).items():
        if times > 1:
            yield error("code_twice", Place(criterion=code), code=code, times=times)


def _lint_section(section: Section) -> Iterator[Finding]:
    yield from _lint_text(section.title, Place(section=section.code, part="title"))
    if not section.criteria:
        yield warning("section_empty", Place(section=section.code))


def _lint_criterion(rubric: Rubric, section: Section, criterion: Criterion) -> Iterator[Finding]:
    place = Place(section=section.code, criterion=criterion.code)
    yield from _lint_text(criterion.title, _part(place, "title"))
    yield from _lint_weight(criterion, place)
    for level in criterion.levels:
        yield from _lint_text(level.text, _part(place, "levels", level.code), unnamed="level_unnamed")
    for item in criterion.items:
        yield from _lint_text(item.text, _part(place, "items", item.code), unnamed="item_unnamed")
    yield from _lint_guidance(criterion, place)
    yield from lint_answers(rubric, criterion, place)
    if criterion.applies_if is not None:
        yield from lint_conditions(rubric, criterion, place)


def _lint_weight(criterion: Criterion, place: Place) -> Iterator[Finding]:
    is_informational = criterion.kind is Kind.informational
    if is_informational and (criterion.weight > 0 or criterion.is_critical_kind):
        yield error("informational_counts", _part(place, "weight"), weight=criterion.weight)
    if not is_informational and criterion.weight == 0 and not criterion.is_critical_kind:
        yield warning("weighs_nothing", _part(place, "weight"))
    if criterion.is_critical_kind and criterion.kind is not Kind.measured and not criterion.evidence_required:
        yield warning("critical_without_evidence", _part(place, "evidence_required"))


def _lint_guidance(criterion: Criterion, place: Place) -> Iterator[Finding]:
    texts = (criterion.guidance.text, criterion.guidance.good, criterion.guidance.bad)
    if any(bool(text.en) is not bool(text.zh) for text in (*texts, criterion.guidance.advice)):
        yield warning("guidance_one_language", _part(place, "guidance"))
    is_judged = criterion.kind not in (Kind.measured, Kind.informational)
    if is_judged and not any(text.en or text.zh for text in texts):
        yield warning("no_guidance", _part(place, "guidance"))


def _lint_text(text: Text, place: Place, *, unnamed: str = "no_title") -> Iterator[Finding]:
    missing = [language for language, words in (("en", text.en), ("zh", text.zh)) if not words.strip()]
    if len(missing) == 2:
        yield error(unnamed, place)
    elif missing:
        yield error("missing_language", place, language=missing[0])


def _part(place: Place, part: str, entry: str | None = None) -> Place:
    return Place(section=place.section, criterion=place.criterion, part=part, entry=entry)
