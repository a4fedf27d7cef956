"""Lists of this room: an inspector's queue and today's goal, what was scored, what waits for the lead.

Rows are columns, not models: a list issues a fixed number of queries whatever its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from qa_app.access import visible_inspections
from qa_app.clock import now
from qa_app.inspections.page import Goal
from qa_app.models import (
    Agent,
    Assignment,
    AssignmentState,
    Conversation,
    Draw,
    Inspection,
    InspectionState,
    Rubric,
    RubricVersion,
    Sample,
    SampleState,
    SamplingPlan,
    Team,
    User,
)
from qa_app.people.organisation import working_calendar
from scoring.timing.working import WorkingCalendar


def _open_assignments(inspector: User) -> Select[Any]:
    """The inspector's open assignments that wait for nobody else."""
    return (
        select(Assignment.id)
        .join(Assignment.sample)
        .where(
            Assignment.inspector_id == inspector.id,
            Assignment.state == AssignmentState.open,
            Assignment.needs_lead.is_(None),
            Sample.state != SampleState.replaced,
        )
    )


# Drafts first, then what is due first; what has no due time comes last. A double scoring looks like any other.
_QUEUE_ORDER = (
    func.coalesce(Inspection.revision, 0) == 0,
    Assignment.due_at.is_(None),
    Assignment.due_at,
    Assignment.id,
)


def list_queue(session: Session, inspector: User, *, limit: int = 200) -> list[Any]:
    """What the inspector has to do, in the order in which it is best done."""
    query = (
        select(
            Assignment.id,
            Assignment.due_at,
            Conversation.channel,
            Conversation.external_id,
            Conversation.topic,
            Conversation.opened_at,
            Conversation.message_count,
            Conversation.audio_seconds,
            Agent.name.label("agent_name"),
            Team.name.label("team_name"),
            Team.name_zh.label("team_name_zh"),
            SamplingPlan.name.label("plan_name"),
            Inspection.saved_at,
            func.coalesce(Inspection.revision, 0).label("revision"),
        )
        .join(Assignment.sample)
        .join(Sample.conversation)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .outerjoin(Draw, Draw.id == Sample.draw_id)
        .outerjoin(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(Assignment.id.in_(_open_assignments(inspector)))
        .order_by(*_QUEUE_ORDER)
        .limit(limit)
    )
    return list(session.execute(query))


def count_queue(session: Session, inspector: User) -> int:
    """How many samples wait for this inspector."""
    return session.scalar(select(func.count()).select_from(_open_assignments(inspector).subquery())) or 0


def find_next(session: Session, inspector: User, *, after: Assignment | None = None) -> Assignment | None:
    """The sample to open next; never the one just left."""
    query = (
        select(Assignment)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(Assignment.id.in_(_open_assignments(inspector)))
        .order_by(*_QUEUE_ORDER)
        .limit(1)
    )
    if after is not None:
        query = query.where(Assignment.id != after.id)
    return session.scalar(query)


def find_undoable(session: Session, inspector: User, since: datetime) -> Inspection | None:
    """The inspector's latest submission, if it was after `since`."""
    return session.scalar(
        select(Inspection)
        .where(
            Inspection.inspector_id == inspector.id,
            Inspection.state == InspectionState.submitted,
            Inspection.submitted_at >= since,
        )
        .order_by(Inspection.submitted_at.desc())
        .limit(1)
    )


def todays_goal(session: Session, inspector: User) -> Goal:
    """How many make today's work: overdue ones whole, the others spread evenly over the working days they have left."""
    calendar = working_calendar(session)
    today = now().astimezone(calendar.zone).date()
    midnight = datetime.combine(today, datetime.min.time(), calendar.zone)
    rows = session.execute(
        select(Assignment.due_at, Assignment.state, func.count())
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .join(Assignment.sample)
        .where(
            Assignment.inspector_id == inspector.id,
            Sample.state != SampleState.replaced,
            or_(
                (Assignment.state == AssignmentState.open) & Assignment.needs_lead.is_(None),
                (Assignment.state == AssignmentState.done) & (Inspection.submitted_at >= midnight),
            ),
        )
        .group_by(Assignment.due_at, Assignment.state)
    )
    per_day: dict[date | None, int] = {}
    done = 0
    for due_at, state, count in rows:
        due_on = due_at.astimezone(calendar.zone).date() if due_at else None
        per_day[due_on] = per_day.get(due_on, 0) + count
        done += count if state == AssignmentState.done else 0
    size = sum(-(-count // _days_left(calendar, today, due_on)) for due_on, count in per_day.items())
    return Goal(done, size)


def _days_left(calendar: WorkingCalendar, today: date, due_on: date | None) -> int:
    """Working days until something is due, today among them; five where nobody said when."""
    if due_on is None:
        return 5
    days = sum(calendar.is_working_day(today + timedelta(days=ahead)) for ahead in range((due_on - today).days + 1))
    return max(1, days)


@dataclass(frozen=True, slots=True)
class InspectionFilter:
    """What the list of inspections is narrowed to; empty means all."""

    month: str = ""
    inspector_id: int | None = None
    agent_id: int | None = None
    state: str = ""
    only: str = ""


_LISTED = (
    Inspection.id,
    Inspection.state,
    Inspection.score,
    Inspection.quality,
    Inspection.is_critical,
    Inspection.submitted_at,
    Inspection.seconds_spent,
    Inspection.is_random,
    Inspection.source,
    Conversation.channel,
    Conversation.external_id,
    Agent.name.label("agent_name"),
    Team.name.label("team_name"),
    Team.name_zh.label("team_name_zh"),
    User.name.label("inspector_name"),
    Rubric.name.label("rubric_name"),
    Rubric.name_zh.label("rubric_name_zh"),
    RubricVersion.number.label("rubric_number"),
)


def select_inspections(
    actor: User, wanted: InspectionFilter, start: datetime | None, end: datetime | None
) -> Select[*tuple[Any, ...]]:
    """The inspections the actor may see, newest first; `start` and `end` bound the submission."""
    query: Select[*tuple[Any, ...]] = (
        select(*_LISTED)
        .join(Inspection.conversation)
        .join(Inspection.inspector)
        .join(Inspection.rubric_version)
        .join(RubricVersion.rubric)
        .outerjoin(Agent, Agent.id == Inspection.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .where(visible_inspections(actor), Inspection.state != InspectionState.draft)
        .order_by(Inspection.submitted_at.desc(), Inspection.id.desc())
    )
    if start is not None and end is not None:
        query = query.where(Inspection.submitted_at >= start, Inspection.submitted_at < end)
    if wanted.inspector_id:
        query = query.where(Inspection.inspector_id == wanted.inspector_id)
    if wanted.agent_id:
        query = query.where(Inspection.agent_id == wanted.agent_id)
    if wanted.state:
        query = query.where(Inspection.state == wanted.state)
    if wanted.only == "critical":
        query = query.where(Inspection.is_critical)
    return query
