"""What is due: appeals to decide and windows that end, for home pages and reminders; nobody is told from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.appeals.who import find_possible_deciders, scorers_of, who_may_decide
from qa_app.clock import now
from qa_app.models import Agent, Appeal, AppealState, Inspection, InspectionState
from qa_app.people.appeal_rules import appeal_clock

__all__ = [
    "WAITING",
    "AppealDue",
    "WindowEnding",
    "appeals_due",
    "windows_ending",
]

WAITING = (AppealState.open, AppealState.escalated)


@dataclass(frozen=True, slots=True)
class AppealDue:
    """An appeal that waits: for whom, and until when. For home pages and reminders."""

    appeal_id: int
    state: str
    due_at: datetime
    is_overdue: bool
    agent_name: str
    user_ids: tuple[int, ...]


def appeals_due(
    session: Session, *, within: timedelta = timedelta(days=1), at: datetime | None = None
) -> list[AppealDue]:
    """Open appeals that are overdue or due `within` a time from now, each with everybody who may decide it."""
    moment = at or now()
    rows = session.execute(
        select(
            Appeal.id, Appeal.state, Appeal.due_at, Appeal.decider_id, Appeal.escalated_by_id, Agent.name,
            Appeal.agent_id, Appeal.inspection_id,
        )
        .join(Agent, Agent.id == Appeal.agent_id)
        .where(Appeal.state.in_(WAITING), Appeal.due_at <= moment + within)
        .order_by(Appeal.due_at, Appeal.id)
    ).all()  # fmt: skip
    if not rows:
        return []
    people = find_possible_deciders(session)
    scorers = scorers_of(session, [row.inspection_id for row in rows])
    return [
        AppealDue(
            row.id,
            row.state,
            row.due_at,
            row.due_at <= moment,
            row.name,
            who_may_decide(row, people, scorers.get(row.inspection_id, set())),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class WindowEnding:
    """An inspection whose agent may appeal it until `ends_at`. For home pages and reminders."""

    inspection_id: int
    agent_id: int
    ends_at: datetime


def windows_ending(
    session: Session, *, within: timedelta = timedelta(days=1), at: datetime | None = None
) -> list[WindowEnding]:
    """Inspections that lost points and whose window ends `within` a time from now."""
    moment, clock = at or now(), appeal_clock(session)
    shown_at = func.coalesce(Inspection.shown_at, Inspection.submitted_at).label("shown_at")
    rows = session.execute(
        select(Inspection.id, Inspection.agent_id, shown_at)
        .where(
            Inspection.state == InspectionState.submitted,
            Inspection.score < 100,
            Inspection.agent_id.is_not(None),
            Inspection.waits_for_month.is_(False),
        )
        .order_by(shown_at)
    )
    ending = (WindowEnding(row.id, row.agent_id, clock.window_ends_at(row.shown_at)) for row in rows)
    return [one for one in ending if moment < one.ends_at <= moment + within]
