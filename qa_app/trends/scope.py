"""What a page of trends looks at: a month, a team, a channel, and the teams the person may see at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select, true

from qa_app.conversations.metrics import month_bounds
from qa_app.models import Agent, Conversation, RoleName, User

__all__ = ["Scope", "Span", "month_before", "watched_teams", "week_bounds", "week_of", "weeks_of"]

TREND_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to another, which no longer belongs to it."""

    start: datetime
    end: datetime

    def holds(self) -> ColumnElement[bool]:
        """Conversations opened in it."""
        return and_(Conversation.opened_at >= self.start, Conversation.opened_at < self.end)


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for; `watched` are the teams the person may see, none = all of them.

    A team or channel that nobody chose is none or empty.
    """

    month: str
    zone: ZoneInfo
    watched: frozenset[int] | None
    team_id: int | None = None
    channel: str = ""

    @property
    def span(self) -> Span:
        """The month itself."""
        return Span(*month_bounds(self.month, self.zone))

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of the month, as its people's calendars show them."""
        first, following = (moment.astimezone(self.zone).date() for moment in (self.span.start, self.span.end))
        return first, following - timedelta(days=1)

    def months(self, count: int) -> Span:
        """So many months, this one the last of them."""
        return Span(month_bounds(month_before(self.month, count - 1), self.zone)[0], self.span.end)

    @property
    def before(self) -> Span:
        """The month before."""
        return Span(*month_bounds(month_before(self.month), self.zone))

    def agents(self) -> ColumnElement[bool]:
        """Agents whose figures are shown: of the chosen team, as far as the person may see it."""
        seen = true() if self.watched is None else Agent.team_id.in_(sorted(self.watched))
        return seen if self.team_id is None else and_(seen, Agent.team_id == self.team_id)

    def conversations(self, span: Span) -> ColumnElement[bool]:
        """Conversations of a time that such agents answered, through the chosen channel."""
        conditions = [span.holds(), Conversation.agent_id.in_(select(Agent.id).where(self.agents()))]
        if self.channel:
            conditions.append(Conversation.channel == self.channel)
        return and_(*conditions)

    def address(self) -> Mapping[str, Any]:
        """The part of an address that asks for the same again."""
        asked: dict[str, Any] = {"month": self.month}
        if self.team_id is not None:
            asked["team"] = self.team_id
        if self.channel:
            asked["channel"] = self.channel
        return asked


def watched_teams(actor: User) -> frozenset[int] | None:
    """Teams whose trends the person may see; none stands for all. Other roles of the same person add nothing here."""
    if RoleName.qa_lead in actor.role_names:
        return None
    return frozenset(team.id for team in actor.supervised_teams)


def month_before(month: str, by: int = 1) -> str:
    """Return the month `by` months before one given as YYYY-MM."""
    place = int(month[:4]) * 12 + int(month[5:]) - 1 - by
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def week_of(moment: datetime, zone: ZoneInfo) -> str:
    """Name the week as ISO 8601 does, so that names sort in time: 2026-W07."""
    year, week, _day = moment.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def weeks_of(span: Span, zone: ZoneInfo) -> list[tuple[str, datetime]]:
    """Name the weeks that a time touches, each with the moment at which it ends, in order."""
    weeks = []
    moment = span.start
    while moment < span.end:
        name = week_of(moment, zone)
        moment = week_bounds(name, zone).end
        weeks.append((name, moment.astimezone(UTC)))
    return weeks


def week_bounds(week: str, zone: ZoneInfo) -> Span:
    """Return Monday to Monday of a week named as `week_of` does; ValueError for what is no week."""
    monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=zone)
    return Span(monday, monday + timedelta(days=7))
