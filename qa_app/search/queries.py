"""What each group of the search finds: one query a group, narrowed to what the actor may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from qa_app import access
from qa_app.access import Permission
from qa_app.conversations.filters import like_pattern
from qa_app.conversations.full_text import mentions
from qa_app.models import (
    Agent,
    Assignment,
    Conversation,
    Draw,
    Inspection,
    RoleName,
    Sample,
    SamplePurpose,
    SamplingPlan,
    Team,
    User,
)

__all__ = ["find_conversations", "find_people", "find_samples"]

Query = Select[*tuple[Any, ...]]
_ESCAPE = "\\"


def find_conversations(session: Session, actor: User, question: str) -> Query | None:
    """Conversations that hold the words, the newest first; `None` for those who open none."""
    if not access.has_permission(actor, Permission.view_conversations):
        return None
    return (
        select(
            Conversation.id,
            Conversation.external_id,
            Conversation.channel,
            Conversation.topic,
            Conversation.opened_at,
            Conversation.personal,
            Agent.name.label("agent_name"),
        )
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .where(access.visible_conversations(actor), mentions(session, question))
        .order_by(Conversation.opened_at.desc().nulls_last(), Conversation.id.desc())
    )


def find_people(_session: Session, actor: User, question: str) -> Query:
    """Agents the actor may see, and users for those who look after people: by name, number or address."""
    pattern = like_pattern(question.strip())
    sees_people = access.has_permission(actor, Permission.view_people)
    seen = literal(value=True) if sees_people else access.visible_agents(actor)
    agents = (
        select(
            literal("agent").label("kind"),
            Agent.id,
            Agent.name,
            Agent.employee_number.label("number"),
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
        )
        .join(Team, Team.id == Agent.team_id)
        .where(seen, or_(*(_holds(column, pattern) for column in (Agent.name, Agent.employee_number))))
    )
    if not sees_people:
        return agents.order_by(Agent.name, Agent.id)
    # Who is an agent too is found once, as an agent.
    users = select(literal("user"), User.id, User.name, User.email, null(), null()).where(
        User.agent_id.is_(None), or_(*(_holds(column, pattern) for column in (User.name, User.email)))
    )
    both = union_all(agents, users).subquery()
    return select(both).order_by(both.c.name, both.c.kind, both.c.id)


def find_samples(session: Session, actor: User, question: str) -> Query | None:
    """Samples whose conversation, draw or plan is asked for; inspectors find their own, agents what was inspected."""
    pattern = like_pattern(question.strip())
    named = or_(_holds(Draw.public_id, pattern), _holds(SamplingPlan.name, pattern), mentions(session, question))
    if RoleName.qa_lead in actor.role_names:
        any_of_them = aliased(Inspection)
        of_sample = any_of_them.sample_id == Sample.id
        latest = select(func.max(any_of_them.id)).where(of_sample).correlate(Sample).scalar_subquery()
        return _samples().outerjoin(Inspection, Inspection.id == latest).where(named)
    if RoleName.inspector in actor.role_names:
        mine = and_(Assignment.sample_id == Sample.id, Assignment.inspector_id == actor.id)
        query = _samples().join(Assignment, mine).outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        return query.where(named)
    if access.has_permission(actor, Permission.view_inspections):
        query = _samples().join(Inspection, Inspection.sample_id == Sample.id)
        return query.where(mentions(session, question), access.visible_inspections(actor))
    return None


def _samples() -> Query:
    return (
        select(
            Sample.id,
            Sample.draw_id,
            Sample.state,
            Conversation.id.label("conversation_id"),
            Conversation.external_id,
            Conversation.opened_at,
            Conversation.personal,
            Agent.name.label("agent_name"),
            SamplingPlan.name.label("plan"),
            Inspection.id.label("inspection_id"),
            Inspection.submitted_at,
            Inspection.inspector_id,
        )
        .join(Conversation, Conversation.id == Sample.conversation_id)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .outerjoin(Draw, Draw.id == Sample.draw_id)
        .outerjoin(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(Sample.purpose == SamplePurpose.work)
        .order_by(Sample.id.desc())
    )


def _holds(column: Any, pattern: str) -> Any:
    return column.ilike(pattern, escape=_ESCAPE)
