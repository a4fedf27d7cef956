"""Every finding of the lint, each on a rubric that is otherwise sound."""

import pytest

from scoring.rubric import has_errors, lint_rubric, read_rubric

HEAD = """
code: r
title: {en: R, zh: 表}
channels: [phone, chat]
sections:
  - code: s
    title: {en: S, zh: 类}
    criteria:
"""
SOUND = """
      - code: greeting
        kind: yes_no
        title: {en: Greets the customer, zh: 问候客户}
        weight: 60
        na_allowed: true
        guidance: {text: {en: Look at the start, zh: 看开头}}
      - code: answer
        kind: scale
        title: {en: Clear and complete answer, zh: 答复清楚完整}
        weight: 40
        levels:
          - {code: met, value: 1, text: {en: Met, zh: 做到}}
          - {code: not_met, value: 0, text: {en: Not met, zh: 未做到}}
        guidance: {text: {en: All questions, zh: 全部问题}}
"""
MEASURED = """
      - code: speed
        kind: measured
        title: {{en: First response, zh: 首次响应}}
        weight: 0
        criticality: business
        measure: {{metric: {metric}, targets: [{targets}]}}
"""
LATER = """
      - code: later
        kind: yes_no
        title: {{en: Something else altogether, zh: 完全另一回事}}
        criticality: customer
        evidence_required: true
        guidance: {{text: {{en: x, zh: 呀}}}}
        applies_if: {condition}
"""


def codes(text, **replaced):
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    return [finding.code for finding in lint_rubric(read_rubric(text))]


def test_sound_rubric_has_no_findings():
    assert codes(HEAD + SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("weight: 60", "weight: 59", "weights_sum"),
        ("{en: Greets the customer, zh: 问候客户}", "{en: Greets the customer}", "missing_language"),
        ("{en: Greets the customer, zh: 问候客户}", "{}", "no_title"),
        ("{en: Not met, zh: 未做到}", "{}", "level_unnamed"),
        ("{en: Not met, zh: 未做到}", "{en: Not met}", "missing_language"),
        ("code: not_met, value: 0", "code: met, value: 0", "code_twice"),
        ("code: met, value: 1", "code: met, value: 0.9", "top_level_below_full"),
        ("code: not_met, value: 0", "code: not_met, value: 1", "levels_same_value"),
        ("value: 0, text", "value: 0, fatal: true, text", "fatal_without_class"),
        ("kind: scale", "kind: checklist", "no_items"),
        ("kind: scale", "kind: checklist", "part_unused"),
        ("kind: scale", "kind: measured", "no_measure"),
        ("kind: scale", "kind: informational", "informational_counts"),
        ("kind: yes_no", "kind: yes_no\n        levels: [{code: yes, value: 0.5}]", "yes_no_levels"),
        ("kind: yes_no", "kind: scale", "too_few_levels"),
        ("code: answer", "code: greeting", "code_twice"),
        ("channels: [phone, chat]", "channels: [fax]", "unknown_channel"),
        ("weight: 60", "weight: 100\n        criticality: customer", "critical_without_evidence"),
        ("{text: {en: All questions, zh: 全部问题}}", "{text: {en: All questions}}", "guidance_one_language"),
        ("{text: {en: All questions, zh: 全部问题}}", "{}", "no_guidance"),
        ("{en: Clear and complete answer, zh: 答复清楚完整}", "{en: Greets customer, zh: 您好}", "double_jeopardy"),
        ("weight: 40\n", "weight: 40\n        na_allowed: true\n", "all_na_possible"),
    ],
)
def test_each_flaw_is_found(old, new, found):
    assert found in codes(HEAD + SOUND, **{old: new})


def test_rubric_without_criteria_is_not_published():
    findings = lint_rubric(read_rubric("code: r\ntitle: {en: R, zh: 表}"))

    assert [finding.code for finding in findings] == ["no_criteria"]
    assert has_errors(findings)


@pytest.mark.parametrize(
    ("metric", "targets", "found"),
    [
        ("first_response_seconds", "{target: 30, limit: 90}", []),
        ("shoe_size", "{target: 30, limit: 90}", ["unknown_metric"]),
        ("handle_seconds", "{target: 30}", ["target_incomplete"]),
        ("handle_seconds", "{target: 30, limit: 30}", ["target_is_limit"]),
        ("handle_seconds", "{channels: [phone], target: 1, limit: 2}", ["channel_without_target"]),
        ("handle_seconds", "{target: 1, limit: 2}, {channels: [chat], target: 1, limit: 3}", ["target_never_used"]),
        ("handle_seconds", "{channels: [fax], target: 1, limit: 2}, {target: 1, limit: 3}", ["unknown_choice"]),
        ("handle_seconds", "{steps: [{up_to: 9, value: 1}, {up_to: 8, value: 0}, {value: 0}]}", ["steps_unsorted"]),
        ("handle_seconds", "{steps: [{up_to: 9, value: 1}]}", ["steps_end"]),
    ],
)
def test_measures_are_checked(metric, targets, found):
    assert codes(HEAD + SOUND + MEASURED.format(metric=metric, targets=targets)) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("{test: answer, criterion: greeting, values: [no, na]}", []),
        ("{test: answer, criterion: answer, values: [na]}", ["condition_unknown_answer"]),
        ("{test: answer, criterion: later, values: [yes]}", ["condition_not_earlier"]),
        ("{test: answer, criterion: greeting, values: []}", ["condition_empty"]),
        ("{test: field, field: weather, values: [rain]}", ["condition_unknown_field"]),
        ("{test: field, field: channel, values: [fax]}", ["condition_unknown_value"]),
        ("{test: field, field: channel, comparison: above, values: [3]}", ["condition_comparison"]),
        ("{test: field, field: hold_seconds, values: [long]}", ["condition_unknown_value"]),
        ("{test: field, field: hold_seconds, comparison: below, values: [0]}", ["condition_never"]),
        ("{test: field, field: channel, values: [email]}", ["condition_never"]),
        ("{test: field, field: channel, values: [phone, chat]}", ["condition_always"]),
        (
            "{test: all, of: [{test: field, field: hold_seconds, comparison: above, values: [60]},"
            " {test: field, field: hold_seconds, comparison: below, values: [30]}]}",
            ["condition_never"],
        ),
        (
            "{test: all, of: [{test: answer, criterion: greeting, values: [yes]},"
            " {test: not, of: {test: answer, criterion: greeting, values: [yes]}}]}",
            ["condition_never"],
        ),
        ("{test: any, of: []}", ["condition_empty"]),
    ],
)
def test_conditions_are_checked(condition, found):
    assert codes(HEAD + SOUND + LATER.format(condition=condition)) == found


def test_criterion_behind_one_that_never_applies_never_applies():
    chain = LATER.format(condition="{test: answer, criterion: greeting, values: [no]}")
    behind = (
        LATER.replace("later", "last")
        .replace("Something else altogether", "Words of no kin")
        .replace("完全另一回事", "毫无关系")
    )
    condition = (
        "{test: all, of: [{test: answer, criterion: later, values: [yes]},"
        " {test: answer, criterion: greeting, values: [yes]}]}"
    )

    assert codes(HEAD + SOUND + chain + behind.format(condition=condition)) == ["condition_never"]


def test_alike_criteria_that_never_meet_are_no_double_jeopardy():
    both = LATER + LATER.replace("later", "twin")
    for_phone = "{test: field, field: channel, values: [phone]}"
    for_chat = "{test: field, field: channel, values: [chat]}"
    apart = LATER.format(condition=for_phone) + LATER.replace("later", "twin").format(condition=for_chat)

    assert codes(HEAD + SOUND + both.format(condition=for_phone)) == ["double_jeopardy"]
    assert codes(HEAD + SOUND + apart) == []


def test_too_many_cases_raise_no_false_alarm():
    parts = ", ".join(
        f"{{test: field, field: {name}, comparison: above, values: [{bound}]}}"
        for name in ("hold_seconds", "talk_seconds", "wait_seconds", "handle_seconds")
        for bound in (10, 20, 30, 40, 50, 60)
    )

    assert codes(HEAD + SOUND + LATER.format(condition=f"{{test: all, of: [{parts}]}}")) == []
