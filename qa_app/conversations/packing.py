"""Packs conversations that came past the import and the mapper, or before there were packed facts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from qa_app.conversations.import_tables import bulk_tables
from qa_app.models import Conversation
from scoring.timing.facts import case_number, pack_facts

__all__ = ["pack_missing"]

_BATCH = 1_000
_CASE = ("channel", "priority", "topic")
_PACKED = (
    "opened_at", "first_response_at", "first_response_seconds", "handle_seconds", "answered",
    "first_response_target_met", "csat", "survey_count",
)  # fmt: skip


def pack_missing(session: Session, condition: ColumnElement[bool]) -> int:
    """Pack the conversations of `condition` that are not; returns how many."""
    session.flush()
    keys = session.scalars(select(Conversation.id).where(condition, Conversation.packed_facts.is_(None))).all()
    columns = [getattr(Conversation, name) for name in ("id", *_CASE, *_PACKED)]
    tables = bulk_tables(session)
    for start in range(0, len(keys), _BATCH):
        rows = session.execute(select(*columns).where(Conversation.id.in_(keys[start : start + _BATCH]))).all()
        tables.update("conversations", ("packed_facts",), [(_pack(row), row.id) for row in rows])
    return len(keys)


def _pack(row: Row[Any]) -> str:
    case = case_number(row.channel, row.priority, row.topic)
    return pack_facts(**{name: getattr(row, name) for name in _PACKED}, case=case)
