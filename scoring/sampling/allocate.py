"""Allocation: how a total of samples is spread over strata.

For the sampling plan. Equal per agent gives the smallest error per agent and is the default for appraisals;
proportional serves the centre's mean; power stands between; the optimum uses how much the strata themselves vary.
All four are one exact integer method with different weights.
"""

import heapq
from collections.abc import Mapping
from enum import StrEnum
from math import sqrt

from scoring.errors import AllocationError

DEFAULT_MINIMUM = 4


class Allocation(StrEnum):
    """What decides how much of a total a stratum gets."""

    equal = "equal"
    proportional = "proportional"
    power = "power"
    optimum = "optimum"


def allocate_per_stratum(populations: Mapping[str, int], size: int) -> dict[str, int]:
    """Give every stratum the same number of samples, or all it has.

    Parameters
    ----------
    populations : mapping of str to int
        Conversations N_h per stratum, 0 or more.
    size : int
        Samples wanted from each, 1 or more.

    Returns
    -------
    dict of str to int
        ``min(size, N_h)`` per stratum.

    Raises
    ------
    AllocationError
        If `size` is below 1 or a population is negative.
    """
    _check_populations(populations)
    if size < 1:
        raise AllocationError(f"{size} samples per stratum; at least 1 is needed")
    return {stratum: min(size, population) for stratum, population in populations.items()}


def allocate_total(
    populations: Mapping[str, int],
    total: int,
    *,
    method: Allocation,
    minimum: int = DEFAULT_MINIMUM,
    spreads: Mapping[str, float] | None = None,
) -> dict[str, int]:
    """Spread a total over strata by the exact integer optimum.

    Every stratum starts at the minimum; each next unit goes to the stratum with the largest a_h/√(n_h(n_h+1)), never
    above N_h. With a_h = N_h·S_h this minimises the variance Σ N_h² S_h² / n_h of the estimated total exactly.

    Parameters
    ----------
    populations : mapping of str to int
        Conversations N_h per stratum, 0 or more.
    total : int
        Samples to spread. What the strata cannot give stays unspent.
    method : Allocation
        a_h is 1 (equal), N_h (proportional), √N_h (power) or N_h·S_h (optimum).
    minimum : int, default=4
        Samples every stratum gets first, or all it has, 0 or more.
    spreads : mapping of str to float, optional
        S_h > 0 per stratum, for the optimum only. ``None``: one pooled S, which makes the optimum proportional.

    Returns
    -------
    dict of str to int
        Samples per stratum, summing to ``min(total, Σ N_h)``.

    Raises
    ------
    AllocationError
        If the minima together exceed `total`, or a number is out of its range.

    References
    ----------
    .. [1] T. Wright (2012), Statistics & Probability Letters 82:1829-1833, doi:10.1016/j.spl.2012.05.017.
    """
    _check_populations(populations)
    sizes = {stratum: min(minimum, population) for stratum, population in populations.items()}
    if minimum < 0 or sum(sizes.values()) > total:
        raise AllocationError(f"{total} samples cannot give at least {minimum} to each of {len(populations)} strata")
    weights = {stratum: _weigh(stratum, population, method, spreads) for stratum, population in populations.items()}
    # Ties go to the stratum that sorts first, so that the same input gives the same sizes on every machine.
    queue = [(-_priority(weights[s], sizes[s]), s) for s in sizes if sizes[s] < populations[s]]
    heapq.heapify(queue)
    for _ in range(total - sum(sizes.values())):
        if not queue:
            break
        stratum = queue[0][1]
        sizes[stratum] += 1
        if sizes[stratum] < populations[stratum]:
            heapq.heapreplace(queue, (-_priority(weights[stratum], sizes[stratum]), stratum))
        else:
            heapq.heappop(queue)
    return sizes


def _priority(weight: float, size: int) -> float:
    """Square of a/√(n(n+1)), which orders alike; a stratum without a sample comes before all others."""
    return weight * weight / (size * (size + 1)) if size else float("inf")


def _weigh(stratum: str, population: int, method: Allocation, spreads: Mapping[str, float] | None) -> float:
    if method is Allocation.equal:
        return 1.0
    if method is Allocation.power:
        return sqrt(population)
    if method is Allocation.proportional or spreads is None:
        return float(population)
    spread = spreads.get(stratum, 0.0)
    if not 0 < spread < float("inf"):
        raise AllocationError(f"The spread of the stratum {stratum!r} is {spread}; it is above 0")
    return population * spread


def _check_populations(populations: Mapping[str, int]) -> None:
    for stratum, population in populations.items():
        if population < 0:
            raise AllocationError(f"The stratum {stratum!r} has {population} conversations; 0 or more are possible")
