"""The shipped policies, and what is found wrong in others."""

from __future__ import annotations

import msgspec
import pytest

from qa_app.assessment.forms import with_numbers
from qa_app.assessment.policies import preset, preset_codes
from scoring.assessment.points import Verdict, judge, points_of
from scoring.assessment.policy import check_policy, dump_policy, read_policy
from scoring.errors import AssessmentError
from scoring.values import Estimate, Label


@pytest.mark.parametrize("code", preset_codes())
def test_shipped_policies_are_sound_and_survive_a_round_trip(code):
    policy = preset(code)

    assert check_policy(policy) == ()
    assert read_policy(dump_policy(policy)) == policy
    assert read_policy(msgspec.json.encode(policy)) == policy


def test_default_policy_is_the_one_of_the_domain():
    policy = preset("service")

    assert [(c.code, c.weight) for c in policy.components] == [("qa", 50), ("customer_rating", 25), ("efficiency", 25)]
    assert [(t.code, t.from_score) for t in policy.ordered_tiers] == [("A", 90), ("B", 80), ("C", 70), ("D", 0)]
    assert (policy.standard.qa_score, policy.standard.critical_rate) == (70, 0.05)


@pytest.mark.parametrize(
    ("value", "floor", "target", "points"),
    [
        (0.85, 0.40, 0.95, 81.8),  # domain: 85 % satisfied gives 82
        (1.0, 1.5, 0.9, 83.3),  # domain: ratio 1.0 gives 83; lower is better
        (1.6, 1.5, 0.9, 0.0),
        (0.99, 0.60, 0.95, 100.0),
    ],
)
def test_anchors_turn_figures_into_points(value, floor, target, points):
    assert points_of(value, floor, target) == pytest.approx(points, abs=0.05)


@pytest.mark.parametrize(
    ("lower", "upper", "goal", "is_lower_better", "verdict"),
    [
        (82.0, 91.0, 80.0, False, Verdict.better),
        (60.0, 75.0, 80.0, False, Verdict.below),
        (75.0, 85.0, 80.0, False, Verdict.cannot_tell),
        (0.9, 1.05, 1.1, True, Verdict.better),
        (1.2, 1.3, 1.1, True, Verdict.below),
        (1.2, 1.3, None, True, Verdict.no_value),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(lower, upper, goal, is_lower_better, verdict):
    estimate = Estimate((lower + upper) / 2, lower, upper, 5, None, "test", Label.ok)

    assert judge(estimate, goal, is_lower_better=is_lower_better) is verdict


def test_findings_name_place_and_value():
    plain = dump_policy(preset("service"))
    plain["components"][0]["weight"] = 40
    plain["components"][2]["parts"][2]["weight"] = 10
    plain["tiers"][3]["from_score"] = 5

    findings = {(f.code, f.place, f.value) for f in check_policy(read_policy(plain))}

    assert findings == {
        ("component_weights", "", "90"),
        ("part_weights", "efficiency", "110"),
        ("reference", "answered_per_day", ""),
        ("lowest_tier", "D", "5"),
    }


def test_a_misspelt_field_is_refused_with_its_place():
    plain = dump_policy(preset("service"))
    plain["components"][1]["wieght"] = 25

    with pytest.raises(AssessmentError, match="wieght"):
        read_policy(plain)


def test_typed_numbers_land_in_their_places():
    plain = dump_policy(preset("service"))

    policy, wrong = with_numbers(
        plain, {"components.0.weight": "60", "components.2.parts.0.minimum": "20", "tiers.0.from_score": "92"}
    )

    assert wrong == []
    assert policy.components[0].weight == 60
    assert policy.components[2].parts[0].minimum == 20
    assert policy.ordered_tiers[0].from_score == 92
    assert with_numbers(plain, {"components.0.weight": "much"}) == (None, ["components.0.weight"])
