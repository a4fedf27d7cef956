"""How many are drawn of what: the plan's sizes for real populations, and what a precision costs in this centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median_low

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Inspection, InspectionState, SamplePurpose
from qa_app.sampling.design import Design, Sizing
from qa_app.sampling.errors import SizesTooSmall
from scoring.errors import AllocationError
from scoring.estimates.pooled import PooledSpread, pool_spread
from scoring.sampling.allocate import allocate_per_stratum, allocate_total

__all__ = ["CostRow", "Forecast", "compute_sizes", "forecast_plan", "read_spread"]

SPREAD_WINDOW = timedelta(days=183)
DEFAULT_MINUTES = 10.0
_SCORED = (InspectionState.submitted, InspectionState.appealed, InspectionState.decided, InspectionState.final)


@dataclass(frozen=True, slots=True)
class CostRow:
    """What a precision costs: half width in points, conversations per stratum and in all, hours of inspectors."""

    margin: float
    size: int
    total: int
    hours: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan would take from populations as they are, and what else it could cost.

    `spread` is the centre's own, or the planning value where `spread.degrees_of_freedom` is 0. `margin` is what the
    plan reaches in a stratum of typical size; none where a single conversation is taken.
    """

    populations: Mapping[str, int]
    sizes: Mapping[str, int]
    typical: int
    spread: PooledSpread
    minutes: float
    margin: float | None
    table: tuple[CostRow, ...]

    @property
    def total(self) -> int:
        """Conversations drawn in all."""
        return sum(self.sizes.values())

    @property
    def hours(self) -> float:
        """Hours of inspectors, second scorings not counted."""
        return self.total * self.minutes / 60


def compute_sizes(session: Session, design: Design, populations: Mapping[str, int]) -> dict[str, int]:
    """Compute the plan's size for every stratum; never more than it has."""
    if design.sizing is Sizing.each:
        return allocate_per_stratum(populations, design.size)
    if design.sizing is Sizing.precision:
        from scoring.sampling.planner import smallest_sample  # SciPy is reached late (docs/architecture.md)

        spread = read_spread(session).sd
        by_population = {n: smallest_sample(n, design.margin, spread) for n in set(populations.values())}
        return {stratum: by_population[population] for stratum, population in populations.items()}
    try:
        return allocate_total(populations, design.total, method=design.allocation, minimum=design.minimum)
    except AllocationError as error:
        raise SizesTooSmall(str(error)) from error


def forecast_plan(session: Session, design: Design, populations: Mapping[str, int]) -> Forecast:
    """Say what a plan would take and what other precisions would cost; `populations` must not be empty."""
    from scoring.sampling.planner import expected_margin, tabulate_plan  # SciPy is reached late

    spread, minutes = read_spread(session), read_minutes(session)
    typical = median_low(populations.values())
    sizes = compute_sizes(session, design, populations)
    rows = []
    for row in tabulate_plan(typical, spread.sd):
        total = sum(min(row.size, population) for population in populations.values())
        rows.append(CostRow(row.margin, row.size, total, total * minutes / 60))
    return Forecast(
        populations=populations,
        sizes=sizes,
        typical=typical,
        spread=spread,
        minutes=minutes,
        margin=expected_margin(typical, median_low(sizes.values()), spread.sd),
        table=tuple(rows),
    )


def read_spread(session: Session) -> PooledSpread:
    """Pool the spread of quality within agents and months over the last half year's random inspections."""
    query = select(Inspection.agent_id, Inspection.submitted_at, Inspection.quality).where(
        Inspection.is_random,
        Inspection.is_critical.is_(False),
        Inspection.quality.is_not(None),
        Inspection.state.in_(_SCORED),
        Inspection.submitted_at >= now() - SPREAD_WINDOW,
    )
    groups: defaultdict[tuple[int | None, str], list[float]] = defaultdict(list)
    for agent_id, submitted_at, quality in session.execute(query):
        if submitted_at is not None and quality is not None:
            groups[agent_id, f"{submitted_at:%Y-%m}"].append(quality)
    return pool_spread(groups.values())


def read_minutes(session: Session) -> float:
    """Average the minutes an inspection takes here; a planning value while there are none."""
    query = select(func.avg(Inspection.seconds_spent)).where(
        Inspection.state.in_(_SCORED),
        Inspection.seconds_spent > 0,
        Inspection.submitted_at >= now() - SPREAD_WINDOW,
        Inspection.purpose == SamplePurpose.work,
    )
    seconds = session.scalar(query)
    return float(seconds) / 60 if seconds else DEFAULT_MINUTES
