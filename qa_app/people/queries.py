"""Lists of people, teams and audit events, as column rows for the pages."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from qa_app.models import Agent, AuditEvent, CalendarDay, Role, RoleName, Team, User, team_supervisors

__all__ = [
    "AuditFilter",
    "PeopleFilter",
    "Standing",
    "agents_by_number",
    "audit_actions",
    "audit_events",
    "audit_length",
    "calendar_days",
    "history_of",
    "people_rows",
    "roles_of",
    "team_rows",
    "teams",
]

HISTORY_LENGTH = 20


class Standing(enum.StrEnum):
    """Whether a person can sign in."""

    active = "active"
    inactive = "inactive"
    no_sign_in = "no_sign_in"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people to list; empty fields let everybody through."""

    text: str = ""
    role: RoleName | None = None
    team_id: int | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events to list: who, what was done, to which kind of thing, on which days of the organisation's zone."""

    actor: str = ""
    action: str = ""
    thing: str = ""
    since: date | None = None
    until: date | None = None


def people_rows(wanted: PeopleFilter) -> Select[*tuple[Any, ...]]:
    """Return a row for each user and for each agent without a sign-in, by name."""
    shown_name = func.coalesce(func.nullif(User.name, ""), Agent.name, User.email)
    has_user = User.id.is_not(None)
    rows = (
        select(
            User.id.label("user_id"),
            Agent.id.label("agent_id"),
            shown_name.label("name"),
            User.email,
            User.active,
            User.current_login_at,
            User.tf_primary_method,
            Agent.employee_number,
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
        )
        .select_from(User)
        .join(Agent, User.agent_id == Agent.id, full=True)
        .outerjoin(Team, Agent.team_id == Team.id)
        .order_by(shown_name, User.id, Agent.id)
    )
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        searched = (shown_name, User.email, Agent.employee_number)
        text = wanted.text.lower()
        conditions.append(or_(*(func.lower(column).contains(text, autoescape=True) for column in searched)))
    if wanted.role:
        conditions.append(User.roles.any(Role.name == wanted.role))
    if wanted.team_id:
        supervises = exists().where(team_supervisors.c.user_id == User.id, team_supervisors.c.team_id == wanted.team_id)
        conditions.append(or_(Agent.team_id == wanted.team_id, supervises))
    if wanted.standing:
        by_standing = {
            Standing.active: and_(has_user, User.active),
            Standing.inactive: and_(has_user, ~User.active),
            Standing.no_sign_in: ~has_user,
        }
        conditions.append(by_standing[wanted.standing])
    return rows.where(*conditions)


def roles_of(session: Session, user_ids: Sequence[int]) -> dict[int, list[RoleName]]:
    """Return the roles of several users at once, in the order of the enum."""
    rows = session.execute(select(User.id, Role.name).join(User.roles).where(User.id.in_(user_ids))).all()
    held: dict[int, set[RoleName]] = defaultdict(set)
    for user_id, name in rows:
        held[user_id].add(RoleName(name))
    return {user_id: [role for role in RoleName if role in roles] for user_id, roles in held.items()}


def teams(session: Session) -> list[Team]:
    """Return all teams by name."""
    return list(session.scalars(select(Team).order_by(Team.name)))


def team_rows(session: Session) -> list[tuple[Team, int, list[User]]]:
    """Return each team with the number of its agents and its supervisors."""
    sizes = dict(session.execute(select(Agent.team_id, func.count()).group_by(Agent.team_id)).all())
    leaders: dict[int, list[User]] = defaultdict(list)
    for team_id, user in session.execute(select(team_supervisors.c.team_id, User).join(User)):
        leaders[team_id].append(user)
    return [(team, sizes.get(team.id, 0), leaders[team.id]) for team in teams(session)]


def agents_by_number(session: Session) -> dict[str, Agent]:
    """Return all agents by employee number."""
    return {agent.employee_number: agent for agent in session.scalars(select(Agent).order_by(Agent.employee_number))}


def calendar_days(session: Session) -> list[CalendarDay]:
    """Return the days that differ from the public calendar, latest first."""
    return list(session.scalars(select(CalendarDay).order_by(CalendarDay.on.desc())))


def audit_events(wanted: AuditFilter, zone: ZoneInfo) -> Select[Any]:
    """Return the events that match, latest first."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor:
        conditions.append(func.lower(AuditEvent.actor_name).contains(wanted.actor.lower(), autoescape=True))
    if wanted.action:
        conditions.append(AuditEvent.action == wanted.action)
    if wanted.thing:
        name, _, number = wanted.thing.partition(" ")
        conditions.append(AuditEvent.thing_type == name)
        if number:
            conditions.append(AuditEvent.thing_id == number)
    if wanted.since:
        conditions.append(AuditEvent.at >= _midnight(wanted.since, zone))
    if wanted.until:
        conditions.append(AuditEvent.at < _midnight(wanted.until + timedelta(days=1), zone))
    return select(AuditEvent).where(*conditions).order_by(AuditEvent.id.desc())


def audit_actions(session: Session) -> list[str]:
    """Return the kinds of deed that were ever recorded."""
    return list(session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def history_of(session: Session, thing: User | Agent | Team) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the latest changes to a person or a team."""
    about = (AuditEvent.thing_type == type(thing).__name__) & (AuditEvent.thing_id == str(thing.id))
    columns = select(AuditEvent.at, AuditEvent.actor_name, AuditEvent.action)
    return session.execute(columns.where(about).order_by(AuditEvent.id.desc()).limit(HISTORY_LENGTH)).all()


def audit_length(session: Session) -> int:
    """Return the number of events in the trail."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
