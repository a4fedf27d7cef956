"""Rubric files: what is read, what is refused and with which words, and the published schema."""

import json
from pathlib import Path

import pytest

from scoring.errors import RubricFileError
from scoring.rubric import FIELDS, lint_rubric, read_rubric, rubric_schema, write_json, write_yaml

SMALL = """
code: small
title: {en: Small, zh: 小}
sections:
  - code: s
    criteria:
      - code: polite
        kind: yes_no
        weight: 100
      - code: sorry
        kind: yes_no
        applies_if: {test: answer, criterion: polite, values: [no]}
"""


def test_yes_and_no_are_words():
    condition = read_rubric(SMALL).criterion("sorry").applies_if

    assert condition.values == ("no",)


def test_yaml_and_json_say_the_same():
    rubric = read_rubric(SMALL.encode("utf-8-sig"))

    assert read_rubric(write_yaml(rubric)) == read_rubric(write_json(rubric)) == rubric


def test_whole_weights_are_written_without_a_point():
    assert "weight: 100\n" in write_yaml(read_rubric(SMALL))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\nb: *x", "aliases are not read"),
        ("{code: a, code: b}", "stands twice"),
        ("code: small\ntitel: {en: x}", "unknown field `titel`"),
        ("code: Not A Code", "regex"),
        ("code: a\nsections: [{code: s, criteria: [{code: c, kind: stars}]}]", "$.sections[0].criteria[0].kind"),
        (
            "code: a\nsections: [{code: s, criteria: [{code: c, kind: yes_no, weight: -1}]}]",
            "$.sections[0].criteria[0].weight",
        ),
        ("- 1", "Expected `object`"),
        ("", "Expected `object`"),
        ("[" * 5000, "neither YAML nor JSON"),
        (b"code: \xff", "not UTF-8: byte 6"),
        ("x" * 1_000_001, "at most 1,000,000"),
    ],
)
def test_unreadable_file_is_refused_with_the_place(text, words):
    with pytest.raises(RubricFileError) as refusal:
        read_rubric(text)

    assert words in str(refusal.value)


def test_published_schema_is_the_one_of_the_code():
    published = Path(__file__).parents[4] / "docs" / "rubric.schema.json"

    assert json.loads(published.read_text("utf-8")) == rubric_schema()


def test_example_in_the_manual_is_a_sound_rubric():
    manual = (Path(__file__).parents[4] / "docs" / "rubrics.md").read_text("utf-8")
    example = manual.split("```yaml\n")[1].split("```")[0]

    assert [finding.code for finding in lint_rubric(read_rubric(example)) if finding.is_error] == []


def test_manual_names_every_field():
    manual = (Path(__file__).parents[4] / "docs" / "rubrics.md").read_text("utf-8")

    assert [name for name in FIELDS if name not in manual] == []
