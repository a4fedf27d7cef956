"""Lists in pages of fixed size, cut by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_app.keys import read_key

__all__ = ["Page", "paginate_rows"]

T = TypeVar("T")
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its rows and where it stands."""

    rows: Sequence[T]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first_row(self) -> int:
        """The number of the first row shown, counted from 1; 0 where there is none."""
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return min(self.number * self.per_page, self.total)

    def url(self, number: int) -> str:
        """Return the address of another page with the same filter."""
        args: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False), "page": number}
        # The outcome of something done to many stands over the page it was done on.
        args.pop("did", None)
        return url_for(str(request.endpoint), **args)


def paginate_rows(session: Session, query: Select[*tuple[Any, ...]], *, per_page: int = PER_PAGE) -> Page[Any]:
    """Return the page named in the address (`?page=`) as column rows: two queries whatever the length."""
    number = max(1, request.args.get("page", 1, type=read_key))
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(number, max(1, -(-total // per_page)))
    rows = session.execute(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows, number, total, per_page)
