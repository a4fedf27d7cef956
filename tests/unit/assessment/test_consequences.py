"""Evidence against "at the standard": hand-computed steps, laws, and the promise kept in simulated careers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from scoring.assessment.below_standard import JudgedSample, StandardRule, follow_agents
from scoring.assessment.consequences import (
    EvidenceState,
    e_process_paths,
    first_reached,
    list_below_standard,
    mean_evidence,
    state_of,
    trace_e_process,
)
from scoring.assessment.evidence_values import assisted_values, critical_values, largest_value, score_values
from scoring.errors import InputError
from scoring.estimates.seeds import generator_for

YEARS_5 = 60  # months


def follow_by_hand(values, standard, upper=Fraction(1)):
    """The formulas of the methods page in exact fractions, one conversation after the other."""
    start = min(Fraction("0.85"), standard)
    evidence, path, means = Fraction(1), [], []
    for i, value in enumerate(values, start=1):
        seen = values[: i - 1]
        mean = (4 * start + sum(seen)) / (3 + i)
        squares = sum((x - m) ** 2 for x, m in zip(seen, means, strict=True))
        variance = (4 * Fraction("0.03") + squares) / (3 + i)
        bet = (standard - mean) / (variance + (standard - mean) ** 2)
        bet = min(max(bet, Fraction("0.05")), Fraction("0.9") / (upper - standard))
        means.append(mean)
        evidence *= 1 + bet * (standard - value)
        path.append(float(evidence))
    return path


def test_two_steps_computed_by_hand():
    # μ₁ = 0.8, bet clipped to 0.05: 1 + 0.05·0.3. μ₂ = 3.7/5, σ² = 0.21/5, bet 0.06/0.0456, times −0.1.
    path = e_process_paths([[0.5, 0.9]], 0.8)[0]

    assert path[0] == pytest.approx(1.015)
    assert path[1] == pytest.approx(1.015 * (1 - 0.1 * 0.06 / 0.0456))


@pytest.mark.parametrize("standard", ["0.7", "0.85", "0.95"])
@pytest.mark.parametrize("upper", ["1", "1.07"])
def test_a_whole_sequence_equals_exact_fractions(standard, upper):
    values = [Fraction(text) for text in ("1", "0.62", "0", "0.9", "0.55", "1", "0.4", "0.4", "0.71", "0")]

    path = e_process_paths([[float(v) for v in values]], float(Fraction(standard)), upper=float(Fraction(upper)))[0]

    assert path == pytest.approx(follow_by_hand(values, Fraction(standard), Fraction(upper)), rel=1e-12)


def test_bets_stay_between_their_limits():
    traced = trace_e_process([[0.0] * 40 + [1.0] * 40], 0.85)

    assert traced.bets.min() == 0.05
    assert traced.bets.max() <= 0.9 / 0.15 + 1e-12
    assert (traced.evidence > 0).all()


def test_a_gap_in_the_matrix_changes_nothing():
    whole = e_process_paths([[0.5, 0.9, 0.3]], 0.8)[0]

    gaps = e_process_paths([[np.nan, 0.5, np.nan, 0.9, 0.3, np.nan]], 0.8)[0]

    assert gaps[0] == 1.0
    assert gaps[[1, 3, 4]].tolist() == whole.tolist()
    assert gaps[5] == whole[2]


def test_agents_do_not_touch_each_other():
    generator = np.random.default_rng(7)
    values = generator.random((50, 33))

    together = e_process_paths(values, 0.6)

    for row in range(50):
        assert together[row].tolist() == e_process_paths(values[row : row + 1], 0.6)[0].tolist()


@pytest.mark.parametrize(
    ("values", "standard", "upper"),
    [([[1.2]], 0.8, 1.0), ([[-0.1]], 0.8, 1.0), ([[0.5]], 1.0, 1.5), ([[0.5]], 0.0, 1.0), ([[0.5]], 0.8, 0.8)],
)
def test_values_out_of_range_are_refused(values, standard, upper):
    with pytest.raises(InputError):
        e_process_paths(values, standard, upper=upper)


def test_states_have_their_limits():
    assert [state_of(k) for k in (0.0, 2.999, 3.0, 19.99, 20.0, 1e9)] == [
        EvidenceState.nothing,
        EvidenceState.nothing,
        EvidenceState.watch,
        EvidenceState.watch,
        EvidenceState.below_standard,
        EvidenceState.below_standard,
    ]


def test_values_take_severity_off_and_are_cut_at_zero_only():
    values = score_values([80.0, 100.0, 3.0, 95.0], [4.0, -6.0, 5.0, -3.0], [False, False, False, True])

    assert values.tolist() == pytest.approx([0.76, 1.06, 0.0, 0.0])
    assert largest_value([4.0, -6.0, 5.0]) == pytest.approx(1.06)
    assert largest_value() == 1.0
    assert largest_value([2.0]) == 1.0


def test_the_critical_twin_is_the_same_game_on_its_own_scale():
    criticals = [False, True, False, True, True]
    career = [JudgedSample(90.0, is_critical) for is_critical in criticals]

    (followed,) = follow_agents([career], StandardRule(80.0, 0.05))

    assert followed.of_critical == tuple(e_process_paths([critical_values(criticals)], 0.95)[0].tolist())
    assert followed.evidence == pytest.approx(
        [(a + b) / 2 for a, b in zip(followed.of_score, followed.of_critical, strict=True)]
    )


def test_without_an_allowed_rate_the_score_decides_alone():
    (followed,) = follow_agents([[JudgedSample(20.0)] * 8], StandardRule(80.0))

    assert followed.of_critical is None
    assert followed.evidence == followed.of_score
    assert followed.state is EvidenceState.below_standard
    assert followed.watch_at < followed.below_at < 8


def test_nothing_inspected_is_no_evidence():
    nobody, somebody = follow_agents([[], [JudgedSample(90.0)]], StandardRule(80.0, 0.05))

    assert (nobody.now, nobody.state, nobody.below_at) == (1.0, EvidenceState.nothing, None)
    assert somebody.now < 1


def test_an_appeal_changes_evidence_by_computing_it_again():
    before = [JudgedSample(40.0), JudgedSample(75.0), JudgedSample(60.0)]
    after = [JudgedSample(90.0), *before[1:]]

    first, second = follow_agents([before, after], StandardRule(80.0))

    assert second.now < first.now
    assert second.now == follow_agents([after], StandardRule(80.0))[0].now


def test_order_matters_only_as_order_of_submission():
    """The product over the same conversations in another order is another K, the same order the same bytes."""
    career = [JudgedSample(score) for score in (95.0, 30.0, 60.0, 88.0)]

    first, again, turned = follow_agents([career, list(career), career[::-1]], StandardRule(80.0))

    assert first == again
    assert turned.now != first.now


def test_mean_of_two_needs_the_same_moments():
    assert mean_evidence([1.0, 30.0], [3.0, 2.0]).tolist() == [2.0, 16.0]
    with pytest.raises(InputError):
        mean_evidence([1.0], [1.0, 2.0])
    with pytest.raises(InputError):
        mean_evidence()


def test_list_names_the_largest_k_that_passes():
    # J = 10, share 0.1: one name needs 100, two need 50 each, three 33.4 each.
    evidence = [1.0, 60.0, 0.2, 55.0, 34.0, 1.0, 0.5, 2.0, 19.0, 1.0]

    assert list_below_standard(evidence) == (1, 3, 4)
    assert list_below_standard([*evidence[:4], 30.0, *evidence[5:]]) == (1, 3)
    assert list_below_standard([99.0] + [1.0] * 9) == ()
    assert list_below_standard([]) == ()


def test_list_refuses_what_is_no_evidence():
    with pytest.raises(InputError):
        list_below_standard([1.0, -0.5])
    with pytest.raises(InputError):
        list_below_standard([1.0], error_share=0.0)


def test_first_reached_names_the_first_place():
    assert first_reached([[1.0, 21.0, 5.0, 30.0], [1.0, 2.0, 3.0, 4.0]]).tolist() == [1, -1]
    assert first_reached(np.empty((2, 0))).tolist() == [-1, -1]


# ---- the promise, in simulated careers -------------------------------------------------------------------------------


def draw_scores(generator, agents, length, mean, critical=0.02):
    """Quality with a quarter at 100 and sd 12, as on the methods page; critical conversations are 0."""
    low = generator.normal((mean - 25) / 0.75, 9.6, (agents, length))
    quality = np.where(generator.random((agents, length)) < 0.25, 100.0, np.clip(low, 0, 100))
    return np.where(generator.random((agents, length)) < critical, 0.0, quality) / 100


def months_until(paths, samples=5):
    first = first_reached(paths)
    return np.where(first >= 0, first // samples + 1, 10_000)


def test_nobody_at_the_standard_is_named_too_often_in_five_years():
    values = draw_scores(generator_for("careers"), 4000, 5 * YEARS_5, 85.0)

    named = (first_reached(e_process_paths(values, 0.98 * 0.85)) >= 0).mean()

    assert 0.002 < named <= 0.05  # the page measured 1–2 %


def test_two_k_together_keep_the_promise():
    generator = generator_for("careers", "twins")
    values = draw_scores(generator, 4000, 5 * YEARS_5, 85.0, critical=0.05)
    twin = critical_values(values == 0.0)

    both = mean_evidence(e_process_paths(values, 0.95 * 0.85), e_process_paths(twin, 0.95))

    assert (first_reached(both) >= 0).mean() <= 0.05


def test_expectation_never_rises_above_one():
    values = draw_scores(generator_for("expectation"), 40_000, 30, 85.0)

    means = e_process_paths(values, 0.98 * 0.85).mean(axis=0)

    assert (means < 1.03).all()  # sampling error of the mean stays below 0.01


@pytest.mark.parametrize(("points", "expected"), [(5, 17), (10, 7)])
def test_an_agent_below_is_found_after_the_months_of_the_page(points, expected):
    values = draw_scores(generator_for("below", str(points)), 1500, 5 * YEARS_5, 85.0 - points)

    median = np.median(months_until(e_process_paths(values, 0.98 * 0.85)))

    assert abs(median - expected) <= 1.5


@pytest.mark.parametrize(("allowed", "times", "expected"), [(0.05, 3, 13), (0.02, 3, 33), (0.05, 5, 5), (0.02, 5, 12)])
def test_critical_rate_is_found_after_the_months_of_the_page(allowed, times, expected):
    fine = 1.0 - (generator_for("critical", str(allowed), str(times)).random((3000, 600)) < allowed * times)

    assert abs(np.median(months_until(e_process_paths(fine, 1 - allowed))) - expected) <= 1.5


def test_watch_is_passed_by_a_few_of_the_innocent_in_a_year():
    values = draw_scores(generator_for("watch"), 4000, 5 * 12, 85.0)

    assert 0.05 < (first_reached(e_process_paths(values, 0.98 * 0.85), 3.0) >= 0).mean() < 0.13


def test_months_that_swing_are_named_in_the_share_of_the_page():
    """True monthly means around the standard with sd 3: named in 8–16 % of five-year careers, for truly low runs."""
    generator = generator_for("swing")
    swings = np.repeat(generator.normal(0, 0.03, (3000, YEARS_5)), 5, axis=1)
    values = np.clip(draw_scores(generator, 3000, 5 * YEARS_5, 85.0, critical=0.0) + swings, 0, None)

    named = (first_reached(e_process_paths(values, 0.85, upper=max(1.0, values.max()))) >= 0).mean()

    assert named < 0.16


# ---- with automatic scores -------------------------------------------------------------------------------------------


def assist(generator, agents, months, mean, correlation, frame=200, samples=5):
    """Careers with an automatic score of that correlation, month by month from whole frames."""
    values = np.empty((agents, months * samples))
    uppers = np.empty_like(values)
    for agent in range(agents):
        for month in range(months):
            quality = 100 * draw_scores(generator, 1, frame, mean, critical=0.0)[0]
            noise = correlation * np.sqrt(1 - correlation**2) * generator.normal(0, 12, frame)
            made = assisted_values(
                quality[:samples],
                np.zeros(samples),
                np.arange(samples),
                correlation**2 * quality + noise,
                slope=1.0,
            )
            place = slice(month * samples, (month + 1) * samples)
            values[agent, place], uppers[agent, place] = made.values, made.upper
    return values, uppers


def test_assisted_values_keep_the_mean_of_the_frame():
    generator = generator_for("assisted")
    quality, prediction = generator.uniform(60, 100, 400), generator.normal(0, 30, 400)

    made = assisted_values(quality, np.zeros(400), np.arange(400), prediction, slope=0.7)

    assert made.values.mean() * 100 == pytest.approx(quality.mean())
    assert made.values.max() <= made.upper
    assert made.upper <= 1 + 0.25


def test_assisted_values_refuse_a_hole_in_the_frame():
    with pytest.raises(InputError):
        assisted_values([80.0], [0.0], [0], [1.0, np.nan], slope=1.0)


def test_automatic_scores_shorten_the_wait_by_the_share_of_the_page():
    waits = {}
    for correlation in (0.0, 0.65, 0.8):
        values, uppers = assist(generator_for("auto", str(correlation)), 250, 24, 80.0, correlation)
        waits[correlation] = np.median(months_until(e_process_paths(values, 0.85, upper=uppers), samples=1))

    assert waits[0.65] / waits[0.0] == pytest.approx(0.7, abs=0.1)
    assert waits[0.8] / waits[0.0] == pytest.approx(0.6, abs=0.1)


def test_automatic_scores_keep_the_promise():
    values, uppers = assist(generator_for("auto", "innocent"), 500, YEARS_5, 85.0, 0.8)

    assert (first_reached(e_process_paths(values, 0.85, upper=uppers)) >= 0).mean() <= 0.05
