"""What changed between two versions of a rubric, thing by thing, as codes with before and after.

Criteria, sections, levels and items are the same when their codes are; so a reworded criterion is not "one removed, one
added".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring.rubric.definition import Criterion, Item, Level, Rubric, Section, Text
from scoring.rubric.place import Place

Value = object
_PARTS = (
    "kind",
    "weight",
    "criticality",
    "na_allowed",
    "evidence_required",
    "measure",
    "applies_if",
    "check",
    "script",
)  # compared as they are


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes
    ----------
    code : str
        What happened, such as ``criterion_added``, ``weight_changed``, ``level_reworded``.
    place : Place
        Where; for something removed, where it stood.
    before, after : object or None
        The old and the new value: numbers, codes, texts or parts of the definition; None where there is none.
    number : int or None
        Number of the criterion in the new version, in the old one if it was removed.
    """

    code: str
    place: Place
    before: Value = None
    after: Value = None
    number: int | None = None


def diff_rubrics(old: Rubric, new: Rubric) -> list[Change]:
    """Every difference between two rubrics, in the order of the new one, what was removed last.

    Parameters
    ----------
    old, new : Rubric
        Two versions, or any two rubrics.

    Returns
    -------
    list of Change
        Empty exactly when the two are equal, apart from their codes.
    """
    found = [*_diff_head(old, new), *_diff_sections(old, new)]
    found.extend(_diff_criteria(old, new))
    return found


def _diff_head(old: Rubric, new: Rubric) -> Iterator[Change]:
    for part in ("title", "description"):
        yield from _reworded(getattr(old, part), getattr(new, part), Place(part=part))
    if old.channels != new.channels:
        yield Change("channels_changed", Place(part="channels"), old.channels, new.channels)


def _diff_sections(old: Rubric, new: Rubric) -> Iterator[Change]:
    before = {section.code: section for section in old.sections}
    after = {section.code: section for section in new.sections}
    moved = _moved(list(before), list(after))
    for code, section in after.items():
        place = Place(section=code)
        if code not in before:
            yield Change("section_added", place, None, section.title)
            continue
        yield from _reworded(before[code].title, section.title, Place(section=code, part="title"))
        if code in moved:
            yield Change("section_moved", place, section.title, section.title)
    for code, section in before.items():
        if code not in after:
            yield Change("section_removed", Place(section=code), section.title, None)


def _diff_criteria(old: Rubric, new: Rubric) -> Iterator[Change]:
    before, after = _homes(old), _homes(new)
    old_numbers, new_numbers = old.numbers(), new.numbers()
    moved = _moved(list(before), list(after))
    for code, (section, criterion) in after.items():
        place, number = Place(section=section.code, criterion=code), new_numbers[code]
        if code not in before:
            yield Change("criterion_added", place, None, criterion, number)
            continue
        old_section, old_criterion = before[code]
        if old_section.code != section.code:
            yield Change("criterion_rehomed", place, old_section.title, section.title, number)
        elif code in moved:
            yield Change("criterion_moved", place, old_numbers[code], number, number)
        yield from _diff_criterion(old_criterion, criterion, place, number)
    for code, (section, criterion) in before.items():
        if code not in after:
            place = Place(section=section.code, criterion=code)
            yield Change("criterion_removed", place, criterion, None, old_numbers[code])


def _diff_criterion(old: Criterion, new: Criterion, place: Place, number: int) -> Iterator[Change]:
    yield from _reworded(old.title, new.title, _at(place, "title"), number)
    for part in _PARTS:
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            yield Change(f"{part}_changed", _at(place, part), before, after, number)
    if old.guidance != new.guidance:
        yield Change("guidance_reworded", _at(place, "guidance"), old.guidance, new.guidance, number)
    yield from _diff_levels(old.levels, new.levels, place, number)
    yield from _diff_items(old.items, new.items, place, number)


def _diff_levels(old: Sequence[Level], new: Sequence[Level], place: Place, number: int) -> Iterator[Change]:
    yield from _diff_entries("level", old, new, _at(place, "levels"), number)
    before = {level.code: level for level in old}
    for level in new:
        if level.code not in before:
            continue
        here, former = _at(place, "levels", level.code), before[level.code]
        yield from _entry_reworded("level", former.text, level.text, here, number)
        if former.value != level.value:
            yield Change("level_value_changed", here, former.value, level.value, number)
        if former.fatal != level.fatal:
            yield Change("level_fatal_changed", here, former.fatal, level.fatal, number)


def _diff_items(old: Sequence[Item], new: Sequence[Item], place: Place, number: int) -> Iterator[Change]:
    yield from _diff_entries("item", old, new, _at(place, "items"), number)
    before = {item.code: item for item in old}
    for item in new:
        if item.code not in before:
            continue
        here, former = _at(place, "items", item.code), before[item.code]
        yield from _entry_reworded("item", former.text, item.text, here, number)
        if former.na_allowed != item.na_allowed:
            yield Change("item_na_changed", here, former.na_allowed, item.na_allowed, number)


def _diff_entries(
    word: str, old: Sequence[Level | Item], new: Sequence[Level | Item], place: Place, number: int
) -> Iterator[Change]:
    """Levels or items that came, went or changed places."""
    before, after = {entry.code: entry for entry in old}, {entry.code: entry for entry in new}
    for code, entry in after.items():
        if code not in before:
            yield Change(f"{word}_added", _at(place, str(place.part), code), None, entry, number)
    for code, entry in before.items():
        if code not in after:
            yield Change(f"{word}_removed", _at(place, str(place.part), code), entry, None, number)
    if _moved(list(before), list(after)):
        yield Change(f"{word}s_reordered", place, tuple(before), tuple(after), number)


def _reworded(old: Text, new: Text, place: Place, number: int | None = None) -> Iterator[Change]:
    if old != new:
        yield Change(f"{place.part}_reworded", place, old, new, number)


def _entry_reworded(word: str, old: Text, new: Text, place: Place, number: int) -> Iterator[Change]:
    if old != new:
        yield Change(f"{word}_reworded", place, old, new, number)


def _homes(rubric: Rubric) -> dict[str, tuple[Section, Criterion]]:
    return {criterion.code: (section, criterion) for section in rubric.sections for criterion in section.criteria}


def _at(place: Place, part: str, entry: str | None = None) -> Place:
    return Place(section=place.section, criterion=place.criterion, part=part, entry=entry)


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest things whose moving explains the new order: all but a longest run that kept its order."""
    places = {code: place for place, code in enumerate(before) if code in set(after)}
    kept = [code for code in after if code in places]
    longest: dict[str, list[str]] = {}
    best: list[str] = []
    for at, code in enumerate(kept):
        run: list[str] = []
        for former in kept[:at]:
            if places[former] < places[code] and len(longest[former]) > len(run):
                run = longest[former]
        longest[code] = [*run, code]
        best = max(best, longest[code], key=len)
    return set(kept).difference(best)
