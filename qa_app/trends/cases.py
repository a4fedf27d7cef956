"""Counts of a month's conversations by agent, added up by the database: what rates and ratings are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Double, Label, Subquery, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from qa_app.models import Conversation
from qa_app.trends.scope import TREND_MONTHS, Scope, Span, weeks_of
from scoring.timing.indicators import DETRACTOR_TO, PROMOTER_FROM, SATISFIED_FROM
from scoring.timing.repeats import DEFAULT_WINDOW_DAYS

__all__ = ["Cases", "add_up", "count_cases", "count_weeks", "list_stars", "newest_opening"]

DAY_SECONDS = 86_400
_CLOCK_SECONDS = 0.001  # SQLite's days are floating-point numbers: a moment may be off by so much


@dataclass(frozen=True, slots=True)
class Cases:
    """Conversations of one agent, or of several together."""

    conversations: int = 0
    transfers_known: int = 0
    transferred: int = 0
    results_known: int = 0
    unresolved: int = 0
    once_resolved: int = 0
    reopened: int = 0
    subjects_known: int = 0
    repeats: int = 0
    asked: int = 0
    rated: int = 0
    satisfied: int = 0
    nps_answers: int = 0
    promoters: int = 0
    detractors: int = 0


def add_up(parts: Iterable[Cases]) -> Cases:
    """Sum of all of them."""
    rows: Sequence[Cases] = list(parts)
    return Cases(**{field.name: sum(getattr(row, field.name) for row in rows) for field in fields(Cases)})


def count_cases(session: Session, scope: Scope) -> dict[int, Cases]:
    """Count the month's conversations by agent: one query.

    What a source does not tell is not counted: where nobody says whether a call was handed on, it is no transfer and
    not one without. A conversation that was reopened had been resolved once, whatever the source says of it now.
    """
    repeats = _repeats(session, scope)
    counted = {
        **_outcomes(),
        "subjects_known": repeats.c.id.is_not(None),
        "repeats": repeats.c.is_repeat == 1,
        # Some sources hand over answers without saying who was asked.
        "asked": or_(Conversation.survey_count > 0, Conversation.csat.is_not(None)),
        "rated": Conversation.csat.is_not(None),
        "satisfied": Conversation.csat >= SATISFIED_FROM,
        "nps_answers": Conversation.nps.is_not(None),
        "promoters": Conversation.nps >= PROMOTER_FROM,
        "detractors": Conversation.nps <= DETRACTOR_TO,
    }
    columns = _sums(counted)
    rows = session.execute(
        select(Conversation.agent_id, func.count().label("conversations"), *columns)
        .outerjoin(repeats, repeats.c.id == Conversation.id)
        .where(scope.conversations(scope.span))
        .group_by(Conversation.agent_id)
    )
    return {
        row.agent_id: Cases(**{field.name: int(getattr(row, field.name)) for field in fields(Cases)}) for row in rows
    }


def count_weeks(session: Session, scope: Scope) -> dict[str, Cases]:
    """Count the conversations of half a year by the week of their opening: one query.

    The weeks are those of the organisation's calendar, Monday to Monday. Repeats and surveys are not counted here.
    """
    span = scope.months(TREND_MONTHS)
    weeks = weeks_of(span, scope.zone)
    # The ends of the weeks in order: the first that a moment lies before is its own.
    week = case(*((Conversation.opened_at < end, name) for name, end in weeks), else_="")
    inner = select(week.label("week"), *_flags(_outcomes())).where(scope.conversations(span)).subquery()
    sums = [func.sum(column).label(name) for name, column in inner.c.items() if name != "week"]
    rows = session.execute(select(inner.c.week, func.count().label("conversations"), *sums).group_by(inner.c.week))
    return {
        row.week: Cases(**{name: int(value) for name, value in row._mapping.items() if name != "week"}) for row in rows
    }


def newest_opening(session: Session) -> datetime | None:
    """When the newest conversation of all was opened: how far the data reach, whatever part of them is looked at."""
    return session.scalar(select(func.max(Conversation.opened_at)))


def list_stars(session: Session, scope: Scope) -> dict[int, list[float]]:
    """Every rating of the month on 1–5 by agent, from low to high: one query, a row for each different rating."""
    rows = session.execute(
        select(Conversation.agent_id, Conversation.csat, func.count())
        .where(scope.conversations(scope.span), Conversation.csat.is_not(None), Conversation.agent_id.is_not(None))
        .group_by(Conversation.agent_id, Conversation.csat)
        .order_by(Conversation.agent_id, Conversation.csat)
    )
    stars: dict[int, list[float]] = {}
    for agent_id, rating, count in rows:
        if agent_id is not None and rating is not None:
            stars.setdefault(agent_id, []).extend([rating] * count)
    return stars


def _outcomes() -> dict[str, ColumnElement[bool]]:
    """What became of a conversation, by the names in `Cases`."""
    return {
        "transfers_known": Conversation.transfer_count.is_not(None),
        "transferred": Conversation.transfer_count > 0,
        "results_known": Conversation.resolved.is_not(None),
        "unresolved": Conversation.resolved.is_(False),
        "once_resolved": or_(
            Conversation.resolved.is_(True), Conversation.resolved_at.is_not(None), Conversation.reopen_count > 0
        ),
        "reopened": Conversation.reopen_count > 0,
    }


def _flags(counted: Mapping[str, ColumnElement[bool]]) -> list[Label[int]]:
    return [case((condition, 1), else_=0).label(name) for name, condition in counted.items()]


def _sums(counted: Mapping[str, ColumnElement[bool]]) -> list[Label[int]]:
    return [func.sum(flag.element).label(flag.name) for flag in _flags(counted)]


def _repeats(session: Session, scope: Scope) -> Subquery:
    """Of each conversation with a known customer and topic whether it repeats one of the days before.

    As `scoring.timing.repeats`: the same customer on the same topic, whoever answered then and through which channel.
    Where a customer reference has gone, what was known when it went.
    """
    earlier = Span(scope.span.start - timedelta(days=DEFAULT_WINDOW_DAYS), scope.span.end)
    opened = _seconds(session)
    subject = (Conversation.customer_id, Conversation.topic)
    previous = func.lag(opened).over(partition_by=subject, order_by=(Conversation.opened_at, Conversation.id))
    since = opened - previous
    kept = Conversation.repeats_earlier
    is_repeat = case(
        (kept.is_(True), 1),
        (kept.is_(False), 0),
        (since <= DEFAULT_WINDOW_DAYS * DAY_SECONDS + _CLOCK_SECONDS, 1),
        else_=0,
    )
    is_known = and_(*(column.is_not(None) for column in subject), *(column != "" for column in subject))
    return (
        select(Conversation.id, is_repeat.label("is_repeat"))
        .where(earlier.holds(), or_(kept.is_not(None), is_known))
        .subquery()
    )


def _seconds(session: Session) -> ColumnElement[float]:
    """The opening as seconds of some clock."""
    if session.get_bind().dialect.name == "sqlite":
        return func.julianday(Conversation.opened_at) * DAY_SECONDS
    return cast(func.extract("epoch", Conversation.opened_at), Double)
