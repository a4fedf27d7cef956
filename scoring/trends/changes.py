"""What is new or rising between two periods, without naming what chance alone would raise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from scoring.errors import CountError, InputError
from scoring.estimates.intervals import proportion_interval
from scoring.values import Interval

__all__ = ["Change", "Movement", "TwoPeriods", "adjust_for_number", "compare_shares", "find_rising"]

ERROR_SHARE = 0.10


class Movement(StrEnum):
    """What can be said about a thing between two periods."""

    new = "new"  # not seen before, and too often now to be chance
    rising = "rising"
    not_shown = "not_shown"  # nothing that chance does not explain


@dataclass(frozen=True, slots=True)
class TwoPeriods:
    """How often a thing occurred in each of two periods.

    Attributes
    ----------
    code : str
        Criterion, complaint reason or topic.
    before, n_before, now, n_now : int
        k of n conversations in the earlier and in the later period.
    """

    code: str
    before: int
    n_before: int
    now: int
    n_now: int

    def __post_init__(self) -> None:
        if not (0 <= self.before <= self.n_before and 0 <= self.now <= self.n_now):
            raise CountError(
                f"{self.code}: {self.before} of {self.n_before}, then {self.now} of {self.n_now}; 0 <= k <= n."
            )


@dataclass(frozen=True, slots=True)
class Change:
    """One thing in both periods.

    Attributes
    ----------
    counts : TwoPeriods
        As given.
    difference : float or None
        Share now minus share before, fractions; None where a period has no conversation.
    interval : Interval
        95 % of the difference; −1 to 1 where a period has no conversation.
    p_value : float
        Probability of a rise as large by chance alone (Fisher's exact test, one-sided).
    adjusted : float
        The p-value adjusted for how many things were looked at (Benjamini and Hochberg).
    movement : Movement
        What may be said.
    """

    counts: TwoPeriods
    difference: float | None
    interval: Interval
    p_value: float
    adjusted: float
    movement: Movement


def find_rising(rows: Iterable[TwoPeriods], *, error_share: float = ERROR_SHARE) -> tuple[Change, ...]:
    """Which of many things became more frequent.

    Each is tested by Fisher's exact test against "no more frequent than before"; named are those whose p-value,
    adjusted by Benjamini and Hochberg, is at most 0.10: of what is named, one in ten is chance on average. Proven for
    counts that do not hang together, or rise together.

    Parameters
    ----------
    rows : iterable of TwoPeriods
        Everything looked at, also what did not rise: leaving it out would break the promise. In any order.
    error_share : float, default=0.10
        Share of wrong names allowed on average, between 0 and 1.

    Returns
    -------
    tuple of Change
        The surest first, ties by code.

    Raises
    ------
    InputError
        If a code comes twice or the error share does not lie between 0 and 1.

    References
    ----------
    .. [1] Y. Benjamini, Y. Hochberg (1995), J. R. Stat. Soc. B 57:289–300, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    if not 0 < error_share < 1:
        raise InputError(f"An error share of {error_share} does not lie between 0 and 1.")
    counts = sorted(rows, key=lambda row: row.code)
    if len({row.code for row in counts}) < len(counts):
        raise InputError("A code comes twice; give each thing once.")
    if not counts:
        return ()
    p_values = _rises_by_chance(counts)
    adjusted = adjust_for_number(p_values)
    changes = [
        _change(row, p_value, own, error_share) for row, p_value, own in zip(counts, p_values, adjusted, strict=True)
    ]
    return tuple(sorted(changes, key=lambda change: (change.p_value, change.counts.code)))


def adjust_for_number(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p-values, in the order given: those up to q hold a share of q errors."""
    return [float(p) for p in stats.false_discovery_control(np.asarray(p_values, dtype=float), method="bh")]


def compare_shares(before: int, n_before: int, now: int, n_now: int) -> Interval:
    """Interval of the difference of two shares, now minus before, from their Wilson bounds.

    Newcombe's hybrid score interval (his method 10): ``d − √((p₂ − l₂)² + (u₁ − p₁)²)`` to
    ``d + √((u₂ − p₂)² + (p₁ − l₁)²)``.

    Parameters
    ----------
    before, n_before, now, n_now : int
        k of n in each period.

    Returns
    -------
    Interval
        Inside −1 to 1; all of it where a period has no conversation.

    Raises
    ------
    CountError
        If counts contradict each other.

    References
    ----------
    .. [1] R. G. Newcombe (1998), Stat. Med. 17:873–890.
    """
    first, second = proportion_interval(before, n_before), proportion_interval(now, n_now)
    if not n_before or not n_now:
        return Interval(-1.0, 1.0)
    p1, p2 = before / n_before, now / n_now
    lower = p2 - p1 - math.hypot(p2 - second.lower, first.upper - p1)
    upper = p2 - p1 + math.hypot(second.upper - p2, p1 - first.lower)
    return Interval(max(-1.0, lower), min(1.0, upper))


def _rises_by_chance(rows: Sequence[TwoPeriods]) -> list[float]:
    """Probability of so many in the later period if all occurrences of a thing fell at random; for each thing."""
    before, n_before, now, n_now = np.array([(r.before, r.n_before, r.now, r.n_now) for r in rows]).T
    tails = stats.hypergeom.sf(now - 1, n_before + n_now, before + now, n_now)
    return [min(1.0, float(tail)) for tail in tails]


def _change(row: TwoPeriods, p_value: float, adjusted: float, error_share: float) -> Change:
    comparable = row.n_before > 0 and row.n_now > 0
    difference = row.now / row.n_now - row.before / row.n_before if comparable else None
    interval = compare_shares(row.before, row.n_before, row.now, row.n_now)
    movement = Movement.not_shown
    if comparable and adjusted <= error_share:
        movement = Movement.new if row.before == 0 else Movement.rising
    return Change(row, difference, interval, p_value, adjusted, movement)
