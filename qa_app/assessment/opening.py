"""Opening a month, which needs none of what computing it needs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import AssessmentPeriod, PeriodState

__all__ = ["open_period"]


def open_period(session: Session, month: str) -> AssessmentPeriod:
    """Return the month, opened if it was not."""
    period = session.scalar(select(AssessmentPeriod).where(AssessmentPeriod.month == month))
    if period is None:
        period = AssessmentPeriod(month=month, state=PeriodState.open)
        session.add(period)
        session.flush()
    return period
