"""Quarters as tests name them: 2026-Q3, however somebody wrote it."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["quarter_before", "quarter_of", "read_quarter"]

_YEAR_FIRST: Final = re.compile(r"(\d{4})\s*(?:年\s*)?[-/ ]?\s*(?:Q|q|第)?\s*([1-4一二三四])\s*(?:季度|季)?")
_QUARTER_FIRST: Final = re.compile(r"[Qq]\s*([1-4])[-/ ]*(\d{4})")
_CHINESE: Final = {"一": "1", "二": "2", "三": "3", "四": "4"}


def quarter_of(month: str) -> str:
    """The quarter that a month (YYYY-MM) lies in."""
    year, number = month.split("-")
    return f"{year}-Q{(int(number) + 2) // 3}"


def quarter_before(quarter: str) -> str:
    """The quarter before one."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"


def read_quarter(text: str) -> str | None:
    """Understand 2026-Q3, 2026Q3, Q3 2026, 2026年第三季度; none for anything else."""
    plain = text.strip()
    if found := _QUARTER_FIRST.fullmatch(plain):
        return f"{found[2]}-Q{found[1]}"
    if found := _YEAR_FIRST.fullmatch(plain):
        return f"{found[1]}-Q{_CHINESE.get(found[2], found[2])}"
    return None
