"""The inspected conversations of a sheet with their inspectors' severity taken off, as the sheet's month found it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment.content import decode_content
from qa_app.inspections.severity import CorrectedScore, correct_score
from qa_app.models import Inspection, Sheet

__all__ = ["list_corrected"]


def list_corrected(session: Session, sheet: Sheet) -> dict[str, CorrectedScore]:
    """Correct the conversations of a sheet; empty where its month takes nothing off. One query.

    A critical conversation counts 0 whoever scored it, so it is not corrected.
    """
    centre = sheet.revision.centre
    if centre.severity is None or not centre.severity.is_applied:
        return {}
    inspected = [one for one in decode_content(sheet.content).inspected if not one.critical_classes]
    ids = [int(inspection) for one in inspected for inspection in one.inspections]
    found = select(Inspection.id, Inspection.inspector_id).where(Inspection.id.in_(ids))
    scored_by = dict(session.execute(found).all()) if ids else {}
    corrected = {}
    for one in inspected:
        inspectors = [scored_by[int(inspection)] for inspection in one.inspections if int(inspection) in scored_by]
        score = correct_score(centre, one.quality, inspectors)
        if score is not None and len(inspectors) == len(one.inspections):
            corrected[one.conversation] = score
    return corrected
