"""Composite, tiers and formulas on small cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assessment.composite import Points, combine_parts, component_prior, compose, draw_prior, variance_shares
from scoring.assessment.explain import explain_figure, explain_points
from scoring.assessment.patterns import Failures, find_patterns, inspections_needed
from scoring.assessment.tiers import decide_tier, expect_ranks
from scoring.errors import AssessmentError, WeightError
from scoring.estimates.seeds import DRAWS, generator_for

THRESHOLDS = {"A": 90.0, "B": 80.0, "C": 70.0, "D": 0.0}
WEIGHTS = {"qa": 50.0, "rating": 25.0, "efficiency": 25.0}


def points(value: float, sd: float = 4.0, name: str = "x") -> Points:
    return Points(value, np.clip(value + sd * generator_for(name).standard_normal(DRAWS), 0, 100))


def all_points() -> dict[str, Points]:
    return {"qa": points(84.8, name="q"), "rating": points(85.3, name="r"), "efficiency": points(80.0, name="e")}


def test_composite_is_the_weighted_sum_and_its_variance_adds_up():
    result = compose(WEIGHTS, all_points(), {})

    assert result.value == pytest.approx(0.5 * 84.8 + 0.25 * 85.3 + 0.25 * 80.0)
    assert result.draws.var() == pytest.approx((0.25 + 0.0625 + 0.0625) * 16, rel=0.1)


def test_a_missing_component_takes_its_prior_with_its_variance():
    observed = all_points()
    del observed["rating"]
    prior = component_prior([70, 72, 74, 76, 78, 80, 82, 84])

    result = compose(WEIGHTS, observed, {"rating": draw_prior(prior, generator_for("p"))})

    assert prior.mean == 77
    assert result.missing == ("rating",)
    assert result.value == pytest.approx(0.5 * 84.8 + 0.25 * 77 + 0.25 * 80.0)
    assert result.interval.width > compose(WEIGHTS, all_points(), {}).interval.width


def test_seven_agents_give_no_prior_and_so_no_composite():
    observed = all_points()
    del observed["rating"]

    assert component_prior([70.0] * 7) is None
    assert compose(WEIGHTS, observed, {}).withheld == "no_prior"


def test_without_qa_there_is_no_composite():
    observed = all_points()
    prior = {"qa": observed.pop("qa")}

    result = compose(WEIGHTS, observed, prior)

    assert (result.value, result.withheld) == (None, "observed_weight")


def test_a_part_without_data_passes_its_weight_to_the_other_parts():
    both = combine_parts({"time": 50, "response": 50}, {"time": points(80), "response": points(90)})
    one = combine_parts({"time": 50, "response": 50, "unset": 0}, {"response": points(90)})

    assert (both.value, one.value) == (85.0, 90.0)
    assert combine_parts({"time": 50}, {}) is None


def test_weights_that_are_all_zero_are_refused():
    with pytest.raises(WeightError):
        compose({"qa": 0.0}, all_points(), {})


def test_a_tier_is_given_from_four_fifths_on():
    certain = np.concatenate([np.full(3200, 91.0), np.full(800, 85.0)])
    unsure = np.concatenate([np.full(3199, 91.0), np.full(801, 85.0)])

    assert decide_tier(certain, THRESHOLDS).given == "A"
    assert decide_tier(unsure, THRESHOLDS).given is None
    assert decide_tier(unsure, THRESHOLDS).candidates == ("A", "B")


def test_candidates_are_the_fewest_neighbours_that_are_likely_enough():
    spread = np.concatenate([np.full(1500, 91.0), np.full(1300, 85.0), np.full(1200, 75.0)])

    assert decide_tier(spread, THRESHOLDS).candidates == ("A", "B", "C")


def test_tiers_must_start_at_zero():
    with pytest.raises(AssessmentError):
        decide_tier(np.zeros(10), {"A": 90.0, "B": 80.0})


def test_expected_ranks_put_the_better_first():
    ranks = expect_ranks([points(90, name="a").draws, points(70, name="b").draws, points(89, name="c").draws])

    assert ranks[1].mean == pytest.approx(3, abs=0.01)
    assert 1 < ranks[0].mean < ranks[2].mean < 2


def test_equal_agents_share_the_mean_of_their_places():
    equal, worse = np.array([90.0, 80.0]), np.array([70.0, 60.0])

    assert [rank.mean for rank in expect_ranks([equal, worse, equal, equal])] == [2.0, 4.0, 2.0, 2.0]


@given(st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), max_size=12), st.randoms(use_true_random=False))
def test_ranks_go_with_the_agent_whatever_the_order(rows, random):
    draws = [np.array(row, dtype=float) for row in rows]
    order = list(range(len(draws)))
    random.shuffle(order)

    straight, turned = expect_ranks(draws), expect_ranks([draws[place] for place in order])

    assert turned == [straight[place] for place in order]
    assert sum(rank.mean for rank in straight) == pytest.approx(len(rows) * (len(rows) + 1) / 2)
    for one, own in zip(straight, draws, strict=True):
        ahead = np.mean([other > own for other in draws], axis=1).sum()
        beside = np.mean([other == own for other in draws], axis=1).sum()
        assert one.mean == pytest.approx(ahead + (beside + 1) / 2)


def test_variance_is_carried_by_the_component_that_differs():
    rows = [{"qa": float(v), "rating": 80.0, "efficiency": 75.0} for v in (60, 70, 80, 90)]

    assert variance_shares(WEIGHTS, rows) == pytest.approx({"qa": 1.0, "rating": 0.0, "efficiency": 0.0})


def test_formulas_fill_in_their_numbers():
    basis = {"a": 1.0, "b": 49.0, "k": 0.0, "n": 5.0, "q": 86.0, "p": 1 / 55, "N": 400.0}

    rate, total = explain_figure("two_part.v1", basis, (1 - 1 / 55) * 86.0)

    assert rate.line == "p = (a + k) / (a + b + n) = (1 + 0) / (1 + 49 + 5) = 0.01818"
    assert total.line == "θ = (1 − p) · q = (1 − 0.01818) · 86 = 84.44"
    assert explain_points(0.85, 0.4, 0.95, 81.8).filled == "100 · (0.85 − 0.4) / (0.95 − 0.4)"


def test_a_clear_weakness_is_listed_and_a_spotless_record_praised():
    rows = [Failures(f"a{j:02d}", "closing", 3, 15, 10.0) for j in range(20)]
    rows += [Failures("weak", "closing", 13, 15, 10.0), Failures("clean", "closing", 0, 15, 10.0)]

    found = find_patterns(rows)

    assert [entry.agent for entry in found.improvement] == ["weak"]
    assert "clean" in {entry.agent for entry in found.praise}
    assert found.improvement[0].recoverable_points == pytest.approx(2.78, abs=0.05)


def test_five_inspections_show_no_pattern_and_say_how_many_would():
    rows = [Failures(f"a{j:02d}", "closing", j % 2, 5, 10.0) for j in range(20)] + [
        Failures("new", "closing", 2, 5, 10.0)
    ]

    found = find_patterns(rows)

    assert found.improvement == ()
    assert inspections_needed([rows[-1]], found.criteria) is None or inspections_needed([rows[-1]], found.criteria) > 5


def test_what_fails_everywhere_alike_is_a_process_item_and_on_nobodys_list():
    rows = [Failures(f"a{j:03d}", "progress", 30 + j % 2, 100, 10.0) for j in range(60)]

    found = find_patterns(rows)

    assert [c.criterion for c in found.criteria if c.is_process_item] == ["progress"]
    assert found.improvement == found.praise == ()
