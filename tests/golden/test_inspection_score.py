"""The worked example of the domain's definitions ("Score of an inspection"): 81.7, and 0 with a critical error."""

import pytest

from scoring.rubric import Answer, Criticality, State, read_rubric, score_inspection

RUBRIC = read_rubric("""
code: worked_example
sections:
  - code: all
    criteria:
      - {code: greeting, kind: yes_no, weight: 10}
      - code: need
        kind: scale
        weight: 20
        levels: [{code: met, value: 1}, {code: partly, value: 0.5}, {code: not_met, value: 0}]
      - {code: empathy, kind: yes_no, weight: 15, na_allowed: true}
      - code: hold_announced
        kind: yes_no
        weight: 10
        applies_if: {test: field, field: hold_seconds, comparison: above, values: [0]}
      - code: first_response
        kind: measured
        weight: 15
        measure: {metric: first_response_seconds, targets: [{target: 30, limit: 90}]}
      - {code: resolved, kind: yes_no, weight: 30}
      - {code: identity, kind: yes_no, weight: 0, criticality: compliance}
""")
FACTS = {"channel": "phone", "hold_seconds": 0, "first_response_seconds": 45}
ANSWERS = {
    "greeting": Answer("yes"),
    "need": Answer("partly"),
    "empathy": Answer(na=True),
    "resolved": Answer("yes"),
    "identity": Answer("yes"),
}


def test_worked_example_scores_81_point_7():
    result = score_inspection(RUBRIC, ANSWERS, FACTS)

    assert result.quality == pytest.approx(100 * 61.25 / 75)
    assert round(result.quality, 1) == 81.7
    assert result.score == result.quality
    assert not result.is_critical
    assert result.is_complete


def test_each_line_of_the_example_has_its_value_and_points():
    result = score_inspection(RUBRIC, ANSWERS, FACTS)

    lines = {line.code: (line.state, line.value, line.points) for line in result.criteria}
    assert lines == {
        "greeting": (State.scored, 1, 10),
        "need": (State.scored, 0.5, 10),
        "empathy": (State.not_applicable, None, None),
        "hold_announced": (State.switched_off, None, None),
        "first_response": (State.scored, 0.75, 11.25),
        "resolved": (State.scored, 1, 30),
        "identity": (State.scored, 1, 0),
    }


def test_failed_identity_check_makes_score_0_and_keeps_quality():
    result = score_inspection(RUBRIC, {**ANSWERS, "identity": Answer("no")}, FACTS)

    assert round(result.quality, 1) == 81.7
    assert result.score == 0
    assert result.is_critical
    assert result.critical_classes == (Criticality.compliance,)
