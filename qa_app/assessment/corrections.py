"""What was corrected after a month was computed: its figures, or its standing, do not know of it yet."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment.content import WINDOW_MONTHS
from qa_app.conversations.metrics import month_bounds
from qa_app.models import Conversation, Inspection, InspectionRevision, PeriodRevision

__all__ = ["Corrections", "corrections_since", "reason_for"]

_CAUSE = "appeal:"


@dataclass(frozen=True, slots=True)
class Corrections:
    """Inspections corrected since: of the month itself, of the months its standing looks back on; the appeals."""

    own: int
    earlier: int
    appeals: tuple[int, ...]


def corrections_since(session: Session, revision: PeriodRevision, month: str) -> Corrections:
    """Count what was corrected after a revision was computed; one inspection counts once."""
    start, _end = month_bounds(_first_month(month), ZoneInfo(revision.time_zone))
    rows = session.execute(
        select(InspectionRevision.inspection_id, InspectionRevision.cause, Conversation.opened_at)
        .join(Inspection, Inspection.id == InspectionRevision.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(
            InspectionRevision.stood_until > revision.computed_at,
            Conversation.opened_at >= start,
            Conversation.opened_at < revision.ends_at,
        )
    ).all()
    own = {row.inspection_id for row in rows if row.opened_at >= revision.starts_at}
    earlier = {row.inspection_id for row in rows} - own
    causes = {row.cause for row in rows if row.inspection_id in own}
    numbers = (int(cause.removeprefix(_CAUSE)) for cause in causes if cause.startswith(_CAUSE))
    return Corrections(len(own), len(earlier), tuple(sorted(numbers)))


def _first_month(month: str) -> str:
    """The first of the months the standing looks back on."""
    year, number = (int(part) for part in month.split("-"))
    ordinal = year * 12 + number - WINDOW_MONTHS
    return f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"


def reason_for(corrections: Corrections) -> str:
    """Propose the reason of the next revision: it names the appeals."""
    if corrections.appeals:
        return str(_("Appeals decided: %(numbers)s", numbers=", ".join(str(number) for number in corrections.appeals)))
    if corrections.own:
        return str(_("Inspections corrected"))
    return ""
