"""Month close: our pass on SQLite against DuckDB's and PostgreSQL's own aggregation of the same rows, in turn.

    .venv/bin/python -m bench.month [--rows 1000000] [--agents 1000] [--postgres ADDRESS]

Goal: at most 6 times DuckDB and at most 0.6 times PostgreSQL, in processor time of client and server together: other
programs on the machine do not count. What all compute per agent: conversations, answered, satisfied, first responses
within target, surveys sent, active days, and count, sum and square sum of log handle seconds per cell of alike cases.
The peers find day, shift and due moment ready in a column; we work them out. The computation of the sheets from it is
printed apart, and so is our pass on PostgreSQL.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import psycopg
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from bench.month_rows import CALENDAR, ENDS_AT, STARTS_AT, fill, make_rows
from bench.postgres import POSTGRES, own_database, processor_clock
from qa_app.assessment.gather_work import Span, Work, gather_work
from qa_app.assessment.policies import preset
from qa_app.models import Conversation
from scoring.assessment.figures import AgentFigures, AgentMonth, MonthFigures, Ratio
from scoring.assessment.month import assess_month
from scoring.estimates.two_part import Inspected

ROUNDS = 3
DUCKDB_GOAL, POSTGRES_GOAL = 6.0, 0.6
COUNTS = """SELECT agent_id, count(*), count(*) FILTER (WHERE answered), count(*) FILTER (WHERE csat >= 4), count(csat),
                   count(*) FILTER (WHERE asked), count(DISTINCT day) FILTER (WHERE answered),
                   count(*) FILTER (WHERE responded <= due),
                   count(*) FILTER (WHERE responded IS NOT NULL OR due <= TIMESTAMPTZ '2026-11-01 00:00:00+00')
            FROM month GROUP BY agent_id"""
CELLS = """SELECT agent_id, topic, shift, count(*), sum(ln(handled)), sum(ln(handled) * ln(handled))
           FROM month WHERE answered AND handled > 0 GROUP BY agent_id, topic, shift"""
MONTH = """CREATE TABLE month (agent_id integer, topic text, opened timestamptz, waited double precision,
           handled double precision, answered boolean, csat double precision, asked boolean, responded timestamptz,
           due timestamptz, day integer, shift integer)"""


def run_ours(engine: Engine) -> Work:
    """Run the product's pass."""
    span = Span(Conversation.opened_at, STARTS_AT, ENDS_AT, CALENDAR.zone)
    with Session(engine) as session:
        return gather_work(session, span, CALENDAR, at=ENDS_AT)


def compare(work: Work, counts: list[tuple[Any, ...]], cells: list[tuple[Any, ...]]) -> None:
    """Stop where the two do not count alike."""
    for agent, *figures in counts:
        own = work.counts[f"{agent:05d}"]
        found = [own.conversations, own.answered, own.satisfied, own.satisfied_of, own.surveys_sent, own.active_days]
        found += [own.in_time, own.in_time_of]
        if found != figures:
            raise SystemExit(f"agent {agent}: {found} is not what the peer counts: {figures}")
    ours = sorted(
        (cell.agent, cell.topic, cell.shift, cell.n, cell.log_sum, cell.log_square_sum) for cell in work.cells
    )
    theirs = sorted(
        (f"{agent:05d}", topic, f"{shift * 8:02d}-{shift * 8 + 8:02d}", *sums) for agent, topic, shift, *sums in cells
    )
    if [cell[:4] for cell in ours] != [cell[:4] for cell in theirs]:
        raise SystemExit("the cells are not what the peer counts")
    if not np.allclose([cell[4:] for cell in ours], [cell[4:] for cell in theirs], rtol=1e-12):
        raise SystemExit("the sums of the cells are not what the peer counts")


def compute_sheets(work: Work) -> float:
    """Give the seconds the figures of all agents take."""
    generator = np.random.default_rng(7)
    agents, window = [], []
    for number, counts in sorted(work.counts.items()):
        inspected = Inspected(tuple(np.clip(generator.normal(85, 12, 5), 0, 100).tolist()), 0, counts.answered)
        satisfied, in_time = Ratio(counts.satisfied, counts.satisfied_of), Ratio(counts.in_time, counts.in_time_of)
        agents.append(AgentFigures(number, inspected, satisfied, in_time, counts.answered, counts.active_days))
        window.append(AgentMonth(number, 0, inspected))
    started = time.process_time()
    assess_month(MonthFigures("2026-10", tuple(agents), tuple(window), tuple(work.cells)), preset("service"))
    return time.process_time() - started


def own_seconds() -> float:
    """Processor time of this process."""
    return time.process_time()


@contextmanager
def postgres(address: str, frame: pd.DataFrame, agents: int) -> Iterator[Engine | None]:
    """Give an engine on a database with the product's rows and the peer's table; none without a server."""
    with own_database(address) as own:
        if own is None:
            yield None
            return
        # One process: the parallel plan is sooner done, but costs more processor time.
        options = "-c max_parallel_workers_per_gather=0 -c timezone=UTC"
        engine = create_engine(own, pool_size=1, connect_args={"options": options})
        fill(engine, frame, agents)
        fill_peer(engine, frame)
        yield engine
        engine.dispose()


def fill_peer(engine: Engine, frame: pd.DataFrame) -> None:
    """Write the peer's own table, and let the server tidy up after both."""
    blank = frame.astype(object).where(frame.notna(), None)
    with engine.connect() as connection:
        connection.execute(text(MONTH))
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with driver.cursor() as cursor, cursor.copy(f"COPY month ({', '.join(frame.columns)}) FROM STDIN") as copy:
            for row in blank.itertuples(index=False, name=None):
                copy.write_row(row)
        connection.commit()
        driver.autocommit = True
        driver.execute("VACUUM ANALYZE")
        driver.autocommit = False


def run_peer(engine: Engine) -> tuple[list[Any], list[Any]]:
    """Run the aggregation by PostgreSQL."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(COUNTS))], connection.execute(text(CELLS)).all()


def measure(works: dict[str, Callable[[], Any]], clocks: dict[str, Callable[[], float]]) -> tuple[dict, dict]:
    """Run all in turn, some rounds; give the best seconds and the last result of each."""
    best, results = dict.fromkeys(works, float("inf")), {}
    for _ in range(ROUNDS):
        for name, work in works.items():
            started = clocks[name]()
            results[name] = work()
            best[name] = min(best[name], clocks[name]() - started)
    return best, results


def main() -> None:
    """Print the times and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=1_000)
    parser.add_argument("--postgres", default=POSTGRES, help="server on which a database may be made")
    given = parser.parse_args()
    frame = make_rows(given.rows, given.agents)
    duck = duckdb.connect()
    duck.register("frame", frame)
    duck.execute("CREATE TABLE month AS SELECT * FROM frame")
    with tempfile.TemporaryDirectory() as folder, postgres(given.postgres, frame, given.agents) as server:
        sqlite = create_engine(f"sqlite:///{Path(folder) / 'month.db'}")
        fill(sqlite, frame, given.agents)
        works = {
            "ours on SQLite": lambda: run_ours(sqlite),
            "DuckDB": lambda: (duck.execute(COUNTS).fetchall(), duck.execute(CELLS).fetchall()),
        }
        clocks: dict[str, Callable[[], float]] = dict.fromkeys(works, own_seconds)
        if server is not None:
            works |= {"PostgreSQL": lambda: run_peer(server), "ours on PostgreSQL": lambda: run_ours(server)}
            clocks |= dict.fromkeys(("PostgreSQL", "ours on PostgreSQL"), processor_clock(server))
        best, results = measure(works, clocks)
        ours = results["ours on SQLite"]
        compare(ours, *results["DuckDB"])
        print(f"{given.rows:,} conversations, {given.agents:,} agents, processor seconds, best of {ROUNDS}")
        for name, seconds in best.items():
            print(f"  {name:20}{seconds:7.2f}")
        print(
            f"ours on SQLite / DuckDB {best['ours on SQLite'] / best['DuckDB']:.1f} (goal: at most {DUCKDB_GOAL:.0f})"
        )
        if server is not None:
            compare(results["ours on PostgreSQL"], *results["PostgreSQL"])
            ratio = best["ours on SQLite"] / best["PostgreSQL"]
            print(f"ours on SQLite / PostgreSQL {ratio:.2f} (goal: at most {POSTGRES_GOAL})")
        print(f"sheets from it {compute_sheets(ours):.2f} s")
        sqlite.dispose()


if __name__ == "__main__":
    main()
