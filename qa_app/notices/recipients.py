"""Whom to tell: people by role, by agent and by team, as far as they can sign in and may look; never who did it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from qa_app.models import Agent, Role, RoleName, Team, User

__all__ = ["others", "supervisors_of", "users_of_agents", "users_with"]


def others(user_ids: Iterable[int | None], actor: User | None) -> list[int]:
    """Leave out who did it (and nobody): one knows of one's own deeds."""
    own = actor.id if actor is not None else None
    return [user_id for user_id in dict.fromkeys(user_ids) if user_id is not None and user_id != own]


def users_with(session: Session, *roles: RoleName) -> list[int]:
    """Return everybody active who holds one of the roles, in the order of their numbers."""
    query = select(User.id).where(User.active.is_(True), _holds(*roles)).order_by(User.id)
    return list(session.scalars(query))


def users_of_agents(session: Session, agent_ids: Iterable[int | None] | None = None) -> dict[int, int]:
    """Return who signs in as which agent, by agent; `None` asks for all. Agents without a sign-in are not there."""
    query = select(User.agent_id, User.id).where(
        User.active.is_(True), User.agent_id.is_not(None), _holds(RoleName.agent)
    )
    if agent_ids is not None:
        query = query.where(User.agent_id.in_({one for one in agent_ids if one is not None}))
    return {agent_id: user_id for agent_id, user_id in session.execute(query) if agent_id is not None}


def supervisors_of(session: Session, agent_ids: Sequence[int] | None = None) -> dict[int, list[int]]:
    """Return for each supervisor's user the agents of the teams they lead; `None` asks for all agents."""
    query = (
        select(User.id, Agent.id)
        .join(User.supervised_teams)
        .join(Agent, Agent.team_id == Team.id)
        .where(User.active.is_(True), _holds(RoleName.supervisor))
        .order_by(User.id, Agent.id)
    )
    if agent_ids is not None:
        query = query.where(Agent.id.in_(agent_ids))
    led: defaultdict[int, list[int]] = defaultdict(list)
    for user_id, agent_id in session.execute(query):
        led[user_id].append(agent_id)
    return dict(led)


def _holds(*roles: RoleName) -> ColumnElement[bool]:
    # Asked once and not for every user: the roles of users have no index of their own.
    holder = aliased(User)
    names = [role.value for role in roles]
    return User.id.in_(select(holder.id).join(holder.roles).where(Role.name.in_(names)))
