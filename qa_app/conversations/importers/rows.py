"""Several rows of a table that are one conversation, brought together without holding the table in memory.

The rows pass through a temporary SQLite file, which sorts them on disk; two million rows stay flat in memory.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter

from qa_app.conversations.importers.conversions import to_text
from qa_app.conversations.importers.tables import Row

_KEPT = {"last": "ORDER BY rank DESC, line DESC", "first": "ORDER BY rank, line"}


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The row that speaks for a conversation, and (keep = "all") every row of it in order."""

    row: Row
    members: list[list[object]] = field(default_factory=list)


def group_rows(
    rows: Iterator[Row],
    key: Callable[[list[object]], object],
    order: Callable[[list[object]], object] | None,
    keep: str,
) -> Iterator[RowGroup]:
    """Yield one group per key, in the order in which the keys first appear; unreadable rows come first, alone."""
    database = sqlite3.connect("")
    try:
        database.execute("CREATE TABLE kept (key TEXT, rank, line INTEGER, cells TEXT)")
        for row in rows:
            name = to_text(key(row.cells)) if row.error is None else ""
            if row.error is not None or not name:
                yield RowGroup(row)
                continue
            rank = _rank(order(row.cells)) if order is not None else row.line
            cells = json.dumps(row.cells, default=_to_json, ensure_ascii=False)
            database.execute("INSERT INTO kept VALUES (?, ?, ?, ?)", (name, rank, row.line, cells))
        yield from _all_members(database) if keep == "all" else _one_each(database, keep)
    finally:
        database.close()


def _one_each(database: sqlite3.Connection, keep: str) -> Iterator[RowGroup]:
    # The order is one of two constants of this module.
    query = (
        "SELECT line, cells FROM (SELECT line, cells, row_number() OVER (PARTITION BY key "  # noqa: S608
        f"{_KEPT[keep]}) AS place, min(line) OVER (PARTITION BY key) AS first FROM kept) WHERE place = 1 ORDER BY first"
    )
    for line, cells in database.execute(query):
        yield RowGroup(Row(line, _from_json(cells)))


def _all_members(database: sqlite3.Connection) -> Iterator[RowGroup]:
    query = "SELECT key, line, cells FROM kept ORDER BY min(line) OVER (PARTITION BY key), rank, line"
    for _, group in groupby(database.execute(query), key=itemgetter(0)):
        members = [(line, _from_json(cells)) for _, line, cells in group]
        yield RowGroup(Row(*members[-1]), [cells for _, cells in members])


def _rank(value: object) -> float | str:
    """Return what rows are ordered by: a number if it is one, else its text."""
    text = to_text(value)
    try:
        return float(text)
    except ValueError:
        return text


def _to_json(value: object) -> dict[str, str | float]:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, date | time):
        return {type(value).__name__: value.isoformat()}
    raise TypeError(f"a cell holds {type(value).__name__}")


def _from_json(cells: str) -> list[object]:
    return [_cell(value) if isinstance(value, dict) else value for value in json.loads(cells)]


def _cell(value: dict[str, str | float]) -> object:
    (kind, content), *_ = value.items()
    if kind == "seconds":
        return timedelta(seconds=float(content))
    if kind == "time":
        return time.fromisoformat(str(content))
    return (datetime if kind == "datetime" else date).fromisoformat(str(content))
