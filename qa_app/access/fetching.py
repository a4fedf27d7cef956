"""What every kind of thing is fetched by: one look-up under a condition, and the conditions that recur."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, false, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.exceptions import NotFound

from qa_app.db import BigKey
from qa_app.models import Agent, RoleName, User

__all__ = ["any_of", "fetch", "of_oneself", "of_team", "only_if", "teams_of"]

T = TypeVar("T")
Conditions = list[ColumnElement[bool]]


def fetch(
    session: Session,
    model: type[T],
    thing_id: int,
    condition: ColumnElement[bool],
    options: Sequence[ExecutableOption] = (),
) -> T:
    """Return the thing, with what `options` load beside it; `NotFound` where it fails the condition or is not there."""
    key = cast(Any, model).id
    # Asked for in 64 bits whatever the column: users have keys of 32, and PostgreSQL reads no larger number as one.
    wanted = literal(thing_id, BigKey)
    found = session.scalar(select(model).where(key == wanted, condition).options(*options))
    if found is None:
        raise NotFound
    return found


def only_if(allowed: bool) -> ColumnElement[bool]:
    """All of them, or none."""
    return true() if allowed else false()


def any_of(conditions: Conditions) -> ColumnElement[bool]:
    """What meets one of the conditions; nothing where there is none."""
    return or_(*conditions) if conditions else false()


def teams_of(actor: User) -> list[int]:
    """The teams whose supervisor the actor is."""
    return [team.id for team in actor.supervised_teams] if RoleName.supervisor in actor.role_names else []


def of_team(actor: User, agent_id: InstrumentedAttribute[Any]) -> Conditions:
    """What is of an agent of the actor's teams; `agent_id` says whose it is."""
    teams = teams_of(actor)
    return [agent_id.in_(select(Agent.id).where(Agent.team_id.in_(teams)))] if teams else []


def of_oneself(actor: User, agent_id: InstrumentedAttribute[Any]) -> Conditions:
    """What is the actor's own as an agent."""
    is_agent = RoleName.agent in actor.role_names and actor.agent_id is not None
    return [agent_id == actor.agent_id] if is_agent else []
