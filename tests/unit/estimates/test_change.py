"""Change against a prediction: no effect where nothing was done, however low the start."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import CountError, InputError
from scoring.estimates.change import AgentProcess, estimate_change, predict_month
from scoring.estimates.seeds import generator_for
from scoring.estimates.shrinkage import Normal, fit_population, shrink_mean
from scoring.values import Label


def test_prediction_of_one_month_by_hand():
    process = AgentProcess(mean_before=85.0, mean_after=86.0, sd=6.0, correlation=0.8)

    predicted = predict_month(Normal(75.0, 9.0), process, months_ahead=2)

    # φ² = 0.64: 86 − 6.4; 0.4096·9 + 36·(1 − 0.4096).
    assert predicted.mean == pytest.approx(79.6)
    assert predicted.variance == pytest.approx(24.9408)


def test_no_month_ahead_predicts_the_posterior_itself():
    process = AgentProcess(85.0, 85.0, 6.0, 0.5)

    assert predict_month(Normal(75.0, 9.0), process, months_ahead=0) == Normal(75.0, 9.0)


def test_change_by_hand():
    change = estimate_change(Normal(84.0, 16.0), Normal(80.0, 9.0), 6)

    assert change.value == 4.0
    assert change.upper == pytest.approx(4 + 1.959964 * 5)
    assert change.lower == pytest.approx(4 - 1.959964 * 5)
    assert change.label is Label.ok


def test_nothing_inspected_afterwards_is_no_change():
    change = estimate_change(Normal(0.0, 0.0), Normal(80.0, 9.0), 0)

    assert change.value is None
    assert change.label is Label.none
    assert estimate_change(Normal(84.0, 16.0), Normal(80.0, 9.0), 2).label is Label.few


def test_impossible_numbers_are_refused():
    with pytest.raises(InputError):
        AgentProcess(85.0, 85.0, 0.0)
    with pytest.raises(CountError):
        predict_month(Normal(1.0, 1.0), AgentProcess(85.0, 85.0, 2.0), months_ahead=-1)
    with pytest.raises(InputError):
        estimate_change(Normal(84.0, -40.0), Normal(80.0, 9.0), 3)


@pytest.mark.parametrize(("n", "raw_gain"), [(4, 16.0), (8, 9.0)])
def test_the_lowest_tenth_improves_raw_but_not_against_the_prediction(n, raw_gain):
    """Methods page §8: the lowest tenth "improves" by 16 points (n = 4) or 9 (n = 8) with nothing done.

    The raw figure there is of scores with critical errors as zeros; the guard works on quality.
    """
    raw, guarded, covered = [], [], []
    for run in range(30):
        generator = generator_for("lowest", str(n), str(run))
        truth = generator.normal(85, 6, 200)
        quality = truth[:, None, None] + generator.normal(0, 12, (200, 2, n))
        zeros = np.where(generator.random((200, 2, n)) < 0.02, 0.0, quality).mean(axis=2)
        lowest = np.argsort(zeros[:, 0])[:20]
        raw.append((zeros[lowest, 1] - zeros[lowest, 0]).mean())
        before, after = quality.mean(axis=2).T
        population = fit_population(before.tolist(), [144 / n] * 200)
        process = AgentProcess(population.mean, after.mean(), population.between_variance**0.5)
        for agent in np.argsort(before)[:20]:
            predicted = predict_month(shrink_mean(before[agent], 144 / n, population), process)
            change = estimate_change(Normal(after[agent], 144 / n), predicted, n)
            guarded.append(change.value)
            covered.append(change.interval.contains(0.0))

    assert np.mean(raw) == pytest.approx(raw_gain, abs=2.5)
    assert abs(np.mean(guarded)) < 1.0
    assert 0.92 <= np.mean(covered) <= 0.98
