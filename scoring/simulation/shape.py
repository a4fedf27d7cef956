"""The shape of simulated scores: a wanted mean and spread, and a wanted share at 100, where good work is all alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
_POINTS = 800  # quantiles of a conversation's own part
_LONGEST_LEAP = 60.0  # points
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class Shape:
    """Scores are ``clip(lift(level + spread·Z) + mood, 0, 100)``, Z and the mood normal.

    `lift` raises whatever comes within a leap of 100 to a leap above it: work with nothing left to fault is perfect to
    a strict inspector as well, so scores crowd at 100 and leave a gap below.

    Attributes
    ----------
    spread, leap : float
        Points.
    levels, means : array of float
        Grid from the level to the mean score at that level, both rising.
    between : float
        Variance of what the conversation contributes to a score at the centre's level (moods averaged out).
    """

    spread: float
    leap: float
    levels: Floats
    means: Floats
    between: float

    def level_of(self, mean: Floats) -> Floats:
        """Level at which scores have that mean."""
        return np.interp(mean, self.means, self.levels)

    def lift(self, plain: Floats) -> Floats:
        """Raise what comes within a leap of 100 to as much above it."""
        return plain + 2 * self.leap * (plain > 100 - self.leap)


@lru_cache(maxsize=64)
def find_shape(mean: float, sd: float, share: float, mood_sd: float) -> Shape:
    """Find the shape whose scores have this mean, sd and share at 100.

    Parameters
    ----------
    mean, sd : float
        Of single scores of an average agent, points, after the cut at 100.
    share : float
        Of scores at 100. Where mean and sd do not allow it, the nearest that they allow.
    mood_sd : float
        Part of the score that differs between inspectors' scorings of one conversation, points.

    Returns
    -------
    Shape
    """

    def miss(leap: float) -> float:
        level, spread = _solve(mean, sd, leap, mood_sd)
        return _share_at_top(level, spread, leap, mood_sd) - share

    longest = _longest_leap(mean, sd, mood_sd)
    if miss(0.0) >= 0:
        leap = 0.0
    elif miss(longest) <= 0:
        leap = longest
    else:
        leap = float(optimize.brentq(miss, 0.0, longest, xtol=1e-3))
    level, spread = _solve(mean, sd, leap, mood_sd)
    levels = np.linspace(-80.0, 200.0, 1401)
    means = np.array([_moments(at, spread, leap, mood_sd)[0] for at in levels])
    # Beyond the ends of the scale the mean hardly moves; only what rises can be turned round.
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(means)) > 1e-9])
    return Shape(
        spread, leap, levels[rising], means[rising], float((_scores(level, spread, leap, mood_sd) @ _WEIGHTS).var())
    )


def _scores(level: float, spread: float, leap: float, mood_sd: float) -> Floats:
    """Scores at every quantile of Z (rows) and node of the mood (columns)."""
    plain = level + spread * special.ndtri((np.arange(_POINTS) + 0.5) / _POINTS)
    lifted = plain + 2 * leap * (plain > 100 - leap)
    return np.clip(lifted[:, None] + mood_sd * _NODES, 0.0, 100.0)


def _moments(level: float, spread: float, leap: float, mood_sd: float) -> tuple[float, float]:
    scores = _scores(level, spread, leap, mood_sd)
    first = float((scores @ _WEIGHTS).mean())
    second = float((scores**2 @ _WEIGHTS).mean())
    return first, max(second - first**2, 0.0) ** 0.5


def _share_at_top(level: float, spread: float, leap: float, mood_sd: float) -> float:
    plain = level + spread * special.ndtri((np.arange(_POINTS) + 0.5) / _POINTS)
    room = 100 - plain - 2 * leap * (plain > 100 - leap)
    return float(special.ndtr(-room / mood_sd).mean()) if mood_sd else float((room <= 0).mean())


def _longest_leap(mean: float, sd: float, mood_sd: float) -> float:
    """Longest leap at which some spread still gives the sd: a leap alone spreads scores."""

    def is_possible(leap: float) -> bool:
        level = _level_for(mean, _LEAST_SPREAD, leap, mood_sd)
        return _moments(level, _LEAST_SPREAD, leap, mood_sd)[1] < sd

    low, high = 0.0, _LONGEST_LEAP
    while high - low > 0.1:
        middle = (low + high) / 2
        low, high = (middle, high) if is_possible(middle) else (low, middle)
    return low


_LEAST_SPREAD = 3.0


def _level_for(mean: float, spread: float, leap: float, mood_sd: float) -> float:
    def miss(level: float) -> float:
        return _moments(level, spread, leap, mood_sd)[0] - mean

    return float(optimize.brentq(miss, -200.0, 400.0, xtol=1e-6))


def _solve(mean: float, sd: float, leap: float, mood_sd: float) -> tuple[float, float]:
    """Level and spread with the wanted mean and sd at a given leap."""

    def miss(spread: float) -> float:
        return _moments(_level_for(mean, spread, leap, mood_sd), spread, leap, mood_sd)[1] - sd

    spread = (
        float(optimize.brentq(miss, _LEAST_SPREAD, 6 * sd + 60, xtol=1e-4))
        if miss(_LEAST_SPREAD) < 0
        else _LEAST_SPREAD
    )
    return _level_for(mean, spread, leap, mood_sd), spread
