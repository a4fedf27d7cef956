"""The planner: how many conversations must be inspected to know what.

For the sampling plan's honest table. It uses one pooled spread for all agents, because last month's own spread of one
agent is mostly noise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t

from scoring.errors import AllocationError

DEFAULT_MARGINS = (10.0, 8.0, 6.0, 5.0, 4.0, 3.0)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the honest table.

    Parameters
    ----------
    margin : float
        Half width of the 95 % interval that is reached, in points.
    size : int
        Conversations to be inspected per agent, or per whatever the population is.
    unassisted : int
        As many as it would take without learned scores.
    """

    margin: float
    size: int
    unassisted: int


def smallest_sample(population: int, margin: float, spread: float, *, gain: float = 1.0, level: float = 0.95) -> int:
    """Smallest sample whose mean is known to within ± a margin.

    The smallest n ≥ 2 with t(gn−1)·S·√((1−n/N)/(gn)) ≤ e: `expected_margin` says the same of it. Dividing the n of
    g = 1 by the gain promises too much in a small population, where fewer inspections also leave more unseen.

    Parameters
    ----------
    population : int
        Conversations N in the period, 1 or more.
    margin : float
        Half width e wanted, in points, above 0.
    spread : float
        Standard deviation S of scores within an agent, in points, above 0.
    gain : float, default=1.0
        How many inspections one inspection is worth with auto-scores, 1 or more.
    level : float, default=0.95
        Coverage wanted, between 0 and 1.

    Returns
    -------
    int
        Between 2 and N; N itself (everything inspected) leaves no sampling error. 1 where N = 1.

    Raises
    ------
    AllocationError
        If a number is out of its range.

    Examples
    --------
    >>> [smallest_sample(400, margin, 12.0) for margin in (8.0, 5.0, 3.0)]
    [11, 24, 56]
    """
    if population < 1 or not margin > 0 or not spread > 0 or not gain >= 1:
        raise AllocationError(
            f"Population {population}, margin {margin}, spread {spread}, gain {gain}: population and gain are at "
            "least 1, margin and spread above 0"
        )
    sizes = np.arange(2, population + 1)
    worth = sizes * gain
    half_widths = t.ppf((1 + level) / 2, worth - 1) * spread * np.sqrt((1 - sizes / population) / worth)
    enough = sizes[half_widths <= margin]
    return int(enough[0]) if enough.size else population


def expected_margin(
    population: int, size: int, spread: float, *, gain: float = 1.0, level: float = 0.95
) -> float | None:
    """Half width of the interval that a sample will give.

    t(gn−1)·S·√((1−n/N)/(gn)) for n of N conversations and a gain g of auto-scores.

    Parameters
    ----------
    population : int
        Conversations N in the period.
    size : int
        Conversations to be inspected.
    spread : float
        Standard deviation of scores within an agent, in points.
    gain : float, default=1.0
        How many inspections one inspection is worth with auto-scores, 1 or more.
    level : float, default=0.95
        Coverage wanted, between 0 and 1.

    Returns
    -------
    float or None
        In points; 0.0 when everything is inspected, ``None`` below two samples, which tell nothing about spread.
    """
    if size >= population:
        return 0.0
    if size < 2:
        return None
    worth = size * gain
    return float(t.ppf((1 + level) / 2, worth - 1) * spread * sqrt((1 - size / population) / worth))


def tabulate_plan(
    population: int, spread: float, *, gain: float = 1.0, margins: Iterable[float] = DEFAULT_MARGINS
) -> tuple[PlanRow, ...]:
    """Make the honest table: what each precision costs.

    Parameters
    ----------
    population : int
        Conversations of a typical agent in the period, 1 or more.
    spread : float
        Standard deviation of scores within an agent, in points.
    gain : float, default=1.0
        How many inspections one inspection is worth with auto-scores, 1 or more.
    margins : iterable of float, default=(10, 8, 6, 5, 4, 3)
        Half widths in points.

    Returns
    -------
    tuple of PlanRow
        One row per margin, in the given order.
    """
    return tuple(
        PlanRow(
            margin,
            smallest_sample(population, margin, spread, gain=gain),
            smallest_sample(population, margin, spread),
        )
        for margin in margins
    )
