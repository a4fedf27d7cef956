"""Chances that differ: sizes by risk, inclusion probabilities, and the keys of Pareto order sampling.

A risk-weighted draw finds more critical errors with the same number of inspections. Every conversation keeps a chance,
the chance is known beforehand, and estimates weigh by its inverse (`scoring.estimates.hajek`).

Everything here is computed with the four basic operations and exactly rounded sums (`math.fsum`), so that another
program on another machine gets the same bits; the order of a draw depends on them.
"""

from collections.abc import Mapping, Sequence
from math import fsum, isfinite

import numpy as np
from numpy.typing import NDArray

from scoring.errors import DrawError, FrameError
from scoring.sampling.frame import Frame

UNIFORM_SHARE = 0.5
"""τ: part of the draw that is spread evenly; no weight exceeds 1/τ times the equal one."""


def weigh_by_risk(
    risks: Sequence[float], strata: Sequence[str], *, uniform_share: float = UNIFORM_SHARE
) -> list[float]:
    """Turn risks into sizes, stratum by stratum.

    ``size_i = (1−τ)·risk_i/Σrisk + τ/N`` with sum and N of the conversation's stratum; where Σrisk = 0 all have 1/N.

    Parameters
    ----------
    risks : sequence of float
        Risk of each conversation on any scale, 0 or more.
    strata : sequence of str
        The stratum of each conversation; as long as `risks`.
    uniform_share : float, default=0.5
        τ, above 0 and at most 1; 1 draws with equal probability.

    Returns
    -------
    list of float
        Sizes above 0 that sum to 1 in every stratum, in the order given.

    Raises
    ------
    FrameError
        If a risk is negative or not finite, τ is out of range, or the lengths differ.
    """
    if len(risks) != len(strata):
        raise FrameError(f"{len(risks)} risks with {len(strata)} strata: every conversation has one of each")
    if not 0 < uniform_share <= 1:
        raise FrameError(f"The share spread evenly is {uniform_share}; it is above 0 and at most 1")
    members: dict[str, list[float]] = {}
    for risk, stratum in zip(risks, strata, strict=True):
        if not (isfinite(risk) and risk >= 0):
            raise FrameError(f"A risk of {risk} in the stratum {stratum!r}: it is finite and 0 or more")
        members.setdefault(stratum, []).append(risk)
    sums = {stratum: fsum(own) for stratum, own in members.items()}
    even = {stratum: 1.0 / len(own) for stratum, own in members.items()}
    return [
        (1.0 - uniform_share) * risk / sums[stratum] + uniform_share * even[stratum] if sums[stratum] else even[stratum]
        for risk, stratum in zip(risks, strata, strict=True)
    ]


def inclusion_probabilities(sizes: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Chance of each conversation of a stratum to be drawn.

    ``π_i = (n − |A|)·size_i/Σ_{∉A} size``, beginning with nobody in A; whoever would reach 1 is certain and joins A,
    and the others share what is left, until nobody reaches 1.

    Parameters
    ----------
    sizes : array of float, shape (N,)
        Sizes above 0.
    count : int
        n, how many are drawn, between 0 and N.

    Returns
    -------
    array of float, shape (N,)
        Between 0 and 1, summing to n but for rounding; all 1 for n = N, all 0 for n = 0.

    Raises
    ------
    DrawError
        If n is out of range or a size is not above 0.

    References
    ----------
    .. [1] Y. Tillé, *Sampling Algorithms* (2006), §2.10.
    """
    if not 0 <= count <= len(sizes):
        raise DrawError(f"{count} of {len(sizes)} conversations cannot be drawn")
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise DrawError("Every size is finite and above 0")
    if count in (0, len(sizes)):
        return np.full(len(sizes), 1.0 if count else 0.0)
    certain = np.zeros(len(sizes), dtype=bool)
    while True:
        left = count - int(certain.sum())
        total = fsum(sizes[~certain].tolist())
        chances = np.where(certain, 1.0, left * sizes / total) if left else certain.astype(float)
        reaching = (chances >= 1.0) & ~certain
        if not reaching.any():
            return chances
        certain |= reaching


def find_chances(frame: Frame, sizes: Mapping[str, int]) -> NDArray[np.float64]:
    """Find every conversation's chance to be among the first n of its stratum.

    Parameters
    ----------
    frame : Frame
        The frozen population.
    sizes : mapping of str to int
        n per stratum; strata that are missing here give none.

    Returns
    -------
    ndarray of float64, shape (len(frame),)
        n/N where all sizes are equal, else as `inclusion_probabilities`, stratum by stratum.
    """
    counts = frame.count_by_stratum()
    if frame.sizes is None:
        shares = [sizes.get(stratum, 0) / count for stratum, count in counts.items()]
        return np.array(shares)[frame.codes]
    chances = np.empty(len(frame))
    grouped = np.argsort(frame.codes, kind="stable")
    for stratum, members in zip(counts, np.split(grouped, np.cumsum([*counts.values()])[:-1]), strict=True):
        chances[members] = inclusion_probabilities(frame.sizes[members], sizes.get(stratum, 0))
    return chances


def pareto_keys(numbers: NDArray[np.uint64], chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Key by which a stratum is sorted: ``q_i = u_i(1−π_i)/(π_i(1−u_i))``.

    The n smallest are the sample; its inclusion probabilities are those wanted within about 1 %. Certain conversations
    have 0 and so come first; equal keys are ordered by number, then by id, so that equal chances give exactly the order
    of the numbers.

    Parameters
    ----------
    numbers : array of uint64, shape (N,)
        The numbers of the draw, u = (number + 0.5)/2⁵³.
    chances : array of float, shape (N,)
        π as `inclusion_probabilities` gives it.

    Returns
    -------
    array of float, shape (N,)
        0 or more; infinite where π = 0.

    References
    ----------
    .. [1] B. Rosén (1997), J. Stat. Plann. Inference 62:159–191, doi:10.1016/S0378-3758(96)00186-3.
    """
    u = (numbers.astype(np.float64) + 0.5) / 2.0**53
    above, below = u * (1.0 - chances), chances * (1.0 - u)
    keys = np.full(len(u), np.inf)
    np.divide(above, below, out=keys, where=below > 0)
    keys[chances >= 1.0] = 0.0
    return keys
