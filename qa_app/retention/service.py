"""Setting and taking back rules; placing and lifting legal holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.models import Conversation, LegalHold, RetentionRule, User
from qa_app.retention.due import Clock, clock_of, is_held

__all__ = [
    "FEWEST_DAYS", "HoldFilter", "count_held", "find_holds", "lift_hold", "place_hold", "remove_rule", "set_rule",
]  # fmt: skip

FEWEST_DAYS = 45
"""A month has to be drawn, inspected, published and answered before its conversations may go."""


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """Which conversations a hold covers: everything that is given has to be so."""

    source: str = ""
    agent_id: int | None = None
    customer_id: str = ""
    opened_from: date | None = None
    opened_to: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Write the column `filters`."""
        return {name: str(value) if isinstance(value, date) else value for name, value in asdict(self).items() if value}


def set_rule(session: Session, actor: User | None, *, source: str, keep_days: int) -> RetentionRule:
    """Say how long content of a source is kept; nothing goes by it before the next day.

    Raises
    ------
    ValueError
        If the days are fewer than a month's work needs.
    """
    if keep_days < FEWEST_DAYS:
        raise ValueError(f"{keep_days} days: at least {FEWEST_DAYS}")
    tomorrow = clock_of(session).today + timedelta(days=1)
    rule = session.scalar(select(RetentionRule).where(RetentionRule.source == source))
    before = rule.keep_days if rule is not None else None
    if rule is None:
        rule = RetentionRule(source=source, starts_on=tomorrow)
        session.add(rule)
    elif keep_days < rule.keep_days:
        rule.starts_on = tomorrow
    rule.keep_days, rule.changed_at, rule.changed_by_id = keep_days, now(), actor.id if actor else None
    session.flush()
    audit.record(
        session, actor, action="retention.set_rule", thing=rule, name=source, before=before, keep_days=keep_days
    )
    return rule


def remove_rule(session: Session, actor: User, rule: RetentionRule) -> None:
    """Take a rule back: its source keeps everything, or falls under the rule for all others."""
    audit.record(session, actor, action="retention.remove_rule", thing=rule, name=rule.source, before=rule.keep_days)
    session.delete(rule)


def place_hold(
    session: Session,
    actor: User | None,
    *,
    reason: str,
    conversation: Conversation | None = None,
    filters: HoldFilter | None = None,
    until: date | None = None,
) -> LegalHold:
    """Keep one conversation, or all that a filter names, whatever the rules say."""
    hold = LegalHold(
        reason=reason,
        conversation_id=conversation.id if conversation is not None else None,
        filters=(filters or HoldFilter()).to_json(),
        until=until,
        placed_at=now(),
        placed_by_id=actor.id if actor else None,
    )
    session.add(hold)
    session.flush()
    name = conversation.public_id if conversation is not None else ""
    given = {key: value for key, value in hold.filters.items() if key != "customer_id"}
    audit.record(session, actor, action="hold.place", thing=hold, name=name, reason=reason, until=until, filters=given)
    return hold


def lift_hold(session: Session, actor: User, hold: LegalHold) -> None:
    """End a hold: what is due goes with the next run."""
    hold.lifted_at, hold.lifted_by_id = now(), actor.id
    audit.record(session, actor, action="hold.lift", thing=hold)


def find_holds(session: Session) -> list[LegalHold]:
    """Return all holds, those in force first, the latest first."""
    return list(session.scalars(select(LegalHold).order_by(LegalHold.lifted_at.is_not(None), LegalHold.id.desc())))


def count_held(session: Session, clock: Clock | None = None) -> int:
    """Count the conversations with content that a hold covers today."""
    condition = Conversation.erased_at.is_(None) & is_held(session, clock or clock_of(session))
    return session.scalar(select(func.count()).select_from(Conversation).where(condition)) or 0
