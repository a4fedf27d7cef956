"""The score with the inspector's severity taken off, beside the raw one, where a computed month takes it off.

What stands in a sheet was fixed with its month, so the leniency is always that of the month's revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Inspection, InspectionState, PeriodRevision, Sheet
from qa_app.web.filters import format_number
from scoring.assessment.centre_record import CentreRecord

__all__ = ["CorrectedScore", "correct_score", "corrected_inspection"]


@dataclass(frozen=True, slots=True)
class CorrectedScore:
    """The score without severity, and how it comes about with this case's numbers."""

    value: float
    formula: str


def correct_score(centre: CentreRecord, quality: float, inspectors: Sequence[int]) -> CorrectedScore | None:
    """Take the mean leniency of those who scored it off a conversation's quality; none where the month takes none off.

    An inspector who cannot be compared with the others has nothing taken off.
    """
    leniency = centre.severity.leniency if centre.severity else {}
    if not leniency or not inspectors:
        return None
    points = [leniency.get(str(inspector), 0.0) for inspector in inspectors]
    value = quality - sum(points) / len(points)
    taken = " + ".join(_signed(one) for one in points)
    taken = taken if len(points) == 1 else f"({taken}) / {len(points)}"
    return CorrectedScore(value, f"{format_number(quality, 1)} − {taken} = {format_number(value, 1)}")


def corrected_inspection(session: Session, inspection: Inspection) -> CorrectedScore | None:
    """Correct one inspection by the newest published revision of its conversation's month."""
    moment = inspection.conversation.opened_at
    if inspection.state == InspectionState.draft or inspection.quality is None or inspection.is_critical or not moment:
        return None
    revision = session.scalar(
        select(PeriodRevision)
        .where(
            PeriodRevision.starts_at <= moment,
            PeriodRevision.ends_at > moment,
            PeriodRevision.id.in_(select(Sheet.revision_id).where(Sheet.published_at.is_not(None))),
        )
        .order_by(PeriodRevision.number.desc())
        .limit(1)
    )
    return correct_score(revision.centre, inspection.quality, [inspection.inspector_id]) if revision else None


def _signed(points: float) -> str:
    """Write leniency with its sign in brackets where it is negative, so that two signs never meet."""
    written = format_number(abs(points), 1)
    return f"(−{written})" if points < 0 and written != format_number(0.0, 1) else written
