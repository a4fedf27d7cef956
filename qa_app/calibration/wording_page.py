"""Criteria that were called not scoreable as written: how often, by whom, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qa_app.calibration import session_queries
from qa_app.calibration.period import half_year_until
from qa_app.models import RubricVersion
from qa_app.rubrics.queries import load_definition

__all__ = ["WordingLine", "WordingPage", "make_wording_page"]

_REASONS = 20


@dataclass(frozen=True, slots=True)
class WordingLine:
    """One criterion of a rubric with the newest reasons."""

    rubric_id: int
    rubric: str
    title: str
    code: str
    count: int
    inspectors: int
    reasons: Sequence[Any]


@dataclass(frozen=True, slots=True)
class WordingPage:
    """All of them since a day, the most often named first."""

    since: datetime
    lines: tuple[WordingLine, ...]


def make_wording_page(session: Session, moment: datetime, zone: ZoneInfo, language: str) -> WordingPage:
    """Collect half a year of answers per criterion."""
    since = half_year_until(moment, zone).starts_at
    groups: dict[tuple[int, str], list[Any]] = {}
    for row in session_queries.list_unscoreable(session, since):
        groups.setdefault((row.rubric_id, row.criterion), []).append(row)
    lines = [_line(session, rows, language) for rows in groups.values()]
    return WordingPage(since, tuple(sorted(lines, key=lambda line: (-line.count, line.rubric, line.title))))


def _line(session: Session, rows: Sequence[Any], language: str) -> WordingLine:
    """Name the criterion as its newest version in the list does."""
    first = rows[0]
    version = session.get_one(RubricVersion, first.rubric_version_id)
    rubric = load_definition(version)
    criterion = rubric.criterion(first.criterion)
    return WordingLine(
        rubric_id=first.rubric_id,
        rubric=rubric.title.in_language(language),
        title=criterion.title.in_language(language) if criterion else first.criterion,
        code=first.criterion,
        count=len(rows),
        inspectors=len({row.inspector_name for row in rows}),
        reasons=rows[:_REASONS],
    )
