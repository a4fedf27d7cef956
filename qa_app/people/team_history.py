"""Which teams a person belonged to or supervised, and when: told by the audit trail, which keeps every change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Agent, AuditEvent, Team, User

__all__ = ["TeamSpell", "team_history"]

Change = tuple[datetime, set[str], set[str]]
"""When, the teams before, the teams after."""


@dataclass(frozen=True, slots=True)
class TeamSpell:
    """A time in a team; `since` is none where it began before the trail, `until` where it lasts."""

    team: str
    team_zh: str
    is_supervisor: bool
    since: datetime | None
    until: datetime | None


def team_history(session: Session, person: User | Agent) -> list[TeamSpell]:
    """Return the times a person belonged to a team or supervised one, what lasts first, then the latest."""
    agent = person if isinstance(person, Agent) else person.agent
    spells: list[tuple[str, bool, datetime | None, datetime | None]] = []
    if agent is not None:
        changes = _changes(session, agent, lambda state: {state["team"]} if "team" in state else set())
        spells += [(team, False, since, until) for team, since, until in _spells(changes, {agent.team.name})]
    if isinstance(person, User):
        changes = _changes(session, person, lambda state: set(state.get("supervised_teams", ())))
        supervised = {team.name for team in person.supervised_teams}
        spells += [(team, True, since, until) for team, since, until in _spells(changes, supervised)]
    titles = dict(session.execute(select(Team.name, Team.name_zh)).all())
    made = [TeamSpell(team, titles.get(team, ""), leads, since, until) for team, leads, since, until in spells]
    return sorted(made, key=_latest_first)


def _changes(session: Session, thing: User | Agent, teams_of: Any) -> list[Change]:
    rows = session.execute(
        select(AuditEvent.at, AuditEvent.data)
        .where(AuditEvent.thing_type == type(thing).__name__, AuditEvent.thing_id == str(thing.id))
        .order_by(AuditEvent.id)
    )
    told = ((at, data.get("before") or {}, data["after"]) for at, data in rows if isinstance(data.get("after"), dict))
    return [(at, teams_of(before), teams_of(after)) for at, before, after in told if _tells(after)]


def _tells(after: dict[str, Any]) -> bool:
    return "team" in after or "supervised_teams" in after


def _spells(changes: Iterable[Change], now_in: set[str]) -> Iterator[tuple[str, datetime | None, datetime | None]]:
    """Walk the changes; what the trail does not explain began before it."""
    open_since: dict[str, datetime | None] = {}
    for at, before, after in changes:
        for team in before - open_since.keys():
            open_since[team] = None
        for team in sorted(open_since.keys() - after):
            yield team, open_since.pop(team), at
        for team in after - open_since.keys():
            open_since[team] = at
    for team in sorted(now_in):
        yield team, open_since.get(team), None


def _latest_first(spell: TeamSpell) -> tuple[bool, float, str]:
    moment = spell.until or spell.since
    return spell.until is not None, -(moment.timestamp() if moment else 0.0), spell.team
