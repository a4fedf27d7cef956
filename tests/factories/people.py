"""Users, teams and agents."""

from __future__ import annotations

import secrets
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Agent, Organisation, Role, RoleName, Team, User

__all__ = ["PASSWORD", "create_agent", "create_organisation", "create_team", "create_user"]

PASSWORD = "lantern-home-2026"
_numbers = count(1)


def create_organisation(session: Session, **values: object) -> Organisation:
    """Return the organisation, made once: Lantern Home in UTC."""
    found = session.get(Organisation, 1)
    if found is None:
        defaults = {"id": 1, "name": "Lantern Home", "name_zh": "灯塔家居", "time_zone": "UTC", "created_at": now()}
        found = Organisation(**{**defaults, **values})
        session.add(found)
        session.flush()
    return found


def create_team(session: Session, name: str = "Live chat", **values: object) -> Team:
    """Return the team of this name, made if it is not there."""
    found = session.scalar(select(Team).where(Team.name == name))
    if found is None:
        found = Team(name=name, **values)
        session.add(found)
        session.flush()
    return found


def create_agent(session: Session, name: str = "", *, team: Team | None = None, **values: object) -> Agent:
    """Return a new agent with the next employee number."""
    number = next(_numbers)
    values.setdefault("employee_number", f"E{number:04d}")
    agent = Agent(name=name or f"Agent {number}", team=team or create_team(session), **values)
    session.add(agent)
    session.flush()
    return agent


def create_user(session: Session, *roles: RoleName, name: str = "", **values: object) -> User:
    """Return a new user with these roles; no password, `sign_in` does without."""
    number = next(_numbers)
    user = User(
        email=values.pop("email", f"user{number}@example.com"),
        name=name or f"User {number}",
        password="x",
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        **values,
    )
    for role_name in roles:
        role = session.scalar(select(Role).where(Role.name == role_name.value))
        user.roles.append(role or Role(name=role_name.value))
        session.add(user)
        session.flush()
    session.add(user)
    session.flush()
    return user
