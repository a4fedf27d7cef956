"""Laney's p′ chart: shares over time whose limits also know how much weeks differ by themselves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scoring.errors import CountError
from scoring.trends.charts import FEWEST_POINTS, ChartPoint, ControlChart, NoSign, WithoutLimits, in_time, side_of

__all__ = ["FEWEST_EXPECTED", "PeriodShare", "chart_shares", "spread_between"]

LIMIT = 3.0
FEWEST_EXPECTED = 5.0
"""Cases of either kind that n·p̄ and n·(1 − p̄) must let expect in a period: the limits are those of a normal curve."""
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
    is_settled : bool, default=True
        False while the share may still move by itself, as that of tickets of the last days that are not solved yet.
    """

    label: str
    k: int
    n: int
    is_settled: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise CountError(f"{self.label}: {self.k} of {self.n}; it must be 0 <= k <= n.")


def chart_shares(periods: Iterable[PeriodShare]) -> ControlChart:
    """Has a share moved more than it always does?

    ``p̄ ± 3·max(1, σ_z)·√(p̄(1 − p̄)/n_t)``, clipped to 0–1; p̄ = Σk/Σn and σ_z from `spread_between`. With thousands
    of conversations a week the plain p chart finds every week remarkable; this one does not.

    The limits are those of a normal curve. A period with ``n_t·p̄ < 5`` or ``n_t·(1 − p̄) < 5`` is far from one and
    gets no limits and no sign, by the usual rule for p charts [2]_: in 15 conversations a week at 3 %, one half-year in
    four in which nothing changed would raise a sign.

    Parameters
    ----------
    periods : iterable of PeriodShare
        In any order; periods without a conversation are left out. Those that are not settled become points without
        limits and enter neither p̄ nor σ_z.

    Returns
    -------
    ControlChart
        `value`, `line`, limits and centre are shares, 0–1. Fewer than 12 settled periods, p̄ of 0 or 1, or too few
        cases in every one: no limits.

    Raises
    ------
    InputError
        If a period comes twice.

    References
    ----------
    .. [1] D. B. Laney (2002), Qual. Eng. 14:531–537, doi:10.1081/QEN-120003555.
    .. [2] R. F. Hart, M. K. Hart (2002), Statistical Process Control for Health Care, p. 190, who ask for 4 of either
           kind; others for 5.
    """
    ordered = in_time(period for period in periods if period.n)
    settled = [period for period in ordered if period.is_settled]
    centre = sum(period.k for period in settled) / sum(period.n for period in settled) if settled else None
    reason = _without_limits(settled, centre)
    spread = spread_between(settled)
    return ControlChart(tuple(_point(period, centre, spread, reason) for period in ordered), centre, reason)


def _without_limits(settled: Sequence[PeriodShare], centre: float | None) -> WithoutLimits | None:
    if centre is None or len(settled) < FEWEST_POINTS:
        return WithoutLimits.too_few_points
    if centre in (0.0, 1.0):
        return WithoutLimits.no_variation
    return None if any(_can_tell(period, centre) for period in settled) else WithoutLimits.too_few_cases


def _can_tell(period: PeriodShare, centre: float) -> bool:
    return period.n * min(centre, 1 - centre) >= FEWEST_EXPECTED


def _point(period: PeriodShare, centre: float | None, spread: float, reason: WithoutLimits | None) -> ChartPoint:
    share = period.k / period.n
    if not period.is_settled:
        return ChartPoint(period.label, share, share, period.n, None, None, None, NoSign.still_open)
    if centre is None or reason not in (None, WithoutLimits.too_few_cases):
        return ChartPoint(period.label, share, share, period.n, None, None, None)
    if not _can_tell(period, centre):
        return ChartPoint(period.label, share, share, period.n, None, None, None, NoSign.too_few_cases)
    half = LIMIT * max(1.0, spread) * math.sqrt(centre * (1 - centre) / period.n)
    lower, upper = max(0.0, centre - half), min(1.0, centre + half)
    return ChartPoint(period.label, share, share, period.n, lower, upper, side_of(share, lower, upper))


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
