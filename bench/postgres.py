"""A PostgreSQL database of its own for a bench program, and the processor time its server spends."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

POSTGRES = os.environ.get("ASSAY_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def own_database(server: str) -> Iterator[URL | None]:
    """Make an empty database and give its address; none, and a word why, where no server answers."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    name = f"assay_bench_{os.getpid()}_{time.monotonic_ns()}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError as error:
        print(f"PostgreSQL left out: {error.orig}")
        yield None
        return
    try:
        yield make_url(server).set(database=name)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def processor_clock(engine: Engine) -> Callable[[], float]:
    """Give a clock of the processor time of this process and of the server's behind the engine's one connection."""
    with engine.connect() as connection:
        server = connection.scalar(text("SELECT pg_backend_pid()"))

    def seconds() -> float:
        fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / _TICKS

    return seconds
