"""Posterior of one agent: exact intervals, draws of the laws they come from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scoring.estimates.beta import Beta
from scoring.estimates.posterior import TwoPartPosterior
from scoring.estimates.seeds import generator_for
from scoring.estimates.shrinkage import Normal

RATE = Beta(1.4, 58.0)


def posterior(quality=(85.0, 9.0), freedom=None, rate=RATE, critical=1.0, n=5.0, uninspected=395):
    return TwoPartPosterior(Normal(*quality), freedom, rate, critical, n, uninspected)


def test_drawn_rates_follow_the_beta_binomial_law_one_by_one():
    found = posterior()

    rates = found.draw_rates(generator_for("x"))

    # The same uniform numbers, turned into counts by SciPy's own quantile function.
    counts = stats.betabinom.ppf(generator_for("x").random(4000), 395, RATE.a, RATE.b)
    np.testing.assert_array_equal(rates, (1 + counts) / 400)


def test_a_very_large_frame_is_drawn_in_two_steps_of_the_same_law():
    rates = posterior(uninspected=20_000).draw_rates(generator_for("y"))

    law = stats.betabinom(20_000, RATE.a, RATE.b)
    assert rates.mean() == pytest.approx((1 + law.mean()) / 20_005, rel=0.05)
    assert rates.std() == pytest.approx(law.std() / 20_005, rel=0.05)


def test_rate_interval_is_the_exact_middle_of_that_law():
    interval = posterior().rate_interval()

    law = stats.betabinom(395, RATE.a, RATE.b)
    assert interval.lower == pytest.approx((1 + law.ppf(0.025)) / 400)
    assert interval.upper == pytest.approx((1 + law.ppf(0.975)) / 400)


def test_without_a_frame_the_rate_is_that_of_any_conversation():
    found = posterior(uninspected=None)

    assert found.rate_interval() == RATE.interval()
    assert found.draw_rates(generator_for("z")).mean() == pytest.approx(RATE.mean, rel=0.05)


@pytest.mark.parametrize("freedom", [None, 6])
def test_quality_interval_is_exact_and_clipped(freedom):
    law = stats.t(6) if freedom else stats.norm()

    inside, outside = posterior((60.0, 25.0), freedom), posterior((97.0, 25.0), freedom)

    half = 5 * law.ppf(0.975)
    assert inside.quality_interval().lower == pytest.approx(60 - half)
    assert inside.quality_interval().upper == pytest.approx(60 + half)
    assert outside.quality_interval().upper == 100.0
    assert inside.draw_qualities(generator_for("q")).std() == pytest.approx(5 * law.std(), rel=0.05)


def test_total_interval_is_the_quantiles_of_its_draws():
    found = posterior()
    draws = found.draw_totals(generator_for("t"))

    interval = found.total_interval(draws)

    assert (interval.lower, interval.upper) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])))
    assert interval.contains(found.total_value)


def test_everything_inspected_is_certain():
    found = posterior((85.0, 0.0), critical=1.0, n=4.0, uninspected=0)

    draws = found.draw_totals(generator_for("c"))
    assert set(draws.tolist()) == {0.75 * 85.0}
    assert found.rate_interval().width == 0.0


def test_a_corrected_mean_beyond_the_scale_is_shown_at_its_end():
    assert posterior((103.0, 4.0)).quality_value == 100.0
    assert posterior((-2.0, 4.0)).total_value == 0.0
