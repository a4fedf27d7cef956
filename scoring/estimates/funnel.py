"""Funnel plots: which agents' or teams' rates lie further out than their size and the usual spread explain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.errors import CountError, InputError
from scoring.values import Interval

__all__ = ["Funnel", "FunnelPoint", "Position", "Rate", "draw_funnel", "funnel_limits"]

INNER, OUTER = 1.96, 3.09  # 95 % and 99.8 %
WINSORISED = 0.10


class Position(StrEnum):
    """Where a rate lies."""

    far_below = "far_below"  # outside 99.8 %
    below = "below"  # outside 95 %: one in twenty does by chance
    inside = "inside"
    above = "above"
    far_above = "far_above"


@dataclass(frozen=True, slots=True)
class Rate:
    """Counts of one agent or team.

    Attributes
    ----------
    name : str
        Whose.
    k, n : int
        k of n conversations (complaints, transfers, reopened).
    """

    name: str
    k: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise CountError(f"{self.name}: {self.k} of {self.n}; it must be 0 <= k <= n.")


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One rate in the funnel.

    Attributes
    ----------
    name : str
        Whose.
    k, n : int
        As counted.
    rate : float
        k/n.
    inner, outer : Interval
        Where rates of this size lie, 95 % and 99.8 %; clipped to 0–1.
    position : Position
        Whether it lies outside.
    """

    name: str
    k: int
    n: int
    rate: float
    inner: Interval
    outer: Interval
    position: Position


@dataclass(frozen=True, slots=True)
class Funnel:
    """All rates with their limits.

    Attributes
    ----------
    points : tuple of FunnelPoint
        By name; those without a conversation are left out.
    target : float or None
        θ₀, the centre line; None without any conversation.
    overdispersion : float or None
        φ: 1 = rates differ as chance makes them; None where it cannot be told.
    between_variance : float
        τ², how far true rates differ by themselves; 0 = not more than chance.
    """

    points: tuple[FunnelPoint, ...]
    target: float | None
    overdispersion: float | None
    between_variance: float


def draw_funnel(rates: Iterable[Rate], *, target: float | None = None, winsorised: float = WINSORISED) -> Funnel:
    """Funnel with limits that allow for the usual spread between agents.

    ``s² = θ₀(1 − θ₀)/n``, ``z = (y − θ₀)/s``, the lowest and highest tenth of z pulled in to their quantile;
    ``φ = mean z²``, ``τ² = max(0, (Iφ − (I − 1))/(Σw − Σw²/Σw))`` with w = 1/s² and I rates; limits
    ``θ₀ ± 1.96·√(s² + τ²)`` and ``± 3.09·√(s² + τ²)``.

    Parameters
    ----------
    rates : iterable of Rate
        In any order.
    target : float, optional
        θ₀ where the policy names one, 0–1; Σk/Σn if left out.
    winsorised : float, default=0.10
        Share pulled in at each end, 0 to below 0.5.

    Returns
    -------
    Funnel
        Where θ₀ is 0 or 1 there is nothing to compare: limits at θ₀, all rates that equal it inside.

    Raises
    ------
    InputError
        If a name comes twice, or target or share lie outside their range.

    References
    ----------
    .. [1] D. J. Spiegelhalter (2005), Stat. Med. 24:1185–1202, doi:10.1002/sim.1970.
    .. [2] D. J. Spiegelhalter (2005), Qual. Saf. Health Care 14:347–351, doi:10.1136/qshc.2005.013755.
    """
    if not 0 <= winsorised < 0.5:
        raise InputError(f"A share of {winsorised} cannot be pulled in at each end; give 0 to below 0.5.")
    if target is not None and not 0 <= target <= 1:
        raise InputError(f"A target of {target} does not lie between 0 and 1.")
    rows = sorted((rate for rate in rates if rate.n), key=lambda rate: rate.name)
    if len({row.name for row in rows}) < len(rows):
        raise InputError("A name comes twice in the funnel.")
    if not rows:
        return Funnel((), target, None, 0.0)
    centre = sum(row.k for row in rows) / sum(row.n for row in rows) if target is None else target
    overdispersion, between = _spread(rows, centre, winsorised)
    points = tuple(_point(row, centre, between) for row in rows)
    return Funnel(points, centre, overdispersion, between)


def funnel_limits(n: int, target: float, between_variance: float) -> tuple[Interval, Interval]:
    """Inner and outer limits for a rate of that size: what draws the funnel's lines.

    Parameters
    ----------
    n : int
        Conversations, at least 1.
    target, between_variance : float
        θ₀ and τ² of `draw_funnel`.

    Returns
    -------
    tuple of Interval
        95 % and 99.8 %, clipped to 0–1.

    Raises
    ------
    CountError
        For fewer than one conversation.
    """
    if n < 1:
        raise CountError(f"A rate of {n} conversations has no limits.")
    sd = math.sqrt(target * (1 - target) / n + between_variance)
    inner, outer = (Interval(max(0.0, target - z * sd), min(1.0, target + z * sd)) for z in (INNER, OUTER))
    return inner, outer


def _spread(rows: Sequence[Rate], centre: float, winsorised: float) -> tuple[float | None, float]:
    """φ and τ²."""
    if centre in (0.0, 1.0) or len(rows) < 2:
        return None, 0.0
    n = np.array([row.n for row in rows], dtype=float)
    w = n / (centre * (1 - centre))
    z = (np.array([row.k for row in rows]) / n - centre) * np.sqrt(w)
    lower, upper = np.quantile(z, [winsorised, 1 - winsorised])
    squares = math.fsum(np.clip(z, lower, upper) ** 2)
    total = math.fsum(w)
    between = (squares - (len(rows) - 1)) / (total - math.fsum(w**2) / total)
    return squares / len(rows), max(0.0, between)


def _point(row: Rate, centre: float, between: float) -> FunnelPoint:
    inner, outer = funnel_limits(row.n, centre, between)
    rate = row.k / row.n
    return FunnelPoint(row.name, row.k, row.n, rate, inner, outer, _position(rate, inner, outer))


def _position(rate: float, inner: Interval, outer: Interval) -> Position:
    if rate > outer.upper:
        return Position.far_above
    if rate < outer.lower:
        return Position.far_below
    if rate > inner.upper:
        return Position.above
    return Position.below if rate < inner.lower else Position.inside
