"""Filters a person has kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import SavedFilter, User

__all__ = ["filters_of", "find_filters"]


def filters_of(session: Session, actor: User, page: str = "") -> Sequence[SavedFilter]:
    """Return the person's filters, of one list or of all, by name."""
    query = select(SavedFilter).where(SavedFilter.user_id == actor.id).order_by(SavedFilter.name, SavedFilter.id)
    return session.scalars(query.where(SavedFilter.page == page) if page else query).all()


def find_filters(session: Session, actor: User, words: str) -> Sequence[SavedFilter]:
    """Return the person's filters whose name holds these words, in any case of letters."""
    wanted = words.casefold().strip()
    return [one for one in filters_of(session, actor) if wanted and wanted in one.name.casefold()]
