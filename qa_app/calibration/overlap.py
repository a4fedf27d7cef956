"""Whom to let score the same conversations next, so that inspectors can be compared better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.calibration.doubles import Double
from qa_app.calibration.queries import Scored, list_agents
from qa_app.models import Team, User

__all__ = ["Overlap", "PairCount", "Pairing", "count_overlap", "find_pairings"]

STILL_AT_WORK = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class PairCount:
    """Two inspectors and how many conversations both scored."""

    one: int
    other: int
    n: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much was scored twice, and the two who share least; none with fewer than two inspectors at work."""

    conversations: int
    doubles: int
    least: PairCount | None
    inspectors: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """One scoring that would make an inspector comparable: of an agent's conversation that a partner scored too."""

    inspector: int
    agent: str
    partner: int


def count_overlap(scorings: Sequence[Scored], doubles: Sequence[Double], now: datetime) -> Overlap:
    """Count shared conversations of the inspectors who scored something in the last eight weeks."""
    at_work = sorted({one.inspector_id for one in scorings if one.submitted_at >= now - STILL_AT_WORK})
    shared = Counter(tuple(sorted((double.first.inspector_id, double.second.inspector_id))) for double in doubles)
    counts = [PairCount(one, other, shared[one, other]) for one, other in combinations(at_work, 2)]
    least = min(counts, key=lambda pair: pair.n, default=None)
    return Overlap(len({one.conversation_id for one in scorings}), len(doubles), least, len(at_work))


def find_pairings(session: Session, scorings: Sequence[Scored]) -> tuple[Pairing, ...]:
    """Find the fewest scorings that would join inspectors who share no agents; none where all are joined."""
    from scoring.agreement.connectivity import find_connectivity

    scored = [(str(one.agent_id), str(one.inspector_id)) for one in scorings if one.agent_id is not None]
    if find_connectivity(scored).count < 2:
        return ()
    agents = list_agents(session, {int(agent) for agent, _ in scored})
    refused = _refusals(session, {int(inspector) for _, inspector in scored})

    def may_score(inspector: str, agent: str) -> bool:
        own_agent, own_teams = refused[int(inspector)]
        return int(agent) != own_agent and agents[int(agent)][1] not in own_teams

    found = find_connectivity(scored, may_score=may_score)
    return tuple(Pairing(int(one.inspector), agents[int(one.agent)][0], int(one.partner)) for one in found.pairings)


def _refusals(session: Session, inspectors: set[int]) -> Mapping[int, tuple[int | None, set[int]]]:
    """What each inspector must not score: oneself, and the teams one is in or leads."""
    refused: dict[int, tuple[int | None, set[int]]] = {}
    for user_id, agent_id in session.execute(select(User.id, User.agent_id).where(User.id.in_(inspectors))):
        refused[user_id] = (agent_id, set())
    own = list_agents(session, {agent for agent, _ in refused.values() if agent is not None})
    for agent_id, teams in refused.values():
        if agent_id is not None:
            teams.add(own[agent_id][1])
    led = select(User.id, Team.id).join(User.supervised_teams).where(User.id.in_(inspectors))
    for user_id, team_id in session.execute(led):
        refused[user_id][1].add(team_id)
    return refused
