"""What an import is held against: the rows it made, ready as tuples, written by nothing but the driver."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import JSON, Engine, Text, cast, select
from sqlalchemy.orm import Session

from qa_app.models import Agent, Conversation, ImportRun, Message, SurveyResponse, Team

Rows = dict[Any, list[tuple[Any, ...]]]
Write = Callable[[Any, list[tuple[Any, ...]]], object]

PARENTS = (Team, Agent, ImportRun)
TABLES = (Conversation, Message, SurveyResponse)
BATCH = 1_000


def names_of(table: Any) -> str:
    """Columns of a table, as SQL lists them."""
    return ", ".join(column.name for column in table.__table__.columns)


def write_batches(rows: Rows, count: int, write: Write, commit: Callable[[], object]) -> None:
    """Write a batch of conversations with all that belongs to them in one transaction."""
    for table in PARENTS:
        write(table, rows[table])
    for start in range(0, count, BATCH):
        for table in TABLES:
            share = len(rows[table]) // count
            write(table, rows[table][start * share : (start + BATCH) * share])
        commit()


def read_from_sqlite(database: Path) -> Rows:
    """Read the rows back as the driver's own values."""
    with sqlite3.connect(database) as connection:
        return {
            table: connection.execute(f"SELECT {names_of(table)} FROM {table.__tablename__} ORDER BY 1").fetchall()
            for table in PARENTS + TABLES
        }


def write_into_sqlite(database: Path, rows: Rows, count: int) -> None:
    """Insert by executemany, with the product's own settings."""
    connection = sqlite3.connect(database)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
    statements = {
        table: f"INSERT INTO {table.__tablename__} ({names_of(table)})"
        f" VALUES ({', '.join('?' * len(table.__table__.columns))})"
        for table in PARENTS + TABLES
    }
    write_batches(rows, count, lambda table, these: connection.executemany(statements[table], these), connection.commit)
    connection.close()


def read_from_postgres(session: Session) -> Rows:
    """Read the rows back as the driver's own values; lists and objects as the text they came as."""

    def read(table: Any) -> list[tuple[Any, ...]]:
        columns = [
            cast(column, Text) if isinstance(column.type, JSON) else column for column in table.__table__.columns
        ]
        return [tuple(row) for row in session.execute(select(*columns).order_by(*table.__table__.primary_key))]

    return {table: read(table) for table in PARENTS + TABLES}


def write_into_postgres(engine: Engine, rows: Rows, count: int) -> None:
    """Write by COPY."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)

        def write(table: Any, these: list[tuple[Any, ...]]) -> None:
            statement = f"COPY {table.__tablename__} ({names_of(table)}) FROM STDIN"
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for row in these:
                    copy.write_row(row)

        write_batches(rows, count, write, driver.commit)
