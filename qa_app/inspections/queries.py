"""Lists of this room: an inspector's queue and today's goal, what was scored, what waits for the lead.

Rows are columns, not models: a list issues a fixed number of queries whatever its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qa_app.access import visible_inspections
from qa_app.clock import now
from qa_app.conversations.filters import like_pattern
from qa_app.inspections.page import Goal
from qa_app.models import (
    Agent,
    Assignment,
    AssignmentState,
    CalibrationConversation,
    Conversation,
    Draw,
    Inspection,
    InspectionState,
    Rubric,
    RubricVersion,
    Sample,
    SamplePurpose,
    SampleState,
    SamplingPlan,
    Team,
    User,
)
from qa_app.people.organisation import working_calendar
from scoring.timing.working import WorkingCalendar


def open_assignments(inspector: User) -> Select[Any]:
    """The inspector's open assignments that wait for nobody else."""
    return (
        select(Assignment.id)
        .join(Assignment.sample)
        .where(
            Assignment.inspector_id == inspector.id,
            Assignment.state == AssignmentState.open,
            Assignment.needs_lead.is_(None),
            Sample.state != SampleState.replaced,
            Sample.purpose == SamplePurpose.work,
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
        .where(Assignment.id.in_(open_assignments(inspector)))
        .order_by(*_QUEUE_ORDER)
        .limit(limit)
    )
    return list(session.execute(query))


def count_queue(session: Session, inspector: User) -> int:
    """How many samples wait for this inspector."""
    return session.scalar(select(func.count()).select_from(open_assignments(inspector).subquery())) or 0


def find_next(session: Session, inspector: User, *, after: Assignment | None = None) -> Assignment | None:
    """The sample to open next; never the one just left, and after one of a calibration session the rest of that.

    The order is the queue's: what was begun, then what is due first. Each half is found in an index, so a long queue
    costs no more than a short one. The sample comes with what making its inspection reads.
    """
    is_calibrating = after is not None and after.sample.purpose == SamplePurpose.calibration
    of_these = _open_in_session(inspector, after) if after and is_calibrating else open_assignments(inspector)
    waiting = of_these.with_only_columns(Assignment).options(
        joinedload(Assignment.sample).joinedload(Sample.conversation),
        joinedload(Assignment.sample).joinedload(Sample.draw).joinedload(Draw.plan),
    )
    if after is not None:
        waiting = waiting.where(Assignment.id != after.id)
    waiting = waiting.order_by(Assignment.due_at.nulls_last(), Assignment.id).limit(1)
    begun = session.scalars(
        select(Inspection.assignment_id)
        .where(Inspection.inspector_id == inspector.id, Inspection.state == InspectionState.draft)
        .where(Inspection.revision > 0)
    ).all()
    first = session.scalar(waiting.where(Assignment.id.in_(begun))) if begun else None
    return first or session.scalar(waiting)


def _open_in_session(inspector: User, beside: Assignment) -> Select[Any]:
    """The inspector's open assignments of the calibration session that this one belongs to."""
    same = select(CalibrationConversation.session_id).where(CalibrationConversation.sample_id == beside.sample_id)
    return (
        select(Assignment.id)
        .join(CalibrationConversation, CalibrationConversation.sample_id == Assignment.sample_id)
        .where(
            Assignment.inspector_id == inspector.id,
            Assignment.state == AssignmentState.open,
            CalibrationConversation.session_id.in_(same),
        )
    )


def session_of(session: Session, sample: Sample) -> int | None:
    """The calibration session that a sample belongs to."""
    return session.scalar(
        select(CalibrationConversation.session_id).where(CalibrationConversation.sample_id == sample.id)
    )


def find_undoable(session: Session, inspector: User, since: datetime) -> int | None:
    """The key of the inspector's latest submission, if it was after `since` and no ruling of the lead builds on it."""
    latest = session.execute(
        select(Inspection.id, Sample.ruling)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(
            Inspection.inspector_id == inspector.id,
            Inspection.state == InspectionState.submitted,
            Inspection.submitted_at >= since,
        )
        .order_by(Inspection.submitted_at.desc())
        .limit(1)
    ).one_or_none()
    return latest.id if latest is not None and not latest.ruling else None


def todays_goal(session: Session, inspector: User) -> Goal:
    """How many make today's work: overdue ones whole, the others spread evenly over the working days they have left."""
    calendar = working_calendar(session)
    today = now().astimezone(calendar.zone).date()
    midnight = datetime.combine(today, datetime.min.time(), calendar.zone)
    open_ones = open_assignments(inspector).with_only_columns(Assignment.due_at, func.count())
    done_today = (
        select(Assignment.due_at, func.count())
        .join(Inspection, Inspection.assignment_id == Assignment.id)
        .where(Inspection.inspector_id == inspector.id, Inspection.submitted_at >= midnight)
        .where(Inspection.purpose == SamplePurpose.work)
    )
    per_day: dict[date | None, int] = {}
    done = 0
    for query in (open_ones, done_today):
        for due_at, count in session.execute(query.group_by(Assignment.due_at)):
            due_on = due_at.astimezone(calendar.zone).date() if due_at else None
            per_day[due_on] = per_day.get(due_on, 0) + count
            done += count if query is done_today else 0
    left = _days_left(calendar, today, [due_on for due_on in per_day if due_on is not None])
    size = sum(-(-count // (left[due_on] if due_on else DAYS_WITHOUT_DUE)) for due_on, count in per_day.items())
    return Goal(done, size)


DAYS_WITHOUT_DUE = 5
"""Over so many days the work is spread for which nobody said when."""


def _days_left(calendar: WorkingCalendar, today: date, due_days: list[date]) -> dict[date, int]:
    """Working days until each of the days, today among them, at least one; the calendar is walked once."""
    reached, left = 0, dict.fromkeys(due_days, 1)
    for ahead in range((max(due_days, default=today) - today).days + 1):
        day = today + timedelta(days=ahead)
        reached += calendar.is_working_day(day)
        if day in left:
            left[day] = max(1, reached)
    return left


@dataclass(frozen=True, slots=True)
class InspectionFilter:
    """What the list of inspections is narrowed to; empty means all."""

    month: str = ""
    inspector_id: int | None = None
    agent_id: int | None = None
    state: str = ""
    only: str = ""
    words: str = ""
    sort: str = "submitted"
    order: str = "desc"


SORTS: dict[str, Any] = {
    "submitted": Inspection.submitted_at,
    "score": Inspection.score,
    "spent": Inspection.seconds_spent,
}
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
        .where(Inspection.purpose == SamplePurpose.work)
        .order_by(*_ordering(wanted))
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
    if wanted.only == "chosen":
        query = query.where(Inspection.is_random.is_(False))
    if wanted.words:
        query = query.where(mentions_sample(wanted.words))
    return query


def _ordering(wanted: InspectionFilter) -> tuple[ColumnElement[Any], ...]:
    """The order asked for; what is unknown comes last."""
    column = SORTS[wanted.sort]
    chosen = column.asc() if wanted.order == "asc" else column.desc()
    return chosen.nulls_last(), Inspection.id.desc()


def mentions_sample(words: str) -> ColumnElement[bool]:
    """Whether the conversation's number or its agent's name or number holds these words."""
    pattern = like_pattern(words)
    columns = (Conversation.external_id, Agent.name, Agent.employee_number)
    return or_(*(column.ilike(pattern, escape="\\") for column in columns))


def inspectors_of(session: Session, actor: User) -> list[Any]:
    """Who scored what the actor may see, by name: for the filter."""
    scored = select(Inspection.inspector_id).where(visible_inspections(actor))
    return list(session.execute(select(User.id, User.name).where(User.id.in_(scored)).order_by(User.name)))


def agents_of(session: Session, actor: User) -> list[Any]:
    """Whose conversations were scored, as far as the actor may see them, by name: for the filter."""
    scored = select(Inspection.agent_id).where(visible_inspections(actor))
    columns = (Agent.id, Agent.name, Agent.employee_number)
    return list(session.execute(select(*columns).where(Agent.id.in_(scored)).order_by(Agent.name)))
