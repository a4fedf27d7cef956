"""Which conversations are due, held, or waiting: the conditions that preview and run share.

Content is kept whole days after the day of opening, in the organisation's zone; a conversation without an opening time
counts from its import. What is due stays while a legal hold covers it, and waits while work on it is open: its
inspection is not final, its month is computed and not locked, or its month's draw has not been handed out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.models import (
    AssessmentPeriod,
    Assignment,
    AssignmentState,
    Conversation,
    Draw,
    Inspection,
    InspectionState,
    LegalHold,
    PeriodState,
    RetentionRule,
    Sample,
    SamplePurpose,
    SamplingPlan,
)
from qa_app.people.organisation import working_calendar

__all__ = [
    "ALL_OTHERS",
    "Clock",
    "clock_of",
    "covers",
    "find_rules",
    "is_due",
    "is_free",
    "is_held",
    "is_waiting",
    "moment",
]

ALL_OTHERS = ""
"""Source of the rule for every source without a rule of its own."""
_BEING_ASSESSED = (PeriodState.computed, PeriodState.reviewed, PeriodState.approved, PeriodState.published)


@dataclass(frozen=True, slots=True)
class Clock:
    """The day on which it is asked, in the organisation's zone."""

    today: date
    zone: ZoneInfo

    def midnight(self, day: date) -> datetime:
        """Return the first moment of a day."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def due_before(self, keep_days: int, *, ahead: int = 0) -> datetime:
        """Return the moment before which a conversation must have opened to be due in `ahead` days."""
        return self.midnight(self.today + timedelta(days=ahead - keep_days))


def clock_of(session: Session) -> Clock:
    """Return today of the organisation."""
    zone = working_calendar(session).zone
    return Clock(now().astimezone(zone).date(), zone)


def find_rules(session: Session) -> Mapping[str, RetentionRule]:
    """Return the rules by source."""
    return {rule.source: rule for rule in session.scalars(select(RetentionRule).order_by(RetentionRule.source))}


def moment() -> ColumnElement[datetime]:
    """Give the moment from which the days are counted."""
    return func.coalesce(Conversation.opened_at, Conversation.created_at)


def covers(rule: RetentionRule, sources_with_rules: Iterable[str]) -> ColumnElement[bool]:
    """Whether a rule is the one for a conversation."""
    if rule.source != ALL_OTHERS:
        return Conversation.source == rule.source
    own = [source for source in sources_with_rules if source != ALL_OTHERS]
    return Conversation.source.not_in(own) if own else true()


def is_due(session: Session, clock: Clock) -> ColumnElement[bool]:
    """Whether the time of a conversation is over by a rule that has begun, and its content still there."""
    rules = find_rules(session)
    begun = [
        and_(covers(rule, rules), moment() < clock.due_before(rule.keep_days))
        for rule in rules.values()
        if rule.starts_on <= clock.today
    ]
    return Conversation.erased_at.is_(None) & (or_(*begun) if begun else false())


def is_held(session: Session, clock: Clock) -> ColumnElement[bool]:
    """Whether a legal hold covers a conversation today."""
    in_force = LegalHold.lifted_at.is_(None) & or_(LegalHold.until.is_(None), LegalHold.until >= clock.today)
    holds = session.scalars(select(LegalHold).where(in_force)).all()
    single = [hold.conversation_id for hold in holds if hold.conversation_id is not None]
    filtered = [_held_by(hold, clock) for hold in holds if hold.conversation_id is None]
    conditions: list[ColumnElement[bool]] = [*filtered, *([Conversation.id.in_(single)] if single else [])]
    return or_(*conditions) if conditions else false()


def _held_by(hold: LegalHold, clock: Clock) -> ColumnElement[bool]:
    """Everything a filter names has to hold; a filter that names nothing holds everything."""
    wanted = hold.filters
    named = [name for name in ("source", "agent_id", "customer_id") if wanted.get(name)]
    conditions = [true(), *(func.coalesce(getattr(Conversation, name) == wanted[name], false()) for name in named)]
    if wanted.get("opened_from"):
        conditions.append(moment() >= clock.midnight(date.fromisoformat(wanted["opened_from"])))
    if wanted.get("opened_to"):
        conditions.append(moment() < clock.midnight(date.fromisoformat(wanted["opened_to"]) + timedelta(days=1)))
    return and_(*conditions)


def is_waiting(session: Session, clock: Clock) -> ColumnElement[bool]:
    """Whether work on a conversation is still open: content goes when its scores stand."""
    handed_out = (
        exists()
        .where(Sample.conversation_id == Conversation.id, Assignment.sample_id == Sample.id)
        .where(Assignment.state == AssignmentState.open)
    )
    # What was scored for calibration alone is never appealed: it waits for nothing once it is submitted.
    is_open = or_(
        Inspection.state == InspectionState.draft,
        (Inspection.purpose == SamplePurpose.work) & (Inspection.state != InspectionState.final),
    )
    unfinished = exists().where(Inspection.conversation_id == Conversation.id, is_open)
    months = [_in_month(month, clock) for month in _open_months(session)]
    return or_(handed_out, unfinished, *months)


def is_free(session: Session, clock: Clock) -> ColumnElement[bool]:
    """Whether nothing keeps a due conversation."""
    return not_(is_held(session, clock)) & not_(is_waiting(session, clock))


def _open_months(session: Session) -> Sequence[str]:
    """Months that are being assessed, and months whose draw has not been handed out."""
    assessed = select(AssessmentPeriod.month).where(AssessmentPeriod.state.in_(_BEING_ASSESSED))
    drawn = (
        select(SamplingPlan.month)
        .join(Draw, Draw.plan_id == SamplingPlan.id)
        .where(SamplingPlan.archived_at.is_(None), Draw.frozen_at.is_not(None), Draw.handed_out_at.is_(None))
    )
    return sorted({*session.scalars(assessed), *session.scalars(drawn)})


def _in_month(month: str, clock: Clock) -> ColumnElement[bool]:
    start, end = month_bounds(month, clock.zone)
    return and_(moment() >= start, moment() < end)
