"""What predictions and effects are made from: inspected conversations of equal draws, and whether one criterion held.

They count as they do for the standard: submitted, drawn with equal chances or random history, not replaced; one scored
twice is one, with the mean. The inspectors' leniency is taken off as the latest computed month has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from qa_app.models import (
    Answer,
    AssessmentPeriod,
    Conversation,
    Inspection,
    PeriodRevision,
    RubricVersion,
    Sample,
    ruled_critical,
    settle_critical,
)
from qa_app.people.organisation import working_calendar
from qa_app.sampling.equal_draws import counts_by_equal_draws
from scoring.rubric.definition import Criterion, Rubric

__all__ = ["InspectedOnce", "Stretch", "month_number", "read_failures", "read_inspected", "split_criterion"]

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """Conversations opened from one moment up to another, inspected before a third; none = up to now.

    `agent_id` keeps to one agent. Scorings of `without` stay out: who coaches does not measure.
    """

    opened_from: datetime
    opened_to: datetime | None = None
    submitted_to: datetime | None = None
    agent_id: int | None = None
    without: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class InspectedOnce:
    """One inspected conversation: whose, of what month, its quality, and by which inspection its answers are read."""

    conversation_id: int
    inspection_id: int
    version_id: int
    agent: str
    month: int
    submitted_at: datetime
    quality: float
    is_critical: bool


def month_number(moment: datetime, zone: ZoneInfo) -> int:
    """Number the months so that one later is one more."""
    local = moment.astimezone(zone)
    return local.year * 12 + local.month - 1


def split_criterion(key: str) -> tuple[str, str]:
    """Rubric code and criterion of a key as sheets write it."""
    rubric, _dot, criterion = key.partition(".")
    return rubric, criterion


def read_inspected(session: Session, stretch: Stretch) -> list[InspectedOnce]:
    """Read the inspected conversations of a stretch in the order in which they were submitted."""
    zone, leniency = working_calendar(session).zone, _leniency(session)
    rows = session.execute(_query(session, stretch))
    found = [_count(list(group), leniency, zone) for _, group in groupby(rows, key=lambda row: row.conversation_id)]
    return sorted(found, key=lambda one: (one.submitted_at, one.inspection_id))


def read_failures(session: Session, inspected: Sequence[InspectedOnce], key: str) -> dict[int, bool]:
    """Tell of each inspection in which a criterion counted whether it was failed."""
    rubric, code = split_criterion(key)
    criteria = dict(_criteria(session, {one.version_id for one in inspected}, rubric, code))
    asked = [one for one in inspected if one.version_id in criteria]
    versions = {one.inspection_id: one.version_id for one in asked}
    failed: dict[int, bool] = {}
    for some in _batches([one.inspection_id for one in asked]):
        query = select(Answer.inspection_id, Answer.value, Answer.lost_points).where(
            Answer.inspection_id.in_(some), Answer.criterion == code, Answer.points.is_not(None)
        )
        for row in session.execute(query):
            failed[row.inspection_id] = _is_failed(criteria[versions[row.inspection_id]], row)
    return failed


def _is_failed(criterion: Criterion, row: Row[Any]) -> bool:
    """Whether points were lost; a critical criterion may weigh nothing and is failed at its worst level."""
    if row.lost_points:
        return True
    level = criterion.level(row.value.get("level", ""))
    return bool(criterion.is_critical_kind and level is not None and (level.fatal or level.value == 0))


def _criteria(session: Session, versions: set[int], rubric: str, code: str) -> Iterator[tuple[int, Criterion]]:
    rows = session.execute(select(RubricVersion.id, RubricVersion.definition).where(RubricVersion.id.in_(versions)))
    for version_id, plain in rows:
        definition = msgspec.convert(plain, Rubric)
        found = definition.criterion(code) if definition.code == rubric else None
        if found is not None:
            yield version_id, found


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _query(session: Session, stretch: Stretch) -> Select[Any]:
    query = (
        select(
            Inspection.id,
            Inspection.agent_id,
            Inspection.conversation_id,
            Inspection.inspector_id,
            Inspection.rubric_version_id,
            Inspection.quality,
            Inspection.is_critical,
            Inspection.submitted_at,
            Sample.ruling,
            Conversation.opened_at,
        )
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(
            Conversation.opened_at >= stretch.opened_from,
            counts_by_equal_draws(session),
            Inspection.inspector_id.not_in(sorted(stretch.without)),
        )
        .order_by(Inspection.conversation_id, Inspection.submitted_at, Inspection.id)
    )
    if stretch.opened_to is not None:
        query = query.where(Conversation.opened_at < stretch.opened_to)
    if stretch.submitted_to is not None:
        query = query.where(Inspection.submitted_at < stretch.submitted_to)
    return query if stretch.agent_id is None else query.where(Inspection.agent_id == stretch.agent_id)


def _leniency(session: Session) -> Mapping[str, float]:
    """Points that inspectors give beyond the others, by their ids; nobody's where it could not be told."""
    revision = session.scalars(
        select(PeriodRevision)
        .join(AssessmentPeriod, AssessmentPeriod.id == PeriodRevision.period_id)
        .order_by(AssessmentPeriod.month.desc(), PeriodRevision.number.desc())
        .limit(1)
    ).first()
    severity = revision.centre.severity if revision is not None else None
    return severity.leniency if severity is not None else {}


def _count(rows: Sequence[Row[Any]], leniency: Mapping[str, float], zone: ZoneInfo) -> InspectedOnce:
    first, last = rows[0], rows[-1]
    quality = sum(row.quality - leniency.get(str(row.inspector_id), 0.0) for row in rows) / len(rows)
    return InspectedOnce(
        conversation_id=first.conversation_id,
        inspection_id=first.id,
        version_id=first.rubric_version_id,
        agent=str(first.agent_id),
        month=month_number(first.opened_at, zone),
        submitted_at=last.submitted_at,
        # What is taken off must not lead out of the scale.
        quality=min(max(quality, 0.0), 100.0),
        is_critical=settle_critical((row.is_critical for row in rows), (ruled_critical(row.ruling) for row in rows)),
    )
