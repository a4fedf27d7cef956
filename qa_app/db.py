"""The database: base class, column types, and the one unit of work a request, a command or a job gets.

Models live in `qa_app.models`; services receive the session and never commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Row,
    Select,
    TypeDecorator,
    event,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

__all__ = ["Base", "BigKey", "Json", "PrimaryKey", "UTCDateTime", "db", "pending", "read_figures", "unit_of_work"]

NAMING_CONVENTION = {
    "ix": "ix__%(column_0_N_label)s",
    "uq": "uq__%(table_name)s__%(column_0_N_name)s",
    "ck": "ck__%(table_name)s__%(constraint_name)s",
    "fk": "fk__%(table_name)s__%(column_0_N_name)s__%(referred_table_name)s",
    "pk": "pk__%(table_name)s",
}

# SQLite gives an automatic row number only to a column declared INTEGER.
BigKey = BigInteger().with_variant(Integer, "sqlite")
PrimaryKey = Annotated[int, mapped_column(BigKey, primary_key=True)]
Json = JSON().with_variant(JSONB, "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, stored in UTC. A naive value is a mistake of the caller and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware moment into UTC; SQLite keeps no zone, so what it stores is UTC by this rule."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: use qa_app.clock.now() or give it a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the stored moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all models, with names for every constraint: one without a name cannot be migrated."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UTCDateTime(), dict[str, Any]: Json, list[Any]: Json, list[str]: Json}  # noqa: RUF012

    def __repr__(self) -> str:
        """Show the class and the key, which is what a log line needs."""
        return f"<{type(self).__name__} {getattr(self, 'id', None)}>"


# Models are plain SQLAlchemy: the extension only brings the session of the request.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


@event.listens_for(Engine, "connect")
def configure_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    """Make SQLite behave as a server database: foreign keys, readers beside one writer, waiting for the lock."""
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def read_figures(session: Session, **queries: Select[Any]) -> Row[Any]:
    """Answer several queries of one figure each in one round trip; the row has their names."""
    return session.execute(select(*(query.scalar_subquery().label(name) for name, query in queries.items()))).one()


@event.listens_for(Engine, "savepoint")
def begin_before_savepoint(connection: Connection, _name: str | None) -> None:
    """Begin the transaction that a savepoint belongs to.

    SQLite's driver begins by itself before a change only: a savepoint that came first would be the transaction, and its
    release the commit. A savepoint is there to write in, so the writer's lock is taken now, while waiting for it helps.
    """
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        driver.execute("BEGIN IMMEDIATE")


_MARKS: WeakKeyDictionary[SessionTransaction, dict[str, int]] = WeakKeyDictionary()


def pending(session: Session, what: str) -> list[Any]:
    """Return what is to be done with the commit, by its name; what a savepoint takes back leaves the list again."""
    found: list[Any] = session.info.setdefault("pending", {}).setdefault(what, [])
    return found


@event.listens_for(Session, "after_transaction_create")
def _mark_pending(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _MARKS[transaction] = {what: len(items) for what, items in session.info.get("pending", {}).items()}


@event.listens_for(Session, "after_soft_rollback")
def _take_pending_back(session: Session, transaction: SessionTransaction) -> None:
    marks = _MARKS.pop(transaction, {})
    for what, items in session.info.get("pending", {}).items():
        del items[marks.get(what, 0) :]


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Give a command or a job its session: one commit at the end, or a rollback when something is raised."""
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
