"""The lists of this room as rows of a file: headings in the reader's language, figures as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from qa_app.inspections.wording import sample_title, state_title
from qa_app.web.downloads import Cell

__all__ = ["inspection_rows", "work_rows"]

Rows = Sequence[Row[*tuple[Any, ...]]]


def inspection_rows(rows: Rows) -> tuple[list[str], Iterator[list[Cell]]]:
    """What was scored; the score before the critical rule stands beside the score."""
    headings = [
        _("Number"), _("Conversation"), _("Agent"), _("Team"), _("Inspector"), _("Rubric"), _("Version"), _("Score"),
        _("Quality"), _("Critical"), _("Random"), _("State"), _("Submitted at"), _("Time spent (s)"),
    ]  # fmt: skip
    return headings, (_inspection_row(row) for row in rows)


def _inspection_row(row: Any) -> list[Cell]:
    return [
        row.id, row.external_id, row.agent_name, row.team_name, row.inspector_name, row.rubric_name, row.rubric_number,
        row.score, row.quality, row.is_critical, row.is_random, state_title(row.state), row.submitted_at,
        row.seconds_spent,
    ]  # fmt: skip


def work_rows(rows: Rows) -> tuple[list[str], Iterator[list[Cell]]]:
    """Samples in inspectors' hands."""
    headings = [_("Sample"), _("Agent"), _("Team"), _("Inspector"), _("Handed out"), _("Due before"), _("State")]
    return headings, (_work_row(row) for row in rows)


def _work_row(row: Any) -> list[Cell]:
    begun = _("Draft") if row.revision else _("Not begun")
    state = _("Waits for the lead") if row.needs_lead else begun
    name = sample_title(row.channel, row.external_id)
    return [name, row.agent_name, row.team_name, row.inspector_name, row.assigned_at, row.due_at, state]
