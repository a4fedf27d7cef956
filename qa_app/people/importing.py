"""A list of people becomes agents, teams and users: one row a person, sent again as often as one likes.

A row with an employee number makes or updates an agent, one with an e-mail address a user, one with both joins them.
An empty cell, like an absent column, leaves what is known as it is; a row that cannot be understood is named with its
line and left out, the others go in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import UNASSIGNED_TEAM, Agent, AgentIdentity, RoleName, Team, User
from qa_app.people.import_reading import Person, PersonRow, Problem, Refusal, RowRefused, read_person
from qa_app.people.service import (
    AgentFacts,
    LastAdministrator,
    NewUser,
    change_agent,
    change_user,
    create_agent,
    create_team,
    create_user,
)

__all__ = ["PeopleReport", "import_people", "preview_people"]


@dataclass(slots=True)
class PeopleReport:
    """What an import did: counts by thing and deed, such as ``agents created``, and the rows left out."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)


def import_people(
    session: Session,
    actor: User | None,
    rows: Sequence[PersonRow],
    *,
    step: Callable[[int, int], None] = lambda _done, _total: None,
) -> PeopleReport:
    """Bring in every row that can be understood; teams that are named for the first time are opened.

    `step` is told how many rows are done, of how many.
    """
    return _go_through(session, actor, rows, read_person, step)


def preview_people(session: Session, actor: User | None, rows: Sequence[PersonRow]) -> PeopleReport:
    """Tell what an import would do. The caller rolls back: everything is done but for the passwords."""

    def read(row: PersonRow) -> Person:
        # A good hash is slow on purpose, and nobody will use this one.
        return replace(read_person(row), password=None)

    return _go_through(session, actor, rows, read, lambda _done, _total: None)


def _go_through(
    session: Session,
    actor: User | None,
    rows: Sequence[PersonRow],
    read: Callable[[PersonRow], Person],
    step: Callable[[int, int], None],
) -> PeopleReport:
    report = PeopleReport()
    for done, row in enumerate(rows, start=1):
        try:
            person = read(row)
            _refuse_shared_agent(session, row, person)
            _refuse_without_role(session, row, person)
            _refuse_known_names(session, row, person)
            report.counts.update(_bring_in(session, actor, person))
        except RowRefused as refused:
            report.refused.append(refused.refusal)
        except LastAdministrator:
            report.refused.append(Refusal(row.line, "roles", "", Problem.last_administrator))
        step(done, len(rows))
    return report


def _refuse_shared_agent(session: Session, row: PersonRow, person: Person) -> None:
    owner = session.scalar(select(User).join(User.agent).where(Agent.employee_number == person.employee_number))
    if person.email and owner is not None and owner.email != person.email:
        raise RowRefused(row, "employee_number", Problem.number_taken, str(owner.email))


def _refuse_without_role(session: Session, row: PersonRow, person: Person) -> None:
    if not person.email or person.roles or person.employee_number:
        return
    if session.scalar(select(User.id).where(User.email == person.email)) is None:
        raise RowRefused(row, "roles", Problem.no_role)


def _refuse_known_names(session: Session, row: PersonRow, person: Person) -> None:
    """One name of a source is one person: what is another agent's is not taken from it in passing."""
    for source, name in person.known_as:
        owner = session.scalar(
            select(Agent.employee_number)
            .join(AgentIdentity, AgentIdentity.agent_id == Agent.id)
            .where(AgentIdentity.source == source, AgentIdentity.external_id == name)
        )
        if owner not in (None, person.employee_number):
            raise RowRefused(row, "known_as", Problem.name_known, str(owner))


def _bring_in(session: Session, actor: User | None, person: Person) -> list[str]:
    teams = _TeamBook(session, actor)
    deeds = []
    agent = None
    if person.employee_number:
        agent, deed = _bring_in_agent(session, actor, person, teams)
        deeds.append(deed)
    if person.email:
        deeds.append(_bring_in_user(session, actor, person, agent, teams))
    return deeds + ["teams created"] * teams.opened


class _TeamBook:
    """Finds teams by either name and opens those that are not there yet."""

    def __init__(self, session: Session, actor: User | None) -> None:
        self._session = session
        self._actor = actor
        self.opened = 0

    def team(self, name: str) -> Team:
        """Return the team of this name."""
        found = self._session.scalar(select(Team).where((Team.name == name) | (Team.name_zh == name)))
        if found is not None:
            return found
        self.opened += 1
        return create_team(self._session, self._actor, name=name)


def _bring_in_agent(session: Session, actor: User | None, person: Person, teams: _TeamBook) -> tuple[Agent, str]:
    known = session.scalar(select(Agent).where(Agent.employee_number == person.employee_number))
    facts = AgentFacts(
        employee_number=person.employee_number,
        name=person.name or (known.name if known else person.employee_number),
        team=teams.team(person.team or UNASSIGNED_TEAM) if person.team or known is None else known.team,
        hired_on=person.hired_on or (known.hired_on if known else None),
        active_from=person.active_from or (known.active_from if known else None),
        active_to=person.active_to or (known.active_to if known else None),
        skills=list(person.skills) or (known.skills if known else []),
        known_as=person.known_as or None,
    )
    if known is None:
        return create_agent(session, actor, facts), "agents created"
    return known, "agents changed" if change_agent(session, actor, known, facts) else "agents unchanged"


def _bring_in_user(session: Session, actor: User | None, person: Person, agent: Agent | None, teams: _TeamBook) -> str:
    supervised = [teams.team(name) for name in person.supervises]
    known = session.scalar(select(User).where(User.email == person.email))
    if known is None:
        new = NewUser(
            email=person.email,
            name=person.name,
            roles=person.roles or {RoleName.agent},
            password=person.password,
            password_is_temporary=person.password is not None,
            language=person.language,
            agent=agent,
            supervised_teams=supervised,
        )
        create_user(session, actor, new)
        return "users created"
    changed = change_user(
        session,
        actor,
        known,
        name=person.name or known.name,
        roles=person.roles or known.role_names,
        agent=agent or known.agent,
        supervised_teams=supervised or known.supervised_teams,
    )
    return "users changed" if changed else "users unchanged"
