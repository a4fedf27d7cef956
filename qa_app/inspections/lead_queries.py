"""What the QA lead oversees: work in hand, replacements, and the cases only the lead can decide."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from qa_app.models import (
    Agent,
    Answer,
    Assignment,
    AssignmentState,
    Conversation,
    Inspection,
    InspectionState,
    Sample,
    SampleState,
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
        .group_by(User.id, User.name)
        .order_by(User.name)
    )
    return list(session.execute(query))


def list_open_assignments(session: Session, *, inspector_id: int | None = None, limit: int = 200) -> Rows:
    """Samples in inspectors' hands, what is due first on top."""
    query = (
        select(
            Assignment.id,
            Assignment.due_at,
            Assignment.needs_lead,
            User.name.label("inspector_name"),
            Agent.name.label("agent_name"),
            Conversation.channel,
            Conversation.external_id,
            func.coalesce(Inspection.revision, 0).label("revision"),
        )
        .join(User, User.id == Assignment.inspector_id)
        .join(Assignment.sample)
        .join(Sample.conversation)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(Assignment.state == AssignmentState.open, Sample.state != SampleState.replaced)
        .order_by(Assignment.due_at.is_(None), Assignment.due_at, Assignment.id)
        .limit(limit)
    )
    if inspector_id:
        query = query.where(Assignment.inspector_id == inspector_id)
    return list(session.execute(query))


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
        .order_by(Inspection.submitted_at)
    )
    return [row for row in session.execute(query) if "ruling" not in row.value]


def count_decisions(session: Session) -> int:
    """How many cases wait for the lead's word."""
    return len(list_disagreements(session)) + len(list_referred(session)) + len(list_disputes(session))
