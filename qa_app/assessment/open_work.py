"""What is still open in a month: counts that a step asks for and a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.appeals.due import WAITING
from qa_app.conversations.metrics import month_bounds
from qa_app.models import (
    Appeal,
    Conversation,
    Draw,
    Inspection,
    InspectionState,
    PeriodRevision,
    Sample,
    SampleState,
    SamplingPlan,
    Sheet,
    ruled_critical,
)
from qa_app.people.organisation import working_calendar

__all__ = ["OpenWork", "count_open_work", "count_open_work_of", "count_undecided", "count_unreviewed"]


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
    """Count what is drawn for the month and not inspected, and the undecided appeals about its conversations.

    An appeal may be about imported history, which no draw knows: the month counts that inspection all the same.
    """
    return count_open_work_of(session, [month])[month]


def count_open_work_of(session: Session, months: Sequence[str]) -> dict[str, OpenWork]:
    """Count the same for several months, in two queries."""
    if not months:
        return {}
    drawn = session.execute(
        select(SamplingPlan.month, func.count(Sample.id))
        .join(Draw, Draw.plan_id == SamplingPlan.id)
        .join(Sample, Sample.draw_id == Draw.id)
        .where(SamplingPlan.month.in_(months), Sample.state.in_((SampleState.drawn, SampleState.assigned)))
        .group_by(SamplingPlan.month)
    )
    samples = dict(drawn.all())
    zone = working_calendar(session).zone
    bounds = [month_bounds(month, zone) for month in months]
    appeals = session.execute(
        select(
            *(
                func.count(Appeal.id).filter(Conversation.opened_at >= starts_at, Conversation.opened_at < ends_at)
                for starts_at, ends_at in bounds
            )
        )
        .select_from(Appeal)
        .join(Inspection, Inspection.id == Appeal.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(Appeal.state.in_(WAITING))
    ).one()
    return {month: OpenWork(samples.get(month, 0), count) for month, count in zip(months, appeals, strict=True)}


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
    return sum(1 for _, ruling in rows if ruled_critical(ruling) is None)


def count_unreviewed(session: Session, revision: PeriodRevision) -> tuple[int, int]:
    """Count the sheets that nobody has reviewed, and those that are held back."""
    of_revision = Sheet.revision_id == revision.id
    unreviewed = session.scalar(
        select(func.count()).where(of_revision, Sheet.reviewed_at.is_(None), Sheet.is_held_back.is_(False))
    )
    held_back = session.scalar(select(func.count()).where(of_revision, Sheet.is_held_back))
    return unreviewed or 0, held_back or 0
