"""Reading one's notices: each, or all at once, and taking that back. Reading is no deed: it leaves no audit event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Notice, User

__all__ = ["count_unread", "mark_all_read", "mark_read", "take_back"]


def count_unread(session: Session, user: User) -> int:
    """Count what this person has not read; one look into an index that holds nothing else."""
    query = select(func.count()).select_from(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    return session.scalar(query) or 0


def mark_read(session: Session, user: User, notice_ids: Sequence[int]) -> datetime | None:
    """Mark these as read; return the moment, by which it can be taken back, or none where nothing changed."""
    return _mark(session, user, Notice.id.in_(notice_ids))


def mark_all_read(session: Session, user: User) -> datetime | None:
    """Mark everything as read; return the moment, by which it can be taken back, or none where nothing changed."""
    return _mark(session, user)


def take_back(session: Session, user: User, read_at: datetime) -> int:
    """Make unread again what was marked at a moment; return how many."""
    back = update(Notice).where(Notice.user_id == user.id, Notice.read_at == read_at, Notice.over_because == "")
    return int(session.execute(back.values(read_at=None)).rowcount)  # type: ignore[attr-defined]


def _mark(session: Session, user: User, *which: object) -> datetime | None:
    moment = now()
    read = update(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None), *which)  # type: ignore[arg-type]
    return moment if session.execute(read.values(read_at=moment)).rowcount else None  # type: ignore[attr-defined]
