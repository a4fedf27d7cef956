"""Evidence below standard with a learned score: the shifts of a frame, and the K of quality they enter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assessment.below_standard import JudgedSample, StandardRule, follow_agents
from scoring.assessment.evidence_values import LARGEST_SHIFT, assisted_values, frame_shifts
from scoring.errors import InputError

PREDICTIONS = st.lists(st.floats(0, 100), min_size=1, max_size=60)
RULE = StandardRule(70.0, 0.05, quality=72.0)


@given(PREDICTIONS, st.floats(-2, 2), st.integers(0, 3))
def test_shifts_add_up_to_nothing_over_the_frame_and_stay_in_their_room(predictions, slope, missing) -> None:
    rule = frame_shifts(predictions, slope, missing=missing)

    shifts = [rule.shift(prediction) for prediction in predictions] + [rule.shift(None)] * missing

    assert sum(shifts) == pytest.approx(0, abs=1e-6)
    assert max(-min(shifts), 0) / 100 <= rule.room + 1e-12
    assert all(abs(shift + rule.offset) <= LARGEST_SHIFT + 1e-9 for shift in shifts)


@given(PREDICTIONS, st.floats(-2, 2), st.data())
def test_one_by_one_is_the_same_as_all_at_once(predictions, slope, data) -> None:
    place = data.draw(st.integers(0, len(predictions) - 1))
    rule = frame_shifts(predictions, slope)

    made = assisted_values([80.0], [2.5], [place], predictions, slope=slope)

    assert made.values[0] == pytest.approx(max(0.0, (80 - 2.5 - rule.shift(predictions[place])) / 100))
    assert made.upper == pytest.approx(1 + rule.room)


def test_an_empty_frame_is_refused() -> None:
    with pytest.raises(InputError, match="finite"):
        frame_shifts([], 0.5)


@pytest.mark.parametrize(
    ("score", "rate", "quality", "said"),
    [(70.0, None, 72.0, "needs an allowed critical rate"), (70.0, 0.05, 100.0, "standard of quality of 100")],
)
def test_a_standard_of_quality_that_cannot_be_is_refused(score, rate, quality, said) -> None:
    with pytest.raises(InputError, match=said):
        StandardRule(score, rate, quality)


def test_a_critical_conversation_enters_its_own_evidence_alone() -> None:
    career = [JudgedSample(80.0), JudgedSample(60.0, is_critical=True), JudgedSample(75.0)]

    (found,) = follow_agents([career], RULE)

    assert math.isnan(found.values[1])
    assert found.of_score[1] == found.of_score[0]
    assert found.of_critical is not None
    assert found.of_critical[1] > found.of_critical[0]
    assert found.of_score == follow_agents([[career[0], career[2], career[2]]], RULE)[0].of_score[:1] * 2 + (
        follow_agents([[career[0], career[2]]], RULE)[0].of_score[1],
    )


def test_shifts_count_against_a_standard_of_quality_only() -> None:
    shifted = [JudgedSample(80.0, shift=5.0, room=0.1)]

    assert follow_agents([shifted], RULE)[0].values == (0.75,)
    assert follow_agents([shifted], StandardRule(70.0, 0.05))[0].values == (0.8,)


def test_it_names_sooner_whom_the_learned_score_foresees_and_spares_who_is_at_the_standard() -> None:
    """Simulated with ρ = 0.8, five a month: 5 % of the innocent at most in five years; five points below, sooner."""
    generator = np.random.default_rng(7)

    def careers(mean: float, agents: int, months: int, *, assisted: bool) -> list[list[JudgedSample]]:
        made = []
        for _ in range(agents):
            career = []
            for _ in range(months):
                foreseen = generator.normal(0, 12 * 0.8, 40)
                quality = np.clip(mean + foreseen + generator.normal(0, 12 * 0.6, 40), 0, 100)
                rule = frame_shifts(foreseen, 1.0)
                for place in generator.choice(40, 5, replace=False):
                    shift = rule.shift(foreseen[place]) if assisted else 0.0
                    room = rule.room if assisted else 0.0
                    career.append(JudgedSample(float(quality[place]), shift=shift, room=room))
            made.append(career)
        return made

    rule = StandardRule(70.0, 0.5, quality=70.0)  # half is allowed: the K of critical errors stays below 1

    def when(found) -> float:
        named = [next((i for i, k in enumerate(one.of_score) if k >= 20), 999) for one in found]
        return float(np.median(named))

    innocent = follow_agents(careers(70.5, 200, 60, assisted=True), rule)
    assert np.mean([max(one.of_score) >= 20 for one in innocent]) <= 0.05
    plain = when(follow_agents(careers(65.0, 150, 36, assisted=False), rule))
    sharpened = when(follow_agents(careers(65.0, 150, 36, assisted=True), rule))
    assert sharpened < 0.85 * plain
