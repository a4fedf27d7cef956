"""What is known of one agent's quality, critical rate and total: values, intervals, draws.

The draws are not kept: they follow from the numbers here and the agent's own seed, so ten thousand agents stay small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from scoring.estimates.beta import Beta
from scoring.estimates.intervals import LEVEL
from scoring.estimates.seeds import DRAWS
from scoring.estimates.shrinkage import Normal
from scoring.values import Interval

Draws = NDArray[np.float64]
_GUIDE = 1024
_LARGEST_TABLE = 4000  # conversations; a longer table of probabilities costs more than drawing twice


@dataclass(frozen=True, slots=True)
class TwoPartPosterior:
    """Quality and critical rate of one agent's month, independent of each other.

    Attributes
    ----------
    quality : Normal
        Of q, in points; not clipped.
    freedom : int or None
        Degrees of freedom of Student's t for q; None = normal.
    rate : Beta
        Of the critical rate of a conversation that nobody inspected.
    critical, n : float
        Critical conversations among those inspected, and how many these are (effective numbers under weights).
    uninspected : int or None
        Conversations of the frame that nobody inspected; None = frame unknown, taken as endless.
    """

    quality: Normal
    freedom: int | None
    rate: Beta
    critical: float
    n: float
    uninspected: int | None

    @property
    def quality_value(self) -> float:
        """Value of q, 0–100."""
        return min(max(self.quality.mean, 0.0), 100.0)

    @property
    def rate_value(self) -> float:
        """Value of p: k/N once everything is inspected, else the mean of the posterior."""
        return self.critical / self.n if self._is_everything_inspected else self.rate.mean

    @property
    def total_value(self) -> float:
        """Value of θ = (1 − p)·q."""
        return (1 - self.rate_value) * self.quality_value

    def quality_interval(self, *, level: float = LEVEL) -> Interval:
        """Exact middle part of q's distribution, clipped to 0–100."""
        half = math.sqrt(self.quality.variance) * self.reach(level=level)
        return Interval(*(min(max(self.quality.mean + side * half, 0.0), 100.0) for side in (-1, 1)))

    def reach(self, *, level: float = LEVEL) -> float:
        """How many standard deviations q's interval reaches to either side: 1.96, by Student's t more."""
        return _quantile((1 + level) / 2, self.freedom)

    def rate_interval(self, *, level: float = LEVEL) -> Interval:
        """Exact middle part of p's distribution, widened where it would miss its value."""
        value = self.rate_value
        if self._is_everything_inspected:
            return Interval(value, value)
        found = self.rate.interval(level=level)
        if self.uninspected is not None and self.uninspected <= _LARGEST_TABLE:
            table, _ = _cumulate(self.rate.a, self.rate.b, self.uninspected)
            counts = np.searchsorted(table, [(1 - level) / 2, (1 + level) / 2])
            lower, upper = ((self.critical + float(y)) / (self.n + self.uninspected) for y in counts)
            found = Interval(lower, upper)
        return Interval(min(found.lower, value), max(found.upper, value))

    def draw_rates(self, generator: np.random.Generator) -> Draws:
        """Draws of p: p' from the posterior, p = (k + Binomial(N − n, p'))/N; p' where the frame is unknown.

        Where the table is short, the sum of the two steps (a beta-binomial count) is drawn at once by inversion.
        """
        if self._is_everything_inspected:
            return np.full(DRAWS, self.critical / self.n)
        if self.uninspected is None or self.n + self.uninspected == 0:
            return generator.beta(self.rate.a, self.rate.b, DRAWS)
        if self.uninspected <= _LARGEST_TABLE:
            found = _invert(*_cumulate(self.rate.a, self.rate.b, self.uninspected), generator.random(DRAWS))
        else:
            found = generator.binomial(self.uninspected, generator.beta(self.rate.a, self.rate.b, DRAWS)).astype(float)
        rates: Draws = (self.critical + found) / (self.n + self.uninspected)
        return rates

    def draw_qualities(self, generator: np.random.Generator) -> Draws:
        """Draws of q, clipped to 0–100."""
        noise = generator.standard_t(self.freedom, DRAWS) if self.freedom else generator.standard_normal(DRAWS)
        qualities: Draws = np.clip(self.quality.mean + math.sqrt(self.quality.variance) * noise, 0.0, 100.0)
        return qualities

    def draw_totals(self, generator: np.random.Generator) -> Draws:
        """Draws of θ; the same generator gives the same draws."""
        rates = self.draw_rates(generator)
        return (1 - rates) * self.draw_qualities(generator)

    def total_interval(self, draws: Draws, *, level: float = LEVEL) -> Interval:
        """Middle part of the draws of θ (linear-interpolated quantiles), widened where it would miss its value."""
        tail = (1 - level) / 2 * (len(draws) - 1)
        low, high = math.floor(tail), len(draws) - 2 - math.floor(tail)
        ordered = np.partition(draws, [low, low + 1, high, high + 1])
        part = tail - low
        lower = float(ordered[low] + part * (ordered[low + 1] - ordered[low]))
        upper = float(ordered[high + 1] - part * (ordered[high + 1] - ordered[high]))
        return Interval(min(lower, self.total_value), max(upper, self.total_value))

    @property
    def _is_everything_inspected(self) -> bool:
        return self.uninspected == 0 and self.n > 0


@lru_cache(maxsize=512)
def _cumulate(a: float, b: float, trials: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Cumulated probabilities of a beta-binomial count 0…trials, and where to begin to search them."""
    count = np.arange(trials + 1.0)
    log_probability = (
        special.gammaln(trials + 1.0)
        - special.gammaln(count + 1)
        - special.gammaln(trials - count + 1)
        + special.betaln(count + a, trials - count + b)
        - special.betaln(a, b)
    )
    table = np.cumsum(np.exp(log_probability))
    table /= table[-1]
    guide = np.searchsorted(table, np.arange(_GUIDE + 1) / _GUIDE)
    table.setflags(write=False)
    guide.setflags(write=False)
    return table, guide


def _invert(table: NDArray[np.float64], guide: NDArray[np.intp], shares: Draws) -> Draws:
    """Counts at these shares of the distribution: `searchsorted`, most of it looked up."""
    place = (shares * _GUIDE).astype(np.intp)
    found = guide[place]
    open_ = np.flatnonzero(guide[place + 1] != found)
    found[open_] = np.searchsorted(table, shares[open_])
    return found.astype(float)


def normal_quantile(share: float) -> float:
    """Quantile of the standard normal distribution."""
    return float(special.ndtri(share))


def _quantile(share: float, freedom: int | None) -> float:
    return float(special.stdtrit(freedom, share)) if freedom else normal_quantile(share)
