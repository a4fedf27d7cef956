"""What the QA lead oversees: work in hand, replacements, and the cases only the lead can decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from qa_app.clock import now
from qa_app.inspections.queries import mentions_sample
from qa_app.models import (
    Agent,
    Answer,
    Assignment,
    AssignmentState,
    Conversation,
    Inspection,
    InspectionState,
    Sample,
    SamplePurpose,
    SampleState,
    Team,
    User,
)

Rows = list[Any]
"""Rows of columns, named as in the query."""


def workload(session: Session) -> Rows:
    """Per inspector: open, overdue-first due time, done, median-free mean of minutes spent."""
    done = Assignment.state == AssignmentState.done
    is_open = (Assignment.state == AssignmentState.open) & (Sample.state != SampleState.replaced)
    query = (
        select(
            User.id,
            User.name,
            func.count().filter(is_open).label("open"),
            func.min(Assignment.due_at).filter(is_open).label("first_due_at"),
            func.count().filter(done).label("done"),
            func.avg(Inspection.seconds_spent).filter(done & (Inspection.seconds_spent > 0)).label("mean_seconds"),
        )
        .select_from(Assignment)
        .join(User, User.id == Assignment.inspector_id)
        .join(Assignment.sample)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(Sample.purpose == SamplePurpose.work)
        .group_by(User.id, User.name)
        .order_by(User.name)
    )
    return list(session.execute(query))


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What the list of open samples is narrowed to; empty means all. Days are the organisation's."""

    words: str = ""
    inspector_id: int | None = None
    due: str = ""
    begun: str = ""
    tomorrow: datetime | None = None
    """When the day after today begins."""
    sort: str = "due"
    order: str = "asc"


WORK_SORTS: dict[str, Any] = {"due": Assignment.due_at, "assigned": Assignment.assigned_at}


def select_open_assignments(wanted: WorkFilter) -> Select[*tuple[Any, ...]]:
    """Samples in inspectors' hands."""
    column = WORK_SORTS[wanted.sort]
    chosen = column.asc() if wanted.order == "asc" else column.desc()
    query: Select[*tuple[Any, ...]] = (
        select(
            Assignment.id,
            Assignment.due_at,
            Assignment.assigned_at,
            Assignment.needs_lead,
            User.name.label("inspector_name"),
            Agent.name.label("agent_name"),
            Team.name.label("team_name"),
            Team.name_zh.label("team_name_zh"),
            Conversation.channel,
            Conversation.external_id,
            func.coalesce(Inspection.revision, 0).label("revision"),
        )
        .join(User, User.id == Assignment.inspector_id)
        .join(Assignment.sample)
        .join(Sample.conversation)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(Assignment.state == AssignmentState.open, Sample.state != SampleState.replaced)
        .where(Sample.purpose == SamplePurpose.work)
        .order_by(chosen.nulls_last(), Assignment.id)
    )
    if wanted.inspector_id:
        query = query.where(Assignment.inspector_id == wanted.inspector_id)
    if wanted.words:
        query = query.where(mentions_sample(wanted.words))
    return query.where(*_work_conditions(wanted))


def _work_conditions(wanted: WorkFilter) -> Iterator[ColumnElement[bool]]:
    moment = now()
    due: dict[str, ColumnElement[bool]] = {
        "overdue": Assignment.due_at < moment,
        "today": (Assignment.due_at >= moment) & (Assignment.due_at < (wanted.tomorrow or moment)),
        "later": Assignment.due_at >= (wanted.tomorrow or moment),
        "none": Assignment.due_at.is_(None),
    }
    begun = func.coalesce(Inspection.revision, 0) > 0
    states: dict[str, ColumnElement[bool]] = {
        "begun": begun & Assignment.needs_lead.is_(None),
        "not_begun": ~begun,
        "lead": Assignment.needs_lead.is_not(None),
    }
    if wanted.due in due:
        yield due[wanted.due]
    if wanted.begun in states:
        yield states[wanted.begun]


def holders(session: Session) -> Rows:
    """Who has open samples, by name: for the filter."""
    holding = select(Assignment.inspector_id).where(Assignment.state == AssignmentState.open)
    return list(session.execute(select(User.id, User.name).where(User.id.in_(holding)).order_by(User.name)))


def list_replacements(session: Session, *, limit: int = 100) -> Rows:
    """Samples that were replaced, newest first, with the reason and who said so."""
    query = (
        select(
            Sample.id,
            Sample.replaced_at,
            Sample.replacement_reason,
            Sample.replacement_note,
            Conversation.channel,
            Conversation.external_id,
            Agent.name.label("agent_name"),
            User.name.label("by_name"),
        )
        .join(Sample.conversation)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .outerjoin(User, User.id == Sample.replaced_by_user_id)
        .where(Sample.state == SampleState.replaced)
        .order_by(Sample.replaced_at.desc())
        .limit(limit)
    )
    return list(session.execute(query))


def list_disagreements(session: Session) -> Rows:
    """Conversations scored twice whose two inspectors disagree on “critical” and that the lead has not settled."""
    first, second = aliased(Inspection), aliased(Inspection)
    one, other = aliased(User), aliased(User)
    query = (
        select(
            Sample.id,
            Sample.ruling,
            Conversation.channel,
            Conversation.external_id,
            Agent.name.label("agent_name"),
            first.id.label("first_id"),
            first.is_critical.label("first_critical"),
            first.critical_classes.label("first_classes"),
            first.quality.label("first_quality"),
            one.name.label("first_name"),
            second.id.label("second_id"),
            second.is_critical.label("second_critical"),
            second.critical_classes.label("second_classes"),
            second.quality.label("second_quality"),
            other.name.label("second_name"),
        )
        .join(first, first.sample_id == Sample.id)
        .join(second, (second.sample_id == Sample.id) & (second.id > first.id))
        .join(one, one.id == first.inspector_id)
        .join(other, other.id == second.inspector_id)
        .join(Sample.conversation)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .where(
            first.state != InspectionState.draft,
            second.state != InspectionState.draft,
            first.is_critical != second.is_critical,
            Sample.purpose == SamplePurpose.work,
        )
        .order_by(Sample.id)
    )
    return [row for row in session.execute(query) if "is_critical" not in (row.ruling or {})]


def list_referred(session: Session) -> Rows:
    """Samples that could not be scored and wait for the lead's word."""
    query = (
        select(
            Assignment.id,
            Assignment.needs_lead,
            Inspection.id.label("inspection_id"),
            User.name.label("inspector_name"),
            Agent.name.label("agent_name"),
            Conversation.channel,
            Conversation.external_id,
        )
        .join(User, User.id == Assignment.inspector_id)
        .join(Assignment.sample)
        .join(Sample.conversation)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(
            Assignment.needs_lead.is_not(None),
            Assignment.state == AssignmentState.open,
            Sample.state != SampleState.replaced,
        )
        .order_by(Assignment.id)
    )
    return list(session.execute(query))


def list_disputes(session: Session) -> Rows:
    """Measured figures that an inspector disputes in a submitted inspection."""
    query = (
        select(
            Inspection.id,
            Inspection.rubric_version_id,
            Answer.criterion,
            Answer.value,
            Answer.disputed,
            Answer.points,
            User.name.label("inspector_name"),
            Agent.name.label("agent_name"),
            Conversation.channel,
            Conversation.external_id,
        )
        .join(Answer.inspection)
        .join(User, User.id == Inspection.inspector_id)
        .join(Inspection.conversation)
        .outerjoin(Agent, Agent.id == Inspection.agent_id)
        .where(Answer.disputed.is_not(None), Inspection.state != InspectionState.draft)
        .where(Inspection.purpose == SamplePurpose.work)
        .order_by(Inspection.submitted_at)
    )
    return [row for row in session.execute(query) if "ruling" not in row.value]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Cases that wait for the lead's word, by kind, when the first of the samples is due, how many are late."""

    disagreements: int
    referred: int
    disputes: int
    first_due_at: datetime | None
    overdue: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.disagreements + self.referred + self.disputes


def read_decisions(session: Session) -> Decisions:
    """Count what the three lists above hold, in one query."""
    # Of two that disagree one is critical, and critical ones are few: the search begins with them.
    critical, other = aliased(Inspection), aliased(Inspection)
    disagreements = (
        select(func.count())
        .select_from(critical)
        .join(other, (other.sample_id == critical.sample_id) & other.is_critical.is_(False))
        .join(Sample, Sample.id == critical.sample_id)
        .where(
            critical.is_critical,
            critical.state != InspectionState.draft,
            other.state != InspectionState.draft,
            Sample.purpose == SamplePurpose.work,
            Sample.ruling["is_critical"].as_string().is_(None),
        )
    )
    referred = (
        Assignment.needs_lead.is_not(None),
        Assignment.state == AssignmentState.open,
        Sample.state != SampleState.replaced,
    )
    disputes = (
        select(func.count())
        .select_from(Answer)
        .join(Answer.inspection)
        .where(
            Answer.disputed.is_not(None),
            Inspection.state != InspectionState.draft,
            Inspection.purpose == SamplePurpose.work,
            Answer.value["ruling"].as_string().is_(None),
        )
    )
    row = session.execute(
        select(
            disagreements.scalar_subquery(),
            select(func.count(Assignment.id)).join(Assignment.sample).where(*referred).scalar_subquery(),
            disputes.scalar_subquery(),
            select(func.min(Assignment.due_at)).join(Assignment.sample).where(*referred).scalar_subquery(),
            select(func.count(Assignment.id))
            .join(Assignment.sample)
            .where(*referred, Assignment.due_at <= now())
            .scalar_subquery(),
        )
    ).one()
    return Decisions(*row)


def count_decisions(session: Session) -> int:
    """How many cases wait for the lead's word."""
    return read_decisions(session).total
