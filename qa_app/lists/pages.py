"""Lists as rooms announce them: where they are, what narrows and orders them, and which rows are meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel.speaklater import LazyString
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from qa_app.access import NotFound
from qa_app.lists.forms import FilterForm
from qa_app.models import User
from qa_app.permissions import Permission, has_permission

if TYPE_CHECKING:
    from qa_app.lists.asked import Asked

__all__ = ["ListPage", "Order", "announce_list", "find_list", "titles_of_lists"]


@dataclass(frozen=True, slots=True)
class Order:
    """One way to order a list; `first` is the way round a first press asks for."""

    title: LazyString
    rising: LazyString
    falling: LazyString
    first: str = "desc"


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list: its address, who may see it, its filter and its orders, the usual one first."""

    endpoint: str
    title: LazyString
    permissions: tuple[Permission, ...]
    make_form: Callable[[MultiDict[str, str]], FilterForm]
    orders: Mapping[str, Order] = field(default_factory=dict)
    find_ids: Callable[[Session, User, Asked], Select[Any]] | None = None
    """Query of the keys of all rows that are asked for, in the order of the list; none: nothing is done to many."""


_LISTS: dict[str, ListPage] = {}


def announce_list(page: ListPage) -> ListPage:
    """Let filters of a list be kept, and its rows be meant all at once."""
    _LISTS[page.endpoint] = page
    return page


def find_list(actor: User, endpoint: str) -> ListPage:
    """Return a list to who may see it, or raise `NotFound`."""
    page = _LISTS.get(endpoint)
    if page is None or not has_permission(actor, *page.permissions):
        raise NotFound
    return page


def titles_of_lists(actor: User) -> dict[str, LazyString]:
    """The lists this person may see, by their endpoints, in the order in which rooms announced them."""
    return {page.endpoint: page.title for page in _LISTS.values() if has_permission(actor, *page.permissions)}
