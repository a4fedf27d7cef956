"""Lists of this room: months, the sheets of a month, what waits, the trail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from qa_app.models import (
    Agent,
    AssessmentPeriod,
    AssessmentPolicy,
    AuditEvent,
    Conversation,
    PeriodRevision,
    PeriodState,
    PolicyVersion,
    SamplingPlan,
    Sheet,
    Team,
    User,
)
from scoring.values import Label

__all__ = [
    "MonthRow",
    "find_by_code",
    "latest_sheets_query",
    "list_months",
    "list_policies",
    "list_trail",
    "months_made_with",
    "read_code",
    "reviewer_name",
    "sheets_query",
    "tier_counts",
    "tier_place",
]

_TRAIL_LENGTH = 12


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the list; `agents` are its sheets, or those with conversations while it is open."""

    month: str
    state: str
    agents: int
    conversations: int
    revision: int | None
    computed_at: datetime | None
    published_at: datetime | None


def list_months(session: Session) -> list[MonthRow]:
    """Months that were opened, planned or hold conversations, the newest first; three queries whatever their number."""
    work = _work_by_month(session)
    rows: dict[str, MonthRow] = {
        month: MonthRow(month, PeriodState.open, agents, conversations, None, None, None)
        for month, (agents, conversations) in work.items()
    }
    for month in session.scalars(select(SamplingPlan.month).distinct()):
        rows.setdefault(month, MonthRow(month, PeriodState.open, 0, 0, None, None, None))
    for row in session.execute(_periods()):
        agents, conversations = work.get(row.month, (0, 0))
        rows[row.month] = MonthRow(
            row.month,
            row.state,
            row.sheets if row.number is not None else agents,
            conversations,
            row.number,
            row.computed_at,
            row.published_at,
        )
    return [rows[month] for month in sorted(rows, reverse=True)]


def sheets_query(revision_id: int, *, wanted: str = "all") -> Any:
    """Sheets of a revision by expected rank, those that are not ranked last; `wanted` is one of the filters."""
    conditions: dict[str, Any] = {
        "waiting": and_(Sheet.reviewed_at.is_(None)),
        "held_back": Sheet.is_held_back,
        "few": Sheet.expected_rank.is_(None),
    }
    query = _sheet_columns().where(Sheet.revision_id == revision_id, conditions.get(wanted, true()))
    unranked_last = case((Sheet.expected_rank.is_(None), 1), else_=0)
    return query.order_by(unranked_last, Sheet.expected_rank, Agent.employee_number)


def latest_sheets_query(visible: ColumnElement[bool]) -> Any:
    """Sheets of the latest month that was computed, as far as a person may see them, by name."""
    latest = (
        select(PeriodRevision.id)
        .join(AssessmentPeriod, AssessmentPeriod.id == PeriodRevision.period_id)
        .order_by(AssessmentPeriod.month.desc(), PeriodRevision.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _sheet_columns().where(Sheet.revision_id == latest, visible).order_by(Agent.name, Agent.employee_number)


def tier_counts(session: Session, revision_id: int) -> dict[str, int]:
    """How many sheets have each tier or lie between two (``between``), and why the others have none.

    ``unmeasured``: too little for an overall score; ``not_comparable``; ``few``: too few inspections.
    """
    place = tier_place()
    rows = session.execute(select(place, func.count()).where(Sheet.revision_id == revision_id).group_by(place))
    return dict(rows.all())


def tier_place() -> ColumnElement[str]:
    """Where a sheet stands among the tiers, as `tier_counts` names it."""
    return case(
        (Sheet.tier.is_not(None), Sheet.tier),
        (Sheet.expected_rank.is_not(None), "between"),
        (Sheet.composite.is_(None), "unmeasured"),
        (Sheet.label == Label.not_comparable, "not_comparable"),
        else_="few",
    )


def list_trail(session: Session, period: AssessmentPeriod) -> Sequence[AuditEvent]:
    """What was done to the month and its sheets, the latest first."""
    of_period = and_(AuditEvent.thing_type == "AssessmentPeriod", AuditEvent.thing_id == str(period.id))
    revisions = [str(revision.id) for revision in period.revisions]
    of_revision = and_(AuditEvent.thing_type == "PeriodRevision", AuditEvent.thing_id.in_(revisions))
    of_sheet = and_(AuditEvent.thing_type == "Sheet", AuditEvent.thing_name == period.month)
    query = select(AuditEvent).where(or_(of_period, of_revision, of_sheet)).order_by(AuditEvent.id.desc())
    return session.scalars(query.limit(_TRAIL_LENGTH)).all()


def read_code(typed: str) -> str:
    """Read a verification code as people type it: small letters, the groups it is printed in, digits it never has."""
    return re.sub(r"[\s-]+", "", typed).upper().translate(str.maketrans("018", "OIB"))


def find_by_code(session: Session, code: str) -> Any:
    """Find what a verification code stands for: revision number, its date, the sheet's state; None where unknown."""
    return session.execute(
        select(PeriodRevision.number, PeriodRevision.computed_at, Sheet.state)
        .join(PeriodRevision, PeriodRevision.id == Sheet.revision_id)
        .where(Sheet.verification_code == code)
        .limit(1)
    ).one_or_none()


def list_policies(session: Session) -> Sequence[AssessmentPolicy]:
    """Policies by name; each brings its versions."""
    return session.scalars(select(AssessmentPolicy).order_by(AssessmentPolicy.name)).all()


def months_made_with(session: Session, version: PolicyVersion) -> Sequence[str]:
    """Months whose latest revisions were computed with this version."""
    return session.scalars(
        select(AssessmentPeriod.month)
        .join(PeriodRevision, PeriodRevision.period_id == AssessmentPeriod.id)
        .where(PeriodRevision.policy_version_id == version.id)
        .distinct()
        .order_by(AssessmentPeriod.month.desc())
    ).all()


def reviewer_name(session: Session, user_id: int | None) -> str:
    """Who reviewed a sheet; empty where nobody did, or a command."""
    user = session.get(User, user_id) if user_id else None
    return user.display_name if user else ""


def _work_by_month(session: Session) -> dict[str, tuple[int, int]]:
    """Agents and conversations by calendar month in UTC; good enough to say which months there is work in."""
    opened = Conversation.opened_at
    if session.get_bind().dialect.name == "sqlite":
        month: Any = func.strftime("%Y-%m", opened)
    else:
        month = func.to_char(func.timezone("UTC", opened), "YYYY-MM")
    rows = session.execute(
        select(month, func.count(Conversation.agent_id.distinct()), func.count())
        .where(opened.is_not(None))
        .group_by(month)
    )
    return {name: (agents, conversations) for name, agents, conversations in rows}


def _periods() -> Any:
    """Every opened month with its latest revision."""
    latest = (
        select(PeriodRevision.period_id, func.max(PeriodRevision.number).label("number"))
        .group_by(PeriodRevision.period_id)
        .subquery()
    )
    revision = PeriodRevision
    return (
        select(
            AssessmentPeriod.month,
            AssessmentPeriod.state,
            AssessmentPeriod.published_at,
            revision.number,
            revision.computed_at,
            select(func.count()).where(Sheet.revision_id == revision.id).scalar_subquery().label("sheets"),
        )
        .outerjoin(latest, latest.c.period_id == AssessmentPeriod.id)
        .outerjoin(revision, and_(revision.period_id == AssessmentPeriod.id, revision.number == latest.c.number))
    )


def _sheet_columns() -> Any:
    return (
        select(
            Sheet.id,
            Sheet.revision_id,
            AssessmentPeriod.month,
            Agent.employee_number,
            Agent.name,
            Team.name.label("team"),
            Team.name_zh,
            Sheet.state,
            Sheet.composite,
            Sheet.composite_lower,
            Sheet.composite_upper,
            Sheet.label,
            Sheet.tier,
            Sheet.tier_probabilities,
            Sheet.expected_rank,
            Sheet.inspection_count,
            Sheet.is_held_back,
            Sheet.review_note,
            Sheet.reviewed_at.is_not(None).label("is_reviewed"),
            Sheet.content,
        )
        .join(Agent, Agent.id == Sheet.agent_id)
        .join(Team, Team.id == Agent.team_id)
        .join(PeriodRevision, PeriodRevision.id == Sheet.revision_id)
        .join(AssessmentPeriod, AssessmentPeriod.id == PeriodRevision.period_id)
    )
