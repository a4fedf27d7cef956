"""Quality in three modes: every edge case of the methods, one test each."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.estimates.assisted import AssistOff
from scoring.estimates.beta import fit_beta_prior
from scoring.estimates.pooled import pool_spread
from scoring.estimates.quality import MonthFrame, QualityOptions, estimate_quality
from scoring.estimates.seeds import generator_for
from scoring.estimates.two_part import Inspected, describe_centre, estimate_two_part
from scoring.values import Label
from tests.factories.quality_windows import frames_of, make_scorings, scoring, window_of

PLAIN = QualityOptions(correct_severity=False, use_auto=False)
CENTRE = make_scorings()


def estimate(scorings, agent, options=PLAIN, **more):
    result = estimate_quality(window_of(scorings, **more), options=options)
    return next(found for found in result.agents if found.agent == agent), result.centre


def without(scorings, agent):
    return [s for s in scorings if s.agent != agent]


def test_nothing_inspected_gives_the_prior_and_says_none():
    found, centre = estimate(without(CENTRE, "a00"), "a00", sheets=["a00"])

    for score in (found.direct, found.fair):
        assert score.total.label is Label.none
        assert score.total.n == 0
        assert score.quality.value == pytest.approx(centre.month_means[0][1])
    assert found.direct.posterior.quality.variance == found.evidence.prior_variance
    # The mean of 19 agents is not known exactly.
    expected = centre.between_sd**2 + (centre.between_sd**2 + centre.month_variance) / 19
    assert found.evidence.prior_variance == pytest.approx(expected)
    assert found.mean_of_inspected is None


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_inspections_are_few_with_the_pooled_spread(count):
    scorings = [*without(CENTRE, "a00"), *[scoring("a00", place, 90.0) for place in range(count)]]

    found, centre = estimate(scorings, "a00")

    assert found.direct.total.label is Label.few
    expected = centre.spreads.plain.variance / count * (1 - count / 400)
    assert found.direct.posterior.quality.variance == pytest.approx(expected)


def test_equal_scores_still_have_a_width():
    scorings = [scoring(f"a{agent}", place, 90.0) for agent in range(10) for place in range(5)]

    found, _ = estimate(scorings, "a0")

    assert found.direct.quality.upper - found.direct.quality.lower > 1
    assert found.fair.total.upper - found.fair.total.lower > 1


def test_all_critical_takes_the_prior_quality_and_its_own_rate():
    critical = [scoring("a00", place, math.nan, is_critical=True) for place in range(5)]

    found, centre = estimate([*without(CENTRE, "a00"), *critical], "a00")

    assert found.direct.quality.value == pytest.approx(centre.month_means[0][1])
    assert found.direct.quality.label is Label.none
    assert found.direct.critical_rate.value == pytest.approx(
        (centre.critical.a + 5) / (centre.critical.a + centre.critical.b + 5)
    )
    assert found.direct.total.value < centre.month_means[0][1]
    assert found.direct.total.label is Label.ok
    assert found.mean_of_inspected == 0.0


def test_everything_inspected_leaves_no_sampling_variance():
    own = [scoring("a00", place, quality) for place, quality in enumerate((80.0, 100.0, 90.0))]
    own.append(scoring("a00", 3, 70.0, is_critical=True))
    scorings = [*without(CENTRE, "a00"), *own]
    frames = [MonthFrame(f.agent, f.age, 4 if f.agent == "a00" else 400) for f in frames_of(scorings)]

    found, _ = estimate(scorings, "a00", frames=frames)

    for score in (found.direct, found.fair):
        assert score.critical_rate.value == 0.25
        assert (score.total.value, score.total.lower, score.total.upper) == pytest.approx((67.5, 67.5, 67.5))
    assert found.direct.total.effective_n is None


def test_everything_inspected_keeps_inspectors_and_moods():
    twice = [scoring(s.agent, 0, s.quality - 5, inspector="i9") for s in CENTRE if s.conversation.endswith(":0")]
    scorings = [*CENTRE, *twice]
    frames = [MonthFrame(f.agent, f.age, 5) for f in frames_of(scorings)]

    found, centre = estimate(scorings, "a00", QualityOptions(use_auto=False), frames=frames)

    assert centre.severity.is_applied
    rater = min(centre.severity.variances.residual, centre.spreads.plain.variance)
    assert found.evidence.variance == pytest.approx(rater / 5 + found.evidence.leniency_variance)
    assert found.evidence.leniency_variance > 0


def test_one_inspector_is_not_corrected_and_everybody_comparable():
    scorings = make_scorings(inspectors=1)

    found, centre = estimate(scorings, "a00", QualityOptions())

    assert centre.severity.reason == "one_inspector"
    assert found.evidence.leniency == 0.0
    assert found.is_comparable
    assert found.direct.total.label is Label.ok


def test_whoever_no_inspector_joins_to_the_others_is_not_comparable():
    apart = [scoring("z", place, 70.0 + place, inspector="alone") for place in range(6)]

    found, _ = estimate([*CENTRE, *apart], "z", QualityOptions())

    assert not found.is_comparable
    assert {found.direct.total.label, found.fair.total.label} == {Label.not_comparable}


def test_without_automatic_scores_lambda_is_0_and_the_same_formulas_hold():
    with_, without_ = (estimate(CENTRE, "a00", QualityOptions(use_auto=use)) for use in (True, False))

    assert with_[1].assist.reason is AssistOff.no_scores
    assert with_[1].slope == 0.0
    assert with_[0].direct.total == without_[0].direct.total
    assert with_[0].informed.value == with_[0].fair.total.value


def test_fewer_than_eight_agents_are_not_shrunk_and_get_students_t():
    scorings = make_scorings(agents=7)

    found, centre = estimate(scorings, "a00")

    assert not centre.is_shrunk
    assert found.fair.quality.value == found.direct.quality.value
    assert found.direct.posterior.freedom == centre.spreads.plain.degrees_of_freedom == 28
    half = 2.0484 * math.sqrt(found.evidence.variance)
    assert found.direct.quality.lower == pytest.approx(found.direct.quality.value - half, abs=1e-3)


def test_eight_agents_are_shrunk():
    found, centre = estimate(make_scorings(agents=8), "a00")

    assert centre.is_shrunk
    assert found.fair.quality.value != found.direct.quality.value


def test_a_conversation_scored_twice_counts_once_with_the_mean():
    own = [scoring("a00", 0, 80.0, inspector="i1"), scoring("a00", 0, 90.0, inspector="i2"), scoring("a00", 1, 70.0)]

    found, _ = estimate([*without(CENTRE, "a00"), *own], "a00")

    assert found.direct.total.n == 2
    assert found.direct.quality.value == pytest.approx((85 + 70) / 2)


def test_an_appeal_changes_the_score_and_not_the_n():
    raised = [s if s.conversation != "a00:0:0" else scoring("a00", 0, 100.0, inspector=s.inspector) for s in CENTRE]

    before, after = estimate(CENTRE, "a00")[0], estimate(raised, "a00")[0]

    assert after.direct.total.n == before.direct.total.n
    assert after.direct.quality.value > before.direct.quality.value


def test_a_centre_without_inspections_has_no_value():
    result = estimate_quality(window_of([], frames=[MonthFrame("a", 0, 400)], sheets=["a"]))

    agent = result.agents[0]
    assert agent.direct.total.value is None
    assert agent.fair.draw() is None
    assert agent.informed.value is None
    assert result.centre.reliability is None


def test_a_month_without_inspections_stands_on_earlier_ones():
    scorings = [s for s in make_scorings(ages=(0, 1, 2)) if not (s.agent == "a00" and s.age == 0)]

    found, _ = estimate(scorings, "a00")

    assert found.direct.total.label is Label.none
    assert found.fair.total.label is Label.ok
    assert found.fair.total.n == 10
    assert found.fair.posterior.quality.variance < found.direct.posterior.quality.variance


def test_standing_counts_the_window_and_discounts_old_critical_errors():
    scorings = [*make_scorings(ages=(0, 1, 2)), scoring("a00", 8, 50.0, age=2, is_critical=True)]

    found, centre = estimate(scorings, "a00")

    assert found.fair.total.n == 16
    assert found.evidence.window_critical == pytest.approx(0.81)
    assert found.evidence.window_effective == pytest.approx(5 + 0.9 * 5 + 0.81 * 6)
    expected = (centre.critical.a + 0.81) / (centre.critical.a + centre.critical.b + found.evidence.window_effective)
    assert found.fair.critical_rate.value == pytest.approx(expected)
    assert found.fair.total.effective_n == pytest.approx(15, rel=1e-6)


def test_a_group_of_eight_has_a_mean_of_its_own_and_a_smaller_one_not():
    scorings = [
        scoring(s.agent, s.conversation, s.quality - 20 * (s.agent < "a10"), inspector=s.inspector) for s in CENTRE
    ]
    frames = [
        MonthFrame(f.agent, 0, 400, group="new" if f.agent < "a10" else "few" if f.agent < "a13" else "")
        for f in frames_of(scorings)
    ]

    _, centre = estimate(scorings, "a00", frames=frames)

    assert [name for name, _ in centre.group_offsets] == ["new"]
    assert centre.group_offsets[0][1] < -10


def test_without_corrections_direct_gives_what_the_two_part_score_gave():
    critical = [scoring("a03", 9, 40.0, is_critical=True)]
    scorings = [*CENTRE, *critical]
    groups = {}
    for s in scorings:
        groups.setdefault(s.agent, []).append(s)
    months = {
        agent: Inspected(tuple(s.quality for s in own if not s.is_critical), sum(s.is_critical for s in own), 400)
        for agent, own in groups.items()
    }
    spread = pool_spread(month.qualities for month in months.values())
    prior = fit_beta_prior([m.critical for m in months.values()], [m.n for m in months.values()])
    centre = describe_centre(months.values(), spread, prior)

    result = estimate_quality(window_of(scorings), options=PLAIN)

    for found in result.agents:
        older = estimate_two_part(months[found.agent], centre, generator_for("x"))
        for name in ("total", "quality", "critical_rate"):
            new, old = getattr(found.direct, name), getattr(older, name)
            assert new.value == pytest.approx(old.value, rel=1e-9)
            assert new.n == old.n
        assert found.direct.total.lower == pytest.approx(older.total.lower, abs=0.8)
        # The older formula counts critical conversations into the share inspected, of the same variance.
        assert found.direct.total.effective_n == pytest.approx(older.total.effective_n, rel=1e-9)
        assert found.mean_of_inspected == pytest.approx(older.mean_of_inspected)


def test_draws_are_those_behind_the_interval():
    found, _ = estimate(CENTRE, "a00")

    draws = found.fair.draw()

    lower, upper = np.quantile(draws, [0.025, 0.975])
    assert (found.fair.total.lower, found.fair.total.upper) == pytest.approx((lower, upper))
    two_part = found.fair.to_two_part(found.mean_of_inspected)
    assert np.array_equal(two_part.draws, draws)


def test_reliability_of_a_month_is_the_real_share_of_its_variance():
    _, centre = estimate(CENTRE, "a00")

    v = centre.spreads.plain.variance / 5
    assert centre.reliability == pytest.approx(centre.between_sd**2 / (centre.between_sd**2 + v))


def test_standing_of_a_month_varies_by_what_was_not_inspected():
    known, centre = estimate(CENTRE, "a00")
    unknown, _ = estimate(CENTRE, "a00", frames=[])

    expected = centre.spreads.plain.variance / 400 * (1 - 5 / 400)
    gained = known.fair.posterior.quality.variance - unknown.fair.posterior.quality.variance
    assert gained == pytest.approx(expected)
