"""Month close: our grouped pass on SQLite against DuckDB's own aggregation of the same rows, in turn, in one run.

    .venv/bin/python -m bench.month [--rows 1000000] [--agents 1000]

Goal: at most 6 times DuckDB, in processor time: other programs on the machine do not count. What both compute per
agent: conversations, answered, satisfied, first responses within target, active days, and count, sum and square sum of
log handle seconds per cell of alike cases. The computation of the sheets from it is printed apart.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from qa_app.assessment.gather_work import Span, Work, gather_work
from qa_app.assessment.policies import preset
from qa_app.db import Base
from qa_app.models import Agent, Conversation, Team
from scoring.assessment.figures import AgentFigures, AgentMonth, MonthFigures, Ratio
from scoring.assessment.month import assess_month
from scoring.estimates.two_part import Inspected
from scoring.timing.working import WorkingCalendar

ROUNDS = 3
GOAL = 6.0
STARTS_AT = datetime(2026, 10, 1, tzinfo=UTC)
ENDS_AT = datetime(2026, 11, 1, tzinfo=UTC)
TOPICS = ("refund", "delivery", "invoice", "assembly", "exchange", "warranty")
COLUMNS = (
    "source", "external_id", "channel", "agent_id", "priority", "topic", "opened_at", "first_response_seconds",
    "first_response_at", "handle_seconds", "answered", "csat", "survey_count", "reopen_count", "message_count",
    "agent_message_count", "scripted_message_count", "record_digest", "given_fields", "created_at",
    "updated_at",
)  # fmt: skip


def make_rows(rows: int, agents: int) -> pd.DataFrame:
    """Return a month of chats with believable times, the same every run."""
    generator = np.random.default_rng(2026)
    opened = np.sort(generator.integers(0, 31 * 86400, rows))
    waited = generator.exponential(25, rows).round(1)
    answered = generator.random(rows) < 0.95
    asked = generator.random(rows) < 0.3
    frame = pd.DataFrame(
        {
            "agent_id": generator.integers(1, agents + 1, rows),
            "topic": np.array(TOPICS)[generator.integers(0, len(TOPICS), rows)],
            "opened": pd.Timestamp(STARTS_AT) + pd.to_timedelta(opened, unit="s"),
            "waited": np.where(answered, waited, np.nan),
            "handled": np.where(answered, np.exp(generator.normal(5.6, 0.6, rows)).round(1), np.nan),
            "answered": answered,
            "csat": np.where(asked, generator.integers(1, 6, rows), np.nan),
            "asked": asked,
        }
    )
    frame["responded"] = frame["opened"] + pd.to_timedelta(frame["waited"], unit="s")
    return frame


def fill_sqlite(path: Path, frame: pd.DataFrame, agents: int) -> Session:
    """Write the rows into the product's own tables."""
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    session = Session(engine)
    session.execute(insert(Team), [{"id": 1, "name": "All", "name_zh": ""}])
    people = [
        {"id": i, "employee_number": f"{i:05d}", "name": f"Agent {i}", "team_id": 1, "skills": []}
        for i in range(1, agents + 1)
    ]
    session.execute(insert(Agent), people)
    session.commit()
    raw = engine.raw_connection()
    moment = "%Y-%m-%d %H:%M:%S.%f"
    opened, responded = frame["opened"].dt.strftime(moment), frame["responded"].dt.strftime(moment)
    blank = frame.astype(object).where(frame.notna(), None)
    records = (
        ("bench", str(i), "chat", agent, "medium", topic, at, waited, reply if waited is not None else None, handled,
         int(answered), csat, int(asked), 0, 0, 0, 0, "", "[]", at, at)
        for i, (agent, topic, at, waited, reply, handled, answered, csat, asked) in enumerate(
            zip(blank["agent_id"], blank["topic"], opened, blank["waited"], responded, blank["handled"],
                frame["answered"], blank["csat"], frame["asked"], strict=True)
        )
    )  # fmt: skip
    marks = ", ".join("?" * len(COLUMNS))
    raw.cursor().executemany(f"INSERT INTO conversations ({', '.join(COLUMNS)}) VALUES ({marks})", records)
    raw.commit()
    raw.cursor().execute("ANALYZE")
    raw.commit()
    return session


def run_ours(session: Session) -> Work:
    """Run the product's pass."""
    span = Span(Conversation.opened_at, STARTS_AT, ENDS_AT, ZoneInfo("UTC"))
    return gather_work(session, span, WorkingCalendar(ZoneInfo("UTC")), at=ENDS_AT)


def run_duckdb(connection: duckdb.DuckDBPyConnection) -> tuple[list[tuple], list[tuple]]:
    """Run the same aggregation by DuckDB on columns of its own."""
    counts = connection.execute(
        """SELECT agent_id, count(*), count(*) FILTER (answered), count(*) FILTER (csat >= 4), count(csat),
                  count(*) FILTER (waited <= 30), count(DISTINCT day) FILTER (answered)
           FROM month GROUP BY agent_id"""
    ).fetchall()
    cells = connection.execute(
        """SELECT agent_id, topic, hour // 8, count(*), sum(ln(handled)), sum(ln(handled) * ln(handled))
           FROM month WHERE answered AND handled > 0 GROUP BY ALL"""
    ).fetchall()
    return counts, cells


def compare(work: Work, counts: list[tuple]) -> None:
    """Stop where the two do not count alike."""
    for agent, conversations, answered, satisfied, asked, _, days in counts:
        own = work.counts[f"{agent:05d}"]
        found = (own.conversations, own.answered, own.satisfied, own.satisfied_of, own.active_days)
        if found != (conversations, answered, satisfied, asked, days):
            raise SystemExit(f"agent {agent}: {found} is not what DuckDB counts")


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


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=1_000)
    given = parser.parse_args()
    frame = make_rows(given.rows, given.agents)
    with tempfile.TemporaryDirectory() as folder:
        session = fill_sqlite(Path(folder) / "month.db", frame, given.agents)
        connection = duckdb.connect()
        connection.register("frame", frame.assign(day=frame["opened"].dt.day, hour=frame["opened"].dt.hour))
        connection.execute("CREATE TABLE month AS SELECT * FROM frame")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            started = time.process_time()
            work = run_ours(session)
            ours.append(time.process_time() - started)
            started = time.process_time()
            counts, _ = run_duckdb(connection)
            theirs.append(time.process_time() - started)
        compare(work, counts)
        ratio = min(ours) / min(theirs)
        print(f"{given.rows:,} conversations, {given.agents:,} agents, best of {ROUNDS}")
        print(
            f"grouped pass on SQLite {min(ours):.2f} s · DuckDB {min(theirs):.2f} s · "
            f"ratio {ratio:.1f} (goal: at most {GOAL:.0f})"
        )
        print(f"sheets from it {compute_sheets(work):.2f} s")
        session.close()


if __name__ == "__main__":
    main()
