"""The import's way into the tables: rows come back as they were, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import event, select

from qa_app.conversations.import_rows import MESSAGE_COLUMNS, RECORDING_COLUMNS, SURVEY_COLUMNS
from qa_app.conversations.import_tables import bulk_tables
from qa_app.models import Message, Recording, SurveyResponse
from tests.factories.conversations import create_conversation

pytestmark = pytest.mark.both_databases

AT = datetime(2026, 11, 22, 2, 30, 0, 120_000, tzinfo=UTC)
TEXTS = (
    "plain", "", " ", r"\N", "\\", r"C:\new\table", "one\ttab", "two\nlines", "\r\nreturn", "null", "NULL", "\\.",
    '"quoted", with a comma', "{a,b}", "骉 😀", "\u2028\u00a0", "'; DROP TABLE messages; --", "t", "f", "\x1f\x7f",
)  # fmt: skip


def test_texts_come_back_as_they_were(session):
    key = create_conversation(session).id
    tables = bulk_tables(session)
    yes, no = tables.binding.yes, tables.binding.no
    stamps = tables.binding.moments(
        [None, AT, AT.replace(microsecond=0), AT.astimezone(timezone(timedelta(hours=8)))] * 5
    )

    rows = [
        (key, place, "agent", None if place % 3 else words, stamp, words, "message", (None, yes, no)[place % 3])
        for place, (words, stamp) in enumerate(zip(TEXTS, stamps, strict=True))
    ]
    tables.insert("messages", MESSAGE_COLUMNS, rows)

    found = session.scalars(select(Message).where(Message.conversation_id == key).order_by(Message.sequence)).all()
    assert [message.text for message in found] == list(TEXTS)
    assert [message.author_id for message in found] == [None if n % 3 else words for n, words in enumerate(TEXTS)]
    assert [message.sent_at for message in found] == [None, AT, AT.replace(microsecond=0), AT] * 5
    assert [message.scripted for message in found] == ([None, True, False] * 7)[: len(TEXTS)]


def test_numbers_and_bytes_come_back_to_the_last_bit(session):
    key = create_conversation(session).id
    tables = bulk_tables(session)
    lengths = [0.1 + 0.2, 1e-7, 123456789.125, 5.0]
    peaks = [b"", b"\x00\x01\\\n\t\xff", None, bytes(range(256))]

    tables.insert(
        "recordings",
        RECORDING_COLUMNS,
        [
            (key, f"f{n}", "a.wav", "00", "audio/wav", None, 0.0, length, 2, 8000, peak)
            for n, (length, peak) in enumerate(zip(lengths, peaks, strict=True))
        ],
    )
    stamps = tables.binding.moments([None])
    tables.insert("survey_responses", SURVEY_COLUMNS, [(key, 0, "csat", None, "ten", "7", 11 / 3, "good", stamps[0])])

    found = session.scalars(select(Recording).where(Recording.conversation_id == key).order_by(Recording.file)).all()
    assert [recording.duration_seconds for recording in found] == lengths
    assert [recording.peaks for recording in found] == peaks
    assert session.scalar(select(SurveyResponse.value).where(SurveyResponse.conversation_id == key)) == 11 / 3


def test_known_conversations_are_found_by_source_and_name(session):
    mine = create_conversation(session, source="a", external_id="it's \\ 1", record_digest="d")
    create_conversation(session, source="b", external_id="2")

    found = list(bulk_tables(session).look_up("a", ["2", "it's \\ 1", "3"]))

    assert found == [("it's \\ 1", mine.id, "d")]
    assert list(bulk_tables(session).look_up("a", [])) == []


def test_known_conversations_are_searched_in_the_index(session, database_kind):
    """A table that is being filled has no statistics: the plan must not depend on them."""
    seen = []
    create_conversation(session)

    @event.listens_for(session.connection(), "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    list(bulk_tables(session).look_up("test", [str(number) for number in range(1_000)]))

    explain = "EXPLAIN QUERY PLAN " if database_kind == "sqlite" else "EXPLAIN "
    plan = session.connection().exec_driver_sql(explain + seen[0][0], seen[0][1]).all()
    index = "uq__conversations__source_external_id" if database_kind == "postgresql" else "sqlite_autoindex"
    line = next(row[-1] for row in plan if index in row[-1])
    assert "external_id" in line if database_kind == "sqlite" else "Index Scan" in line
