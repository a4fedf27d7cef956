"""Means from unequal chances and from months drawn week by week."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import CountError, InputError
from scoring.estimates.hajek import StratumMean, WeekSample, combine_strata, combine_weeks, estimate_hajek
from scoring.estimates.pooled import PooledSpread
from scoring.estimates.seeds import generator_for
from scoring.sampling.chances import inclusion_probabilities, pareto_keys, weigh_by_risk
from scoring.values import Label

SPREAD = PooledSpread(144.0, 400)


def test_hajek_mean_by_hand():
    # Weights 2 and 4: (2·60 + 4·90)/6 = 80; (Σw)²/Σw² = 36/20.
    estimate = estimate_hajek([60.0, 90.0], [0.5, 0.25])

    assert estimate.mean == pytest.approx(80)
    assert estimate.effective_n == pytest.approx(1.8)
    # e = (−20·2/6, 10·4/6) = (−20/3, 20/3); c = (1, 1.5): centre 4/3, V = 64 + 1.5·(16/3)².
    assert estimate.variance == pytest.approx(64 + 1.5 * (16 / 3) ** 2)


def test_certain_ones_add_no_variance():
    assert estimate_hajek([60.0, 90.0], [1.0, 1.0]).variance == 0.0
    assert estimate_hajek([60.0, 90.0], [1.0, 0.5]).variance is None


@pytest.mark.parametrize(
    ("values", "chances"), [([], []), ([1.0], [0.0]), ([1.0], [1.1]), ([np.nan], [0.5]), ([1.0], [])]
)
def test_impossible_samples_are_refused(values, chances):
    with pytest.raises(InputError):
        estimate_hajek(values, chances)


def test_variance_is_that_of_repeated_draws():
    generator = generator_for("hajek")
    population = np.clip(generator.normal(80, 12, 400), 0, 100)
    risks = np.where(population < 65, 5.0, 1.0) * generator.uniform(0.5, 1.5, 400)
    chances = inclusion_probabilities(np.array(weigh_by_risk(risks.tolist(), ["a"] * 400)), 40)
    means, variances = [], []
    for _ in range(1500):
        keys = pareto_keys(generator.integers(0, 2**53, 400, dtype=np.uint64), chances)
        taken = np.argpartition(keys, 40)[:40]
        estimate = estimate_hajek(population[taken], chances[taken])
        means.append(estimate.mean)
        variances.append(estimate.variance)

    assert np.mean(means) == pytest.approx(population.mean(), abs=0.3)
    assert np.mean(variances) == pytest.approx(np.var(means), rel=0.1)


def test_a_risk_weighted_draw_finds_more_critical_errors():
    """Methods page §1: 2.5–4 times as many, by the quality of the risk."""
    generator = generator_for("find")
    is_critical = generator.random(400) < 0.03
    risks = np.where(is_critical, 8.0, 0.5) * generator.exponential(1.0, 400)
    chances = inclusion_probabilities(np.array(weigh_by_risk(risks.tolist(), ["a"] * 400)), 5)

    assert 2.5 < chances[is_critical].sum() / (5 * is_critical.mean()) < 10


def test_weeks_by_hand():
    weeks = [WeekSample(30, (80.0,)), WeekSample(10, (60.0, 70.0))]

    month = combine_weeks(weeks, SPREAD)

    assert month.value == pytest.approx(0.75 * 80 + 0.25 * 65)
    variance = 0.75**2 * (1 - 1 / 30) * 144 + 0.25**2 * (1 - 2 / 10) * 144 / 2
    assert month.upper - month.value == pytest.approx(1.966 * variance**0.5, rel=1e-3)
    assert month.effective_n == pytest.approx(144 / variance)
    assert (month.n, month.method, month.label) == (3, "weekly.v1", Label.ok)


def test_a_week_without_a_sample_gives_its_weight_away_and_says_so():
    month = combine_weeks([WeekSample(30, (80.0,)), WeekSample(10, ()), WeekSample(10, (60.0,))], SPREAD)

    assert month.value == pytest.approx(75.0)
    assert month.method == "weekly_reweighted.v1"
    assert month.label is Label.few
    assert combine_weeks([WeekSample(30, (80.0,)), WeekSample(0, ())], SPREAD).method == "weekly.v1"


def test_everything_inspected_leaves_a_point():
    month = combine_weeks([WeekSample(2, (80.0, 90.0)), WeekSample(1, (40.0,))], SPREAD)

    assert (month.lower, month.value, month.upper) == pytest.approx((70.0, 70.0, 70.0))
    assert month.effective_n is None


def test_no_sample_is_no_value():
    assert combine_weeks([WeekSample(5, ())], SPREAD).label is Label.none
    assert combine_weeks([], SPREAD).value is None


def test_impossible_weeks_are_refused():
    with pytest.raises(CountError):
        combine_weeks([WeekSample(1, (80.0, 90.0))], SPREAD)
    with pytest.raises(CountError):
        combine_strata([])
    with pytest.raises(CountError):
        combine_strata([StratumMean(0, 80.0, 1.0)])
