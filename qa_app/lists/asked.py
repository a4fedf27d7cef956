"""What the address of a list asks for: what its filter understands, in one written form, and what it left out.

An address may be old, or from a colleague who may see more: what is not offered any more is left out and named, and the
rest still works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectFieldBase, SelectMultipleField

from qa_app.lists.forms import FilterForm
from qa_app.lists.pages import ListPage
from qa_app.web.forms import without_nul

__all__ = ["OUTCOME", "Asked", "read_asked", "read_query"]

OUTCOME = "did"
"""The part of an address that names a deed whose outcome is shown."""
_FRAME = {"page", "sort", "order", OUTCOME}
_LONGEST_SHOWN = 40

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as an address asks for it. `pairs` are the values of the filter, in the order of its fields."""

    page: ListPage
    form: FilterForm
    pairs: tuple[Pair, ...]
    sort: str
    order: str
    dropped: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The filter and the order as they stand in an address; nothing where they are the usual ones."""
        return self.query_of(self.pairs, self.sort, self.order)

    def query_of(self, pairs: tuple[Pair, ...], sort: str, order: str) -> str:
        """Write another filter and order of the same list."""
        usual = _usual(self.page)
        ordered = [] if (sort, order) == usual else [("sort", sort), ("order", order)]
        return urlencode([*pairs, *ordered])

    def url_of(self, query: str) -> str:
        """The address of the list with what stands behind its question mark."""
        address = url_for(self.page.endpoint)
        return f"{address}?{query}" if query else address

    @property
    def url(self) -> str:
        """The address of the list as asked for, first page."""
        return self.url_of(self.query)


def read_query(page: ListPage, query: str) -> Asked:
    """Read what stands behind the question mark of an address."""
    return read_asked(page, MultiDict(parse_qsl(query)))


def read_asked(page: ListPage, args: MultiDict[str, str]) -> Asked:
    """Read the address of a list."""
    form = page.make_form(args)
    form.validate()
    pairs, dropped = [], list(_unknown(form, args))
    for field in form:
        good, bad = _sort_out(field, args)
        pairs += [(field.name, value) for value in good]
        dropped += [_left_out(field.label.text, value) for value in bad]
    if dropped:
        form.process(MultiDict(pairs))
        form.validate()
    sort, order, is_known = _read_order(page, args)
    if not is_known:
        dropped.append(_left_out(_("Order"), args["sort"]))
    return Asked(page, form, tuple(pairs), sort, order, tuple(dropped))


def _unknown(form: FilterForm, args: MultiDict[str, str]) -> Iterator[str]:
    for name, value in args.items(multi=True):
        if name not in form and name not in _FRAME and value.strip():
            yield _left_out(_shown(name), value)


def _sort_out(field: Field, args: MultiDict[str, str]) -> tuple[list[str], list[str]]:
    """Part the values of a field into those it offers and those it does not."""
    values = (without_nul(value).strip() for value in args.getlist(field.name))
    given = list(dict.fromkeys(filter(None, values)))
    if not isinstance(field, SelectMultipleField):
        given = given[:1]
    if isinstance(field, SelectFieldBase):
        offered = {str(choice.value) for choice in getattr(field, "choices", None) or ()}
        return [value for value in given if value in offered], [value for value in given if value not in offered]
    return ([], given) if field.errors else (given, [])


def _left_out(name: str, value: str) -> str:
    return str(_("%(name)s: %(value)s", name=name, value=_shown(value)))


def _shown(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"


def _usual(page: ListPage) -> Pair:
    name = next(iter(page.orders), "")
    return (name, page.orders[name].first) if name else ("", "")


def _read_order(page: ListPage, args: MultiDict[str, str]) -> tuple[str, str, bool]:
    """Column and direction; and whether the address named a column that there is, or none."""
    name, way = _usual(page)
    sort, order = args.get("sort", "") or name, args.get("order", "")
    if sort not in page.orders:
        return name, way, not sort
    return sort, order if order in ("asc", "desc") else page.orders[sort].first, True
