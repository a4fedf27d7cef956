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
from sqlalchemy import ColumnElement, Double, String, Text, case, cast, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.assessment.inputs import WorkRecord
from qa_app.models import Agent, Conversation, Draw, Sample, SamplingPlan
from scoring.estimates.case_mix import Cell
from scoring.timing.targets import Targets, first_response_due, judge_targets
from scoring.timing.working import WorkingCalendar, WorkingTimeline

__all__ = ["Span", "Work", "gather_work"]

Floats = NDArray[np.float64]
_QUARTER_SECONDS = 900  # no zone's clock is off UTC by other than whole quarters of an hour
_SHIFT_HOURS = 8
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
class _Group:
    """One row of the pass: conversations of one agent that share channel, priority and topic."""

    agent: str
    channel: str
    priority: str
    topic: str
    conversations: int
    surveys_sent: int
    satisfied: int
    satisfied_of: int
    answered: Floats
    moments: Floats
    opened: Floats
    waited: Floats
    responded: Floats
    own_verdict: Floats
    handled: Floats


def gather_work(session: Session, span: Span, calendar: WorkingCalendar, *, at: datetime) -> Work:
    """Counts of every agent and the cells of the case mix; `at`: what is due and not done by then is late."""
    groups = [_read_group(row) for row in session.execute(_query(session, span))]
    in_time = _judge_first_responses(groups, calendar, at)
    frames = _frames(session, span)
    work = Work()
    by_agent: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        by_agent.setdefault(group.agent, []).append(place)
        work.cells.extend(_cells(group, span.zone))
    for agent in sorted(by_agent.keys() | frames.keys()):
        own = by_agent.get(agent, [])
        work.counts[agent] = _count(agent, [groups[i] for i in own], [in_time[i] for i in own], frames, span.zone)
    return work


def _query(session: Session, span: Span) -> Any:
    """One row per group, each column of figures as one text; unknown figures are ``nan``."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"

    def numbers(column: Any) -> ColumnElement[str]:
        return func.aggregate_strings(func.coalesce(cast(column, Text), "nan"), ",")

    def seconds(column: InstrumentedAttribute[datetime | None]) -> Any:
        if not is_sqlite:
            return cast(func.extract("epoch", column), Double)
        text = type_coerce(column, String)  # SQLite keeps moments as text in UTC, with six decimals
        return func.unixepoch(text) + cast(func.substr(text, 20), Double)

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
            numbers(seconds(span.moment)),
            numbers(seconds(Conversation.opened_at)),
            numbers(Conversation.first_response_seconds),
            numbers(seconds(Conversation.first_response_at)),
            numbers(flag(Conversation.first_response_target_met)),
            numbers(Conversation.handle_seconds),
        )
        .join(Agent, Agent.id == Conversation.agent_id)
        .where(span.holds())
        .group_by(*keys)
        .order_by(*keys)
    )


def _read_group(row: Any) -> _Group:
    words, counts, texts = row[:4], row[4:8], row[8:]
    return _Group(*words, *(int(count) for count in counts), *(np.fromstring(text, sep=",") for text in texts))


def _judge_first_responses(groups: Sequence[_Group], calendar: WorkingCalendar, at: datetime) -> list[Floats]:
    """Whether each first response met its target, group by group: 1, 0, or NaN where it has none or is not due yet."""
    if not groups:
        return []
    sizes = [group.conversations for group in groups]
    opened, waited, responded, own = (
        np.concatenate([getattr(group, name) for group in groups])
        for name in ("opened", "waited", "responded", "own_verdict")
    )
    channels = np.repeat(np.array([group.channel for group in groups]), sizes)
    priorities = np.repeat(np.array([group.priority for group in groups]), sizes)
    due = first_response_due(opened, channels, priorities, Targets(), _timeline(opened, calendar))
    # A call says only how long it took; everything else says when the response came.
    done = np.where(np.isnan(responded), opened + waited, responded)
    met = judge_targets(own, due, done, now=at.timestamp())
    return np.split(met, np.cumsum(sizes)[:-1])


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


def _count(
    agent: str, groups: Sequence[_Group], met: Sequence[Floats], frames: Mapping[str, int], zone: ZoneInfo
) -> WorkRecord:
    answered_at = [group.moments[group.answered > 0] for group in groups]
    return WorkRecord(
        agent=agent,
        conversations=sum(group.conversations for group in groups),
        answered=sum(moments.size for moments in answered_at),
        active_days=len({int(local // 86400) for moments in answered_at for local in np.unique(_local(moments, zone))}),
        in_time=int(sum((values == 1).sum() for values in met)),
        in_time_of=int(sum((~np.isnan(values)).sum() for values in met)),
        surveys_sent=sum(group.surveys_sent for group in groups),
        satisfied=sum(group.satisfied for group in groups),
        satisfied_of=sum(group.satisfied_of for group in groups),
        eligible=frames.get(agent),
    )


def _cells(group: _Group, zone: ZoneInfo) -> list[Cell]:
    """Cases of the group by shift; only answered ones with a handle time can be compared."""
    usable = (group.handled > 0) & (group.answered > 0)
    if not usable.any():
        return []
    logs = np.log(group.handled[usable])
    shifts = (_local(group.moments[usable], zone) % 86400 // 3600 // _SHIFT_HOURS).astype(np.intp)
    cells = []
    for shift in np.unique(shifts):
        own = np.sort(logs[shifts == shift])  # sorted: the order of rows must not show in the last digit
        sums = float(own.sum()), float((own * own).sum())
        cells.append(Cell(group.agent, group.topic, group.channel, _shift_name(int(shift)), own.size, *sums))
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
