"""For a dispute: the interval of a sheet's mean that assumes nothing about how scores are distributed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment.content import decode_content
from qa_app.models import Inspection, Sample, Sheet

__all__ = ["DisputeInterval", "find_dispute_interval"]


@dataclass(frozen=True, slots=True)
class DisputeInterval:
    """Mean of the inspected in points, between which bounds the mean of all lies, and how many were inspected."""

    mean: float
    lower: float
    upper: float
    n: int


def find_dispute_interval(session: Session, sheet: Sheet) -> DisputeInterval | None:
    """Bound the mean of all conversations from those inspected, in the order of the draw. One query.

    None where nothing was inspected, or where chances differed: then the plain mean says nothing about all.
    """
    from scoring.estimates.bounded import bounded_mean_interval  # NumPy is loaded with the first sheet

    inspected = decode_content(sheet.content).inspected
    ids = [int(one.inspections[0]) for one in inspected if one.inspections]
    if not ids:
        return None
    columns = select(Inspection.id, Sample.weight, Sample.rank).outerjoin(Sample, Sample.id == Inspection.sample_id)
    drawn = {row.id: row for row in session.execute(columns.where(Inspection.id.in_(ids)))}
    if any(row.weight not in (None, 1.0) for row in drawn.values()):
        return None
    # Imported inspections have no rank: their numbers tell an order that no score could change.
    ranks = {one: (drawn[one].rank or 0) if one in drawn else 0 for one in ids}
    ordered = sorted(inspected, key=lambda one: (ranks[int(one.inspections[0])], int(one.inspections[0])))
    scores = [one.score for one in ordered]
    interval = bounded_mean_interval(scores)
    return DisputeInterval(sum(scores) / len(scores), interval.lower, interval.upper, len(scores))
