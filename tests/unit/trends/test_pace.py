"""Forecasts from daily counts: the printed example, the coverage they promise, and what they refuse to say."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import CountError
from scoring.trends.pace import FEWEST_DAYS, Finish, future_sum, read_pace


def test_one_more_observation_as_printed() -> None:
    """D. C. Montgomery, G. C. Runger, Applied Statistics and Probability for Engineers, 3rd ed., example 8-8.

    Twenty-two specimens, mean 13.71, s 3.55: the next one lies between 6.16 and 21.26.
    """
    found = future_sum(13.71, 3.55, 22, 1)

    assert (found.lower, found.upper) == pytest.approx((6.16, 21.26), abs=0.01)


def test_the_mean_of_a_thousand_as_printed() -> None:
    """ISO 16269-8, example to the mean of a future sample: n 50, m 1000 shrinks the factor 2.350 to 0.3372."""
    one, many = future_sum(0, 1, 50, 1), future_sum(0, 1, 50, 1000)

    assert many.upper / 1000 / one.upper == pytest.approx(0.3372 / 2.350, abs=0.0001)


@pytest.mark.parametrize(
    ("days", "ahead", "mean", "most"), [(3, 5, 12.0, 1.0), (8, 10, 6.0, 0.995), (15, 5, 20.0, 0.98)]
)
def test_the_interval_covers_what_comes(days: int, ahead: int, mean: float, most: float) -> None:
    """At least what it says; few days make it wider than it need be, for their spread is not trusted to be small."""
    random = np.random.default_rng(7)
    hits = 0
    for _ in range(2000):
        pace = read_pace([int(count) for count in random.poisson(mean, days)])
        hits += pace.after(ahead)[1].contains(float(random.poisson(mean, ahead).sum()))

    assert 0.94 <= hits / 2000 <= most


def test_equal_days_claim_no_certainty() -> None:
    pace = read_pace([9] * 6)

    assert pace.sd == 3.0
    value, bounds = pace.after(4)
    assert value == 36
    assert bounds.lower < 20 < 50 < bounds.upper


def test_days_without_work_count() -> None:
    assert read_pace([10, 10, 10, 0, 0]).mean == 6


def test_two_days_say_nothing() -> None:
    assert read_pace([4] * (FEWEST_DAYS - 1)) is None


def test_when_it_is_done() -> None:
    pace = read_pace([9, 11, 10, 12, 8, 10, 9, 11])

    finish = pace.finish(50)

    assert finish.expected == 5
    assert finish.earliest < finish.expected < finish.latest
    assert pace.after(finish.latest)[1].lower >= 50 > pace.after(finish.latest - 1)[1].lower
    assert pace.finish(0) == Finish(0, 0, 0)


def test_nothing_done_is_not_expected_to_end_and_is_not_certain() -> None:
    pace = read_pace([0, 0, 0, 0])

    assert pace.sd == 0.5
    value, bounds = pace.after(4)
    assert value == bounds.lower == 0 < bounds.upper
    finish = pace.finish(10)
    assert (finish.expected, finish.latest) == (None, None)
    assert finish.earliest is not None


def test_an_uncertain_pace_has_no_latest_day() -> None:
    finish = read_pace([0, 1, 8]).finish(40)

    assert finish.earliest is not None
    assert finish.latest is None


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(CountError):
        read_pace([3, -1, 4])
    with pytest.raises(CountError):
        future_sum(1, 1, 1, 3)
