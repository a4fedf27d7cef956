"""Below standard: evidence against "at or above the standard" that may be looked at every day.

One number K per agent, a bet against the claim that the agent is at the standard: it starts at 1, every inspected
conversation multiplies it, and while the claim is true its expectation never rises above 1. So it passes 20 with a
probability of at most 5 % in a whole career, however often one looks (Ville's inequality). It is *not* the probability
that the agent is below the standard.

Only conversations drawn with equal probability enter, in the order in which they were submitted. What goes in is made
in `evidence_values`; the customary "N months running" and its false alarms stand in `months_rule`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import InputError

WATCH = 3.0
BELOW_STANDARD = 20.0
LIST_ERROR_SHARE = 0.10
"""Part of a list of names that is wrong on average."""

_PRIOR_WEIGHT = 4.0  # conversations the start is worth
_PRIOR_MEAN = 0.85
_PRIOR_VARIANCE = 0.03
_SMALLEST_BET = 0.05
_LARGEST_STAKE = 0.9  # of the capital that one conversation can cost

Array = NDArray[np.float64]


class EvidenceState(StrEnum):
    """What K says about an agent."""

    nothing = "nothing"
    watch = "watch"
    below_standard = "below_standard"


@dataclass(frozen=True, slots=True)
class EvidencePaths:
    """K of many agents after each of their conversations.

    Attributes
    ----------
    evidence : array of float, shape (agents, time)
        K, above 0. Where no conversation stands, as it was before.
    bets : array of float, shape (agents, time)
        λ, the bet that stood before the conversation was seen; NaN where none stands.
    """

    evidence: Array
    bets: Array


def state_of(evidence: float) -> EvidenceState:
    """Name what K says: below 3 nothing, from 3 "watch", from 20 "below standard".

    Parameters
    ----------
    evidence : float
        K, 0 or above; the mean where two run for one agent.

    Returns
    -------
    EvidenceState
        "Watch" is a note to coach: 6–12 % of agents who are at the standard pass it within a year.
    """
    if evidence >= BELOW_STANDARD:
        return EvidenceState.below_standard
    return EvidenceState.watch if evidence >= WATCH else EvidenceState.nothing


def e_process_paths(x: ArrayLike, standard: float, *, upper: ArrayLike = 1.0) -> Array:
    """K of many agents or careers at once.

    ``K₀ = 1, K_i = K_{i−1}·(1 + λ_i(s − x_i))`` with the bet
    ``λ_i = clip((s−μ)/(σ²+(s−μ)²), 0.05, 0.9/(u−s))``,
    ``μ = (4μ₀ + Σx)/(3+i)``, ``μ₀ = min(0.85, s)``, ``σ² = (4·0.03 + Σ(x_l − μ_l)²)/(3+i)``, both sums over l < i,
    μ_l as it stood before x_l was seen.

    Parameters
    ----------
    x : array of float, shape (agents, time)
        Values in the order of submission, from 0 to `upper`; NaN: no conversation here, K stays and nothing is counted.
    standard : float
        s, above 0 and below 1.
    upper : float or array of float, default=1.0
        u, the largest value the next conversation could have, known before it is seen; scalar, or broadcastable to
        the shape of `x`. Above `standard`.

    Returns
    -------
    array of float, shape (agents, time)
        K after each place. While the true mean is at or above s, the expectation of each is at most 1 and
        P(K ever reaches 20) ≤ 5 %.

    Raises
    ------
    InputError
        If a value lies outside 0 to u, or the standard outside 0 to 1.

    References
    ----------
    .. [1] I. Waudby-Smith, A. Ramdas (2024), J. R. Stat. Soc. B 86:1–27, doi:10.1093/jrsssb/qkad009.

    Examples
    --------
    >>> paths = e_process_paths([[0.5, 0.9]], 0.8)
    >>> [round(float(k), 6) for k in paths[0]]
    [1.015, 0.881447]
    """
    return trace_e_process(x, standard, upper=upper).evidence


def trace_e_process(x: ArrayLike, standard: float, *, upper: ArrayLike = 1.0) -> EvidencePaths:
    """K and the bets that made it; arguments, errors and source as `e_process_paths`."""
    values, limits = _check_values(x, standard, upper)
    agents, length = values.shape
    evidence, bets = np.empty((agents, length)), np.full((agents, length), np.nan)
    capital, seen, total, squares = np.ones(agents), np.zeros(agents), np.zeros(agents), np.zeros(agents)
    start = _PRIOR_WEIGHT * min(_PRIOR_MEAN, standard)
    for place in range(length):
        here = ~np.isnan(values[:, place])
        value = np.where(here, values[:, place], 0.0)
        weight = _PRIOR_WEIGHT + seen  # 3 + i for the i-th conversation
        mean = (start + total) / weight
        variance = (_PRIOR_WEIGHT * _PRIOR_VARIANCE + squares) / weight
        gap = standard - mean
        largest = _LARGEST_STAKE / (limits[:, place] - standard)
        bet = np.clip(gap / (variance + gap * gap), _SMALLEST_BET, largest)
        capital = np.where(here, capital * (1.0 + bet * (standard - value)), capital)
        squares = np.where(here, squares + (value - mean) ** 2, squares)
        total, seen = total + value, seen + here
        evidence[:, place] = capital
        bets[here, place] = bet[here]
    return EvidencePaths(evidence, bets)


def mean_evidence(*paths: ArrayLike) -> Array:
    """Combine the K that run for one agent: the state is that of their mean, otherwise the 5 % add up.

    Parameters
    ----------
    *paths : array of float
        K of the score, K of the critical rate …, all of one shape and at the same moments.

    Returns
    -------
    array of float
        Their mean, again a K with the same promise.

    Raises
    ------
    InputError
        If none is given or the shapes differ.
    """
    arrays = [np.asarray(path, dtype=float) for path in paths]
    if not arrays or len({array.shape for array in arrays}) > 1:
        raise InputError(f"The mean of {[array.shape for array in arrays]}: give one or more K of the same shape.")
    combined: Array = np.mean(arrays, axis=0)
    return combined


def list_below_standard(evidence: Sequence[float], *, error_share: float = LIST_ERROR_SHARE) -> tuple[int, ...]:
    """Choose whom a list over many agents may name: e-BH.

    The largest k with ``K_(k) >= J/(share·k)``, K_(k) the k-th largest of J. Of the names, at most `error_share` are
    wrong on average, whatever the agents have in common. It is one name in ten, not 90 % for each name.

    Parameters
    ----------
    evidence : sequence of float
        K per agent, all of one moment, 0 or above.
    error_share : float, default=0.10
        Part of the names that may be wrong on average, above 0 and at most 1.

    Returns
    -------
    tuple of int
        Positions in `evidence`, ascending; empty where nobody can be named.

    Raises
    ------
    InputError
        If a K is negative or NaN, or the share is out of range.

    References
    ----------
    .. [1] R. Wang, A. Ramdas (2022), J. R. Stat. Soc. B 84:822–852, doi:10.1111/rssb.12489.
    """
    values = np.asarray(evidence, dtype=float)
    if not 0 < error_share <= 1:
        raise InputError(f"An error share of {error_share}: it lies above 0 and is at most 1.")
    if values.size and not (values >= 0).all():
        raise InputError("K is 0 or above.")
    ordered = np.sort(values)[::-1]
    counts = np.arange(1, len(values) + 1)
    passing = np.flatnonzero(ordered >= len(values) / (error_share * counts))
    if not len(passing):
        return ()
    return tuple(int(place) for place in np.flatnonzero(values >= ordered[passing[-1]]))


def first_reached(evidence: ArrayLike, limit: float = BELOW_STANDARD) -> NDArray[np.int64]:
    """Tell when each K first reached a limit.

    Parameters
    ----------
    evidence : array of float, shape (agents, time)
        K as `e_process_paths` gives it.
    limit : float, default=20
        The limit.

    Returns
    -------
    array of int, shape (agents,)
        Index of the first place with K >= limit; −1 where there is none.
    """
    reached = np.asarray(evidence, dtype=float) >= limit
    if reached.shape[1] == 0:
        return np.full(reached.shape[0], -1, dtype=np.int64)
    return np.where(reached.any(axis=1), reached.argmax(axis=1), -1).astype(np.int64)


def _check_values(x: ArrayLike, standard: float, upper: ArrayLike) -> tuple[Array, Array]:
    values = np.asarray(x, dtype=float)
    if values.ndim != 2:
        raise InputError(f"Values of shape {values.shape}: give agents × time.")
    if not 0 < standard < 1:
        raise InputError(f"The standard {standard} lies above 0 and below 1; 85 points are 0.85.")
    limits = np.broadcast_to(np.asarray(upper, dtype=float), values.shape)
    if not (limits > standard).all():
        raise InputError(f"The largest possible value lies above the standard {standard}.")
    wrong = (values < 0) | (values > limits * (1 + 1e-12))
    if wrong.any():
        agent, place = (int(axis) for axis in np.argwhere(wrong)[0])
        found, limit = values[agent, place], limits[agent, place]
        raise InputError(f"Row {agent}, place {place}: the value {found} lies outside 0 to {limit}.")
    return values, limits
