"""What the buttons beside the list of a draft do: each names a deed and a code, such as ``criterion_up:greeting``."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from qa_app.rubrics import drafting
from qa_app.rubrics.editor_page import Open
from scoring.rubric import Rubric

__all__ = ["arrange_draft"]

Outcome = tuple[Rubric, Open | None]  # the next rubric, and what is opened then; None: what was open stays


def arrange_draft(rubric: Rubric, deed: str, order: str = "") -> Outcome:
    """Return the rubric after a deed; an `order`, the whole list as JSON after it was dragged, goes before it.

    Raises `NoSuchPart` where the deed, or what it names, does not exist (any more).
    """
    if order:
        return drafting.arrange(rubric, _read_order(order)), None
    name, _, code = deed.partition(":")
    act = _DEEDS.get(name)
    if act is None:
        raise drafting.NoSuchPart(deed)
    return act(rubric, code)


def _read_order(order: str) -> list[tuple[str, list[str]]]:
    try:
        return msgspec.json.decode(order, type=list[tuple[str, list[str]]])
    except msgspec.MsgspecError as error:
        raise drafting.NoSuchPart("the order cannot be read") from error


def _add_criterion(rubric: Rubric, section: str) -> Outcome:
    changed, code = drafting.add_criterion(rubric, section)
    return changed, Open(criterion=code)


def _add_section(rubric: Rubric, _: str) -> Outcome:
    changed, code = drafting.add_section(rubric)
    return changed, Open(section=code)


def _duplicate(rubric: Rubric, code: str) -> Outcome:
    changed, copy = drafting.duplicate_criterion(rubric, code)
    return changed, Open(criterion=copy)


_DEEDS: dict[str, Callable[[Rubric, str], Outcome]] = {
    "criterion_up": lambda rubric, code: (drafting.move_criterion(rubric, code, -1), None),
    "criterion_down": lambda rubric, code: (drafting.move_criterion(rubric, code, 1), None),
    "section_up": lambda rubric, code: (drafting.move_section(rubric, code, -1), None),
    "section_down": lambda rubric, code: (drafting.move_section(rubric, code, 1), None),
    "add_criterion": _add_criterion,
    "add_section": _add_section,
    "duplicate": _duplicate,
    "remove_criterion": lambda rubric, code: (drafting.remove_criterion(rubric, code), Open()),
    "remove_section": lambda rubric, code: (drafting.remove_section(rubric, code), Open()),
}
