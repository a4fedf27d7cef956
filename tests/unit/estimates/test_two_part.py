"""The two-part score and its edge cases."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import CountError, InputError
from scoring.estimates.beta import Beta
from scoring.estimates.pooled import PooledSpread
from scoring.estimates.seeds import generator_for
from scoring.estimates.shrinkage import Population
from scoring.estimates.two_part import Centre, Inspected, describe_centre, estimate_two_part
from scoring.values import Label

PRIOR = Beta(1.0, 49.0)
POPULATION = Population(85.0, 0.25, 36.0, 100, 4.0, 0.16)
CENTRE = Centre(PooledSpread(144.0, 400), POPULATION, PRIOR, 100)


def score(qualities=(), critical=0, frame=400, centre=CENTRE):
    return estimate_two_part(Inspected(tuple(qualities), critical, frame), centre, generator_for("test"))


def test_total_is_quality_without_the_critical_share():
    result = score((80.0, 90.0, 100.0, 70.0), critical=1)

    rate = (1 + 1) / (50 + 5)
    assert result.quality.value == 85.0
    assert result.critical_rate.value == pytest.approx(rate)
    assert result.total.value == pytest.approx((1 - rate) * 85)
    assert result.mean_of_inspected == 68.0
    assert result.total.label is Label.ok


def test_interval_of_quality_is_that_of_the_pooled_spread():
    result = score((85.0,) * 5)

    half = 1.96 * np.sqrt(144 / 5 * (1 - 5 / 400))
    assert result.quality.lower == pytest.approx(85 - half, abs=0.8)
    assert result.quality.upper == pytest.approx(min(100, 85 + half), abs=0.8)


def test_equal_scores_still_have_a_width():
    result = score((90.0,) * 5)

    assert result.total.upper - result.total.lower > 5


def test_nothing_inspected_gives_the_prior_and_says_so():
    result = score()

    assert result.total.label is Label.none
    assert result.quality.value == 85.0
    assert result.total.n == 0
    assert result.total.upper - result.total.lower > score((85.0,) * 5).total.upper - score((85.0,) * 5).total.lower


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_inspections_are_few(count):
    assert score((90.0,) * count).total.label is Label.few


def test_all_critical_takes_the_prior_quality_and_its_own_rate():
    result = score(critical=5)

    assert result.quality.value == 85.0
    assert result.critical_rate.value == pytest.approx(6 / 55)
    assert result.total.value < score().total.value
    assert result.total.label is Label.ok


def test_everything_inspected_leaves_nothing_uncertain():
    result = score((80.0, 100.0, 90.0), critical=1, frame=4)

    assert result.critical_rate.value == 0.25
    assert (result.total.value, result.total.lower, result.total.upper) == (67.5, 67.5, 67.5)


def test_more_inspected_of_the_same_frame_is_surer():
    widths = [score((80.0, 90.0) * count, frame=60).total for count in (2, 5, 10, 25)]

    assert [e.upper - e.lower for e in widths] == sorted((e.upper - e.lower for e in widths), reverse=True)


def test_few_agents_use_students_t():
    alone = Centre(PooledSpread(144.0, 4), POPULATION, PRIOR, 3)

    wide, narrow = score((85.0,) * 5, centre=alone), score((85.0,) * 5)

    assert wide.quality.upper - wide.quality.lower > narrow.quality.upper - narrow.quality.lower


def test_a_centre_without_inspections_has_no_value():
    empty = describe_centre([Inspected((), 0)], PooledSpread(144.0, 0), PRIOR)

    assert score(centre=empty).total.value is None


def test_same_agent_gives_the_same_draws_whoever_else_is_there():
    first, again = score((80.0, 90.0, 70.0)), score((70.0, 80.0, 90.0))

    assert np.array_equal(first.draws, again.draws)


@pytest.mark.parametrize("quality", [-1.0, 100.5, float("nan")])
def test_scores_outside_the_scale_are_refused(quality):
    with pytest.raises(InputError):
        Inspected((quality,), 0)


def test_negative_counts_are_refused():
    with pytest.raises(CountError):
        Inspected((), -1)
