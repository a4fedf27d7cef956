"""The forms beside a running calibration session, for the QA lead."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qa_app.calibration import changing, session_queries
from qa_app.calibration.session_forms import CancelForm, MemberForm, ProlongForm
from qa_app.models import CalibrationSession

__all__ = ["ChangeForms", "make_change_forms"]


@dataclass(frozen=True, slots=True)
class ChangeForms:
    """What may be typed about a running session; `add` is none where every inspector is in it."""

    cancel: CancelForm
    prolong: ProlongForm
    add: MemberForm | None


def make_change_forms(session: Session, calibration: CalibrationSession, zone: ZoneInfo) -> ChangeForms:
    """Prepare the forms of a running session."""
    people = changing.list_addable(session, calibration, session_queries.list_inspectors(session))
    due_on = calibration.due_at.astimezone(zone).date()
    return ChangeForms(
        cancel=CancelForm(formdata=None),
        prolong=ProlongForm(formdata=None, data={"due_on": due_on}),
        add=MemberForm(people, formdata=None) if people else None,
    )
