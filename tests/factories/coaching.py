"""A centre whose agents were inspected over some months, one of them weak in one criterion."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from qa_app.models import Agent, RoleName, RubricVersion, Team, User
from tests.factories.conversations import create_conversation
from tests.factories.months import create_inspection
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published

__all__ = ["WEAK_IN", "CoachedCentre", "create_coached_centre"]

WEAK_IN = "small.greeting"


@dataclass
class CoachedCentre:
    """Ten agents, the first of whom never greets; who supervises them, and who scores."""

    team: Team
    agents: list[Agent]
    supervisor: User
    inspector: User
    version: RubricVersion
    made: list[int] = field(default_factory=list)

    @property
    def weak(self) -> Agent:
        """The agent who never greets."""
        return self.agents[0]

    def inspect(self, session: Session, agent: Agent, at: datetime, *, greets: bool, **values: object) -> int:
        """Score one more conversation of an agent; returns the inspection's id."""
        inspection = create_inspection(
            session,
            create_conversation(session, agent, opened_at=at),
            values.pop("inspector", self.inspector),
            self.version,
            greeting=greets,
            submitted_at=at + timedelta(hours=2),
            **values,
        )
        return inspection.id


def create_coached_centre(session: Session, *, until: datetime = datetime(2026, 10, 1, tzinfo=UTC)) -> CoachedCentre:
    """Return the centre with five inspections of each agent in each of the three months before `until`."""
    team = create_team(session, "Live chat", name_zh="在线")
    agents = [create_agent(session, f"Agent {n}", team=team, employee_number=f"C{n:02d}") for n in range(10)]
    supervisor = create_user(session, RoleName.supervisor, name="Marta Lindqvist")
    supervisor.supervised_teams = [team]
    inspector = create_user(session, RoleName.inspector, name="Amara Diallo")
    centre = CoachedCentre(team, agents, supervisor, inspector, create_published(session))
    for number, agent in enumerate(agents):
        for day in range(15):
            at = until - timedelta(days=6 * (day + 1))
            centre.made.append(
                centre.inspect(session, agent, at, greets=bool(number) and (day + number) % 5 != 0, answer=day % 4 != 0)
            )
    session.flush()
    return centre
