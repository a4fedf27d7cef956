"""Answers of each kind, conditions over them, and what a live score shows on the way."""

import pytest

from scoring.errors import AnswerError
from scoring.rubric import Answer, Criticality, State, read_rubric, score_inspection

RUBRIC = read_rubric("""
code: kinds
sections:
  - code: judged
    criteria:
      - {code: calm, kind: yes_no, weight: 20}
      - code: soothed
        kind: scale
        weight: 30
        criticality: customer
        levels: [{code: met, value: 1}, {code: rude, value: 0.5, fatal: true}]
        applies_if: {test: answer, criterion: calm, values: ["no"]}
      - code: steps
        kind: checklist
        weight: 30
        items: [{code: a}, {code: b}, {code: c, na_allowed: true}]
  - code: noted
    criteria:
      - {code: remark, kind: informational}
      - code: speed
        kind: measured
        weight: 20
        criticality: business
        measure:
          metric: handle_seconds
          targets:
            - {channels: [phone], target: 360, limit: 1080}
            - channels: [chat]
              steps: [{up_to: 600, value: 1}, {up_to: 900, value: 0.5}, {value: 0}]
""")


def score(answers, **facts):
    return score_inspection(RUBRIC, answers, facts)


def line(code, answers, **facts):
    return score(answers, **facts).criterion(code)


def test_checklist_earns_done_items_of_those_that_apply():
    everything = line("steps", {"steps": Answer(done=frozenset("ab"))})
    shorter = line("steps", {"steps": Answer(done=frozenset("a"), excluded=frozenset("c"))})

    assert everything.value == pytest.approx(2 / 3)
    assert shorter.value == 0.5


@pytest.mark.parametrize(
    ("channel", "seconds", "value"),
    [
        ("phone", 300, 1),
        ("phone", 720, 0.5),
        ("phone", 2000, 0),
        ("chat", 600, 1),
        ("chat", 601, 0.5),
        ("chat", 901, 0),
        ("email", 10, None),
        ("phone", None, None),
    ],
)
def test_measure_follows_the_target_of_the_channel(channel, seconds, value):
    assert line("speed", {}, channel=channel, handle_seconds=seconds).value == value


def test_missing_datum_is_not_applicable_and_never_missing():
    result = score({}, channel="phone")

    assert result.criterion("speed").state is State.not_applicable
    assert "speed" not in result.missing


def test_measured_zero_makes_a_critical_criterion_critical():
    result = score({"calm": Answer("yes")}, channel="phone", handle_seconds=5000)

    assert result.critical_classes == (Criticality.business,)
    assert result.score == 0


def test_fatal_level_is_critical_although_it_earns_points():
    result = score({"calm": Answer("no"), "soothed": Answer("rude")})

    assert result.is_critical
    assert result.criterion("soothed").points == 15


def test_condition_waits_for_the_answer_it_asks():
    waiting, on, off = score({}), score({"calm": Answer("no")}), score({"calm": Answer("yes")})

    assert waiting.waiting == ("soothed",)
    assert on.missing == ("soothed", "steps")
    assert off.criterion("soothed").state is State.switched_off


def test_answer_to_a_switched_off_criterion_counts_for_nothing():
    result = score({"calm": Answer("yes"), "soothed": Answer("rude"), "steps": Answer(done=frozenset("abc"))})

    assert result.quality == 100
    assert not result.is_critical


def test_note_is_never_owed():
    assert line("remark", {}).state is State.noted


def test_live_score_knows_the_best_that_can_still_come():
    result = score({"calm": Answer("no")}, channel="chat", handle_seconds=700)

    assert (result.points, result.weight, result.open_weight) == (10, 40, 60)
    assert result.quality == 25
    assert result.best_quality == 70


def test_inspection_to_which_nothing_applies_cannot_be_scored():
    rubric = read_rubric(
        "code: r\nsections: [{code: s, criteria: [{code: a, kind: yes_no, weight: 100, na_allowed: true}]}]"
    )

    result = score_inspection(rubric, {"a": Answer(na=True)}, {})

    assert (result.quality, result.score) == (None, None)
    assert result.is_complete
    assert not result.is_scoreable


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("calm", Answer("maybe")),
        ("calm", Answer()),
        ("calm", Answer(na=True)),
        ("steps", Answer(done=frozenset("x"))),
        ("steps", Answer(excluded=frozenset("a"))),
        ("steps", Answer(done=frozenset("c"), excluded=frozenset("c"))),
    ],
)
def test_answer_that_is_not_offered_is_refused_by_name(code, answer):
    with pytest.raises(AnswerError) as refusal:
        score({code: answer})

    assert refusal.value.criterion == code
