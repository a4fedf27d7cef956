"""How work that comes in day by day will go on: the sum of the next days, and when a given amount is done.

Counts of whole days are read as draws from one distribution that does not change. Weekday patterns, holidays of single
people and a last-minute spurt are not known here; the interval speaks of ordinary days like those seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.errors import CountError
from scoring.values import Interval

__all__ = ["FEWEST_DAYS", "Finish", "Pace", "future_sum", "read_pace"]

FEWEST_DAYS = 3
"""Below three days nothing is said: of two, one could be any accident."""

_HORIZON = 260  # working days looked ahead, a year: what takes longer is "not foreseeable"


@dataclass(frozen=True, slots=True)
class Finish:
    """In how many days an amount is done; None: not within a year at this pace."""

    expected: int | None
    earliest: int | None
    latest: int | None


@dataclass(frozen=True, slots=True)
class Pace:
    """Counts of whole days, as far as forecasts need them.

    Attributes
    ----------
    days : int
        How many days were counted, at least `FEWEST_DAYS`.
    mean : float
        Done a day.
    sd : float
        Spread from day to day, at least that of a Poisson count, ``sqrt(mean)``, and of one thing in all the days seen,
        ``sqrt(1/days)``: a few equal days claim no certainty, and a few empty ones none either.
    """

    days: int
    mean: float
    sd: float

    def after(self, ahead: int, *, level: float = 0.95) -> tuple[float, Interval]:
        """What the next `ahead` days bring together: the value and its prediction interval, never below 0."""
        if ahead < 1:
            return 0.0, Interval(0.0, 0.0)
        bounds = future_sum(self.mean, self.sd, self.days, ahead, level=level)
        return self.mean * ahead, Interval(max(0.0, bounds.lower), max(0.0, bounds.upper))

    def finish(self, left: float, *, level: float = 0.95) -> Finish:
        """In how many days `left` more are done: where the forecast and its two bounds first reach it."""
        if left <= 0:
            return Finish(0, 0, 0)
        expected = earliest = latest = None
        for ahead in range(1, _HORIZON + 1):
            value, bounds = self.after(ahead, level=level)
            earliest = ahead if earliest is None and bounds.upper >= left else earliest
            expected = ahead if expected is None and value >= left else expected
            latest = ahead if latest is None and bounds.lower >= left else latest
            if latest is not None:
                break
        return Finish(expected, earliest, latest)


def read_pace(counts: Sequence[int]) -> Pace | None:
    """Read the counts of whole days, days without any among them; None below `FEWEST_DAYS`.

    Parameters
    ----------
    counts : sequence of int
        What was done on each day, ``>= 0``, in any order.

    Returns
    -------
    Pace or None

    Raises
    ------
    CountError
        If a count is negative.

    Examples
    --------
    >>> read_pace([6, 9, 12, 9, 9]).after(10)[0]
    90.0
    """
    if any(count < 0 for count in counts):
        raise CountError(f"Nobody does {min(counts)} a day: counts cannot be negative.")
    if len(counts) < FEWEST_DAYS:
        return None
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)
    return Pace(len(counts), mean, math.sqrt(max(variance, mean, 1 / len(counts))))


def future_sum(mean: float, sd: float, days: int, ahead: int, *, level: float = 0.95) -> Interval:
    """Interval for the sum of the next `ahead` observations, of which `days` were seen.

    ``ahead · (mean ± t · sd · √(1/ahead + 1/days))`` with Student's t of ``days − 1`` degrees of freedom: the
    prediction interval for the mean of a future sample, times its size. Exact for independent normal observations;
    sums of daily counts come close to that within a week.

    Parameters
    ----------
    mean, sd : float
        Mean and standard deviation (divisor ``days − 1``) of the days seen.
    days : int
        How many days were seen, ``>= 2``.
    ahead : int
        How many days come, ``>= 1``.
    level : float, default=0.95
        Coverage wanted, between 0 and 1.

    Returns
    -------
    Interval
        Bounds of the sum, in what was counted; the lower one may be negative.

    Raises
    ------
    CountError
        If fewer than two days were seen, or none comes.

    References
    ----------
    .. [1] G. J. Hahn (1969), Factors for calculating two-sided prediction intervals for samples from a normal
       distribution, J. Am. Stat. Assoc. 64:878-888.
    .. [2] ISO 16269-8:2004, Determination of prediction intervals (mean of a further sample, sd unknown).
    """
    if days < 2 or ahead < 1:
        raise CountError(f"A forecast from {days} days of {ahead} to come: give two days or more, and at least one.")
    from scipy import special

    half = float(special.stdtrit(days - 1, (1 + level) / 2)) * sd * math.sqrt(1 / ahead + 1 / days)
    return Interval(ahead * (mean - half), ahead * (mean + half))
