"""What is still open in a month: counts that a step asks for and a page shows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from qa_app.models import (
    Draw,
    Inspection,
    InspectionState,
    PeriodRevision,
    Sample,
    SampleState,
    SamplingPlan,
    Sheet,
)

__all__ = ["OpenWork", "count_open_work", "count_undecided", "count_unreviewed"]


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Samples nobody has inspected yet, and appeals nobody has decided."""

    samples: int
    appeals: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.samples + self.appeals


def count_open_work(session: Session, month: str) -> OpenWork:
    """Count what is drawn for the month and not finished."""
    of_month = and_(SamplingPlan.month == month, Draw.handed_out_at.is_not(None))
    samples = session.scalar(
        select(func.count(Sample.id))
        .join(Draw, Draw.id == Sample.draw_id)
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(of_month, Sample.state.in_((SampleState.drawn, SampleState.assigned)))
    )
    appeals = session.scalar(
        select(func.count(Inspection.id))
        .join(Sample, Sample.id == Inspection.sample_id)
        .join(Draw, Draw.id == Sample.draw_id)
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(of_month, Inspection.state == InspectionState.appealed)
    )
    return OpenWork(samples or 0, appeals or 0)


def count_undecided(session: Session, month: str) -> int:
    """Count conversations scored twice whose inspectors disagree about "critical" without a word of the lead."""
    rows = session.execute(
        select(Sample.id, Sample.ruling)
        .join(Inspection, Inspection.sample_id == Sample.id)
        .join(Draw, Draw.id == Sample.draw_id)
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(
            SamplingPlan.month == month,
            Sample.state != SampleState.replaced,
            Inspection.state != InspectionState.draft,
        )
        .group_by(Sample.id)
        .having(func.count(Inspection.is_critical.distinct()) > 1)
    )
    return sum(1 for _, ruling in rows if (ruling or {}).get("is_critical") is None)


def count_unreviewed(session: Session, revision: PeriodRevision) -> tuple[int, int]:
    """Count the sheets that nobody has reviewed, and those that are held back."""
    of_revision = Sheet.revision_id == revision.id
    unreviewed = session.scalar(
        select(func.count()).where(of_revision, Sheet.reviewed_at.is_(None), Sheet.is_held_back.is_(False))
    )
    held_back = session.scalar(select(func.count()).where(of_revision, Sheet.is_held_back))
    return unreviewed or 0, held_back or 0
