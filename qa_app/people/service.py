"""Users, roles, teams and agents: the rules by which they change, each change with its audit event."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.models import Agent, AgentIdentity, Role, RoleName, Team, User
from qa_app.people.devices import forget_devices

__all__ = [
    "SHORTEST_PASSWORD",
    "AgentFacts",
    "EmailTaken",
    "LastAdministrator",
    "NameTaken",
    "NewUser",
    "PasswordTooShort",
    "PeopleError",
    "change_agent",
    "change_user",
    "create_agent",
    "create_team",
    "create_user",
    "give_temporary_password",
    "remove_second_factor",
    "rename_team",
    "save_preferences",
    "set_active",
    "set_password",
]

SHORTEST_PASSWORD: Final = 10


class PeopleError(Exception):
    """A change to people that cannot be made.

    PeopleError
    ├── EmailTaken          another user signs in with this address
    ├── NameTaken           another team or agent has this name or number
    ├── PasswordTooShort    fewer than `SHORTEST_PASSWORD` characters
    └── LastAdministrator   nobody would be left to let people in
    """


class EmailTaken(PeopleError):
    """Another user signs in with this address."""


class NameTaken(PeopleError):
    """Another team has this name, or another agent this employee number."""


class PasswordTooShort(PeopleError):
    """The password has fewer than `SHORTEST_PASSWORD` characters."""


class LastAdministrator(PeopleError):
    """The change would leave no active administrator."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """What makes a user. Without a password nobody can sign in until one is given; `password` is temporary where
    somebody else has chosen it.
    """

    email: str
    name: str
    roles: Collection[RoleName]
    password: str | None = None
    password_is_temporary: bool = False
    language: str | None = None
    agent: Agent | None = None
    supervised_teams: list[Team] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What is known of an agent."""

    employee_number: str
    name: str
    team: Team
    hired_on: date | None = None
    active_from: date | None = None
    active_to: date | None = None
    skills: list[str] = field(default_factory=list)
    known_as: tuple[tuple[str, str], ...] | None = None
    """Sources and what they call the agent; `None` leaves what is known."""


def create_user(session: Session, actor: User | None, new: NewUser) -> User:
    """Let somebody in; `actor` is `None` for the command line and the first-run page."""
    email = new.email.strip().lower()
    if session.scalar(select(User.id).where(func.lower(User.email) == email)):
        raise EmailTaken(email)
    user = User(
        email=email,
        name=new.name,
        language=new.language,
        password=_hash(new.password) if new.password is not None else None,
        password_is_temporary=new.password_is_temporary,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        roles=_roles(session, new.roles),
        agent=new.agent,
        supervised_teams=list(new.supervised_teams),
    )
    session.add(user)
    session.flush()
    audit.record(session, actor, action="user.create", thing=user, name=user.display_name, after=_state_of(user))
    return user


def change_user(
    session: Session,
    actor: User | None,
    user: User,
    *,
    name: str,
    roles: Collection[RoleName],
    agent: Agent | None,
    supervised_teams: list[Team],
) -> bool:
    """Set name, roles, teams and the agent whose own figures the user sees; tell whether anything changed."""
    if RoleName.administrator not in roles:
        _keep_an_administrator(session, user)
    before = _state_of(user)
    user.name, user.agent, user.supervised_teams = name, agent, list(supervised_teams)
    user.roles = _roles(session, roles)
    session.flush()
    return _record_change(session, actor, user, "user.change", before)


def set_active(session: Session, actor: User, user: User, *, active: bool) -> None:
    """Let a user sign in again, or not any more; the latter also ends sessions that are open."""
    if not active:
        _keep_an_administrator(session, user)
        user.fs_uniquifier = uuid.uuid4().hex
        forget_devices(session, user)
    before = _state_of(user)
    user.active = active
    user.failed_sign_ins, user.locked_until = 0, None
    _record_change(session, actor, user, "user.activate" if active else "user.deactivate", before)


def set_password(session: Session, actor: User | None, user: User, password: str) -> None:
    """Set a password and end the sessions that are open."""
    user.password, user.password_is_temporary = _hash(password), False
    user.fs_uniquifier = uuid.uuid4().hex
    forget_devices(session, user)
    user.failed_sign_ins, user.locked_until = 0, None
    audit.record(session, actor, action="user.password", thing=user, name=user.display_name)


def give_temporary_password(session: Session, actor: User, user: User) -> str:
    """Set a random password and return it, to be told to the person, who changes it when they first sign in."""
    password = secrets.token_urlsafe(12)
    set_password(session, actor, user, password)
    user.password_is_temporary = True
    return password


def remove_second_factor(session: Session, actor: User, user: User) -> None:
    """Let a user who lost their second factor sign in by password alone, until they set up a new one."""
    user.tf_primary_method = user.tf_totp_secret = None
    user.mf_recovery_codes = []
    audit.record(session, actor, action="user.remove_second_factor", thing=user, name=user.display_name)


def save_preferences(session: Session, actor: User, *, language: str | None, theme: str, keys_enabled: bool) -> None:
    """Keep how the person at the screen likes it."""
    before = {"language": actor.language, "theme": actor.theme, "keys_enabled": actor.keys_enabled}
    after = {"language": language, "theme": theme, "keys_enabled": keys_enabled}
    actor.language, actor.theme, actor.keys_enabled = language, theme, keys_enabled
    if before != after:
        audit.record(
            session, actor, action="user.preferences", thing=actor, name=actor.display_name, before=before, after=after
        )


def create_team(session: Session, actor: User | None, *, name: str, name_zh: str = "") -> Team:
    """Open a team."""
    _refuse_taken_team(session, name)
    team = Team(name=name, name_zh=name_zh)
    session.add(team)
    session.flush()
    audit.record(session, actor, action="team.create", thing=team, name=name, after={"name": name, "name_zh": name_zh})
    return team


def rename_team(session: Session, actor: User, team: Team, *, name: str, name_zh: str) -> None:
    """Give a team other names."""
    if name != team.name:
        _refuse_taken_team(session, name)
    before = {"name": team.name, "name_zh": team.name_zh}
    team.name, team.name_zh = name, name_zh
    after = {"name": name, "name_zh": name_zh}
    audit.record(session, actor, action="team.rename", thing=team, name=name, before=before, after=after)


def create_agent(session: Session, actor: User | None, facts: AgentFacts) -> Agent:
    """Note a new agent."""
    if session.scalar(select(Agent.id).where(Agent.employee_number == facts.employee_number)):
        raise NameTaken(facts.employee_number)
    agent = Agent(employee_number=facts.employee_number)
    _apply(agent, facts)
    session.add(agent)
    session.flush()
    audit.record(session, actor, action="agent.create", thing=agent, name=agent.name, after=_facts_of(agent))
    return agent


def change_agent(session: Session, actor: User | None, agent: Agent, facts: AgentFacts) -> bool:
    """Bring what is known of an agent up to date; tell whether anything changed."""
    before = _facts_of(agent)
    _apply(agent, facts)
    session.flush()
    after = _facts_of(agent)
    if before == after:
        return False
    audit.record(session, actor, action="agent.change", thing=agent, name=agent.name, before=before, after=after)
    return True


def _apply(agent: Agent, facts: AgentFacts) -> None:
    agent.name, agent.team, agent.skills = facts.name, facts.team, list(facts.skills)
    agent.hired_on, agent.active_from, agent.active_to = facts.hired_on, facts.active_from, facts.active_to
    if facts.known_as is not None and facts.known_as != _names_of(agent):
        kept = {(one.source, one.external_id): one for one in agent.identities}
        agent.identities = [
            kept.get(name) or AgentIdentity(source=name[0], external_id=name[1]) for name in facts.known_as
        ]


def _names_of(agent: Agent) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((one.source, one.external_id) for one in agent.identities))


def _facts_of(agent: Agent) -> dict[str, object]:
    days = {name: str(getattr(agent, name) or "") for name in ("hired_on", "active_from", "active_to")}
    known_as = [f"{source}:{name}" for source, name in _names_of(agent)]
    return {"name": agent.name, "team": agent.team.name, "skills": list(agent.skills), "known_as": known_as, **days}


def _state_of(user: User) -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "roles": sorted(user.role_names),
        "agent": user.agent.employee_number if user.agent else None,
        "supervised_teams": sorted(team.name for team in user.supervised_teams),
        "active": user.active,
    }


def _record_change(session: Session, actor: User | None, user: User, action: str, before: dict[str, object]) -> bool:
    after = _state_of(user)
    if before == after:
        return False
    audit.record(session, actor, action=action, thing=user, name=user.display_name, before=before, after=after)
    return True


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(f"A password needs {SHORTEST_PASSWORD} characters or more.")
    hashed: str = hash_password(password)
    return hashed


def _roles(session: Session, names: Collection[RoleName]) -> list[Role]:
    """Return the rows of the roles; what a role may do stands in code, so its row is made when first given."""
    known = {role.name: role for role in session.scalars(select(Role).where(Role.name.in_(names)))}
    return [known.get(str(name)) or Role(name=str(name)) for name in sorted(set(names))]


def _keep_an_administrator(session: Session, user: User) -> None:
    if RoleName.administrator not in user.role_names or not user.active:
        return
    others = (
        select(User.id).join(User.roles).where(Role.name == RoleName.administrator, User.active, User.id != user.id)
    )
    if session.scalar(others.limit(1)) is None:
        raise LastAdministrator(user.display_name)


def _refuse_taken_team(session: Session, name: str) -> None:
    if session.scalar(select(Team.id).where(Team.name == name)):
        raise NameTaken(name)
