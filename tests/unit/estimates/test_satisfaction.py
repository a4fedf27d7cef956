"""Satisfaction of customers: net promoters, response rate, mean stars, and texts of those who did not answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import CountError, InputError
from scoring.estimates.beta import Beta
from scoring.estimates.calibrated_text import SurveyedConversations, estimate_by_text
from scoring.estimates.intervals import proportion_interval
from scoring.estimates.promoters import count_promoters, estimate_net_promoters
from scoring.estimates.satisfaction import estimate_mean_stars, estimate_response_rate, estimate_satisfaction
from scoring.estimates.shares import nonresponse_band
from scoring.estimates.shrinkage import fit_population, shrink_mean
from scoring.values import Interval, Label

STARS = st.lists(st.integers(1, 5).map(float), max_size=12)


def test_answers_are_parted_at_six_and_nine():
    assert count_promoters([0, 6, 6.5, 7, 8, 9, 10]) == (2, 3, 2)
    with pytest.raises(InputError):
        count_promoters([11])


def test_few_answers_are_marked_and_none_has_no_value():
    none, four, five = (estimate_net_promoters(n, 0, n) for n in (0, 4, 5))

    assert (none.estimate.value, none.raw, none.estimate.label) == (None, None, Label.none)
    assert (four.estimate.label, five.estimate.label) == (Label.prior_only, Label.ok)
    assert five.raw == 100
    assert five.estimate.value == pytest.approx(100 * 5 / 7)
    assert five.estimate.upper == 100
    assert five.estimate.lower < 35


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_net_promoters_lie_in_range_and_turn_round(promoters, detractors, passives):
    n = promoters + detractors + passives
    score = estimate_net_promoters(promoters, detractors, n).estimate
    turned = estimate_net_promoters(detractors, promoters, n).estimate

    if n:
        assert -100 <= score.lower <= score.value <= score.upper <= 100
        assert turned.value == pytest.approx(-score.value)
        assert turned.lower == pytest.approx(-score.upper)
        ten_times = estimate_net_promoters(10 * promoters, 10 * detractors, 10 * n).estimate
        assert ten_times.interval.width < score.interval.width


@pytest.mark.parametrize("counts", [(-1, 0, 5), (3, 3, 5)])
def test_promoter_counts_that_contradict_are_refused(counts):
    with pytest.raises(CountError):
        estimate_net_promoters(*counts)


def test_the_response_rate_stands_beside_the_share():
    found = estimate_satisfaction(9, 10, 40, Beta(40, 10))

    wilson = proportion_interval(10, 40)
    assert found.response_rate.value == 0.25
    assert (found.response_rate.lower, found.response_rate.upper) == (wilson.lower, wilson.upper)
    assert found.share.estimate.value == pytest.approx(49 / 60)
    assert found.band == nonresponse_band(49 / 60)
    assert not found.is_too_few


def test_four_answers_are_too_few_and_nobody_asked_has_no_rate():
    four, nobody = estimate_satisfaction(4, 4, 9, None), estimate_satisfaction(0, 0, 0, None)

    assert four.is_too_few
    assert four.share.estimate.label is Label.prior_only
    assert (nobody.response_rate.value, nobody.band) == (None, None)
    with pytest.raises(CountError):
        estimate_response_rate(3, 2)


def test_an_agent_of_one_bad_answer_is_drawn_towards_the_others():
    answers = {f"a{j:02}": [4.0, 5.0, 4.0, 3.0, 5.0, 3.0 + j % 3] for j in range(20)} | {"new": [1.0], "none": []}

    stars = estimate_mean_stars(answers)

    assert stars["new"].raw == 1
    assert stars["new"].estimate.value > 3.5
    assert stars["new"].estimate.label is Label.prior_only
    assert (stars["none"].raw, stars["none"].estimate.label) == (None, Label.none)
    assert stars["none"].estimate.value == pytest.approx(stars["none"].posterior.mean)
    assert 3.9 < stars["none"].estimate.value < 4.4


def test_stars_are_shrunk_with_the_pooled_variance_of_a_mean():
    # Ten agents of five answers, squares 4 on 4 degrees of freedom: pooled variance 1, of a mean 0.2.
    answers = {f"a{j}": [3 + 0.1 * j + step for step in (-1, -1, 0, 1, 1)] for j in range(10)}

    stars = estimate_mean_stars(answers)

    expected = fit_population([3 + 0.1 * j for j in range(10)], [0.2] * 10, smallest_sd=0.08)
    assert stars["a9"].posterior.mean == pytest.approx(shrink_mean(3.9, 0.2, expected).mean)
    assert stars["a9"].posterior.variance == pytest.approx(shrink_mean(3.9, 0.2, expected).variance)


def test_fewer_than_eight_agents_are_not_shrunk():
    stars = estimate_mean_stars({"a": [5.0, 4.0, 5.0], "b": [2.0, 3.0, 2.0], "c": []})

    assert stars["a"].estimate.value == pytest.approx(14 / 3)
    assert stars["a"].estimate.method == "t_stars.v1"
    assert (stars["c"].estimate.value, stars["c"].posterior) == (None, None)
    assert estimate_mean_stars({"a": [4.0]})["a"].estimate.interval == Interval(1, 5)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefghijkl"), STARS, max_size=12), st.randoms())
def test_mean_stars_are_order_free_and_in_range(answers, random):
    stars = estimate_mean_stars(answers)
    shuffled = list(answers)
    random.shuffle(shuffled)

    assert estimate_mean_stars({agent: sorted(answers[agent]) for agent in shuffled}) == stars
    for own in stars.values():
        if own.estimate.value is not None:
            assert 1 <= own.estimate.lower <= own.estimate.value <= own.estimate.upper <= 5


def test_shrunk_stars_cover_the_true_means():
    generator = np.random.default_rng(11)
    inside = []
    for _ in range(30):
        truth = generator.normal(4, 0.25, 40)
        chances = [np.clip(mean - 3, 0, 1) for mean in truth]
        answers = {
            f"{j:02}": (3.0 + 2 * (generator.random(8) < chance / 2)).tolist() for j, chance in enumerate(chances)
        }
        stars = estimate_mean_stars(answers)
        inside += [stars[f"{j:02}"].estimate.interval.contains(3 + chance) for j, chance in enumerate(chances)]

    assert np.mean(inside) > 0.92


def centre(generator, bias, response):
    """40 agents; answers of 0 or 1 that a text tells half of, and who answers depends on the text."""
    agents, truth = {}, {}
    for j in range(40):
        text = generator.normal(generator.normal(0, 0.3), 1, 200)
        answer = (generator.random(200) < 1 / (1 + np.exp(-1 - text))).astype(float)
        predicted = 1 / (1 + np.exp(-1 - text)) + bias
        answered = generator.random(200) < response(text)
        agents[f"{j:02}"] = SurveyedConversations.of(predicted, np.where(answered, answer, np.nan))
        truth[f"{j:02}"] = answer.mean()
    return agents, truth


def test_texts_take_out_what_the_silent_would_have_said():
    # The angry answer three times as often: the plain share is far too low, the calibrated one is not, although the
    # model itself is wrong by a tenth everywhere.
    agents, truth = centre(np.random.default_rng(3), 0.1, lambda text: np.where(text < 0, 0.45, 0.15))

    estimates = estimate_by_text(agents)

    plain = np.mean([np.nanmean(agents[agent].answers) - truth[agent] for agent in agents])
    calibrated = np.mean([estimates[agent].value - truth[agent] for agent in agents])
    inside = np.mean([estimates[agent].interval.contains(truth[agent]) for agent in agents])
    assert plain < -0.05
    assert abs(calibrated) < 0.02
    assert inside > 0.9


def test_a_model_that_knows_nothing_leaves_the_plain_mean():
    agents = {"a": SurveyedConversations.of([0.5] * 4, [1, 0, 1, np.nan])}

    estimate = estimate_by_text(agents)["a"]

    assert estimate.value == pytest.approx(2 / 3)
    assert (estimate.n, estimate.label) == (3, Label.prior_only)


def test_who_answered_in_full_has_no_error_and_who_did_not_has_no_value():
    agents = {
        "all": SurveyedConversations.of([0.2, 0.9], [0, 1]),
        "nobody": SurveyedConversations.of([0.2, 0.9], [np.nan, np.nan]),
        "stars": SurveyedConversations.of([4, 5, 5], [5, 5, np.nan]),
    }

    estimates = estimate_by_text(agents, scale=Interval(0, 5))

    assert (estimates["all"].lower, estimates["all"].value, estimates["all"].upper) == (0.5, 0.5, 0.5)
    assert (estimates["nobody"].value, estimates["nobody"].label) == (None, Label.none)
    assert estimates["stars"].upper == 5
    assert estimate_by_text({"one": SurveyedConversations.of([0.5], [1])})["one"].value is None


@pytest.mark.parametrize(("predicted", "answers"), [([1, 2], [1]), ([np.nan], [1]), ([1], [np.inf]), ([[1]], [[1]])])
def test_predictions_must_fit_the_answers(predicted, answers):
    with pytest.raises(InputError):
        SurveyedConversations.of(predicted, answers)
