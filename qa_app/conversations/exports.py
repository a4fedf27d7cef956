"""Lists of this room as rows of a file: headings in the reader's language, figures as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import Row

from qa_app.conversations.forms import channel_title
from qa_app.conversations.metrics import MetricsTable
from qa_app.conversations.turns import marks_from
from qa_app.web.downloads import Cell
from scoring.language.masking import mask_personal_data

__all__ = ["conversation_rows", "metrics_rows"]


def conversation_rows(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headings and rows of the conversation list; customer references are masked as on the page."""
    headings = [
        gettext("Source"),
        gettext("Number"),
        gettext("Channel"),
        gettext("Opened at"),
        gettext("Agent"),
        gettext("Employee number"),
        gettext("Team"),
        gettext("Customer"),
        gettext("Topic"),
        gettext("Answered"),
        gettext("Resolved"),
        gettext("First response (s)"),
        gettext("Handle time (s)"),
        gettext("Customer rating"),
        gettext("Inspections"),
    ]
    return headings, (_conversation_row(row) for row in rows)


def _conversation_row(row: Row[*tuple[Any, ...]]) -> list[Cell]:
    return [
        row.source,
        row.external_id,
        channel_title(row.channel),
        row.opened_at,
        row.agent_name,
        row.employee_number,
        row.team,
        mask_personal_data(row.customer_id or "", marks=marks_from(row.personal)).text,
        row.topic,
        row.answered,
        row.resolved,
        row.first_response_seconds,
        row.handle_seconds,
        row.csat,
        row.inspections,
    ]


def metrics_rows(table: MetricsTable) -> tuple[list[str], Iterator[list[Cell]]]:
    """The table under the names that the command and the programming interface use."""
    return list(table.columns), ([record[name] for name in table.columns] for record in table.records())
