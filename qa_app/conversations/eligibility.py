"""Which conversations are meant when a month's quality is spoken of: what a plan filters, and what can be inspected.

For the frame of a draw and for the machine scores beside it, which must be about the same conversations: a mean over
others would shift every estimate it enters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

from qa_app.clock import now
from qa_app.models import Agent, Conversation

__all__ = ["SILENT_AFTER", "Eligibility", "Filters", "has_ended", "is_eligible", "is_inspectable", "passes"]

SILENT_AFTER = timedelta(hours=24)
"""A conversation that no source ever closed counts as ended when nothing happened in it for a day."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which conversations of the month are meant; empty: all. OR inside a field, AND between fields."""

    channels: tuple[str, ...] = ()
    team_ids: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Filters:
        """Read the column `filters` of a plan."""
        return cls(**{name: tuple(kept.get(name, ())) for name in ("channels", "team_ids", "topics")})

    def to_json(self) -> dict[str, Any]:
        """Write the column `filters`."""
        return {name: list(values) for name, values in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a conversation needs to be inspected at all: answered, ended, and something to look at or listen to."""

    answered: bool = True
    ended: bool = True
    min_agent_messages: int = 1
    min_audio_seconds: float = 10.0


def passes(filters: Filters) -> ColumnElement[bool]:
    """Condition on a conversation joined to its agent."""
    conditions: list[ColumnElement[bool]] = [Conversation.id.is_not(None)]
    if filters.channels:
        conditions.append(Conversation.channel.in_(filters.channels))
    if filters.team_ids:
        # Without an agent there is no team: NOT NULL IN (...) would be unknown, and the row would pass.
        conditions.append(func.coalesce(Agent.team_id, -1).in_(filters.team_ids))
    if filters.topics:
        conditions.append(func.coalesce(Conversation.topic, "").in_(filters.topics))
    return and_(*conditions)


def has_ended() -> ColumnElement[bool]:
    """Condition: closed, resolved, or silent for a day."""
    return or_(
        Conversation.closed_at.is_not(None),
        Conversation.resolved_at.is_not(None),
        func.coalesce(Conversation.last_event_at, Conversation.opened_at) <= now() - SILENT_AFTER,
    )


def is_inspectable(eligibility: Eligibility) -> ColumnElement[bool]:
    """Condition: there is something to read or to listen to."""
    return or_(
        Conversation.agent_message_count >= eligibility.min_agent_messages,
        func.coalesce(Conversation.audio_seconds, 0.0) >= eligibility.min_audio_seconds,
    )


def is_eligible(filters: Filters, eligibility: Eligibility) -> ColumnElement[bool]:
    """Condition on a conversation joined to its agent: it is in the frame of such a plan."""
    conditions = [passes(filters), Conversation.agent_id.is_not(None), is_inspectable(eligibility)]
    if eligibility.ended:
        conditions.append(has_ended())
    if eligibility.answered:
        conditions.append(Conversation.answered.is_(True))
    return and_(*conditions)
