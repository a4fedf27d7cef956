"""Counts and handle times of a month's conversations, in one pass over the database.

`work_blocks` reads the conversations as columns; here they are judged, counted by agent, and summed by cells of alike
cases. Ten thousand conversations or a million, the same query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.assessment.inputs import WorkRecord
from qa_app.assessment.work_blocks import Block, NotPacked, Span, read_blocks
from qa_app.conversations.packing import pack_missing
from qa_app.models import Agent, Conversation, Draw, Sample, SamplingPlan
from scoring.estimates.case_mix import Cell
from scoring.timing.local import LocalClock
from scoring.timing.targets import Targets, first_response_due_of_cases, judge_targets
from scoring.timing.working import WorkingCalendar, WorkingTimeline

__all__ = ["Span", "Work", "gather_work"]

Floats = NDArray[np.float64]
_SHIFTS = 3
_SHIFT_HOURS = 24 // _SHIFTS
_LONGEST_TARGET = timedelta(days=45)
_SPARSE = 4  # so many times more places than conversations: only those that are taken are counted


@dataclass(slots=True)
class Work:
    """What was gathered: counts by employee number, and cells of alike cases."""

    counts: dict[str, WorkRecord] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Yardstick:
    """What the conversations are held against: the month's clock, the calendar, and what is due by when."""

    clock: LocalClock
    timeline: WorkingTimeline
    now: float


def gather_work(session: Session, span: Span, calendar: WorkingCalendar, *, at: datetime) -> Work:
    """Counts of every agent and the cells of the case mix; `at`: what is due and not done by then is late.

    Conversations that nobody packed yet are packed here, in the caller's transaction.
    """
    try:
        return _gather(session, span, calendar, at)
    except NotPacked:
        pack_missing(session, span.holds())
        return _gather(session, span, calendar, at)


def _gather(session: Session, span: Span, calendar: WorkingCalendar, at: datetime) -> Work:
    frames = _frames(session, span)
    clock = LocalClock(span.zone, span.starts_at, span.ends_at)
    yardstick = _Yardstick(clock, _timeline(session, span, calendar), at.timestamp())
    work = Work({agent: WorkRecord(agent=agent, eligible=frames[agent]) for agent in sorted(frames)})
    for block in read_blocks(session, span):
        quarters = clock.quarters(block.moments)
        work.counts.update(_counts(block, quarters, yardstick, frames))
        work.cells.extend(_cells(block, quarters, clock))
    return work


def _timeline(session: Session, span: Span, calendar: WorkingCalendar) -> WorkingTimeline:
    """The calendar around the openings: holidays and targets reach over their ends."""
    first, last = span.starts_at, span.ends_at
    if not span.is_of_opening:
        opened = Conversation.opened_at
        bounds = session.execute(select(func.min(opened), func.max(opened)).where(span.holds())).one()
        first, last = bounds[0] or first, bounds[1] or last
    return WorkingTimeline(
        calendar,
        (first.astimezone(calendar.zone) - _LONGEST_TARGET).date(),
        (last.astimezone(calendar.zone) + _LONGEST_TARGET).date(),
    )


def _judge_first_responses(block: Block, yardstick: _Yardstick) -> Floats:
    """Whether each first response met its target: 1, 0, or NaN where it has none or is not due yet."""
    facts = block.facts
    pairs = [(case.channel, case.priority) for case in block.cases]
    due = first_response_due_of_cases(facts.opened, block.case, pairs, Targets(), yardstick.timeline)
    # Answered, but nobody wrote down when: neither met nor missed.
    due = np.where(facts.answered & np.isnan(facts.done), np.nan, due)
    return judge_targets(facts.own_verdict, due, facts.done, now=yardstick.now)


def _counts(
    block: Block, quarters: NDArray[np.intp], yardstick: _Yardstick, frames: Mapping[str, int]
) -> Iterator[tuple[str, WorkRecord]]:
    """Counts by agent."""
    facts, count = block.facts, block.per_agent
    met = _judge_first_responses(block, yardstick)
    active = np.zeros((len(block.agents), yardstick.clock.days), dtype=np.bool_)
    active[block.agent[facts.answered], yardstick.clock.day_of(quarters[facts.answered])] = True
    columns = {
        "conversations": block.sizes,
        "answered": count(facts.answered),
        "active_days": active.sum(axis=1),
        "in_time": count(met == 1),
        "in_time_of": count(~np.isnan(met)),
        "surveys_sent": count(facts.asked),
        "satisfied": count(facts.satisfied),
        "satisfied_of": count(facts.rated),
    }
    for agent, *figures in zip(block.agents, *(column.tolist() for column in columns.values()), strict=True):
        counted = dict(zip(columns, figures, strict=True))
        yield agent, WorkRecord(agent=agent, eligible=frames.get(agent), **counted)


def _cells(block: Block, quarters: NDArray[np.intp], clock: LocalClock) -> Iterator[Cell]:
    """Cases by agent, kind and shift; only answered ones with a handle time can be compared."""
    usable = block.facts.answered & (block.facts.handled > 0)
    logs = np.log(block.facts.handled[usable])
    shift = clock.hour_of(quarters[usable]) // _SHIFT_HOURS
    place = (block.agent[usable] * len(block.cases) + block.case[usable]) * _SHIFTS + shift
    places, place = _taken(place, len(block.agents) * len(block.cases) * _SHIFTS)
    counts = np.bincount(place, minlength=places.size)
    sums = np.bincount(place, weights=logs, minlength=places.size)
    squares = np.bincount(place, weights=logs * logs, minlength=places.size)
    filled = np.flatnonzero(counts)
    columns = (places[filled], counts[filled], sums[filled], squares[filled])
    for at, n, log_sum, log_square_sum in zip(*(column.tolist() for column in columns), strict=True):
        which, number = divmod(at, _SHIFTS)
        agent, case = divmod(which, len(block.cases))
        channel, _priority, topic = block.cases[case]
        yield Cell(block.agents[agent], topic, channel, _SHIFT_NAMES[number], n, log_sum, log_square_sum)


def _taken(place: NDArray[np.intp], places: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places to count in, and each one's position among them; where nearly all are empty, only those taken."""
    if places <= _SPARSE * place.size:
        return np.arange(places), place
    taken, position = np.unique(place, return_inverse=True)
    return taken, position


_SHIFT_NAMES = tuple(f"{shift * _SHIFT_HOURS:02d}-{(shift + 1) * _SHIFT_HOURS:02d}" for shift in range(_SHIFTS))


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
