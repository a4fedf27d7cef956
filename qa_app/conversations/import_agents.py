"""Finds the agents that a source names, and makes those that nobody knew: in the team "unassigned", and counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from qa_app.conversations.importers.record import ConversationRecord
from qa_app.models import UNASSIGNED_TEAM, Agent, AgentIdentity, Team

__all__ = ["AgentDirectory"]


class AgentDirectory:
    """All agents by the names their sources use, held for the length of one import.

    A source's own name for an agent (`AgentIdentity`) goes before the employee number.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[tuple[str, str], int] = {}
        numbers = select(Agent.employee_number, Agent.id)
        self._by_number: dict[str, int] = dict(session.execute(numbers).all())
        self._identities: dict[tuple[str, str], int] = {
            (source, name): key
            for source, name, key in session.execute(
                select(AgentIdentity.source, AgentIdentity.external_id, AgentIdentity.agent_id)
            )
        }
        self._team: int | None = None
        self.created: list[str] = []
        self.unknown: set[str] = set()

    def find(self, source: str, name: str, display_name: str | None) -> int:
        """Return the key of the agent whom this source calls `name`; an unknown one is made."""
        key = self._found.get((source, name))
        if key is None:
            key = self._identities.get((source, name)) or self._by_number.get(name)
            if key is None:
                key = self._create(name, display_name)
            self._found[source, name] = key
        return key

    def name_of(self, source: str, key: int) -> str:
        """Return what a source calls the agent with this key: the inverse of `find`."""
        for (of_source, name), agent_id in self._identities.items():
            if agent_id == key and of_source == source:
                return name
        return next(number for number, agent_id in self._by_number.items() if agent_id == key)

    def note_unknown(self, records: Iterable[ConversationRecord]) -> None:
        """Note the agents that writing these records would make (a dry run makes none)."""
        for record in records:
            name = record.agent_id or record.agent_name or None
            if isinstance(name, str) and (record.source, name) not in self._identities and name not in self._by_number:
                self.unknown.add(name)

    def _create(self, number: str, display_name: str | None) -> int:
        values = {"employee_number": number, "name": display_name or number, "team_id": self._unassigned_team()}
        key = _insert(self._session, Agent, values)
        self._by_number[number] = key
        self.created.append(number)
        return key

    def _unassigned_team(self) -> int:
        if self._team is None:
            found = self._session.scalar(select(Team.id).where(Team.name == UNASSIGNED_TEAM))
            self._team = found or _insert(self._session, Team, {"name": UNASSIGNED_TEAM, "name_zh": "未分组"})
        return self._team


def _insert(session: Session, model: type[Agent | Team], values: dict[str, Any]) -> int:
    """Insert a row past the mapper: a first import makes hundreds of agents, one by one as they turn up."""
    table = model.__table__
    assert isinstance(table, Table)
    inserted = session.connection().execute(insert(table).values(values)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])
