"""How far the newest plans are, what is due by today, and where the present pace leads: figures, no words.

A plan is what was handed out for one month. Due days are those of its samples, so "needed by today" is what the plan
itself asks for. The pace is read from whole working days after the hand-out; what was done on a day off counts with the
working day before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    Agent,
    Assignment,
    AssignmentState,
    Draw,
    Inspection,
    InspectionState,
    Sample,
    SampleState,
    SamplingPlan,
    Team,
)
from qa_app.web.waiting import day_of
from scoring.timing.working import WorkingCalendar
from scoring.trends.pace import read_pace
from scoring.values import Interval

__all__ = ["Day", "Forecast", "Pace", "TeamPace", "read_plan_pace"]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the plan: done on it and by it, due by it; `done_by` is none for days to come."""

    on: date
    done: int
    done_by: int | None
    due_by: int


@dataclass(frozen=True, slots=True)
class TeamPace:
    """One team's part: done, all, and due by today."""

    name: str
    name_zh: str
    done: int
    total: int
    needed: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the pace leads: done by the last day, and the days on which all is done; counts are whole samples."""

    days: int
    value: float
    bounds: Interval
    expected_on: date | None
    earliest_on: date | None
    latest_on: date | None


@dataclass(frozen=True, slots=True)
class Pace:
    """All plans of one month together."""

    month: str
    plans: tuple[tuple[int, str], ...]
    agents: int
    done: int
    drafts: int
    total: int
    needed: int
    twice: int
    replaced: tuple[tuple[str, int], ...]
    first_on: date
    last_on: date
    today: date
    working_days_done: int
    working_days: int
    by_team: tuple[TeamPace, ...]
    days: tuple[Day, ...]
    forecast: Forecast | None

    @property
    def is_done(self) -> bool:
        """Nothing is left to inspect."""
        return self.done >= self.total


def read_plan_pace(session: Session, calendar: WorkingCalendar) -> Pace | None:
    """Read the plans of the newest month that was handed out, in one query; none before the first hand-out."""
    rows = session.execute(_query()).all()
    live = [row for row in rows if row.state != SampleState.replaced]
    if not live:
        return None
    today = now().astimezone(calendar.zone).date()
    handed_out = min(row.handed_out_at for row in rows).astimezone(calendar.zone).date()
    due = [day_of(row.due_at, calendar) for row in live if row.due_at is not None]
    done_on = [_local(row.submitted_at, calendar) for row in live if _is_done(row)]
    last_on = max([*due, handed_out])
    return Pace(
        month=rows[0].month,
        plans=tuple(sorted({(row.draw_id, row.plan) for row in rows})),
        agents=len({row.agent_id for row in live}),
        done=len(done_on),
        drafts=sum(bool(row.revision) for row in live if not _is_done(row)),
        total=len(live),
        needed=sum(day <= today for day in due),
        twice=sum(row.is_double for row in live if _is_done(row)),
        replaced=tuple(
            Counter(row.replacement_reason or "" for row in rows if row.state == SampleState.replaced).most_common()
        ),
        first_on=handed_out,
        last_on=last_on,
        today=today,
        working_days_done=len(_working_days(calendar, handed_out, today - timedelta(days=1))),
        working_days=len(_working_days(calendar, handed_out, last_on)),
        by_team=_teams(live, today, calendar),
        days=_days(done_on, due, handed_out, max(last_on, today), today),
        forecast=_forecast(done_on, len(live), handed_out, last_on, today, calendar),
    )


def _query() -> Any:
    handed_out = and_(Draw.handed_out_at.is_not(None), SamplingPlan.archived_at.is_(None))
    newest = select(func.max(SamplingPlan.month)).join(Draw, Draw.plan_id == SamplingPlan.id).where(handed_out)
    is_given = and_(Assignment.sample_id == Sample.id, Assignment.state != AssignmentState.withdrawn)
    named = (
        Sample.id,
        Sample.state,
        Sample.is_double,
        Sample.agent_id,
        Sample.replacement_reason,
        Team.name,
        Team.name_zh,
        Draw.id,
        Draw.handed_out_at,
        SamplingPlan.name,
        SamplingPlan.month,
    )
    return (
        select(
            Sample.state,
            Sample.is_double,
            Sample.agent_id,
            Sample.replacement_reason,
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
            Draw.id.label("draw_id"),
            Draw.handed_out_at,
            SamplingPlan.name.label("plan"),
            SamplingPlan.month,
            func.max(Assignment.due_at).label("due_at"),
            func.max(Inspection.revision).filter(Inspection.state == InspectionState.draft).label("revision"),
            func.max(Inspection.submitted_at).filter(Inspection.state != InspectionState.draft).label("submitted_at"),
            Sample.id,
        )
        .join(Draw, Draw.id == Sample.draw_id)
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .outerjoin(Assignment, is_given)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .where(SamplingPlan.month == newest.scalar_subquery(), handed_out)
        .group_by(*named)
    )


def _is_done(row: Any) -> bool:
    return row.state == SampleState.inspected and row.submitted_at is not None


def _local(moment: datetime, calendar: WorkingCalendar) -> date:
    return moment.astimezone(calendar.zone).date()


def _working_days(calendar: WorkingCalendar, first: date, last: date) -> list[date]:
    """The working days from one day to another, both counted."""
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return [day for day in days if calendar.is_working_day(day)]


def _teams(live: Sequence[Any], today: date, calendar: WorkingCalendar) -> tuple[TeamPace, ...]:
    of_team: dict[tuple[str, str], list[Any]] = {}
    for row in live:
        of_team.setdefault((row.team or "", row.team_zh or ""), []).append(row)
    return tuple(
        TeamPace(
            *names,
            done=sum(_is_done(row) for row in rows),
            total=len(rows),
            needed=sum(row.due_at is not None and day_of(row.due_at, calendar) <= today for row in rows),
        )
        for names, rows in sorted(of_team.items())
    )


def _days(done_on: Sequence[date], due: Sequence[date], first_on: date, last_on: date, today: date) -> tuple[Day, ...]:
    """Every day from the hand-out to the last due day, or to today; what was done before counts on the first."""
    done, wanted = Counter(max(day, first_on) for day in done_on), Counter(due)
    days = [first_on + timedelta(days=step) for step in range((last_on - first_on).days + 1)]
    sums = zip(days, accumulate(done[day] for day in days), accumulate(wanted[day] for day in days), strict=True)
    return tuple(Day(day, done[day], so_far if day <= today else None, due_by) for day, so_far, due_by in sums)


def _forecast(
    done_on: Sequence[date], total: int, first_on: date, last_on: date, today: date, calendar: WorkingCalendar
) -> Forecast | None:
    """What the whole working days between the hand-out and today say of the days to come, today among them."""
    whole = _working_days(calendar, first_on + timedelta(days=1), today - timedelta(days=1))
    counts = Counter[date]()
    for day in done_on:
        before = [one for one in whole if one <= day]
        if before and day < today:
            counts[before[-1]] += 1
    pace = read_pace([counts[day] for day in whole])
    left = total - len(done_on)
    if pace is None or not left:
        return None
    # Today is not over: the forecast begins with what was done before it, and cannot fall below what is done by now.
    before_today = sum(day < today for day in done_on)
    value, bounds = pace.after(len(_working_days(calendar, today, last_on)))

    def held(figure: float) -> float:
        return min(float(total), max(float(len(done_on)), before_today + figure))

    finish = pace.finish(total - before_today)
    return Forecast(
        days=pace.days,
        value=held(value),
        bounds=Interval(held(bounds.lower), held(bounds.upper)),
        expected_on=_after(finish.expected, today, calendar),
        earliest_on=_after(finish.earliest, today, calendar),
        latest_on=_after(finish.latest, today, calendar),
    )


def _after(days: int | None, today: date, calendar: WorkingCalendar) -> date | None:
    """The n-th working day from today on, today being the first if it is one."""
    return None if days is None else calendar.add_working_days(today - timedelta(days=1), days)
