"""What is known about the inspectors of the last half year, read once for a page or for the lead's home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qa_app.calibration import queries
from qa_app.calibration.doubles import Questions, read_questions
from qa_app.calibration.drift import Drift, find_drift
from qa_app.calibration.period import HalfYear, half_year_until
from qa_app.calibration.queries import ComputedMonth, Scored
from qa_app.calibration.severity import SeverityReading, read_severity

__all__ = ["InspectorFacts", "read_answers", "read_inspectors"]


@dataclass(frozen=True, slots=True)
class InspectorFacts:
    """Severity of the newest month, scorings of the half year, and what they say about drift."""

    span: HalfYear
    month: ComputedMonth | None
    reading: SeverityReading
    scorings: tuple[Scored, ...]
    drift: Mapping[str, Drift]


def read_inspectors(
    session: Session, moment: datetime, zone: ZoneInfo, *, at_most: int | None = None
) -> InspectorFacts:
    """Read what is known at `moment`: two queries.

    With `at_most` one more tells first whether there are more scorings; then the severity alone is read.
    """
    span, month = half_year_until(moment, zone), queries.newest_month(session)
    reading = read_severity(month.centre if month else None)
    if at_most is not None and queries.count_scorings(session, span) > at_most:
        return InspectorFacts(span, month, reading, (), {})
    scorings = tuple(queries.list_scorings(session, span))
    sd = month.centre.within_sd if month else None
    return InspectorFacts(span, month, reading, scorings, find_drift(scorings, reading, sd, zone))


def read_answers(session: Session, span: HalfYear) -> tuple[Questions, dict[int, dict[str, str]]]:
    """Read questions and answers of what was scored twice: two queries."""
    return read_questions(queries.list_definitions(session, span)), queries.list_answers(session, span)
