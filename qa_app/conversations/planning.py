"""What planning starts from: how one agent's scores vary here, what learned scores save, how long an inspection takes.

For the plan page and the simulation alike, so that the same centre gets the same answer from both.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    AssessmentPeriod,
    Inspection,
    InspectionState,
    PeriodRevision,
    Sample,
    SamplePurpose,
    counts_in_estimates,
)
from scoring.estimates.pooled import PooledSpread, pool_spread

__all__ = ["PlanningFacts", "inspection_hours", "newest_revision", "read_planning"]

SPREAD_WINDOW = timedelta(days=183)
PLANNING_MINUTES = 10.0  # of an inspection, until ten were timed
_FEWEST_TIMED = 10
_SCORED = (InspectionState.submitted, InspectionState.appealed, InspectionState.decided, InspectionState.final)


@dataclass(frozen=True, slots=True)
class PlanningFacts:
    """The centre's own figures, or what stands in for them.

    `spread` is σ₀, that of one agent's scores, from the newest computed month (`month`), with severity taken out where
    that month could (`is_severity_out`). Before a month tells it (`month` is empty), it is that of the last half year's
    scores as given, or the planning value where `spread.degrees_of_freedom` is 0. `gain` is what one inspection counts
    for with learned scores, 1 where they are not used. `minutes` is what an inspection takes.
    """

    month: str
    spread: PooledSpread
    is_severity_out: bool
    gain: float
    minutes: float


def read_planning(session: Session) -> PlanningFacts:
    """Read what the newest computed month knows, and time the last half year's inspections."""
    minutes = _read_minutes(session)
    found = newest_revision(session)
    record = found[1].centre if found else None
    if found is None or record is None or record.within_sd is None or not record.degrees_of_freedom:
        return PlanningFacts("", _pool_given_scores(session), False, 1.0, minutes)
    learned = record.learned
    gain = learned.gain if learned is not None and learned.is_used else None
    spread = PooledSpread(record.within_sd**2, round(record.degrees_of_freedom))
    return PlanningFacts(
        found[0], spread, record.severity is not None and record.severity.is_applied, max(1.0, gain or 1.0), minutes
    )


def inspection_hours(conversations: float, double_share: float, minutes: float) -> float:
    """Count the hours of inspectors: a share of the conversations is scored twice."""
    return conversations * (1 + double_share) * minutes / 60


def newest_revision(session: Session) -> tuple[str, PeriodRevision] | None:
    """Find the newest computed month and its latest revision."""
    found = session.execute(
        select(AssessmentPeriod.month, PeriodRevision)
        .join(PeriodRevision.period)
        .order_by(AssessmentPeriod.month.desc(), PeriodRevision.number.desc())
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else None


def _pool_given_scores(session: Session) -> PooledSpread:
    """Pool the spread of quality within agents and months over the last half year's random inspections."""
    query = (
        select(Inspection.agent_id, Inspection.submitted_at, Inspection.quality)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(counts_in_estimates(), Inspection.is_critical.is_(False))
        .where(Inspection.submitted_at >= now() - SPREAD_WINDOW)
    )
    groups: defaultdict[tuple[int | None, str], list[float]] = defaultdict(list)
    for agent_id, submitted_at, quality in session.execute(query):
        if submitted_at is not None and quality is not None:
            groups[agent_id, f"{submitted_at:%Y-%m}"].append(quality)
    return pool_spread(groups.values())


def _read_minutes(session: Session) -> float:
    """Average the minutes an inspection takes here; a planning value until ten were timed."""
    seconds, timed = session.execute(
        select(func.avg(Inspection.seconds_spent), func.count()).where(
            Inspection.state.in_(_SCORED),
            Inspection.seconds_spent > 0,
            Inspection.submitted_at >= now() - SPREAD_WINDOW,
            Inspection.purpose == SamplePurpose.work,
        )
    ).one()
    return float(seconds) / 60 if timed >= _FEWEST_TIMED else PLANNING_MINUTES
