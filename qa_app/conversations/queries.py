"""Lists of conversations for pages and exports, as column rows, and what stands around one conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import Session

from qa_app import access
from qa_app.conversations.filters import ConversationFilter
from qa_app.models import Agent, Conversation, Inspection, RoleName, SamplePurpose, SurveyResponse, Team, User

__all__ = [
    "Choices",
    "InspectionLine",
    "find_choices",
    "inspections_of",
    "list_conversations",
    "select_keys",
    "surveys_of",
    "visible_figures",
]

_TOPICS_OFFERED = 200
_RECENT = 20_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter bar offers this person."""

    teams: Sequence[Row[*tuple[Any, ...]]]
    agents: Sequence[Row[*tuple[Any, ...]]]
    topics: Sequence[str]


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """An inspection of a conversation, as far as this person may see it."""

    id: int
    state: str
    score: float | None
    is_critical: bool
    is_random: bool
    submitted_at: datetime | None
    inspector: str


def list_conversations(actor: User, wanted: ConversationFilter) -> Select[*tuple[Any, ...]]:
    """Return the query of a list: what the actor may see of what is asked for."""
    inspections = (
        select(func.count())
        .where(Inspection.conversation_id == Conversation.id, Inspection.submitted_at.is_not(None))
        .where(Inspection.purpose == SamplePurpose.work, access.visible_inspections(actor))
        .scalar_subquery()
    )
    return (
        select(
            Conversation.id,
            Conversation.source,
            Conversation.external_id,
            Conversation.channel,
            Conversation.opened_at,
            Agent.name.label("agent_name"),
            Agent.employee_number,
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
            Conversation.customer_id,
            Conversation.personal,
            Conversation.customer_type,
            Conversation.topic,
            Conversation.priority,
            Conversation.answered,
            Conversation.resolved,
            Conversation.first_response_seconds,
            Conversation.handle_seconds,
            Conversation.csat,
            Conversation.erased_at,
            inspections.label("inspections"),
        )
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .where(access.visible_conversations(actor), *wanted.conditions())
        .order_by(*wanted.ordering())
    )


def select_keys(actor: User, wanted: ConversationFilter) -> Select[int]:
    """The keys of the same list, in its order."""
    seen = access.visible_conversations(actor)
    return select(Conversation.id).where(seen, *wanted.conditions()).order_by(*wanted.ordering())


def find_choices(session: Session, actor: User) -> Choices:
    """Return teams, agents and topics to choose from: those of the people this person may see."""
    mine = access.visible_agents(actor)
    agents = session.execute(
        select(Agent.id, Agent.name, Agent.employee_number, Agent.team_id).where(mine).order_by(Agent.name)
    ).all()
    team_ids = {agent.team_id for agent in agents}
    teams = session.execute(select(Team.id, Team.name, Team.name_zh).order_by(Team.name)).all()
    return Choices(tuple(team for team in teams if team.id in team_ids), agents, _usual_topics(session, actor))


def _usual_topics(session: Session, actor: User) -> list[str]:
    """The most frequent topics of late: the bar stays quick however much was ever imported."""
    recent = (
        select(Conversation.topic)
        .where(access.visible_conversations(actor))
        .order_by(Conversation.id.desc())
        .limit(_RECENT)
        .subquery()
    )
    topics = session.scalars(
        select(recent.c.topic)
        .where(recent.c.topic.is_not(None))
        .group_by(recent.c.topic)
        .order_by(func.count().desc(), recent.c.topic)
        .limit(_TOPICS_OFFERED)
    )
    return sorted(topics)


def inspections_of(session: Session, actor: User, conversation: Conversation) -> list[InspectionLine]:
    """Return the submitted inspections of a conversation that this person may read."""
    rows = session.execute(
        select(
            Inspection.id,
            Inspection.state,
            Inspection.score,
            Inspection.is_critical,
            Inspection.is_random,
            Inspection.submitted_at,
            User.name,
        )
        .join(User, User.id == Inspection.inspector_id)
        .where(
            Inspection.conversation_id == conversation.id,
            Inspection.purpose == SamplePurpose.work,
            Inspection.submitted_at.is_not(None),
            access.visible_inspections(actor),
        )
        .order_by(Inspection.submitted_at)
    )
    return [InspectionLine(*row) for row in rows]


def surveys_of(session: Session, conversation: Conversation) -> Sequence[SurveyResponse]:
    """Return what the customer was asked and answered."""
    return session.scalars(
        select(SurveyResponse)
        .where(SurveyResponse.conversation_id == conversation.id)
        .order_by(SurveyResponse.sequence)
    ).all()


def visible_figures(actor: User) -> ColumnElement[bool]:
    """Conversations that count in the figures this person may see: of all agents, or those of their teams."""
    if not actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        return true()
    return Conversation.agent_id.in_(select(Agent.id).where(access.visible_agents(actor)))
