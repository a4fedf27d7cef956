"""Keeping filters: saved under a name, renamed, deleted. Each is its owner's alone.

::

    FilterRefused
    ├── NameTaken    another filter of this list has the name
    ├── TooMany      the list has as many as fit over it
    └── NothingSet   the filter asks for nothing: that is the list itself
"""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.lists.asked import Asked
from qa_app.models import SavedFilter, User

__all__ = [
    "MOST_FILTERS",
    "FilterRefused",
    "NameTaken",
    "NothingSet",
    "TooMany",
    "delete_filter",
    "rename_filter",
    "save_filter",
]

MOST_FILTERS = 20
"""Of one person over one list; more would be a list of their own."""


class FilterRefused(Exception):
    """Base of all."""


class NameTaken(FilterRefused):
    """Another filter of this list has the name."""


class TooMany(FilterRefused):
    """The list has as many as fit over it."""


class NothingSet(FilterRefused):
    """The filter asks for nothing."""


def save_filter(session: Session, actor: User, asked: Asked, name: str, *, replace: bool = False) -> SavedFilter:
    """Keep what an address asks for under a name; `replace` lets the name mean something else from now on."""
    if not asked.query:
        raise NothingSet
    page = asked.page.endpoint
    found = session.scalar(_own(actor, page).where(SavedFilter.name == name))
    if found is not None and not replace:
        raise NameTaken
    if found is not None:
        before, found.query, found.saved_at = found.query, asked.query, now()
        audit.record(
            session, actor, action="filter.save", thing=found, name=name, page=page, before=before, after=asked.query
        )
        return found
    if (session.scalar(select(func.count()).select_from(_own(actor, page).subquery())) or 0) >= MOST_FILTERS:
        raise TooMany
    saved = SavedFilter(user_id=actor.id, page=page, name=name, query=asked.query, saved_at=now())
    try:
        with session.begin_nested():
            session.add(saved)
    except IntegrityError as taken:
        raise NameTaken from taken
    audit.record(session, actor, action="filter.save", thing=saved, name=name, page=page, after=asked.query)
    return saved


def rename_filter(session: Session, actor: User, saved: SavedFilter, name: str) -> None:
    """Give a filter another name."""
    if name == saved.name:
        return
    before = saved.name
    if session.scalar(_own(actor, saved.page).where(SavedFilter.name == name)) is not None:
        raise NameTaken
    try:
        with session.begin_nested():
            saved.name = name
    except IntegrityError as taken:
        raise NameTaken from taken
    audit.record(session, actor, action="filter.rename", thing=saved, name=name, before=before)


def delete_filter(session: Session, actor: User, saved: SavedFilter) -> None:
    """Forget a filter. Saved again under its name it is back."""
    audit.record(session, actor, action="filter.delete", thing=saved, name=saved.name, page=saved.page)
    session.delete(saved)
    session.flush()


def _own(actor: User, page: str) -> Select[SavedFilter]:
    return select(SavedFilter).where(SavedFilter.user_id == actor.id, SavedFilter.page == page)
