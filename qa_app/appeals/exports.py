"""The list of appeals and its figures as rows of a file: headings in the reader's language, figures as stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from qa_app.appeals.figures import FigureLine, Figures
from qa_app.appeals.wording import kind_title, state_title
from qa_app.web.downloads import Cell

__all__ = ["appeal_rows", "figure_rows"]


def appeal_rows(
    rows: Sequence[Row[*tuple[Any, ...]]], *, with_inspector: bool
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headings and rows of the list; inspectors are named to the QA lead only."""
    headings = [
        _("Number"),
        _("Conversation"),
        _("Agent"),
        _("Employee number"),
        _("Team"),
        _("Why"),
        _("State"),
        _("Disputed answers"),
        _("Filed at"),
        _("Due before"),
        _("Decided at"),
        _("Decided by"),
        _("Score before"),
        _("Score after"),
    ]
    if with_inspector:
        headings.append(_("Inspector"))
    return headings, (_appeal_row(row, with_inspector) for row in rows)


def _appeal_row(row: Row[*tuple[Any, ...]], with_inspector: bool) -> list[Cell]:
    cells: list[Cell] = [
        row.id,
        row.external_id,
        row.agent_name,
        row.employee_number,
        row.team_name,
        kind_title(row.kind),
        state_title(row.state),
        row.disputed,
        row.filed_at,
        row.due_at,
        row.decided_at,
        row.decider_name if row.decided_at else None,
        row.score_before,
        row.score_after,
    ]
    return [*cells, row.inspector_name] if with_inspector else cells


def figure_rows(figures: Figures) -> tuple[list[str], Iterator[list[Cell]]]:
    """Criteria first, then inspectors; shares are fractions."""
    headings = [
        _("Of"),
        _("Name"),
        _("Answers given"),
        _("Disputed answers"),
        _("Waiting"),
        _("Decided"),
        _("Upheld"),
        _("Share upheld"),
        _("Lower bound"),
        _("Upper bound"),
        _("Label"),
    ]
    blocks = ((_("Criterion"), figures.criteria), (_("Inspector"), figures.inspectors))
    return headings, (_figure_row(of, line) for of, lines in blocks for line in lines)


def _figure_row(of: str, line: FigureLine) -> list[Cell]:
    share = line.share
    return [
        of, line.title, line.given, line.disputed, line.waiting, share.n, line.upheld, share.value, share.lower,
        share.upper, share.label.value,
    ]  # fmt: skip
