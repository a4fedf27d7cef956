"""What came of an agent against what was expected before, and whether the difference is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from scipy import stats

from scoring.errors import CountError
from scoring.estimates.change import estimate_change
from scoring.estimates.expectation import ScoreExpectation, ShareExpectation
from scoring.estimates.intervals import LEVEL, proportion_interval
from scoring.estimates.shrinkage import Normal
from scoring.values import Estimate, Interval, Label

__all__ = ["Outcome", "Verdict", "measure_score", "measure_share"]

SHARE_METHOD = "share_against_prediction.v1"


class Verdict(StrEnum):
    """What the comparison with the prediction says."""

    better = "better"
    below = "below"
    cannot_tell = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came against what was predicted.

    Attributes
    ----------
    change : Estimate
        Later minus predicted: points, or a share between −1 and 1.
    after : float
        What came: mean quality, or share that lost points.
    predicted : Interval
        What was to be expected then, the centre's own movement included.
    expected : float
        Its middle.
    verdict : Verdict
        Better only where the whole interval of the change lies on the good side, below where on the other.
    """

    change: Estimate
    after: float
    predicted: Interval
    expected: float
    verdict: Verdict


def measure_score(
    expected: ScoreExpectation, later: Sequence[float], *, month: int, centre: float | None = None
) -> Outcome:
    """Compare an agent's later scores with what was predicted before.

    Parameters
    ----------
    expected : ScoreExpectation
        As fixed before.
    later : sequence of float
        Quality of the agent's later conversations, made as those before; at least one.
    month : int
        Middle month of them.
    centre : float, optional
        Mean of all other agents then: what moved everybody is nobody's effect.

    Returns
    -------
    Outcome
        Its verdict is about this agent against expectation, and no proof of the cause.
    """
    if not later:
        raise CountError("Nothing to measure by: one later conversation at least.")
    predicted = expected.predict(month, centre)
    after = Normal(float(np.mean(later)), expected.within_variance / len(later))
    change = estimate_change(after, predicted, len(later))
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * sqrt(predicted.variance)
    return Outcome(
        change=change,
        after=after.mean,
        predicted=Interval(predicted.mean - half, predicted.mean + half),
        expected=predicted.mean,
        verdict=_verdict(change, is_lower_better=False),
    )


def measure_share(
    expected: ShareExpectation, k: int, n: int, *, month: int, centre: tuple[int, int] | None = None
) -> Outcome:
    """Compare how often an agent later lost points in a criterion with what was predicted before.

    ``Δ = p − (p̂ + c₁ − c₀)``: p of the later conversations with Wilson's interval, p̂ the predicted share with its
    posterior one, c₀ and c₁ the shares of all others before and later. The interval of Δ is put together from those of
    its parts: each bound is as far from Δ as the root of the summed squares of their distances.

    Parameters
    ----------
    expected : ShareExpectation
        As fixed before.
    k, n : int
        Later conversations that lost points, of those in which the criterion applied; n at least 1.
    month : int
        Middle month of them.
    centre : (int, int), optional
        The same of all other agents then; none: the centre is taken to have stayed.

    Returns
    -------
    Outcome
        A smaller share is better.

    References
    ----------
    .. [1] R. G. Newcombe (1998), Stat. Med. 17:873–890 (differences of shares from intervals of each).
    .. [2] G. Y. Zou, A. Donner (2008), Stat. Med. 27:1693–1702, doi:10.1002/sim.3095.
    """
    if not 0 <= k <= n or not n:
        raise CountError(f"{k} of {n}: one later conversation at least, and 0 <= k <= n.")
    predicted = expected.predict(month)
    moved, moved_by = _movement(expected, centre)
    parts = [(k / n, proportion_interval(k, n)), (-predicted.mean, _mirrored(predicted.interval())), (-moved, moved_by)]
    value = sum(one for one, _ in parts)
    lower = value - sqrt(sum((one - interval.lower) ** 2 for one, interval in parts))
    upper = value + sqrt(sum((interval.upper - one) ** 2 for one, interval in parts))
    change = Estimate(value, lower, upper, n, None, SHARE_METHOD, Label.ok)
    expectation = predicted.interval()
    return Outcome(
        change=change,
        after=k / n,
        predicted=Interval(_share(expectation.lower + moved), _share(expectation.upper + moved)),
        expected=_share(predicted.mean + moved),
        verdict=_verdict(change, is_lower_better=True),
    )


def _verdict(change: Estimate, *, is_lower_better: bool) -> Verdict:
    if change.lower is None or change.upper is None or change.label is not Label.ok:
        return Verdict.cannot_tell
    if change.lower > 0:
        return Verdict.below if is_lower_better else Verdict.better
    if change.upper < 0:
        return Verdict.better if is_lower_better else Verdict.below
    return Verdict.cannot_tell


def _movement(expected: ShareExpectation, centre: tuple[int, int] | None) -> tuple[float, Interval]:
    """How far all others moved, and the interval of minus that."""
    if centre is None or not centre[1]:
        return 0.0, Interval(0.0, 0.0)
    k, n = centre
    before = proportion_interval(round(expected.centre * expected.centre_n), expected.centre_n)
    after = proportion_interval(k, n)
    moved = k / n - expected.centre
    down = sqrt((k / n - after.lower) ** 2 + (before.upper - expected.centre) ** 2)
    up = sqrt((after.upper - k / n) ** 2 + (expected.centre - before.lower) ** 2)
    return moved, Interval(-moved - up, -moved + down)


def _mirrored(interval: Interval) -> Interval:
    return Interval(-interval.upper, -interval.lower)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)
