"""A third of a year in which inspectors of a planted leniency score the same agents, some conversations twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qa_app.models import Agent, Conversation, Inspection, RoleName, RubricVersion, User
from tests.factories.conversations import create_conversation
from tests.factories.months import create_inspection
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published, small_rubric

__all__ = ["LENIENCY", "ScoredWeeks", "create_double", "create_weeks"]

LENIENCY = {"Amara Diallo": 6.0, "Henrik Vale": -6.0, "Lin Qiaoyun": 0.0, "Wei Lan": 0.0}


@dataclass(frozen=True)
class ScoredWeeks:
    """Who scored whom."""

    inspectors: Mapping[str, User]
    agents: Sequence[Agent]
    version: RubricVersion
    doubles: int

    def __getitem__(self, name: str) -> User:
        return self.inspectors[name]


def create_weeks(
    session: Session,
    until: datetime,
    *,
    weeks: int = 14,
    agents: int = 6,
    leniency: Mapping[str, float] = LENIENCY,
    shifts: Mapping[str, tuple[int, float]] | None = None,
    among: Sequence[Agent] = (),
) -> ScoredWeeks:
    """Score two conversations per agent and week, the last in the week before `until`; every third of them twice.

    `among` are agents already there. `shifts` tells from which of the last weeks on an inspector gives how many points
    more. Both inspectors of a double agree on the greeting, which fails in every second one; on the answer they agree
    in half of the doubles only.
    """
    version = create_published(session, small_rubric())
    inspectors = {name: create_user(session, RoleName.inspector, name=name) for name in leniency}
    people = [*among] or [create_agent(session, f"Agent {number}") for number in range(agents)]
    names, doubles = list(leniency), 0
    for week in range(weeks):
        at = until - timedelta(weeks=weeks - week)
        for number, agent in enumerate(people):
            for place in range(2):
                who = names[(number + place + week) % len(names)]
                conversation = create_conversation(session, agent, opened_at=at)
                truth = 75 + 2 * (number % 4) + (number * 7 + week * 5 + place * 11) % 13 - 6
                is_double = place == 0 and (number + week) % 3 == 0
                scorers = [who, names[(number + place + week + 1) % len(names)]] if is_double else [who]
                doubles += is_double
                for turn, name in enumerate(scorers):
                    first, more = (shifts or {}).get(name, (0, 0.0))
                    given = truth + leniency[name] + (more if weeks - week <= first else 0.0)
                    create_inspection(
                        session,
                        conversation,
                        inspectors[name],
                        version,
                        greeting=doubles % 2 == 0,
                        answer=not (turn and doubles % 4 < 2),
                        quality=float(given),
                        score=float(given),
                        submitted_at=at + timedelta(days=1, minutes=number * 9 + turn),
                    )
    return ScoredWeeks(inspectors, people, version, doubles)


def create_double(
    session: Session, scored: ScoredWeeks, names: tuple[str, str], at: datetime, **values: object
) -> tuple[Conversation, list[Inspection]]:
    """Return a conversation scored by two; the second gave "no" for the answer."""
    conversation = create_conversation(session, scored.agents[0], opened_at=at)
    made = [
        create_inspection(
            session, conversation, scored[name], scored.version, answer=not turn, submitted_at=at, **values
        )
        for turn, name in enumerate(names)
    ]
    return conversation, made
