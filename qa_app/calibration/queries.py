"""What the figures about inspectors are read from: the newest computed month, and the scorings of half a year.

Every function is one query, whatever the number of inspectors and scorings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_app.calibration.period import HalfYear
from qa_app.models import (
    Agent,
    Answer,
    AssessmentPeriod,
    Conversation,
    Inspection,
    PeriodRevision,
    RubricVersion,
    Sample,
    User,
    counts_in_estimates,
)
from scoring.assessment.centre_record import CentreRecord

__all__ = [
    "ALL",
    "NOT_ALL",
    "ComputedMonth",
    "Scored",
    "count_scorings",
    "list_agents",
    "list_answers",
    "list_conversations",
    "list_definitions",
    "list_scorings",
    "name_inspectors",
    "newest_month",
]


ALL, NOT_ALL = "all", "not_all"


@dataclass(frozen=True, slots=True)
class ComputedMonth:
    """The newest month that was computed, and what its agents and inspectors share."""

    month: str
    revision: int
    computed_at: datetime
    centre: CentreRecord


@dataclass(frozen=True, slots=True)
class Scored:
    """One submitted inspection of a random sample; `ruling` is the lead's word on "critical", if there was one."""

    id: int
    conversation_id: int
    agent_id: int | None
    month: str | None
    inspector_id: int
    rubric_version_id: int
    quality: float
    is_critical: bool
    ruling: bool | None
    submitted_at: datetime


def newest_month(session: Session) -> ComputedMonth | None:
    """Return the last revision of the latest month that has one."""
    row = session.execute(
        select(AssessmentPeriod.month, PeriodRevision.number, PeriodRevision.computed_at, PeriodRevision.centre)
        .join(AssessmentPeriod, AssessmentPeriod.id == PeriodRevision.period_id)
        .order_by(AssessmentPeriod.month.desc(), PeriodRevision.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else ComputedMonth(*row)


def list_scorings(session: Session, span: HalfYear) -> list[Scored]:
    """Submitted inspections of random samples that were not replaced, in the order in which they were submitted."""
    query = (
        select(
            Inspection.id,
            Inspection.conversation_id,
            Inspection.agent_id,
            Conversation.opened_at,
            Inspection.inspector_id,
            Inspection.rubric_version_id,
            Inspection.quality,
            Inspection.is_critical,
            Sample.ruling,
            Inspection.submitted_at,
        )
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(*_counts(span))
        .order_by(Inspection.submitted_at, Inspection.id)
    )
    return [
        Scored(
            id=row.id,
            conversation_id=row.conversation_id,
            agent_id=row.agent_id,
            month=row.opened_at.astimezone(span.zone).strftime("%Y-%m") if row.opened_at else None,
            inspector_id=row.inspector_id,
            rubric_version_id=row.rubric_version_id,
            quality=row.quality,
            is_critical=row.is_critical,
            ruling=(row.ruling or {}).get("is_critical"),
            submitted_at=row.submitted_at,
        )
        for row in session.execute(query)
    ]


def count_scorings(session: Session, span: HalfYear) -> int:
    """How many scorings `list_scorings` would return."""
    query = select(func.count()).select_from(Inspection).outerjoin(Sample, Sample.id == Inspection.sample_id)
    return session.scalar(query.where(*_counts(span))) or 0


def list_answers(session: Session, span: HalfYear) -> dict[int, dict[str, str]]:
    """Answers of the conversations that two inspectors scored: by inspection and criterion, the level that was chosen.

    What is "not applicable" or did not count is left out; an answer without a level, such as a checklist, is `ALL` or
    `NOT_ALL`.
    """
    query = select(
        Answer.inspection_id, Answer.criterion, Answer.value["level"].as_string().label("level"), Answer.lost_points
    ).where(Answer.inspection_id.in_(_of_doubles(span, Inspection.id)), Answer.points.is_not(None))
    found: dict[int, dict[str, str]] = {}
    for inspection_id, criterion, level, lost_points in session.execute(query):
        found.setdefault(inspection_id, {})[criterion] = level or (NOT_ALL if lost_points else ALL)
    return found


def list_definitions(session: Session, span: HalfYear) -> list[tuple[int, int, dict[str, Any]]]:
    """Rubric versions the double-scored conversations were scored with: id, number, definition, the newest last."""
    query = (
        select(RubricVersion.id, RubricVersion.number, RubricVersion.definition)
        .where(RubricVersion.id.in_(_of_doubles(span, Inspection.rubric_version_id)))
        .order_by(RubricVersion.number, RubricVersion.id)
    )
    return [(row.id, row.number, row.definition) for row in session.execute(query)]


def name_inspectors(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names by id; the address where somebody has none."""
    rows = session.execute(select(User.id, User.name, User.email).where(User.id.in_(set(ids))))
    return {row.id: row.name or row.email for row in rows}


def list_agents(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Name and team of agents by id."""
    rows = session.execute(select(Agent.id, Agent.name, Agent.team_id).where(Agent.id.in_(set(ids))))
    return {row.id: (row.name, row.team_id) for row in rows}


def list_conversations(session: Session, ids: Iterable[int]) -> dict[int, Any]:
    """How conversations are named on a page: channel, number, agent, opening."""
    rows = session.execute(
        select(
            Conversation.id,
            Conversation.channel,
            Conversation.external_id,
            Conversation.opened_at,
            Agent.name.label("agent_name"),
        )
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .where(Conversation.id.in_(set(ids)))
    )
    return {row.id: row for row in rows}


def _counts(span: HalfYear) -> Sequence[Any]:
    """Only random samples say something about inspectors: targeted checks, drafts and replaced samples stay out."""
    return (Inspection.submitted_at >= span.starts_at, counts_in_estimates())


def _of_doubles(span: HalfYear, column: Any) -> Select[Any]:
    """That column of the inspections whose conversation somebody else scored as well."""
    twice = (
        select(Inspection.conversation_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(*_counts(span))
        .group_by(Inspection.conversation_id)
        .having(func.count(Inspection.inspector_id.distinct()) > 1)
    )
    return (
        select(column)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(*_counts(span), Inspection.conversation_id.in_(twice))
    )
