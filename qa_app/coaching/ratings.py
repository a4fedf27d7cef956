"""Ratings: a round asks everybody for short forms, they come in while it is open, and count once it is closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app import audit
from qa_app.clock import now
from qa_app.coaching.errors import ActionRefused
from qa_app.coaching.notices import close_sent, tell_round
from qa_app.models import Agent, Rating, RatingKind, RatingRound, RoleName, Team, User
from qa_app.people.organisation import working_calendar

__all__ = [
    "QUESTIONS",
    "AnswersMissing",
    "NewRound",
    "RoundClosed",
    "RoundDates",
    "is_open",
    "open_round",
    "send_rating",
]

QUESTIONS = ("helps", "shares", "keeps_agreements")
"""Each is answered 1–5."""


class RoundClosed(ActionRefused):
    """The form is sent before the round opens, or after it closed."""


class AnswersMissing(ActionRefused):
    """Every question needs an answer from 1 to 5."""


class RoundDates(ActionRefused):
    """The days or months of a round are in the wrong order."""


@dataclass(frozen=True, slots=True)
class NewRound:
    """A round to open."""

    name: str
    first_month: str
    last_month: str
    opens_on: date
    closes_on: date
    peers_each: int = 4


def today(session: Session) -> date:
    """Today where the organisation is."""
    return now().astimezone(working_calendar(session).zone).date()


def is_open(session: Session, found: RatingRound) -> bool:
    """Whether forms of a round can be sent today."""
    return found.opens_on <= today(session) <= found.closes_on


def open_round(session: Session, actor: User | None, new: NewRound) -> RatingRound:
    """Make a round and its forms: everybody rates themselves, some colleagues, and supervisors their teams.

    Who rates whom among colleagues follows from the round's number, so that nobody chooses: each is rated by as many
    as each rates.
    """
    if new.closes_on < new.opens_on or new.last_month < new.first_month:
        raise RoundDates
    found = RatingRound(
        name=new.name,
        first_month=new.first_month,
        last_month=new.last_month,
        opens_on=new.opens_on,
        closes_on=new.closes_on,
        peers_each=new.peers_each,
        opened_at=now(),
        opened_by_id=actor.id if actor else None,
    )
    session.add(found)
    session.flush()
    asked = list(_asked(session, found))
    session.add_all(asked)
    session.flush()
    audit.record(session, actor, action="ratings.open", thing=found, name=found.name, forms=len(asked))
    if is_open(session, found):
        tell_round(session, actor, found, asked)
    return found


def send_rating(
    session: Session, actor: User, rating: Rating, *, answers: Mapping[str, int], comment: str = ""
) -> None:
    """Keep a form; until the round closes it can be sent again. The trail says that one was sent, not what or whom."""
    if rating.rater_id != actor.id or not is_open(session, rating.round):
        raise RoundClosed
    given = {question: answers.get(question) for question in QUESTIONS}
    if not all(isinstance(answer, int) and 1 <= answer <= 5 for answer in given.values()):
        raise AnswersMissing
    rating.answers = dict(given)
    rating.value = sum(answer for answer in given.values() if answer) / len(QUESTIONS)
    rating.comment, rating.submitted_at = comment.strip(), now()
    session.flush()
    audit.record(session, actor, action="ratings.send", thing=rating.round, name=rating.round.name)
    close_sent(session, rating)


def _asked(session: Session, found: RatingRound) -> Iterator[Rating]:
    """The forms of a round; who cannot sign in is asked nothing."""
    users = session.scalars(select(User).where(User.active, User.agent_id.is_not(None)).order_by(User.id)).all()
    agents = {agent.id: agent for agent in session.scalars(select(Agent).options(selectinload(Agent.team)))}
    here = {agent_id for agent_id, agent in agents.items() if _is_here(agent, found)}
    raters = {user.agent_id: user for user in users if user.agent_id in here}
    for agent_id, user in raters.items():
        yield Rating(round_id=found.id, rater_id=user.id, agent_id=agent_id, kind=RatingKind.own)
    teams = session.scalars(select(Team).options(selectinload(Team.supervisors)).order_by(Team.id)).all()
    for team in teams:
        mates = [agent_id for agent_id in raters if agent_id is not None and agents[agent_id].team_id == team.id]
        for rated, rater in _peers(found, mates):
            yield Rating(round_id=found.id, rater_id=raters[rater].id, agent_id=rated, kind=RatingKind.peer)
        members = [agent for agent in agents.values() if agent.team_id == team.id and agent.id in here]
        for supervisor in sorted(team.supervisors, key=lambda user: user.id):
            if not supervisor.active or RoleName.supervisor not in supervisor.role_names:
                continue
            for agent in sorted(members, key=lambda agent: agent.id):
                if supervisor.agent_id != agent.id:
                    yield Rating(
                        round_id=found.id, rater_id=supervisor.id, agent_id=agent.id, kind=RatingKind.supervisor
                    )


def _is_here(agent: Agent, found: RatingRound) -> bool:
    """Whether somebody works here while the round is open."""
    return (agent.active_from is None or agent.active_from <= found.closes_on) and (
        agent.active_to is None or agent.active_to >= found.opens_on
    )


def _peers(found: RatingRound, mates: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of who is rated by whom: the next ones in a circle that the round's number shuffles."""
    circle = sorted(mates, key=lambda agent_id: hashlib.sha256(f"{found.id}:{agent_id}".encode()).digest())
    for place, rated in enumerate(circle):
        for step in range(1, min(found.peers_each, len(circle) - 1) + 1):
            yield rated, circle[(place + step) % len(circle)]
