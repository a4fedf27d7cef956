"""Which inspections count in estimates, and what one conversation is that was scored more than once.

Month, standard, trends, calibration, coaching and screening say the same about the same conversations because all of
them ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from qa_app.models.inspection import Inspection, InspectionState
from qa_app.models.sampling import Sample, SampleState

__all__ = ["counts_in_estimates", "ruled_critical", "settle_critical"]


def counts_in_estimates() -> ColumnElement[bool]:
    """Submitted, scored, of a random sample or of imported random history; `Sample` has to be joined from outside.

    Targeted checks, drafts and replaced samples stay out.
    """
    return and_(
        Inspection.is_random,
        Inspection.state != InspectionState.draft,
        Inspection.quality.is_not(None),
        or_(Inspection.sample_id.is_(None), and_(Sample.state != SampleState.replaced, Sample.draw_id.is_not(None))),
    )


def ruled_critical(ruling: Mapping[str, Any] | None) -> bool | None:
    """Return the lead's word on "critical" in the ruling about a sample; none where nothing was said of it."""
    word = (ruling or {}).get("is_critical")
    return None if word is None else bool(word)


def settle_critical(verdicts: Iterable[bool], rulings: Iterable[bool | None]) -> bool:
    """Tell whether a conversation is critical: as its inspectors agree, else as the lead ruled first.

    Until there is a ruling it does not count as critical.
    """
    given = set(verdicts)
    if len(given) == 1:
        return given.pop()
    return next((ruling for ruling in rulings if ruling is not None), False)
