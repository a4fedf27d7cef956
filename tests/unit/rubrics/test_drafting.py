"""Single edits of a draft, and what they must never do: lose or double a criterion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.rubrics import drafting
from scoring.rubric import AllOf, AnswerIs, Criterion, Kind, Not, Rubric, Section, Text


def rubric(**sections):
    return Rubric(
        code="r",
        sections=tuple(
            Section(code=code, criteria=tuple(Criterion(code=name, kind=Kind.yes_no, weight=1) for name in names))
            for code, names in sections.items()
        ),
    )


def order(given_rubric):
    return {
        section.code: "".join(criterion.code for criterion in section.criteria) for section in given_rubric.sections
    }


@pytest.mark.parametrize(
    ("code", "step", "expected"),
    [
        ("b", -1, {"s": "ba", "t": "c"}),
        ("a", -1, {"s": "ab", "t": "c"}),
        ("b", 1, {"s": "a", "t": "bc"}),
        ("c", -1, {"s": "abc", "t": ""}),
        ("c", 1, {"s": "ab", "t": "c"}),
    ],
)
def test_criterion_moves_within_and_across_sections(code, step, expected):
    assert order(drafting.move_criterion(rubric(s="ab", t="c"), code, step)) == expected


def test_section_moves_and_stops_at_the_ends():
    assert list(order(drafting.move_section(rubric(s="a", t="b"), "t", -1))) == ["t", "s"]
    assert list(order(drafting.move_section(rubric(s="a", t="b"), "t", 1))) == ["s", "t"]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([-1, 1])), max_size=12))
def test_moving_about_loses_and_doubles_nothing(steps):
    moved = rubric(s="ab", t="", u="cd")
    for code, step in steps:
        moved = drafting.move_criterion(moved, code, step)

    assert sorted(criterion.code for criterion in moved.criteria()) == list("abcd")


def test_copy_stands_behind_with_weight_0():
    copied, code = drafting.duplicate_criterion(rubric(s="ab"), "a")

    assert [criterion.code for criterion in copied.criteria()] == ["a", code, "b"]
    assert copied.criterion(code).weight == 0


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: drafting.move_criterion(r, "x", 1),
        lambda r: drafting.move_section(r, "x", 1),
        lambda r: drafting.remove_section(r, "x"),
        lambda r: drafting.remove_criterion(r, "x"),
        lambda r: drafting.duplicate_criterion(r, "x"),
        lambda r: drafting.add_criterion(r, "x"),
        lambda r: drafting.arrange(r, [("s", ["a", "a"])]),
    ],
)
def test_what_is_not_there_is_refused(edit):
    with pytest.raises(drafting.NoSuchPart):
        edit(rubric(s="ab"))


def test_codes_settle_after_titles_with_their_conditions():
    first = Criterion(code="criterion_1", kind=Kind.yes_no, title=Text(en="Don’t interrupt the customer!"))
    condition = AllOf(of=(Not(of=AnswerIs(criterion="criterion_1", values=("yes",))),))
    second = Criterion(code="criterion_2", kind=Kind.yes_no, title=Text(zh="只有中文"), applies_if=condition)
    draft = Rubric(code="r", sections=(Section(code="s", criteria=(first, second)),))

    settled = drafting.settle_codes(draft, kept=set())

    assert [criterion.code for criterion in settled.criteria()] == ["dont_interrupt_the_customer", "criterion_2"]
    assert settled.criterion("criterion_2").applies_if.of[0].of.criterion == "dont_interrupt_the_customer"


def test_codes_that_were_published_stay():
    first = Criterion(code="criterion_1", kind=Kind.yes_no, title=Text(en="Reworded"))
    draft = Rubric(code="r", sections=(Section(code="s", criteria=(first,)),))

    assert drafting.settle_codes(draft, kept={"criterion_1"}) == draft


@pytest.mark.parametrize(
    ("text", "code"), [("Says hello!", "says_hello"), ("24 hours", ""), ("问候", ""), ("x" * 80, "x" * 40), ("", "")]
)
def test_code_is_made_of_english_words(text, code):
    assert drafting.slug(text) == code
