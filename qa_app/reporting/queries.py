"""Lists of this room: months that can be exported, their people, jobs and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from qa_app.models import Agent, AssessmentPeriod, ExportFile, JobRun, PeriodRevision, Sheet, Team, User

__all__ = ["ExportLine", "find_revision", "list_export_jobs", "list_exports_query", "list_months", "list_people"]

KIND = "reporting.export"


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One file of the archive."""

    id: int
    name: str
    kind: str
    size: int
    month: str
    revision: int
    language: str
    created_at: Any
    actor: str


def list_months(session: Session) -> Sequence[Any]:
    """Months that have been computed, the newest first: month, state, sheets of the revision in force."""
    latest = select(func.max(PeriodRevision.id)).group_by(PeriodRevision.period_id)
    return session.execute(
        select(AssessmentPeriod.month, AssessmentPeriod.state, func.count(Sheet.id).label("sheets"))
        .join(PeriodRevision, PeriodRevision.period_id == AssessmentPeriod.id)
        .outerjoin(Sheet, Sheet.revision_id == PeriodRevision.id)
        .where(PeriodRevision.id.in_(latest))
        .group_by(AssessmentPeriod.month, AssessmentPeriod.state)
        .order_by(AssessmentPeriod.month.desc())
    ).all()


def find_revision(session: Session, month: str) -> PeriodRevision | None:
    """The revision in force of a month; none where it was not computed."""
    return session.scalar(
        select(PeriodRevision)
        .join(PeriodRevision.period)
        .where(AssessmentPeriod.month == month)
        .options(joinedload(PeriodRevision.period))
        .order_by(PeriodRevision.number.desc())
        .limit(1)
    )


def list_people(session: Session, revision: PeriodRevision) -> Sequence[Any]:
    """The people of a revision with their sheets' ids, by team and number."""
    return session.execute(
        select(Sheet.id, Sheet.state, Agent.employee_number, Agent.name, Team.name.label("team"), Team.name_zh)
        .join(Agent, Agent.id == Sheet.agent_id)
        .join(Team, Team.id == Agent.team_id)
        .where(Sheet.revision_id == revision.id)
        .order_by(Team.name, Agent.employee_number)
    ).all()


def list_export_jobs(session: Session, limit: int = 5) -> Sequence[JobRun]:
    """The latest exports, whoever started them."""
    query = select(JobRun).where(JobRun.kind == KIND).options(joinedload(JobRun.actor))
    return session.scalars(query.order_by(JobRun.id.desc()).limit(limit)).all()


def list_exports_query() -> Any:
    """All files of the archive, the newest first."""
    return (
        select(
            ExportFile.id, ExportFile.name, ExportFile.kind, ExportFile.size, ExportFile.data, ExportFile.created_at,
            User.name.label("actor"),
        )
        .outerjoin(User, User.id == ExportFile.actor_id)
        .order_by(ExportFile.id.desc())
    )  # fmt: skip


def export_line(row: Any) -> ExportLine:
    """One row of `list_exports_query` as the page shows it."""
    return ExportLine(
        row.id, row.name, row.kind, row.size, row.data.get("month", ""), row.data.get("revision", 0),
        row.data.get("language", ""), row.created_at, row.actor or "",
    )  # fmt: skip
