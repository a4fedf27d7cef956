"""Funnel plots of rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from scoring.errors import CountError, InputError
from scoring.estimates.funnel import Position, Rate, draw_funnel, funnel_limits
from scoring.values import Interval


def spread_out(generator, sd, agents=40):
    """Rates around 10 % that truly differ by that sd."""
    n = generator.integers(50, 800, agents)
    truth = np.clip(generator.normal(0.10, sd, agents), 0.005, 0.5)
    return [Rate(f"a{j:02}", int(generator.binomial(n[j], truth[j])), int(n[j])) for j in range(agents)]


def test_without_winsorising_the_spread_is_dersimonian_and_lairds():
    # statsmodels' one-step moment estimate over the same rates with the same standard errors.
    rates = spread_out(np.random.default_rng(2), 0.04)

    funnel = draw_funnel(rates, winsorised=0.0)

    rows = sorted(rates, key=lambda rate: rate.name)
    variances = [funnel.target * (1 - funnel.target) / rate.n for rate in rows]
    theirs = combine_effects(np.array([rate.k / rate.n for rate in rows]), np.array(variances), method_re="chi2")
    assert funnel.between_variance == pytest.approx(theirs.tau2)
    assert math.sqrt(funnel.between_variance) == pytest.approx(0.04, abs=0.015)


def test_limits_of_one_agent_are_spiegelhalters():
    # Spread known, 1.96 and 3.09 errors around 10 % at 400 conversations: 0.1 -/+ 1.96 · sqrt(.09/400 + .0004).
    inner, outer = funnel_limits(400, 0.10, 0.0004)

    sd = math.sqrt(0.09 / 400 + 0.0004)
    assert (inner.lower, inner.upper) == (pytest.approx(0.1 - 1.96 * sd), pytest.approx(0.1 + 1.96 * sd))
    assert outer.upper == pytest.approx(0.1 + 3.09 * sd)
    assert funnel_limits(4, 0.10, 0.0)[1].lower == 0


def test_winsorised_spread_by_hand():
    # Eleven rates of 100 around 50 %: errors 0.05, z = -5 … 5; the tenths pull both ends in to -4 and 4.
    rates = [Rate(f"{j:02}", 50 + 5 * z, 100) for j, z in enumerate(range(-5, 6))]

    funnel = draw_funnel(rates)

    squares = 2 * (4**2 + 4**2 + 3**2 + 2**2 + 1)
    assert funnel.overdispersion == pytest.approx(squares / 11)
    w = 1 / 0.05**2
    assert funnel.between_variance == pytest.approx((squares - 10) / (11 * w - 11 * w * w / (11 * w)))


def test_usual_spread_hides_nobody_who_is_far_out():
    rates = [*spread_out(np.random.default_rng(4), 0.03), Rate("far", 240, 600), Rate("none", 0, 700)]

    funnel = draw_funnel(rates)

    assert {p.name: p.position for p in funnel.points if p.position is not Position.inside}["far"] is Position.far_above
    assert funnel.overdispersion > 1.5
    assert len(funnel.points) == 42


def test_rates_that_only_chance_parts_have_plain_limits():
    positions = []
    for seed in range(20):
        funnel = draw_funnel(spread_out(np.random.default_rng(seed), 0.0))
        positions += [p.position for p in funnel.points]

    outside = np.mean([p is not Position.inside for p in positions])
    assert 0.02 < outside < 0.07
    assert np.mean([p in (Position.far_above, Position.far_below) for p in positions]) < 0.01


def test_a_rate_of_nought_everywhere_compares_nobody():
    funnel = draw_funnel([Rate("a", 0, 10), Rate("b", 0, 20), Rate("c", 0, 0)])

    assert (funnel.target, funnel.overdispersion, funnel.between_variance) == (0, None, 0)
    assert [(p.name, p.position, p.outer) for p in funnel.points] == [
        ("a", Position.inside, Interval(0, 0)),
        ("b", Position.inside, Interval(0, 0)),
    ]
    assert draw_funnel([]).points == ()
    assert draw_funnel([Rate("a", 3, 10)]).between_variance == 0


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Rate("a", 2, 1), CountError),
        (lambda: draw_funnel([Rate("a", 1, 2)] * 2), InputError),
        (lambda: draw_funnel([], target=1.5), InputError),
        (lambda: draw_funnel([], winsorised=0.5), InputError),
        (lambda: funnel_limits(0, 0.1, 0.0), CountError),
    ],
)
def test_contradicting_rates_are_refused(make, error):
    with pytest.raises(error):
        make()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=20), st.randoms()
)
def test_a_funnel_is_order_free_and_its_limits_nest(pairs, random):
    rates = [Rate(f"{j:02}", k, n) for j, (k, n) in enumerate(pairs)]
    funnel = draw_funnel(rates)
    random.shuffle(rates)

    assert draw_funnel(rates) == funnel
    for point in funnel.points:
        assert 0 <= point.outer.lower <= point.inner.lower <= funnel.target
        assert funnel.target <= point.inner.upper <= point.outer.upper <= 1
