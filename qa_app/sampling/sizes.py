"""How many are drawn of what: the plan's sizes for real populations, and what a precision costs in this centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median_low

from sqlalchemy.orm import Session

from qa_app.conversations.planning import PlanningFacts, inspection_hours, read_planning
from qa_app.sampling.design import Design, Sizing
from qa_app.sampling.errors import SizesTooSmall
from scoring.errors import AllocationError
from scoring.sampling.allocate import allocate_per_stratum, allocate_total

__all__ = ["CostRow", "Forecast", "compute_sizes", "forecast_plan"]


@dataclass(frozen=True, slots=True)
class CostRow:
    """What a precision costs: half width in points, conversations per stratum and in all, hours of inspectors.

    `unassisted` is the size that it would take without learned scores.
    """

    margin: float
    size: int
    unassisted: int
    total: int
    hours: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan would take from populations as they are, and what else it could cost.

    `facts` are the centre's own. `margin` is what the plan reaches in a stratum of typical size; none where a single
    conversation is taken. `double_share` of the conversations is scored twice, which costs its hours.
    """

    populations: Mapping[str, int]
    sizes: Mapping[str, int]
    typical: int
    facts: PlanningFacts
    double_share: float
    margin: float | None
    table: tuple[CostRow, ...]

    @property
    def total(self) -> int:
        """Conversations drawn in all."""
        return sum(self.sizes.values())

    @property
    def hours(self) -> float:
        """Hours of inspectors, second scorings among them."""
        return inspection_hours(self.total, self.double_share, self.facts.minutes)


def compute_sizes(session: Session, design: Design, populations: Mapping[str, int]) -> dict[str, int]:
    """Compute the plan's size for every stratum; never more than it has."""
    if design.sizing is Sizing.each:
        return allocate_per_stratum(populations, design.size)
    if design.sizing is Sizing.precision:
        from scoring.sampling.planner import smallest_sample  # SciPy is reached late (docs/architecture.md)

        facts = read_planning(session)
        by_population = {
            n: smallest_sample(n, design.margin, facts.spread.sd, gain=facts.gain) for n in set(populations.values())
        }
        return {stratum: by_population[population] for stratum, population in populations.items()}
    try:
        return allocate_total(populations, design.total, method=design.allocation, minimum=design.minimum)
    except AllocationError as error:
        raise SizesTooSmall(str(error)) from error


def forecast_plan(session: Session, design: Design, populations: Mapping[str, int]) -> Forecast:
    """Say what a plan would take and what other precisions would cost; `populations` must not be empty."""
    from scoring.sampling.planner import expected_margin, tabulate_plan  # SciPy is reached late

    facts = read_planning(session)
    typical = median_low(populations.values())
    sizes = compute_sizes(session, design, populations)
    rows = []
    for row in tabulate_plan(typical, facts.spread.sd, gain=facts.gain):
        total = sum(min(row.size, population) for population in populations.values())
        hours = inspection_hours(total, design.double_share, facts.minutes)
        rows.append(CostRow(row.margin, row.size, row.unassisted, total, hours))
    return Forecast(
        populations=populations,
        sizes=sizes,
        typical=typical,
        facts=facts,
        double_share=design.double_share,
        margin=expected_margin(typical, median_low(sizes.values()), facts.spread.sd, gain=facts.gain),
        table=tuple(rows),
    )
