"""Lists of this room as rows of a table file."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from qa_app.coaching.page import list_verdict
from qa_app.coaching.words import SOURCES, STATES
from qa_app.models import ActionSource, ActionState
from qa_app.web.downloads import Cell

__all__ = ["ACTION_HEADINGS", "action_cells"]

ACTION_HEADINGS = (
    _l("Agent"), _l("Employee number"), _l("Team"), _l("What it is about"), _l("Source of the action"),
    _l("Who sees to it"), _l("State"), _l("Opened"), _l("Due on"), _l("Done"), _l("Measured on"), _l("Effect"),
    _l("Conversations since"), _l("Difference"), _l("Lower bound"), _l("Upper bound"),
)  # fmt: skip


def action_cells(row: Any, *, is_chinese: bool) -> list[Cell]:
    """One action as the cells of a row."""
    verdict, effect = list_verdict(row.effect), row.effect or {}
    return [
        row.agent, row.employee_number, (is_chinese and row.team_zh) or row.team,
        (is_chinese and row.title_zh) or row.title, str(SOURCES[ActionSource(row.source)]), row.owner,
        str(STATES[ActionState(row.state)]), row.opened_at, row.due_on.isoformat(), row.done_at, row.measured_at,
        verdict.words if verdict else None, effect.get("n"), effect.get("change"), effect.get("change_lower"),
        effect.get("change_upper"),
    ]  # fmt: skip
