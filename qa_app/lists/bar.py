"""The bar over a list, with finished values: chips, kept filters, orders, and the outcome of what was done to many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import Field

from qa_app.keys import read_key
from qa_app.lists.asked import OUTCOME, Asked
from qa_app.lists.deeds import Deed, deeds_for
from qa_app.lists.forms import FilterForm, SaveFilterForm
from qa_app.lists.outcomes import Outcome, find_outcome
from qa_app.lists.queries import filters_of
from qa_app.lists.service import MOST_FILTERS
from qa_app.models import User
from qa_app.web.pagination import Page

__all__ = ["Chip", "FilterBar", "KeptFilter", "OrderLink", "make_bar"]


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of the filter, and the address without it."""

    title: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class OrderLink:
    """Where a column's heading leads; `state` is how the list is ordered by it now: "", asc or desc."""

    url: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class KeptFilter:
    """A filter of this person as a link."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class FilterBar:
    """Everything the bar shows."""

    asked: Asked
    page: Page[Any]
    chips: tuple[Chip, ...]
    kept: tuple[KeptFilter, ...]
    orders: Mapping[str, OrderLink]
    ordered_by: str
    save_form: SaveFilterForm | None
    outcome: Outcome | None
    deeds: Sequence[Deed[Any]]
    """What this person may do to many rows of the list."""

    @property
    def form(self) -> FilterForm:
        """The filter itself."""
        return self.asked.form

    @property
    def words_field(self) -> Field | None:
        """The field for words, where the list has one."""
        return self.form[self.form.words] if self.form.words else None

    @property
    def fields(self) -> list[Field]:
        """The other fields."""
        return [field for field in self.form if field.name != self.form.words]

    @property
    def is_narrowed(self) -> bool:
        """Whether the list shows less than all of it."""
        return bool(self.chips)


def make_bar(session: Session, actor: User, asked: Asked, page: Page[Any]) -> FilterBar:
    """Gather what the bar shows: one query, and one more where an outcome is shown."""
    kept = filters_of(session, actor, asked.page.endpoint)
    links = tuple(KeptFilter(one.name, asked.url_of(one.query), one.query == asked.query) for one in kept)
    can_save = bool(asked.query) and not any(one.is_current for one in links) and len(links) < MOST_FILTERS
    did = request.args.get(OUTCOME, type=read_key)
    return FilterBar(
        asked=asked,
        page=page,
        chips=tuple(_chips(asked)),
        kept=links,
        orders=_order_links(asked),
        ordered_by=_ordered_by(asked),
        save_form=SaveFilterForm(formdata=None, page=asked.page.endpoint, query=asked.query) if can_save else None,
        outcome=find_outcome(session, actor, did) if did is not None else None,
        deeds=deeds_for(actor, asked.page.endpoint),
    )


def _chips(asked: Asked) -> list[Chip]:
    return [
        Chip(str(asked.form[name].label.text), asked.form.said(asked.form[name], value), _without(asked, place))
        for place, (name, value) in enumerate(asked.pairs)
    ]


def _without(asked: Asked, place: int) -> str:
    return replace(asked, pairs=asked.pairs[:place] + asked.pairs[place + 1 :]).url


def _order_links(asked: Asked) -> dict[str, OrderLink]:
    """Each column that can order the list: pressed again, it turns the order round."""
    links = {}
    for name, order in asked.page.orders.items():
        is_current = name == asked.sort
        turned = {"asc": "desc", "desc": "asc"}[asked.order] if is_current else order.first
        words = str(order.rising if asked.order == "asc" else order.falling) if is_current else ""
        url = replace(asked, sort=name, order=turned).url
        links[name] = OrderLink(url, asked.order if is_current else "", words)
    return links


def _ordered_by(asked: Asked) -> str:
    if asked.sort not in asked.page.orders:
        return ""
    order = asked.page.orders[asked.sort]
    way = order.rising if asked.order == "asc" else order.falling
    return str(_("Order: %(column)s, %(way)s", column=order.title, way=way))
