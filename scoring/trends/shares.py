"""Laney's p′ chart: shares over time whose limits also know how much weeks differ by themselves."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from scoring.errors import CountError
from scoring.trends.charts import FEWEST_POINTS, ChartPoint, ControlChart, WithoutLimits, in_time, side_of

__all__ = ["PeriodShare", "chart_shares", "spread_between"]

LIMIT = 3.0
_RANGE_TO_SD = 1.128  # mean |difference| of two normal numbers, in their sd


@dataclass(frozen=True, slots=True)
class PeriodShare:
    """Counts of one week or month.

    Attributes
    ----------
    label : str
        Sorts in time, such as ``2026-W03`` or ``2026-01``.
    k, n : int
        k of n conversations.
    """

    label: str
    k: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise CountError(f"{self.label}: {self.k} of {self.n}; it must be 0 <= k <= n.")


def chart_shares(periods: Iterable[PeriodShare]) -> ControlChart:
    """Has a share moved more than it always does?

    ``p̄ ± 3·max(1, σ_z)·√(p̄(1 − p̄)/n_t)``, clipped to 0–1; p̄ = Σk/Σn and σ_z from `spread_between`. With thousands
    of conversations a week the plain p chart finds every week remarkable; this one does not.

    Parameters
    ----------
    periods : iterable of PeriodShare
        In any order; periods without a conversation are left out.

    Returns
    -------
    ControlChart
        `value`, `line`, limits and centre are shares, 0–1. Fewer than 12 periods, or p̄ of 0 or 1: no limits.

    Raises
    ------
    InputError
        If a period comes twice.

    References
    ----------
    .. [1] D. B. Laney (2002), Qual. Eng. 14:531–537, doi:10.1081/QEN-120003555.
    """
    ordered = in_time(period for period in periods if period.n)
    if not ordered:
        return ControlChart((), None, WithoutLimits.too_few_points)
    centre = sum(period.k for period in ordered) / sum(period.n for period in ordered)
    reason = (
        WithoutLimits.too_few_points
        if len(ordered) < FEWEST_POINTS
        else WithoutLimits.no_variation
        if centre in (0.0, 1.0)
        else None
    )
    width = None if reason else LIMIT * max(1.0, spread_between(ordered))
    points = []
    for period in ordered:
        share = period.k / period.n
        half = None if width is None else width * math.sqrt(centre * (1 - centre) / period.n)
        lower, upper = (None, None) if half is None else (max(0.0, centre - half), min(1.0, centre + half))
        points.append(ChartPoint(period.label, share, share, period.n, lower, upper, side_of(share, lower, upper)))
    return ControlChart(tuple(points), centre, reason)


def spread_between(periods: Iterable[PeriodShare]) -> float:
    """σ_z: how much more neighbouring periods differ than chance makes them.

    ``mean |z_t − z_{t−1}| / 1.128`` with ``z = (p − p̄)/√(p̄(1 − p̄)/n)``; 1 = no more than chance.

    Parameters
    ----------
    periods : iterable of PeriodShare
        In any order, each with at least one conversation.

    Returns
    -------
    float
        0 with fewer than two periods, or where all shares are 0 or all 1.
    """
    ordered = in_time(periods)
    centre = sum(period.k for period in ordered) / max(1, sum(period.n for period in ordered))
    if len(ordered) < 2 or centre in (0.0, 1.0):
        return 0.0
    z = [(p.k / p.n - centre) / math.sqrt(centre * (1 - centre) / p.n) for p in ordered]
    moves = [abs(after - before) for before, after in pairwise(z)]
    return math.fsum(moves) / len(moves) / _RANGE_TO_SD
