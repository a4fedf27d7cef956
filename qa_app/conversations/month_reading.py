"""Reads the conversations of a month from the database into columns: one pass, no entities.

For `metrics`. A million rows come through here. They stay the driver's own tuples, are turned into arrays block by
block so that memory holds no second copy, and moments become Python objects nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Double, Select, String, Text, cast, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.conversations.month_columns import MOMENTS, NUMBERS, WORDS, MonthRows
from qa_app.models import Conversation
from scoring.timing.indicators import Floats
from scoring.timing.repeats import DEFAULT_WINDOW_DAYS, mark_repeats

__all__ = ["find_repeats", "read_month"]

_BLOCK_ROWS = 20_000
_UNKNOWN = -1


def read_month(session: Session, key: ColumnElement[Any] | InstrumentedAttribute[Any], query: Select[Any]) -> MonthRows:
    """Read what the indicators need of the conversations that `query` chooses; `key` says what they are grouped by.

    `query` selects nothing yet: its joins and conditions are kept, its columns are added here.
    """
    moment = _moment_reader(session)
    columns = [
        Conversation.id,
        key,
        *(getattr(Conversation, name) for name in NUMBERS),
        *(moment.column(getattr(Conversation, name)) for name in MOMENTS),
        *(getattr(Conversation, name) for name in WORDS),
        cast(Conversation.response_gaps, Text),
        Conversation.customer_id,
        Conversation.topic,
    ]
    subjects: dict[tuple[str, str], int] = {}
    names: dict[str, str] = {}
    blocks = [
        _turn_into_columns(rows, moment.parse, subjects, names)
        for rows in _fetch_blocks(session, query.with_only_columns(*columns))
    ]
    return _join_blocks(blocks) if blocks else _turn_into_columns([], moment.parse, subjects, names)


def find_repeats(session: Session, rows: MonthRows, *, outside: ColumnElement[bool]) -> Floats:
    """Which of these conversations repeat an earlier one of the same customer on the same topic (1), which do not (0).

    NaN where customer or topic is unknown. `outside` holds for the conversations that are not among `rows`: a repeat
    may repeat one of those.
    """
    opened = rows.moments["opened_at"]
    # Kept when a customer reference went (`qa_app.retention.repeats`): what was known then holds.
    kept = rows.numbers["repeats_earlier"]
    asked = np.flatnonzero((rows.subject != _UNKNOWN) & ~np.isnan(opened))
    repeats = np.full(rows.ids.size, np.nan)
    if not asked.size:
        return kept
    asked = asked[np.argsort(rows.ids[asked])]
    earlier_subject, earlier_opened = _read_earlier(session, rows, opened[asked], outside)
    marked = mark_repeats(
        np.concatenate((earlier_subject, rows.subject[asked])), np.concatenate((earlier_opened, opened[asked]))
    )
    repeats[asked] = marked[earlier_subject.size :]
    return np.where(np.isnan(kept), repeats, kept)


def _read_earlier(
    session: Session, rows: MonthRows, opened: Floats, outside: ColumnElement[bool]
) -> tuple[NDArray[np.intp], Floats]:
    """Subject and opening of the other conversations of the time, as far as they share a subject with these."""
    start = datetime.fromtimestamp(opened.min(), UTC) - timedelta(days=DEFAULT_WINDOW_DAYS)
    end = datetime.fromtimestamp(opened.max(), UTC)
    moment = _moment_reader(session)
    query = (
        select(Conversation.customer_id, Conversation.topic, moment.column(Conversation.opened_at))
        .where(Conversation.opened_at >= start, Conversation.opened_at <= end, outside)
        .where(Conversation.customer_id.is_not(None), Conversation.topic.is_not(None))
        .order_by(Conversation.id)
    )
    found = [
        (rows.subjects[customer, topic], at)
        for block in _fetch_blocks(session, query)
        for customer, topic, at in block
        if (customer, topic) in rows.subjects
    ]
    return np.array([subject for subject, _ in found], dtype=np.intp), moment.parse([at for _, at in found])


def _fetch_blocks(session: Session, query: Select[Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Rows as the driver gives them: SQLAlchemy's conversion of each value costs more than the query."""
    session.flush()
    result = session.connection().execute(query)
    cursor = result.cursor
    assert cursor is not None
    while block := cursor.fetchmany(_BLOCK_ROWS):
        yield block
    result.close()


@dataclass(frozen=True, slots=True)
class _MomentReader:
    """How this database hands over moments without making a Python object of each."""

    column: Callable[[InstrumentedAttribute[Any]], ColumnElement[Any]]
    parse: Callable[[Sequence[Any]], Floats]


def _moment_reader(session: Session) -> _MomentReader:
    if session.get_bind().dialect.name == "sqlite":
        return _MomentReader(lambda column: type_coerce(column, String), _parse_texts)
    return _MomentReader(lambda column: cast(func.extract("epoch", column), Double), _as_floats)


def _parse_texts(texts: Sequence[str | None]) -> Floats:
    """SQLite keeps moments as text in UTC."""
    moments = np.array([text or "NaT" for text in texts], dtype="datetime64[us]")
    seconds = moments.astype(np.int64) / 1e6
    return np.where(np.isnat(moments), np.nan, seconds)


def _as_floats(values: Sequence[float | bool | None]) -> Floats:
    return np.array(values, dtype=np.float64)


def _turn_into_columns(
    rows: Sequence[tuple[Any, ...]],
    parse: Callable[[Sequence[Any]], Floats],
    subjects: dict[tuple[str, str], int],
    names: dict[str, str],
) -> MonthRows:
    """One block of rows as columns; `subjects` and `names` are shared by the blocks and grow."""
    width = 2 + len(NUMBERS) + len(MOMENTS) + len(WORDS) + 3
    columns = iter(list(zip(*rows, strict=True)) if rows else [()] * width)
    ids, keys = next(columns), next(columns)
    numbers = {name: _as_floats(next(columns)) for name in NUMBERS}
    moments = {name: parse(next(columns)) for name in MOMENTS}
    words = {name: np.array([word or "" for word in next(columns)], dtype=np.str_) for name in WORDS}
    gap_counts, gaps = _parse_gaps(next(columns))
    return MonthRows(
        ids=np.array(ids, dtype=np.intp),
        # One object per name: a million equal texts would be a million objects.
        keys=[names.setdefault(key or "", key or "") for key in keys],
        numbers=numbers,
        moments=moments,
        words=words,
        gap_counts=gap_counts,
        gaps=gaps,
        subject=_number_subjects(next(columns), next(columns), subjects),
        subjects=subjects,
    )


def _number_subjects(
    customers: Iterable[str | None], topics: Iterable[str | None], subjects: dict[tuple[str, str], int]
) -> NDArray[np.intp]:
    numbers = [
        subjects.setdefault((customer, topic), len(subjects)) if customer and topic else _UNKNOWN
        for customer, topic in zip(customers, topics, strict=True)
    ]
    return np.array(numbers, dtype=np.intp)


def _parse_gaps(texts: Sequence[str | None]) -> tuple[NDArray[np.intp], Floats]:
    """Read all lists of a block at once: their JSON is nothing but numbers between commas."""
    lists = ["" if text is None or text == "null" else text[1:-1] for text in texts]
    counts = np.array([numbers.count(",") + 1 if numbers else 0 for numbers in lists], dtype=np.intp)
    joined = ",".join(numbers for numbers in lists if numbers)
    return counts, np.array(joined.split(",") if joined else [], dtype=np.float64)


def _join_blocks(blocks: Sequence[MonthRows]) -> MonthRows:
    """Put the blocks one after the other."""
    if len(blocks) == 1:
        return blocks[0]
    return MonthRows(
        ids=np.concatenate([block.ids for block in blocks]),
        keys=[key for block in blocks for key in block.keys],
        numbers={name: np.concatenate([block.numbers[name] for block in blocks]) for name in NUMBERS},
        moments={name: np.concatenate([block.moments[name] for block in blocks]) for name in MOMENTS},
        words={name: np.concatenate([block.words[name] for block in blocks]) for name in WORDS},
        gap_counts=np.concatenate([block.gap_counts for block in blocks]),
        gaps=np.concatenate([block.gaps for block in blocks]),
        subject=np.concatenate([block.subject for block in blocks]),
        subjects=blocks[0].subjects,
    )
