"""Weekly means with design weights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.errors import InputError, WeightError
from scoring.estimates.hajek import estimate_hajek
from scoring.trends.ewma import mean_by_period
from scoring.trends.weekly import WeeklyScore, fill_weights, mean_by_week


def rows(values, weights=None, week="2026-W40"):
    return [
        WeeklyScore(week, value, weight) for value, weight in zip(values, weights or [1.0] * len(values), strict=True)
    ]


def test_with_equal_weights_it_is_the_plain_mean_with_the_pooled_spread():
    first, second = [90.0, 80.0, 70.0], [60.0, 100.0]
    sd = math.sqrt((200 + 800) / 3)

    found = mean_by_week([*rows(second, week="2026-W41"), *rows(first)])

    assert found == mean_by_period({"2026-W40": first, "2026-W41": second}, sd)
    assert [week.label for week in found] == ["2026-W40", "2026-W41"]


def test_a_conversation_counts_as_often_as_it_stands_for_others():
    values, weights = [100.0, 40.0, 70.0], [30.0, 5.0, 12.0]

    (week,) = mean_by_week(rows(values, weights))

    hajek = estimate_hajek(values, [1 / weight for weight in weights])
    assert week.mean == pytest.approx(hajek.mean)
    spread = math.sqrt(3 / 2 * np.average((np.array(values) - hajek.mean) ** 2, weights=weights))
    assert week.error == pytest.approx(spread / math.sqrt(hajek.effective_n))
    assert week.n == 3


def test_the_scale_of_the_weights_does_not_matter():
    one, other = (mean_by_week(rows([90.0, 50.0], [scale * 1, scale * 3]))[0] for scale in (1.0, 37.0))

    assert (one.mean, one.error) == pytest.approx((other.mean, other.error))


def test_the_error_covers_what_a_simulated_draw_does():
    generator = np.random.default_rng(5)
    covered = []
    for _ in range(300):
        weeks = [
            WeeklyScore(f"2026-W{week:02}", float(np.clip(generator.normal(80, 12), 0, 100)), weight)
            for week in range(10, 22)
            for weight in generator.uniform(2, 20, 12)
        ]
        covered += [abs(week.mean - 80) < 1.96 * week.error for week in mean_by_week(weeks)]

    assert 0.93 < np.mean(covered) < 0.97


def test_equal_scores_and_single_scores_have_an_error_all_the_same():
    assert mean_by_week(rows([100.0, 100.0]))[0].error == pytest.approx(1 / math.sqrt(2))
    assert mean_by_week(rows([70.0]))[0].error == 12.0
    assert mean_by_week([]) == ()


def test_unknown_chances_take_the_usual_weight():
    assert fill_weights([10.0, None, 20.0]) == [10.0, 15.0, 20.0]
    assert fill_weights([None, None]) == [1.0, 1.0]


@pytest.mark.parametrize(("values", "weight", "error"), [([101.0], 1.0, InputError), ([80.0], 0.0, WeightError)])
def test_what_cannot_be_is_refused(values, weight, error):
    with pytest.raises(error):
        rows(values, [weight])
