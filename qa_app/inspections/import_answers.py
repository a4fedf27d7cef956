"""One cell of a spreadsheet becomes one answer, in the words people use in either language."""

from __future__ import annotations

import re
from typing import Any

from scoring.rubric.definition import Criterion, Kind

__all__ = ["RowRefused", "read_answer"]

NA_WORDS = {"n/a", "na", "not applicable", "不适用", "无"}
YES_WORDS = {"yes", "y", "true", "1", "是", "有", "✓", "√"}
NO_WORDS = {"no", "n", "false", "0", "否", "无此", "×", "✗"}
_SEPARATORS = re.compile(r"[;；、\n]")


class RowRefused(Exception):
    """Why a row stays out: the field, what stood there, and a code that becomes a sentence where it is shown."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        super().__init__(f"{field}: {reason} {value!r}")
        self.field, self.value, self.reason = field, value, reason


def read_answer(criterion: Criterion, cell: str) -> dict[str, Any]:
    """Return an answer as the page sends it: a level by code, text or value, items parted by semicolons, or N/A."""
    word = cell.strip().lower()
    if word in NA_WORDS and criterion.na_allowed:
        return {"na": True}
    if criterion.kind is Kind.checklist:
        done = _read_items(criterion, cell)
        return {"done": done, "missed": [item.code for item in criterion.items if item.code not in done]}
    level = _level_code(criterion, word)
    if level is None:
        raise RowRefused(criterion.code, cell, "unknown_answer")
    return {"level": level}


def _level_code(criterion: Criterion, word: str) -> str | None:
    for level in criterion.answer_levels:
        if word in {level.code.lower(), level.text.en.lower(), level.text.zh.lower()} - {""}:
            return level.code
    if criterion.kind is Kind.yes_no and word in YES_WORDS | NO_WORDS:
        return criterion.answer_levels[0 if word in YES_WORDS else -1].code
    try:
        value = float(word)
    except ValueError:
        return None
    return next((level.code for level in criterion.answer_levels if level.value == value), None)


def _read_items(criterion: Criterion, cell: str) -> list[str]:
    known = {
        name.lower(): item.code for item in criterion.items for name in (item.code, item.text.en, item.text.zh) if name
    }
    done = []
    for part in filter(None, (part.strip() for part in _SEPARATORS.split(cell))):
        if part.lower() not in known:
            raise RowRefused(criterion.code, part, "unknown_answer")
        done.append(known[part.lower()])
    return done
