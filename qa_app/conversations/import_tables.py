"""The import's own way into the tables: the driver's `executemany` on SQLite, COPY on PostgreSQL.

Both work inside the session's transaction, so a batch is there as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from qa_app.conversations.copy_text import copy_text
from qa_app.conversations.import_rows import Binding
from qa_app.db import Base
from qa_app.models import Conversation

__all__ = ["BulkTables", "bulk_tables"]


class BulkTables(Protocol):
    """What the writer needs of a database."""

    binding: Binding

    def reserve_keys(self, count: int) -> Iterable[int]:
        """Return keys for so many new conversations; nobody else gets them."""

    def look_up(self, source: str, external_ids: Sequence[str]) -> Iterable[tuple[str, int, str]]:
        """Return name, key and digest of the conversations of a source that are here already."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows as they are."""

    def update(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Set columns of rows; the last value of each tuple is the key."""


class SqliteBinding:
    """Numbers for booleans, for which the driver has a short way, and text as the column type writes it."""

    yes, no = 1, 0

    def moments(self, moments: list[datetime | None]) -> list[Any]:
        """Return UTC with six decimals and no zone; whole seconds of UTC are written in one go, by msgspec."""
        text = msgspec.json.encode(moments).decode()
        if "." in text or text.count("Z") + text.count("n") != len(moments):
            return [moment and moment.astimezone(UTC).isoformat(" ", "microseconds")[:26] for moment in moments]
        items = text[1:-1].replace("T", " ").replace("Z", ".000000").split(",") if moments else []
        return [None if item == "null" else item[1:-1] for item in items]


class PostgresBinding:
    """The driver knows booleans and zones."""

    yes, no = True, False

    def moments(self, moments: list[datetime | None]) -> list[Any]:
        """Return the moments themselves."""
        return moments


class SqliteTables:
    """SQLite: one writer at a time, so the next keys are those after the largest."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.binding: Binding = SqliteBinding()

    def reserve_keys(self, count: int) -> Iterable[int]:
        """Return the keys after the largest; the caller already holds the write lock."""
        last = self._session.scalar(select(func.coalesce(func.max(Conversation.id), 0))) or 0
        return range(last + 1, last + 1 + count)

    def look_up(self, source: str, external_ids: Sequence[str]) -> Iterable[tuple[str, int, str]]:
        """Search the unique index name by name, which is what SQLite does with a list."""
        columns = select(Conversation.external_id, Conversation.id, Conversation.record_digest)
        named = columns.where(Conversation.source == source, Conversation.external_id.in_(external_ids))
        return self._session.execute(named)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert by the driver's executemany."""
        if rows:
            marks = ", ".join("?" * len(columns))
            # Table and columns are constants of this package.
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
            _execute_many(self._session, statement, rows)

    def update(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Update by the driver's executemany."""
        settings = ", ".join(f"{column} = ?" for column in columns)
        _execute_many(self._session, f"UPDATE {table} SET {settings} WHERE id = ?", rows)  # noqa: S608 - as above


class PostgresTables:
    """PostgreSQL: keys from the sequence, rows by COPY."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.binding: Binding = PostgresBinding()

    def reserve_keys(self, count: int) -> Iterable[int]:
        """Take keys from the sequence in one go."""
        statement = text(
            "SELECT nextval(pg_get_serial_sequence('conversations', 'id')) FROM generate_series(1, :count)"
        )
        return self._session.scalars(statement, {"count": count}).all()

    def look_up(self, source: str, external_ids: Sequence[str]) -> Iterable[tuple[str, int, str]]:
        """Search the unique index name by name.

        With a list the planner, who knows little of a table that is being filled, may read the whole source and hold
        every row against every name: an import that slows down with each batch.
        """
        statement = text(
            "SELECT found.external_id, found.id, found.record_digest FROM unnest(CAST(:names AS text[])) AS named(name)"
            " CROSS JOIN LATERAL (SELECT external_id, id, record_digest FROM conversations"
            " WHERE source = :source AND external_id = named.name LIMIT 1) AS found"
        )
        return self._session.execute(statement, {"source": source, "names": list(external_ids)})

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert by COPY."""
        if rows:
            connection = self._session.connection().connection.driver_connection
            assert connection is not None
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
            ):
                copy.write(copy_text(Base.metadata.tables[table], columns, rows))

    def update(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Update by the driver's executemany, which sends the batch in one go."""
        settings = ", ".join(f"{column} = %s" for column in columns)
        _execute_many(self._session, f"UPDATE {table} SET {settings} WHERE id = %s", rows)  # noqa: S608 - as above


def _execute_many(session: Session, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    cursor = session.connection().connection.cursor()
    cursor.executemany(statement, rows)
    cursor.close()


def bulk_tables(session: Session) -> BulkTables:
    """Return the way into the tables of the session's database."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return SqliteTables(session) if is_sqlite else PostgresTables(session)
