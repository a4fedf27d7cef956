"""Counts and handle times of a month's conversations, in one grouped pass over the database.

No conversation becomes a Python object: the database groups by agent, channel, priority and topic and hands over each
column of a group as one text of numbers, which NumPy reads. Ten thousand conversations or a million, the same query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Double, String, Text, case, cast, func, literal_column, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.assessment.inputs import WorkRecord
from qa_app.models import Agent, Conversation, Draw, Sample, SamplingPlan
from scoring.estimates.case_mix import Cell
from scoring.timing.targets import Targets, first_response_due, judge_targets
from scoring.timing.working import WorkingCalendar, WorkingTimeline

__all__ = ["Span", "Work", "gather_work"]

Floats = NDArray[np.float64]
_QUARTER_SECONDS = 900  # no zone's clock is off UTC by other than whole quarters of an hour
_DAY_SECONDS = 86400
_SHIFTS = 3
_SHIFT_HOURS = 24 // _SHIFTS
_LONGEST_TARGET_DAYS = 45
_SATISFIED_FROM = 4


@dataclass(frozen=True, slots=True)
class Span:
    """Which conversations are meant: `moment` is the column that puts one into the month."""

    moment: InstrumentedAttribute[datetime | None]
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo

    def holds(self) -> ColumnElement[bool]:
        """Condition of the month, in the order of its index."""
        return (self.moment >= self.starts_at) & (self.moment < self.ends_at)


@dataclass(slots=True)
class Work:
    """What was gathered: counts by employee number, and cells of alike cases."""

    counts: dict[str, WorkRecord] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The month's conversations as columns, group after group; a group shares agent, channel, priority and topic."""

    keys: tuple[tuple[str, str, str, str], ...]
    sizes: NDArray[np.intp]
    counted: NDArray[np.intp]  # per group: surveys sent, satisfied, answers
    answered: Floats
    moments: Floats
    opened: Floats
    waited: Floats
    responded: Floats
    own_verdict: Floats
    handled: Floats

    def by_group(self) -> NDArray[np.intp]:
        """The group of each conversation."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def words(self, place: int) -> NDArray[np.str_]:
        """One of the keys for each conversation."""
        return np.repeat(np.array([key[place] for key in self.keys]), self.sizes)


def gather_work(session: Session, span: Span, calendar: WorkingCalendar, *, at: datetime) -> Work:
    """Counts of every agent and the cells of the case mix; `at`: what is due and not done by then is late."""
    frames = _frames(session, span)
    columns = _read_columns(session.execute(_query(session, span)).all())
    work = Work({agent: WorkRecord(agent=agent, eligible=frames[agent]) for agent in sorted(frames)})
    if columns is None:
        return work
    local = _local(columns.moments, span.zone)
    work.counts |= _counts(columns, _judge_first_responses(columns, calendar, at), local, frames)
    work.cells.extend(_cells(columns, local))
    return work


def _query(session: Session, span: Span) -> Any:
    """One row per group, each column of figures as one text; unknown figures are ``nan``, unknown moments ``NaT``."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"

    def texts(column: Any, unknown: str) -> ColumnElement[str]:
        # SQLite turns numbers into text by itself; asking for it would cost as much again.
        text = column if is_sqlite else cast(column, Text)
        return func.aggregate_strings(func.coalesce(text, literal_column(f"'{unknown}'")), ",")

    def numbers(column: Any) -> ColumnElement[str]:
        return texts(column, "nan")

    def seconds(column: InstrumentedAttribute[datetime | None]) -> ColumnElement[str]:
        if is_sqlite:  # SQLite keeps moments as text in UTC, which NumPy reads
            return texts(type_coerce(column, String), "NaT")
        return numbers(cast(func.extract("epoch", column), Double))

    def flag(column: Any) -> Any:
        return case((column, 1), (~column, 0))

    csat = Conversation.csat
    keys = (
        Agent.employee_number,
        Conversation.channel,
        func.coalesce(Conversation.priority, ""),
        func.coalesce(Conversation.topic, ""),
    )
    return (
        select(
            *keys,
            func.count(),
            func.sum(case((Conversation.survey_count > 0, 1), else_=0)),
            func.sum(case((csat >= _SATISFIED_FROM, 1), else_=0)),
            func.count(csat),
            numbers(flag(Conversation.answered)),
            seconds(span.moment),
            seconds(Conversation.opened_at),
            numbers(Conversation.first_response_seconds),
            seconds(Conversation.first_response_at),
            numbers(flag(Conversation.first_response_target_met)),
            numbers(Conversation.handle_seconds),
        )
        .join(Agent, Agent.id == Conversation.agent_id)
        .where(span.holds())
        .group_by(*keys)
        .order_by(*keys)
    )


def _read_columns(rows: Sequence[Any]) -> _Columns | None:
    """Read the texts of numbers, one long text a column; None where the month holds nothing."""
    if not rows:
        return None
    texts = zip(*(row[8:] for row in rows), strict=True)
    counted = np.array([[int(count) for count in row[4:8]] for row in rows], dtype=np.intp)
    return _Columns(
        tuple(tuple(row[:4]) for row in rows),
        counted[:, 0],
        counted[:, 1:],
        *(_parse(",".join(column)) for column in texts),
    )


def _parse(text: str) -> Floats:
    """Read numbers, or moments as SQLite writes them (as Unix seconds), from one long text."""
    if ":" not in text and "NaT" not in text:
        return np.fromstring(text, sep=",")
    moments = np.array(text.split(","), dtype="datetime64[us]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 1e6)


def _judge_first_responses(columns: _Columns, calendar: WorkingCalendar, at: datetime) -> Floats:
    """Whether each first response met its target: 1, 0, or NaN where it has none or is not due yet."""
    timeline = _timeline(columns.opened, calendar)
    due = first_response_due(columns.opened, columns.words(1), columns.words(2), Targets(), timeline)
    # A call says only how long it took; everything else says when the response came.
    done = np.where(np.isnan(columns.responded), columns.opened + columns.waited, columns.responded)
    return judge_targets(columns.own_verdict, due, done, now=at.timestamp())


def _timeline(opened: Floats, calendar: WorkingCalendar) -> WorkingTimeline:
    """The calendar around the month: holidays and targets reach over its ends."""
    known = opened[~np.isnan(opened)]
    first, last = (known.min(), known.max()) if known.size else (0.0, 0.0)
    around = timedelta(days=_LONGEST_TARGET_DAYS)
    return WorkingTimeline(
        calendar,
        (datetime.fromtimestamp(first, calendar.zone) - around).date(),
        (datetime.fromtimestamp(last, calendar.zone) + around).date(),
    )


def _counts(columns: _Columns, met: Floats, local: Floats, frames: Mapping[str, int]) -> dict[str, WorkRecord]:
    """Counts by agent; groups come in the order of their agents."""
    agents = sorted({key[0] for key in columns.keys})
    of_group = np.searchsorted(agents, [key[0] for key in columns.keys])
    agent = of_group[columns.by_group()]

    def count(flags: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.bincount(agent[flags], minlength=len(agents))

    answered = columns.answered > 0
    days = np.unique(np.column_stack([agent[answered], local[answered] // _DAY_SECONDS]), axis=0)
    figures = zip(
        np.bincount(agent, minlength=len(agents)),
        count(answered),
        np.bincount(days[:, 0].astype(np.intp), minlength=len(agents)),
        count(met == 1),
        count(~np.isnan(met)),
        *(np.bincount(of_group, weights=column, minlength=len(agents)) for column in columns.counted.T),
        strict=True,
    )
    names = (
        "conversations",
        "answered",
        "active_days",
        "in_time",
        "in_time_of",
        "surveys_sent",
        "satisfied",
        "satisfied_of",
    )
    return {
        number: WorkRecord(
            agent=number,
            eligible=frames.get(number),
            **{name: int(value) for name, value in zip(names, values, strict=True)},
        )
        for number, values in zip(agents, figures, strict=True)
    }


def _cells(columns: _Columns, local: Floats) -> list[Cell]:
    """Cases by group and shift; only answered ones with a handle time can be compared."""
    usable = (columns.handled > 0) & (columns.answered > 0)
    logs = np.log(columns.handled[usable])
    shift = (local[usable] % _DAY_SECONDS // (3600 * _SHIFT_HOURS)).astype(np.intp)
    place = columns.by_group()[usable] * _SHIFTS + shift
    counts = np.bincount(place)
    sums, squares = np.bincount(place, weights=logs), np.bincount(place, weights=logs * logs)
    cells = []
    for cell in np.flatnonzero(counts):
        agent, channel, _priority, topic = columns.keys[cell // _SHIFTS]
        shift_name = _shift_name(int(cell % _SHIFTS))
        cells.append(
            Cell(agent, topic, channel, shift_name, int(counts[cell]), float(sums[cell]), float(squares[cell]))
        )
    return cells


def _shift_name(shift: int) -> str:
    return f"{shift * _SHIFT_HOURS:02d}-{(shift + 1) * _SHIFT_HOURS:02d}"


def _local(seconds: Floats, zone: ZoneInfo) -> Floats:
    """Seconds as the zone's clock shows them; each quarter of an hour is looked up once."""
    if not seconds.size:
        return seconds
    quarters, place = np.unique(np.floor(seconds / _QUARTER_SECONDS), return_inverse=True)
    offsets = _offsets(quarters, zone)
    local: Floats = seconds + offsets[place]
    return local


def _offsets(quarters: Floats, zone: ZoneInfo) -> Floats:
    moments = [datetime.fromtimestamp(quarter * _QUARTER_SECONDS, zone) for quarter in quarters]
    return np.array([(moment.utcoffset() or timedelta()).total_seconds() for moment in moments])


def _frames(session: Session, span: Span) -> dict[str, int]:
    """Eligible conversations of each agent, from the strata its samples were drawn from.

    A stratum shared by several agents says nothing about one of them: such an agent has no frame size, and the
    interval is the wider one of an endless frame.
    """
    month = span.starts_at.astimezone(span.zone).strftime("%Y-%m")
    strata: dict[tuple[int, str], set[str]] = {}
    rows = session.execute(
        select(Draw.id, Sample.stratum, Agent.employee_number)
        .join(Sample, Sample.draw_id == Draw.id)
        .join(Agent, Agent.id == Sample.agent_id)
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(SamplingPlan.month == month, Draw.drawn_at.is_not(None))
        .distinct()
    )
    for draw, stratum, agent in rows:
        strata.setdefault((draw, stratum), set()).add(agent)
    drawn = {draw for draw, _ in strata}
    rows_of_sizes = session.execute(select(Draw.id, Draw.populations).where(Draw.id.in_(drawn)))
    sizes: dict[int, dict[str, Any]] = dict(rows_of_sizes.all())
    frames: dict[str, int] = {}
    for (draw, stratum), agents in strata.items():
        if len(agents) == 1:
            agent = next(iter(agents))
            frames[agent] = frames.get(agent, 0) + int(sizes[draw].get(stratum, 0))
    return frames
