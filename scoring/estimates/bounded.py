"""Interval of a mean that assumes nothing about the scores but their bounds: for disputes. It is wide and says so."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError, LevelError
from scoring.estimates.intervals import LEVEL
from scoring.values import Interval

SCALE = 100.0
_STAKE = 0.5  # of the capital that one conversation can cost
_HALVINGS = 60  # of 0–1: far below the last digit of a double


def bounded_mean_interval(scores: Sequence[float], *, level: float = LEVEL) -> Interval:
    """Hedged capital interval of the mean of all conversations that could have been drawn.

    Two gamblers bet on each score x = score/100 against a mean m: one that x lies above, one below. Neither can be
    expected to gain if m is true, so an m at which half of either's capital ever reaches 1/α is given up:

    ``K⁺_t(m) = Π(1 + min(λ_i, ½/m)(x_i − m))``, ``K⁻_t(m) = Π(1 − min(λ_i, ½/(1−m))(x_i − m))``,
    ``λ_t = √(2 log(2/α) / (n v_{t−1}))``, ``μ̂_t = (½ + Σx)/(t+1)``, ``v_t = (¼ + Σ(x_i − μ̂_i)²)/(t+1)``, ``v_0 = ¼``.

    Parameters
    ----------
    scores : sequence of float
        0–100, in the order in which they were drawn: the order must not depend on the scores. Critical conversations
        count 0. Inspectors' strictness is not corrected.
    level : float, default=0.95
        Coverage, guaranteed for any number of random draws; 1 − α.

    Returns
    -------
    Interval
        In points, widened where it would miss the scores' own mean; (0, 100) for no score, and where their order
        contradicts a random draw so far that no mean is left.

    Raises
    ------
    InputError
        If a score is not a number between 0 and 100.
    LevelError
        If `level` does not lie between 0 and 1.

    References
    ----------
    .. [1] I. Waudby-Smith, A. Ramdas (2024), J. R. Stat. Soc. B 86:1–27, doi:10.1093/jrsssb/qkad009 (section 4.4).

    Examples
    --------
    >>> interval = bounded_mean_interval([80.0, 95.0, 70.0, 100.0, 85.0])
    >>> round(interval.lower), round(interval.upper)
    (27, 100)
    """
    if not 0 < level < 1:
        raise LevelError(f"The level {level} must lie between 0 and 1, such as 0.95.")
    x = np.asarray(scores, dtype=float) / SCALE
    if not (np.isfinite(x).all() and (x >= 0).all() and (x <= 1).all()):
        raise InputError(f"Scores {list(scores)} must all be numbers between 0 and 100.")
    if not len(x):
        return Interval(0.0, SCALE)
    bets = _bets(x, 1 - level)
    goal = math.log(2 / (1 - level))
    # Betting on "below" against m is betting on "above" with everything turned round.
    lower = _bound(x, bets, goal)
    upper = 1 - _bound(1 - x, bets, goal)
    if lower > upper:
        return Interval(0.0, SCALE)
    mean = float(np.sort(x).mean())
    return Interval(min(lower, mean) * SCALE, max(upper, mean) * SCALE)


def _bets(x: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """λ of every score, made of those before it."""
    n = len(x)
    places = np.arange(2, n + 2)
    means = (0.5 + np.cumsum(x)) / places
    variances = (0.25 + np.cumsum((x - means) ** 2)) / places
    before = np.concatenate([[0.25], variances[:-1]])
    return np.sqrt(2 * math.log(2 / alpha) / (n * before))


def _bound(x: NDArray[np.float64], bets: NDArray[np.float64], goal: float) -> float:
    """Smallest mean that betting on "above" leaves: its capital falls as m rises, so halving finds it."""

    def is_given_up(mean: float) -> bool:
        stakes = np.minimum(bets, _STAKE / mean) if mean > 0 else bets
        return float(np.cumsum(np.log1p(stakes * (x - mean))).max()) >= goal

    if not is_given_up(0.0):
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_given_up(middle) else (low, middle)
    return low
