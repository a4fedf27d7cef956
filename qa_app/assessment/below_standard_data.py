"""What the evidence below standard is made from: inspected conversations of equal draws, in the order of submission.

Each is counted once, when nobody has it to do any more: scored twice, with the second scoring. The inspector's severity
is that of the last month closed before the scoring was submitted; a value stays as counted unless an appeal changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from qa_app.models import (
    AssessmentPeriod,
    Assignment,
    AssignmentState,
    Conversation,
    Inspection,
    PeriodRevision,
    Sample,
    Sheet,
    ruled_critical,
)
from qa_app.people.organisation import working_calendar
from qa_app.sampling.equal_draws import counts_by_equal_draws
from scoring.assessment.below_standard import JudgedSample
from scoring.assessment.centre_record import CentreRecord
from scoring.assessment.evidence_values import largest_value
from scoring.assessment.policy_trial import PastMonth

__all__ = ["CountedSample", "months_of", "previous_month", "read_careers"]


@dataclass(frozen=True, slots=True)
class CountedSample:
    """One conversation as it counts: which, of what month, since when, and with what values."""

    conversation_id: int
    inspection_id: int
    name: str
    month: str
    counted_at: datetime
    judged: JudgedSample
    is_assisted: bool = False  # a learned score was fixed for it when it was drawn


@dataclass(frozen=True, slots=True)
class _ClosedMonth:
    """Leniency of the inspectors as one published revision has it."""

    published_at: datetime
    leniency: Mapping[str, float]
    upper: float


def read_careers(
    session: Session, *, since: datetime | None = None, agent_id: int | None = None
) -> dict[int, list[CountedSample]]:
    """Read the agents' conversations in the order in which they count; `since`: those that count from then on."""
    zone = working_calendar(session).zone
    closed, waiting = _closed_months(session), _waiting_samples(session)
    careers: dict[int, list[CountedSample]] = {}
    for _, group in groupby(session.execute(_query(session, since, agent_id)), key=lambda row: row.conversation_id):
        rows = list(group)
        counted = _count(rows, closed, zone) if not _is_undecided(rows, waiting) else None
        if counted is not None and (since is None or counted.counted_at >= since):
            careers.setdefault(rows[0].agent_id, []).append(counted)
    for career in careers.values():
        career.sort(key=lambda sample: (sample.counted_at, sample.inspection_id))
    return careers


def months_of(samples: Sequence[CountedSample], *, until: str, first: str = "") -> list[PastMonth]:
    """Cut conversations into months, from `first` (or the first that has any) to the last before `until`."""
    by_month: dict[str, list[CountedSample]] = {}
    for sample in samples:
        if sample.month < until and sample.month >= first:
            by_month.setdefault(sample.month, []).append(sample)
    month = first or min(by_month, default=until)
    months = []
    while month < until:
        months.append(PastMonth(month, tuple(sample.judged for sample in by_month.get(month, ()))))
        month = _following_month(month)
    return months


def previous_month(month: str, by: int = 1) -> str:
    """Return the month `by` months before one given as YYYY-MM."""
    place = int(month[:4]) * 12 + int(month[5:]) - 1 - by
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def _following_month(month: str) -> str:
    return previous_month(month, -1)


def _query(session: Session, since: datetime | None, agent_id: int | None) -> Select[Any]:
    """Submitted inspections of equal draws and of imported random history; replaced and targeted samples stay out."""
    query = (
        select(
            Inspection.id,
            Inspection.agent_id,
            Inspection.conversation_id,
            Inspection.inspector_id,
            Inspection.quality,
            Inspection.is_critical,
            Inspection.submitted_at,
            Inspection.sample_id,
            Sample.ruling,
            Sample.learned_shift,
            Sample.learned_room,
            Conversation.source,
            Conversation.external_id,
            Conversation.opened_at,
        )
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(counts_by_equal_draws(session))
        .order_by(Inspection.conversation_id, Inspection.submitted_at, Inspection.id)
    )
    if agent_id is not None:
        query = query.where(Inspection.agent_id == agent_id)
    if since is not None:
        # The first of two scorings may be older than the second, with which the conversation counts.
        recent = select(Inspection.conversation_id).where(Inspection.submitted_at >= since)
        query = query.where(Inspection.conversation_id.in_(recent))
    return query


def _waiting_samples(session: Session) -> set[int]:
    """Samples scored twice of which one scoring is still to be done."""
    query = (
        select(Assignment.sample_id)
        .join(Sample, Sample.id == Assignment.sample_id)
        .where(Assignment.state == AssignmentState.open, Sample.is_double)
    )
    return set(session.scalars(query))


def _is_undecided(rows: Sequence[Row[Any]], waiting: set[int]) -> bool:
    """Whether a second scoring is to come, or two inspectors disagree about "critical" without a word of the lead."""
    if any(row.sample_id in waiting for row in rows):
        return True
    return len({row.is_critical for row in rows}) > 1 and _ruling_of(rows) is None


def _ruling_of(rows: Sequence[Row[Any]]) -> bool | None:
    words = (ruled_critical(row.ruling) for row in rows)
    return next((word for word in words if word is not None), None)


def _count(rows: Sequence[Row[Any]], closed: Sequence[_ClosedMonth], zone: ZoneInfo) -> CountedSample:
    months = [_last_closed(closed, row.submitted_at) for row in rows]
    severities = [
        month.leniency.get(str(row.inspector_id), 0.0) if month else 0.0
        for row, month in zip(rows, months, strict=True)
    ]
    ruling, last = _ruling_of(rows), rows[-1]
    moment = last.opened_at or last.submitted_at
    return CountedSample(
        conversation_id=last.conversation_id,
        inspection_id=last.id,
        name=f"{last.source}:{last.external_id}",
        month=moment.astimezone(zone).strftime("%Y-%m"),
        counted_at=last.submitted_at,
        judged=JudgedSample(
            score=sum(row.quality for row in rows) / len(rows),
            is_critical=last.is_critical if ruling is None else ruling,
            severity=sum(severities) / len(rows),
            upper=max(month.upper if month else 1.0 for month in months),
            shift=last.learned_shift or 0.0,
            room=last.learned_room or 0.0,
        ),
        is_assisted=last.learned_shift is not None,
    )


def _closed_months(session: Session) -> list[_ClosedMonth]:
    """Revisions in the order in which they were published, each with its inspectors' leniency."""
    published = func.min(Sheet.published_at)
    rows = session.execute(select(Sheet.revision_id, published).group_by(Sheet.revision_id))
    moments = {revision_id: moment for revision_id, moment in rows if moment is not None}
    revisions = session.execute(
        select(PeriodRevision.id, AssessmentPeriod.month, PeriodRevision.number, PeriodRevision.centre)
        .join(AssessmentPeriod, AssessmentPeriod.id == PeriodRevision.period_id)
        .where(PeriodRevision.id.in_(moments))
        .order_by(AssessmentPeriod.month, PeriodRevision.number)
    )
    return [_read_closed(moments[revision_id], centre) for revision_id, _month, _number, centre in revisions]


def _read_closed(published_at: datetime, centre: CentreRecord) -> _ClosedMonth:
    # A month whose severity could not be told corrects nothing.
    leniency = centre.severity.leniency if centre.severity else {}
    return _ClosedMonth(published_at, leniency, largest_value(list(leniency.values())))


def _last_closed(closed: Sequence[_ClosedMonth], moment: datetime) -> _ClosedMonth | None:
    """The latest month (and revision of it) that had been published by then."""
    known: Iterator[_ClosedMonth] = (month for month in reversed(closed) if month.published_at <= moment)
    return next(known, None)
