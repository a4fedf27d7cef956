"""Single edits of a draft: each takes a rubric and returns the next one, and nothing else happens.

Things are found by their codes; a code that is not there is a `NoSuchPart`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace

from scoring.rubric import AllOf, AnswerIs, AnyOf, Condition, Criterion, Kind, Not, Rubric, Section, Text

__all__ = [
    "NoSuchPart",
    "add_criterion",
    "add_section",
    "arrange",
    "duplicate_criterion",
    "free_code",
    "move_criterion",
    "move_section",
    "new_rubric",
    "remove_criterion",
    "remove_section",
    "replace_criterion",
    "replace_section",
    "settle_codes",
    "slug",
]

PROVISIONAL = re.compile(r"^(criterion|section|level|item)_\d+$")
_LONGEST_CODE = 40


class NoSuchPart(LookupError):
    """The draft has no section or criterion of that code (any more)."""


def new_rubric(code: str, title: Text) -> Rubric:
    """Return the smallest rubric: one section with one criterion of full weight."""
    first = Criterion(code="criterion_1", kind=Kind.yes_no, weight=100)
    return Rubric(code=code, title=title, sections=(Section(code="section_1", criteria=(first,)),))


def add_section(rubric: Rubric) -> tuple[Rubric, str]:
    """Append an empty section; return its code, too."""
    code = free_code("section", {section.code for section in rubric.sections})
    return replace(rubric, sections=(*rubric.sections, Section(code=code))), code


def add_criterion(rubric: Rubric, section_code: str) -> tuple[Rubric, str]:
    """Append a yes/no criterion to a section; return its code, too."""
    code = free_code("criterion", _criterion_codes(rubric))
    new = Criterion(code=code, kind=Kind.yes_no)
    return _in_section(rubric, section_code, lambda criteria: (*criteria, new)), code


def duplicate_criterion(rubric: Rubric, code: str) -> tuple[Rubric, str]:
    """Put a copy behind a criterion, with weight 0 so that the sum stays; return its code, too."""
    home, original = _find(rubric, code)
    copy = replace(original, code=free_code("criterion", _criterion_codes(rubric)), weight=0)

    def insert(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
        at = criteria.index(original) + 1
        return (*criteria[:at], copy, *criteria[at:])

    return _in_section(rubric, home.code, insert), copy.code


def replace_criterion(rubric: Rubric, code: str, new: Criterion) -> Rubric:
    """Put `new` in the place of the criterion of that code."""
    home, _ = _find(rubric, code)
    return _in_section(rubric, home.code, lambda criteria: tuple(new if old.code == code else old for old in criteria))


def replace_section(rubric: Rubric, code: str, new: Section) -> Rubric:
    """Put `new` in the place of the section of that code."""
    if code not in {section.code for section in rubric.sections}:
        raise NoSuchPart(code)
    return replace(rubric, sections=tuple(new if old.code == code else old for old in rubric.sections))


def remove_criterion(rubric: Rubric, code: str) -> Rubric:
    """Take a criterion out; conditions that ask it stay and are found by the lint."""
    home, _ = _find(rubric, code)
    return _in_section(rubric, home.code, lambda criteria: tuple(old for old in criteria if old.code != code))


def remove_section(rubric: Rubric, code: str) -> Rubric:
    """Take a section out with everything in it."""
    if code not in {section.code for section in rubric.sections}:
        raise NoSuchPart(code)
    return replace(rubric, sections=tuple(section for section in rubric.sections if section.code != code))


def move_section(rubric: Rubric, code: str, step: int) -> Rubric:
    """Move a section up (-1) or down (+1); at the end of the list it stays where it is."""
    codes = [section.code for section in rubric.sections]
    if code not in codes:
        raise NoSuchPart(code)
    sections = list(rubric.sections)
    at, to = codes.index(code), codes.index(code) + step
    if 0 <= to < len(sections):
        sections[at], sections[to] = sections[to], sections[at]
    return replace(rubric, sections=tuple(sections))


def move_criterion(rubric: Rubric, code: str, step: int) -> Rubric:
    """Move a criterion up (-1) or down (+1), over the edge of its section into the next one."""
    order = [(section.code, [criterion.code for criterion in section.criteria]) for section in rubric.sections]
    home = next((number for number, (_, codes) in enumerate(order) if code in codes), None)
    if home is None:
        raise NoSuchPart(code)
    codes = order[home][1]
    at = codes.index(code)
    codes.pop(at)
    if 0 <= at + step <= len(codes):
        codes.insert(at + step, code)
    elif 0 <= home + step < len(order):
        neighbours = order[home + step][1]
        neighbours.insert(len(neighbours) if step < 0 else 0, code)
    else:
        codes.insert(at, code)
    return arrange(rubric, order)


def arrange(rubric: Rubric, order: Iterable[tuple[str, Sequence[str]]]) -> Rubric:
    """Put sections and criteria into the order given: every code exactly once, otherwise `NoSuchPart`."""
    wanted = list(order)
    sections = {section.code: section for section in rubric.sections}
    criteria = {criterion.code: criterion for criterion in rubric.criteria()}
    named = [code for _, codes in wanted for code in codes]
    if sorted(code for code, _ in wanted) != sorted(sections) or sorted(named) != sorted(criteria):
        raise NoSuchPart("the order does not name every section and criterion once")
    arranged = (replace(sections[code], criteria=tuple(criteria[inner] for inner in codes)) for code, codes in wanted)
    return replace(rubric, sections=tuple(arranged))


def settle_codes(rubric: Rubric, kept: Collection[str]) -> Rubric:
    """Name what is still called ``criterion_7`` after its English title, except codes in `kept` (published before).

    Done once, on publishing: from then on the code is what versions are compared by.
    """
    section_codes = _settled(((section.code, section.title.en) for section in rubric.sections), kept)
    criterion_codes = _settled(((criterion.code, criterion.title.en) for criterion in rubric.criteria()), kept)
    sections = (
        replace(
            section,
            code=section_codes[section.code],
            criteria=tuple(_settle_criterion(criterion, criterion_codes) for criterion in section.criteria),
        )
        for section in rubric.sections
    )
    return replace(rubric, sections=tuple(sections))


def free_code(stem: str, taken: Collection[str]) -> str:
    """Return ``stem_1`` or the first number after it that is free."""
    number = len(taken) + 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def slug(text: str) -> str:
    """Return a code made of the text's English words; empty where it has none."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))
    code = ""
    for word in words:
        if code and len(code) + len(word) >= _LONGEST_CODE:
            break
        code = f"{code}_{word}" if code else word
    return code[:_LONGEST_CODE] if code[:1].isalpha() else ""


def _settled(named: Iterable[tuple[str, str]], kept: Collection[str]) -> dict[str, str]:
    pairs = list(named)
    taken = {code for code, _ in pairs} | set(kept)
    settled = {}
    for code, title in pairs:
        wanted = slug(title)
        if PROVISIONAL.match(code) and code not in kept and wanted:
            settled[code] = wanted if wanted not in taken else free_code(wanted, taken)
            taken.add(settled[code])
        else:
            settled[code] = code
    return settled


def _settle_criterion(criterion: Criterion, codes: dict[str, str]) -> Criterion:
    condition = criterion.applies_if
    applies_if = None if condition is None else _settle_condition(condition, codes)
    return replace(criterion, code=codes[criterion.code], applies_if=applies_if)


def _settle_condition(condition: Condition, codes: dict[str, str]) -> Condition:
    match condition:
        case AnswerIs():
            return replace(condition, criterion=codes.get(condition.criterion, condition.criterion))
        case AllOf() | AnyOf():
            return replace(condition, of=tuple(_settle_condition(part, codes) for part in condition.of))
        case Not():
            return replace(condition, of=_settle_condition(condition.of, codes))
    return condition


def _criterion_codes(rubric: Rubric) -> set[str]:
    return {criterion.code for criterion in rubric.criteria()}


def _find(rubric: Rubric, code: str) -> tuple[Section, Criterion]:
    for section in rubric.sections:
        for criterion in section.criteria:
            if criterion.code == code:
                return section, criterion
    raise NoSuchPart(code)


def _in_section(rubric: Rubric, code: str, change: Callable[[tuple[Criterion, ...]], tuple[Criterion, ...]]) -> Rubric:
    section = next((section for section in rubric.sections if section.code == code), None)
    if section is None:
        raise NoSuchPart(code)
    return replace_section(rubric, code, replace(section, criteria=change(section.criteria)))
