"""What people were told, as a test asks for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Notice, NoticeKind

__all__ = ["all_told", "told", "unread"]


def all_told(session: Session) -> Sequence[Notice]:
    """Return every notice as the database has it."""
    return session.scalars(select(Notice).order_by(Notice.id).execution_options(populate_existing=True)).all()


def unread(session: Session) -> list[Notice]:
    """Return what nobody has read and what is not over."""
    return [row for row in all_told(session) if row.read_at is None]


def told(session: Session, kind: NoticeKind, *params: str) -> set[tuple[object, ...]]:
    """Return who was told of a kind, with some parameters of the notices that have them."""
    rows = [row for row in all_told(session) if row.kind == kind and all(name in row.params for name in params)]
    return {(row.user_id, *(row.params[name] for name in params)) for row in rows}
