"""Lists of ratings: forms to fill, rounds with their progress, what is known of somebody, what counts in a month.

Who rated is known to nobody but the rater; what colleagues said is told from three of them on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from qa_app.access import NotFound
from qa_app.coaching.ratings import today
from qa_app.models import Agent, Rating, RatingKind, RatingRound, Team, User
from qa_app.people.organisation import working_calendar
from scoring.assessment.rating_scale import FEWEST_PEERS

__all__ = [
    "AgentRatings",
    "DueRating",
    "MonthRatings",
    "count_forms",
    "get_own_rating",
    "get_round",
    "list_forms",
    "list_rounds",
    "ratings_due",
    "ratings_of_agent",
    "ratings_of_month",
    "round_progress",
]


@dataclass(frozen=True, slots=True)
class DueRating:
    """Somebody who has forms to send before a round closes: for a home page or a reminder."""

    rater_id: int
    round_id: int
    name: str
    forms: int
    closes_on: date
    days_left: int


@dataclass(frozen=True, slots=True)
class AgentRatings:
    """What a closed round says of one agent; peers are none below three."""

    round_id: int
    name: str
    closes_on: date
    own: float | None
    supervisor: float | None
    peers: float | None
    peer_count: int
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthRatings:
    """Ratings of one agent that count in a month, sorted, without who gave them."""

    agent: str
    peers: tuple[float, ...]
    supervisors: tuple[float, ...]
    own: float | None


def list_forms(session: Session, actor: User) -> Sequence[Any]:
    """Forms of open rounds for a person to fill, those not sent first."""
    day = today(session)
    return session.execute(
        select(
            Rating.id,
            Rating.kind,
            Rating.submitted_at,
            Agent.name.label("agent"),
            RatingRound.name.label("round"),
            RatingRound.closes_on,
        )
        .join(RatingRound, RatingRound.id == Rating.round_id)
        .join(Agent, Agent.id == Rating.agent_id)
        .where(Rating.rater_id == actor.id, RatingRound.opens_on <= day, RatingRound.closes_on >= day)
        .order_by(Rating.submitted_at.is_not(None), RatingRound.closes_on, Rating.kind, Agent.name)
    ).all()


def count_forms(session: Session, actor: User) -> int:
    """How many forms of open rounds a person has not sent yet."""
    day = today(session)
    query = (
        select(func.count())
        .select_from(Rating)
        .join(RatingRound, RatingRound.id == Rating.round_id)
        .where(
            Rating.rater_id == actor.id,
            Rating.submitted_at.is_(None),
            RatingRound.opens_on <= day,
            RatingRound.closes_on >= day,
        )
    )
    return session.scalar(query) or 0


def get_own_rating(session: Session, actor: User, rating_id: int) -> Rating:
    """Return a form that the actor was asked to fill, or raise `NotFound`."""
    found = session.scalar(select(Rating).where(Rating.id == rating_id, Rating.rater_id == actor.id))
    if found is None:
        raise NotFound
    return found


def get_round(session: Session, round_id: int) -> RatingRound:
    """Return a round, or raise `NotFound`."""
    found = session.get(RatingRound, round_id)
    if found is None:
        raise NotFound
    return found


def list_rounds(session: Session) -> Sequence[Any]:
    """Rounds with how many forms were sent, the newest first."""
    return session.execute(
        select(
            RatingRound.id,
            RatingRound.name,
            RatingRound.first_month,
            RatingRound.last_month,
            RatingRound.opens_on,
            RatingRound.closes_on,
            func.count(Rating.id).label("forms"),
            func.count(Rating.submitted_at).label("sent"),
        )
        .outerjoin(Rating, Rating.round_id == RatingRound.id)
        .group_by(RatingRound.id)
        .order_by(RatingRound.closes_on.desc(), RatingRound.id.desc())
    ).all()


def round_progress(session: Session, round_id: int) -> Sequence[Any]:
    """How many forms about each agent came in, by kind: counts, never values and never by whom."""

    def count(kind: RatingKind, column: Any) -> Any:
        return func.count(case((Rating.kind == kind, column)))

    return session.execute(
        select(
            Agent.name.label("agent"),
            Agent.employee_number,
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
            count(RatingKind.own, Rating.submitted_at).label("own"),
            count(RatingKind.supervisor, Rating.id).label("supervisors"),
            count(RatingKind.supervisor, Rating.submitted_at).label("supervisors_sent"),
            count(RatingKind.peer, Rating.id).label("peers"),
            count(RatingKind.peer, Rating.submitted_at).label("peers_sent"),
        )
        .join(Agent, Agent.id == Rating.agent_id)
        .join(Team, Team.id == Agent.team_id)
        .where(Rating.round_id == round_id)
        .group_by(Agent.id, Team.id)
        .order_by(Agent.name)
    ).all()


def ratings_due(session: Session) -> list[DueRating]:
    """Everybody with forms of open rounds to send, those whose round closes first on top."""
    day = today(session)
    rows = session.execute(
        select(Rating.rater_id, RatingRound.id, RatingRound.name, func.count(), RatingRound.closes_on)
        .join(RatingRound, RatingRound.id == Rating.round_id)
        .join(User, User.id == Rating.rater_id)
        .where(Rating.submitted_at.is_(None), User.active, RatingRound.opens_on <= day, RatingRound.closes_on >= day)
        .group_by(Rating.rater_id, RatingRound.id)
        .order_by(RatingRound.closes_on, Rating.rater_id)
    )
    return [
        DueRating(rater_id, round_id, name, forms, closes_on, (closes_on - day).days)
        for rater_id, round_id, name, forms, closes_on in rows
    ]


def ratings_of_agent(session: Session, agent_id: int) -> list[AgentRatings]:
    """What closed rounds say of an agent, the newest first; comments of colleagues from three on, in no order."""
    rows = session.execute(
        select(
            RatingRound.id,
            RatingRound.name,
            RatingRound.closes_on,
            Rating.kind,
            Rating.value,
            Rating.comment,
        )
        .join(Rating, Rating.round_id == RatingRound.id)
        .where(Rating.agent_id == agent_id, Rating.submitted_at.is_not(None), RatingRound.closes_on < today(session))
        .order_by(RatingRound.closes_on.desc(), RatingRound.id.desc())
    ).all()
    rounds = {row.id: (row.name, row.closes_on) for row in rows}
    return [_tell(round_id, *known, [row for row in rows if row.id == round_id]) for round_id, known in rounds.items()]


def _tell(round_id: int, name: str, closes_on: date, rows: Sequence[Any]) -> AgentRatings:
    values = {kind: [row.value for row in rows if row.kind == kind] for kind in RatingKind}
    peers = values[RatingKind.peer]
    told = [row.comment for row in rows if row.comment and row.kind == RatingKind.supervisor]
    if len(peers) >= FEWEST_PEERS:
        told += [row.comment for row in rows if row.comment and row.kind == RatingKind.peer]
    return AgentRatings(
        round_id=round_id,
        name=name,
        closes_on=closes_on,
        own=_mean(values[RatingKind.own]),
        supervisor=_mean(values[RatingKind.supervisor]),
        peers=_mean(peers) if len(peers) >= FEWEST_PEERS else None,
        peer_count=len(peers),
        # Sorted by the words themselves: the order of sending would tell who it was.
        comments=tuple(sorted(told)),
    )


def ratings_of_month(session: Session, month: str, *, at: datetime) -> list[MonthRatings]:
    """Ratings that count in a month: of the newest round that names it and was closed by then."""
    day = at.astimezone(working_calendar(session).zone).date()
    rows = session.execute(
        select(Agent.employee_number, Rating.kind, Rating.value, RatingRound.id, RatingRound.closes_on)
        .join(Rating, Rating.agent_id == Agent.id)
        .join(RatingRound, RatingRound.id == Rating.round_id)
        .where(
            RatingRound.first_month <= month,
            RatingRound.last_month >= month,
            RatingRound.closes_on < day,
            Rating.submitted_at.is_not(None),
            Rating.submitted_at <= at,
        )
        .order_by(Agent.employee_number, RatingRound.closes_on, RatingRound.id, Rating.value)
    ).all()
    newest = {row.employee_number: row.id for row in rows}
    found = []
    for number in sorted(newest):
        own = [row for row in rows if row.employee_number == number and row.id == newest[number]]
        values = {kind: tuple(row.value for row in own if row.kind == kind) for kind in RatingKind}
        found.append(
            MonthRatings(number, values[RatingKind.peer], values[RatingKind.supervisor], _mean(values[RatingKind.own]))
        )
    return found


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
