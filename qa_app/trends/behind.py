"""The list of inspections behind a bar or a week: what they lost, with the places that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from qa_app.trends import queries
from qa_app.trends.criteria import read_criteria, split_key
from qa_app.trends.scope import Scope, Span, week_bounds
from qa_app.trends.words import week_number
from qa_app.web.filters import format_month
from qa_app.web.pagination import Page, paginate_rows

__all__ = ["BehindPage", "NotAsked", "make_behind_page"]


class NotAsked(Exception):
    """The address names no week or no criterion there is."""


@dataclass(frozen=True, slots=True)
class BehindPage:
    """What is listed, in words, and a page of it with the evidence of each inspection."""

    title: str
    period: str
    rows: Page[Any]
    evidence: Mapping[int, Sequence[Any]]
    has_criterion: bool


def make_behind_page(
    session: Session, scope: Scope, language: str, *, criterion: str = "", week: str = ""
) -> BehindPage:
    """Gather a page of the list: a fixed number of queries.

    Raises
    ------
    NotAsked
        If week or criterion are nothing known.
    """
    span = _week(week, scope) if week else scope.span
    rubric_id, code = split_key(criterion)
    title = str(_("Inspections"))
    if criterion:
        title = _title(session, scope, span, criterion, language)
    rows = paginate_rows(session, queries.select_losses(scope, span, rubric_id=rubric_id, criterion=code))
    ids = [row.id for row in rows.rows]
    period = str(_("week %(week)s", week=week_number(week))) if week else format_month(scope.month)
    return BehindPage(title, period, rows, _evidence(session, ids, code), bool(criterion))


def _week(week: str, scope: Scope) -> Span:
    try:
        return week_bounds(week, scope.zone)
    except ValueError as error:
        raise NotAsked(f"{week} is no week; such as 2026-W07.") from error


def _title(session: Session, scope: Scope, span: Span, criterion: str, language: str) -> str:
    versions = {row.rubric_version_id for row in queries.list_inspections(session, scope, span)}
    criteria = read_criteria(session, versions, language)
    if criterion not in criteria.titles:
        raise NotAsked(f"No inspection shown was made with the criterion {criterion}.")
    return criteria.title(criterion)


def _evidence(session: Session, inspections: Sequence[int], criterion: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    if criterion:
        for row in queries.list_evidence(session, inspections, criterion):
            found.setdefault(row.inspection_id, []).append(row)
    return found
