"""The hedged capital interval against its definition, walked over a grid, and against the published width."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.errors import InputError, LevelError
from scoring.estimates.bounded import bounded_mean_interval


def capitals_of(scores, mean, alpha=0.05):
    """Both capitals after each score, word for word from Waudby-Smith & Ramdas (2024), section 4.4."""
    x = [score / 100 for score in scores]
    above, below, paths = 1.0, 1.0, []
    seen, squares, variance = 0.0, 0.0, 0.25
    for t, value in enumerate(x, start=1):
        bet = math.sqrt(2 * math.log(2 / alpha) / (len(x) * variance))
        above *= 1 + min(bet, 0.5 / mean) * (value - mean)
        below *= 1 - min(bet, 0.5 / (1 - mean)) * (value - mean)
        paths.append((above, below))
        seen += value
        squares += (value - (0.5 + seen) / (t + 1)) ** 2
        variance = (0.25 + squares) / (t + 1)
    return paths


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n", [1, 5, 40])
def test_interval_is_the_set_of_means_that_neither_gambler_breaks(seed, n):
    scores = np.random.default_rng(seed).beta(5, 1, n) * 100

    interval = bounded_mean_interval(scores.tolist())

    for mean in np.linspace(0.005, 0.995, 199):
        kept = all(0.5 * max(pair) < 20 for pair in capitals_of(scores, mean))
        near_edge = min(abs(mean * 100 - interval.lower), abs(mean * 100 - interval.upper)) < 1e-6
        assert near_edge or kept == interval.contains(mean * 100)


def test_five_scores_leave_about_37_points_to_each_side():
    # Published with the method's description: n = 5 gives ±37.
    widths = [
        bounded_mean_interval(np.clip(generator.normal(85, 12, 5), 0, 100).tolist()).width
        for generator in map(np.random.default_rng, range(50))
    ]

    assert np.mean(widths) / 2 == pytest.approx(37, abs=1.5)


def test_it_covers_whatever_the_scores_look_like():
    generator = np.random.default_rng(7)
    odd = np.array([0.0] * 3 + [100.0] * 97)  # nearly always perfect, sometimes nothing

    covered = [
        bounded_mean_interval(generator.choice(odd, n).tolist()).contains(odd.mean())
        for n in (4, 10, 30)
        for _ in range(200)
    ]

    assert np.mean(covered) >= 0.95


def test_no_score_leaves_the_whole_scale_and_a_wrong_order_too():
    assert (bounded_mean_interval([]).lower, bounded_mean_interval([]).upper) == (0.0, 100.0)
    assert bounded_mean_interval([100.0] * 30 + [0.0] * 30).contains(50.0)


@pytest.mark.parametrize("score", [-1.0, 100.1, math.nan])
def test_scores_off_the_scale_are_refused(score):
    with pytest.raises(InputError):
        bounded_mean_interval([80.0, score])


def test_a_level_outside_0_and_1_is_refused():
    with pytest.raises(LevelError):
        bounded_mean_interval([80.0], level=1.0)
