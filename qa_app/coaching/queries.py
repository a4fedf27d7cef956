"""Lists of actions, what is due, and which actions there are already about something; for this room and upper ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from qa_app.access import visible_actions, visible_agents
from qa_app.clock import now
from qa_app.conversations.filters import like_pattern
from qa_app.models import (
    ActionState,
    Agent,
    CoachingAction,
    Conversation,
    Evidence,
    Inspection,
    InspectionState,
    RoleName,
    Rubric,
    RubricVersion,
    Team,
    User,
)
from qa_app.people.organisation import working_calendar

__all__ = [
    "ActionFilter",
    "DueAction",
    "actions_about",
    "actions_due",
    "actions_query",
    "count_waiting",
    "find_coaches",
    "find_quotes",
    "list_actions_of",
    "list_coached_agents",
    "list_coaches",
    "list_own_actions",
    "list_owners",
    "list_teams",
    "list_versions",
    "today",
]

SOON_DAYS = 3
QUOTE_DAYS = 92
MOST_QUOTES = 8
MOST_OWN = 5


@dataclass(frozen=True, slots=True)
class ActionFilter:
    """What is asked of the list; empty = all."""

    state: str = ""
    team_id: int | None = None
    owner_id: int | None = None
    agent_id: int | None = None
    overdue: bool = False
    text: str = ""
    sort: str = "due"
    order: str = "asc"


@dataclass(frozen=True, slots=True)
class DueAction:
    """An action that somebody must see to: for a home page or a notice."""

    id: int
    title: str
    title_zh: str
    agent: str
    owner_id: int
    agent_user_id: int | None
    due_on: date
    days_left: int
    agent_id: int
    is_answered: bool


def today(session: Session) -> date:
    """Today where the organisation is."""
    return now().astimezone(working_calendar(session).zone).date()


def actions_query(session: Session, actor: User, wanted: ActionFilter) -> Select[Any]:
    """Actions one may see: open ones first, the earliest due on top; the others by what happened last."""
    query: Any = (
        select(
            CoachingAction.id,
            CoachingAction.title,
            CoachingAction.title_zh,
            CoachingAction.source,
            CoachingAction.criterion,
            CoachingAction.state,
            CoachingAction.due_on,
            CoachingAction.opened_at,
            CoachingAction.done_at,
            CoachingAction.measured_at,
            CoachingAction.replied_at,
            CoachingAction.effect,
            CoachingAction.prediction,
            CoachingAction.drop_reason,
            Agent.id.label("agent_id"),
            Agent.name.label("agent"),
            Agent.employee_number,
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
            User.name.label("owner"),
        )
        .join(Agent, Agent.id == CoachingAction.agent_id)
        .join(Team, Team.id == Agent.team_id)
        .join(User, User.id == CoachingAction.owner_id)
        .where(visible_actions(actor), *_conditions(session, wanted))
    )
    ordered: Select[Any] = query.order_by(*_ordering(wanted), CoachingAction.id)
    return ordered


def _ordering(wanted: ActionFilter) -> tuple[ColumnElement[Any], ...]:
    """What is to do first, by its day; or by a plain column."""
    if wanted.sort == "due" and wanted.order == "asc":
        return (CoachingAction.state == ActionState.open).desc(), CoachingAction.due_on.asc()
    column: Any = {"due": CoachingAction.due_on, "opened": CoachingAction.opened_at}[wanted.sort]
    return (column.asc() if wanted.order == "asc" else column.desc(),)


def _conditions(session: Session, wanted: ActionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(CoachingAction.state == wanted.state)
    if wanted.team_id is not None:
        found.append(Agent.team_id == wanted.team_id)
    if wanted.owner_id is not None:
        found.append(CoachingAction.owner_id == wanted.owner_id)
    if wanted.agent_id is not None:
        found.append(CoachingAction.agent_id == wanted.agent_id)
    if wanted.overdue:
        found.append(and_(CoachingAction.state == ActionState.open, CoachingAction.due_on < today(session)))
    if wanted.text:
        searched = (CoachingAction.title, CoachingAction.title_zh, Agent.name, Agent.employee_number)
        pattern = like_pattern(wanted.text)
        found.append(or_(*(column.ilike(pattern, escape="\\") for column in searched)))
    return found


def actions_due(session: Session, *, within_days: int = SOON_DAYS) -> list[DueAction]:
    """Open actions that are overdue or due within so many days, the most urgent first."""
    day = today(session)
    agents_user = select(User.id).where(User.agent_id == Agent.id).limit(1).correlate(Agent).scalar_subquery()
    rows = session.execute(
        select(
            CoachingAction.id,
            CoachingAction.title,
            CoachingAction.title_zh,
            Agent.name,
            CoachingAction.owner_id,
            agents_user,
            CoachingAction.due_on,
            CoachingAction.agent_id,
            CoachingAction.replied_at,
        )
        .join(Agent, Agent.id == CoachingAction.agent_id)
        .where(CoachingAction.state == ActionState.open, CoachingAction.due_on <= day + timedelta(days=within_days))
        .order_by(CoachingAction.due_on, CoachingAction.id)
    )
    return [
        DueAction(
            action_id,
            title,
            title_zh,
            agent,
            owner_id,
            agent_user_id,
            due_on,
            (due_on - day).days,
            agent_id,
            replied_at is not None,
        )
        for action_id, title, title_zh, agent, owner_id, agent_user_id, due_on, agent_id, replied_at in rows
    ]


def count_waiting(session: Session, actor: User) -> int:
    """How many actions wait for this person: the owner's open ones, and the agent's own without a reply."""
    mine: list[ColumnElement[bool]] = [CoachingAction.owner_id == actor.id]
    if actor.agent_id is not None:
        mine.append(and_(CoachingAction.agent_id == actor.agent_id, CoachingAction.replied_at.is_(None)))
    query = select(func.count()).select_from(CoachingAction).where(CoachingAction.state == ActionState.open, or_(*mine))
    return session.scalar(query) or 0


def actions_about(session: Session, actor: User, agent_id: int) -> Mapping[str, int]:
    """The latest action about each criterion of an agent (empty key: the QA score) as far as one may see it.

    For sheets and scorecards, which link to it instead of offering another one.
    """
    rows = session.execute(
        select(CoachingAction.criterion, func.max(CoachingAction.id))
        .where(CoachingAction.agent_id == agent_id, CoachingAction.state != ActionState.dropped, visible_actions(actor))
        .group_by(CoachingAction.criterion)
    )
    return dict(rows.all())


def find_coaches(session: Session, agent: Agent) -> Sequence[User]:
    """Who can own an action about an agent: the team's supervisors, then the QA leads."""
    leads = User.roles.any(name=RoleName.qa_lead.value)
    supervises = and_(User.roles.any(name=RoleName.supervisor.value), User.supervised_teams.any(id=agent.team_id))
    users = session.scalars(select(User).where(User.active, or_(leads, supervises)).order_by(User.name)).unique().all()
    return sorted(users, key=lambda user: RoleName.supervisor not in user.role_names)


def list_coaches(session: Session, actor: User) -> Sequence[Any]:
    """To whom actions can be handed over: QA leads, and supervisors of the teams one sees."""
    teams = select(Agent.team_id).where(visible_agents(actor))
    leads = User.roles.any(name=RoleName.qa_lead.value)
    supervises = and_(User.roles.any(name=RoleName.supervisor.value), User.supervised_teams.any(Team.id.in_(teams)))
    return session.execute(
        select(User.id, User.name).where(User.active, or_(leads, supervises)).order_by(User.name)
    ).all()


def list_coached_agents(session: Session, actor: User) -> Sequence[Any]:
    """Agents about whom one may open an action, by name."""
    return session.execute(
        select(Agent.id, Agent.name, Agent.employee_number).where(visible_agents(actor)).order_by(Agent.name)
    ).all()


def list_teams(session: Session, actor: User) -> Sequence[Any]:
    """Teams to filter by."""
    shown = select(Agent.team_id).where(visible_agents(actor))
    return session.execute(select(Team.id, Team.name, Team.name_zh).where(Team.id.in_(shown)).order_by(Team.name)).all()


def list_owners(session: Session, actor: User) -> Sequence[Any]:
    """Owners of the actions one may see."""
    shown = select(CoachingAction.owner_id).where(visible_actions(actor))
    return session.execute(select(User.id, User.name).where(User.id.in_(shown)).order_by(User.name)).all()


def list_versions(session: Session) -> Sequence[Any]:
    """Rubric versions as they are written, the newest of each rubric last."""
    return session.execute(
        select(RubricVersion.id, RubricVersion.definition)
        .join(Rubric, Rubric.id == RubricVersion.rubric_id)
        .order_by(Rubric.id, RubricVersion.number)
    ).all()


def find_quotes(
    session: Session, agent_id: int, *, versions: Sequence[int], criterion: str, inspection_id: int | None
) -> Sequence[Any]:
    """Quoted words to take into an action: of one inspection, else of the agent's last three months."""
    own: list[ColumnElement[bool]] = [Evidence.quote != ""]
    if criterion:
        own += [Evidence.criterion == criterion, Inspection.rubric_version_id.in_(versions)]
    if inspection_id is not None:
        own.append(Inspection.id == inspection_id)
    elif not criterion:
        return []
    return session.execute(
        select(
            Evidence.id,
            Evidence.quote,
            Evidence.is_praise,
            Evidence.inspection_id,
            Conversation.external_id,
            Conversation.opened_at,
        )
        .join(Inspection, Inspection.id == Evidence.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(
            Inspection.agent_id == agent_id,
            Inspection.submitted_at > now() - timedelta(days=QUOTE_DAYS) if inspection_id is None else ~false(),
            Inspection.state != InspectionState.draft,
            *own,
        )
        .order_by(Evidence.is_praise, Inspection.submitted_at.desc(), Evidence.id)
        .limit(MOST_QUOTES)
    ).all()


def list_own_actions(session: Session, actor: User) -> Sequence[Any]:
    """The agent's own coaching for the scorecard: what is open first, then the latest; dropped ones stay out."""
    return [] if actor.agent_id is None else list_actions_of(session, actor, actor.agent_id)


def list_actions_of(session: Session, actor: User, agent_id: int) -> Sequence[Any]:
    """The same of any agent, as far as one may see it."""
    is_open = CoachingAction.state == ActionState.open
    return session.execute(
        select(
            CoachingAction.id,
            CoachingAction.title,
            CoachingAction.title_zh,
            CoachingAction.state,
            CoachingAction.due_on,
            CoachingAction.replied_at,
        )
        .where(CoachingAction.agent_id == agent_id, CoachingAction.state != ActionState.dropped, visible_actions(actor))
        .order_by(is_open.desc(), CoachingAction.due_on.desc(), CoachingAction.id)
        .limit(MOST_OWN)
    ).all()
