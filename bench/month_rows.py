"""The rows of the month bench: one month of chats, written into the product's tables on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from qa_app.db import Base
from qa_app.models import Agent, Team
from scoring.timing.facts import case_number, pack_facts
from scoring.timing.targets import Targets, first_response_due
from scoring.timing.working import WorkingCalendar, WorkingTimeline

STARTS_AT = datetime(2026, 10, 1, tzinfo=UTC)
ENDS_AT = datetime(2026, 11, 1, tzinfo=UTC)
CALENDAR = WorkingCalendar(ZoneInfo("UTC"))
TOPICS = ("refund", "delivery", "invoice", "assembly", "exchange", "warranty")
COLUMNS = (
    "source", "external_id", "channel", "agent_id", "priority", "topic", "opened_at", "first_response_seconds",
    "first_response_at", "handle_seconds", "answered", "csat", "survey_count", "reopen_count", "message_count",
    "agent_message_count", "scripted_message_count", "packed_facts", "record_digest", "given_fields", "created_at",
    "updated_at",
)  # fmt: skip
_SQLITE_MOMENT = "%Y-%m-%d %H:%M:%S.%f"


def make_rows(rows: int, agents: int) -> pd.DataFrame:
    """Return a month of chats with believable times, the same every run.

    `day`, `shift` and `due` are there for the peers alone: we work them out.
    """
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
    frame["due"] = pd.to_datetime(_due(STARTS_AT.timestamp() + opened), unit="s", utc=True)
    frame["day"] = frame["opened"].dt.day
    frame["shift"] = frame["opened"].dt.hour // 8
    return frame


def _due(opened: np.ndarray) -> np.ndarray:
    around = timedelta(days=10)
    timeline = WorkingTimeline(CALENDAR, (STARTS_AT - around).date(), (ENDS_AT + around).date())
    return first_response_due(opened, np.full(opened.size, "chat"), np.full(opened.size, "medium"), Targets(), timeline)


def fill(engine: Engine, frame: pd.DataFrame, agents: int) -> None:
    """Write the rows into the product's own tables."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(insert(Team), [{"id": 1, "name": "All", "name_zh": ""}])
        people = [
            {"id": i, "employee_number": f"{i:05d}", "name": f"Agent {i}", "team_id": 1, "skills": []}
            for i in range(1, agents + 1)
        ]
        session.execute(insert(Agent), people)
        session.commit()
    raw = engine.raw_connection()
    names = ", ".join(COLUMNS)
    if engine.dialect.name == "sqlite":
        marks = ", ".join("?" * len(COLUMNS))
        raw.cursor().executemany(f"INSERT INTO conversations ({names}) VALUES ({marks})", _records(frame, _as_text))
        raw.cursor().execute("ANALYZE")
    else:
        with raw.cursor() as cursor, cursor.copy(f"COPY conversations ({names}) FROM STDIN") as copy:
            for record in _records(frame, _as_it_is):
                copy.write_row(record)
    raw.commit()
    raw.close()


def _as_text(moment: datetime | None) -> str | None:
    return moment and moment.strftime(_SQLITE_MOMENT)


def _as_it_is(moment: datetime | None) -> datetime | None:
    return moment


def _records(frame: pd.DataFrame, write: Any) -> Iterator[tuple[Any, ...]]:
    blank = frame.astype(object).where(frame.notna(), None)
    columns = ("agent_id", "topic", "opened", "waited", "responded", "handled", "answered", "csat", "asked")
    for i, (agent, topic, at, waited, reply, handled, answered, csat, asked) in enumerate(
        zip(*(blank[name] for name in columns), strict=True)
    ):
        opened = at.to_pydatetime()
        responded = reply and reply.to_pydatetime()
        packed = pack_facts(
            opened_at=opened, first_response_at=responded, first_response_seconds=waited, handle_seconds=handled,
            answered=answered, first_response_target_met=None, csat=csat, survey_count=int(asked),
            case=case_number("chat", "medium", topic),
        )  # fmt: skip
        yield (
            "bench", str(i), "chat", agent, "medium", topic, write(opened), waited, write(responded), handled,
            bool(answered), csat, int(asked), 0, 0, 0, 0, packed, "", "", write(opened), write(opened),
        )  # fmt: skip
