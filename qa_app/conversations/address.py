"""The filter of a list as links: one chip per choice with the address without it, and the addresses of other orders."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from qa_app.conversations.filters import SORTS
from qa_app.conversations.forms import ConversationFilterForm

__all__ = ["Chip", "SortLink", "chips_of", "sort_links"]


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of the filter, and the address without it."""

    title: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class SortLink:
    """Where a column's heading leads; `state` is how the list is ordered by it now: "", asc or desc."""

    url: str
    state: str


def chips_of(form: ConversationFilterForm) -> list[Chip]:
    """One chip per value that narrows the list, in the order of the fields."""
    chips = []
    for field in form:
        if field.errors or not field.data or field.name == "csrf_token":
            continue
        titles = {str(one.value): str(one.label) for one in getattr(field, "choices", None) or ()}
        for value in field.data if isinstance(field.data, list) else [field.data]:
            text = titles.get(str(value), str(value))
            chips.append(Chip(str(field.label.text), text, _without(field.name, str(value))))
    return chips


def sort_links(sort: str, order: str) -> dict[str, SortLink]:
    """Each column that can order the list: pressed again, it turns the order round."""
    links = {}
    for name in SORTS:
        is_current = name == sort
        turned = "asc" if is_current and order == "desc" else "desc"
        links[name] = SortLink(_address(_pairs() | {"sort": [name], "order": [turned]}), order if is_current else "")
    return links


def _pairs() -> dict[str, list[str]]:
    pairs = {name: [value for value in values if value] for name, values in request.args.to_dict(flat=False).items()}
    pairs.pop("page", None)
    return {name: values for name, values in pairs.items() if values}


def _without(name: str, value: str) -> str:
    pairs = _pairs()
    pairs[name] = [kept for kept in pairs.get(name, []) if kept != value]
    return _address(pairs)


def _address(pairs: dict[str, list[str]]) -> str:
    return url_for(str(request.endpoint), **pairs)  # type: ignore[arg-type]
