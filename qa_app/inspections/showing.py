"""When an agent reads an inspection: once it is submitted, or by the organisation's choice once its month is published.

Its window to appeal counts from there. What waits is marked when it is submitted (imported history never is);
publishing a month shows what waits of it, and the worker looks again, for what was submitted at that very moment.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qa_app import audit
from qa_app.clock import now
from qa_app.models import AssessmentPeriod, Conversation, Inspection, SamplePurpose, User
from qa_app.people.appeal_rules import appeal_rules
from qa_app.people.organisation import working_calendar

__all__ = ["mark_waiting", "show_published"]


def mark_waiting(session: Session, inspection: Inspection, conversation: Conversation) -> None:
    """Let a submitted inspection wait for its month, where that is the choice and the month is not published."""
    inspection.shown_at = None
    inspection.waits_for_month = (
        inspection.purpose != SamplePurpose.calibration
        and appeal_rules(session).is_shown_with_month
        and conversation.opened_at is not None
        and _month_of(conversation, working_calendar(session).zone) not in _published_months(session)
    )


def show_published(session: Session, actor: User | None = None) -> int:
    """Show the agents what waits of published months. Returns how many inspections."""
    months, zone = _published_months(session), working_calendar(session).zone
    rows = session.scalars(
        select(Inspection).where(Inspection.waits_for_month.is_(True)).options(joinedload(Inspection.conversation))
    )
    shown: dict[str, int] = {}
    for inspection in rows.unique().all():
        month = _month_of(inspection.conversation, zone)
        if month in months:
            inspection.waits_for_month, inspection.shown_at = False, now()
            shown[month] = shown.get(month, 0) + 1
    session.flush()
    for month, count in shown.items():
        audit.record(session, actor, action="inspection.show", thing="month", name=month, inspections=count)
    return sum(shown.values())


def _published_months(session: Session) -> set[str]:
    return set(session.scalars(select(AssessmentPeriod.month).where(AssessmentPeriod.published_at.is_not(None))))


def _month_of(conversation: Conversation, zone: ZoneInfo) -> str:
    """The month a conversation counts in; one whose opening is unknown counts in none."""
    if conversation.opened_at is None:
        return ""
    return conversation.opened_at.astimezone(zone).strftime("%Y-%m")
