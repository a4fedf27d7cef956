"""A condition becomes rows of a form and comes back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.rubrics.clauses import Clause, Joining, build_condition, joining_of, split_condition, write_condition
from scoring.errors import RubricFileError
from scoring.rubric import AllOf, AnswerIs, AnyOf, Comparison, FieldIs, Not

CODES = st.sampled_from(["yes", "no", "met", "na"])
QUESTIONS = st.one_of(
    st.builds(AnswerIs, criterion=st.just("greeting"), values=st.lists(CODES, min_size=1, unique=True).map(tuple)),
    st.builds(FieldIs, field=st.just("hold_seconds"), comparison=st.just(Comparison.above), values=st.just((0.5,))),
    st.builds(FieldIs, field=st.just("resolved"), values=st.sampled_from([(True,), (False,)])),
    st.builds(FieldIs, field=st.just("topic"), comparison=st.just(Comparison.known)),
    st.builds(FieldIs, field=st.just("topic"), values=st.sampled_from([("delivery",), ("退货", "换货")])),
)
FLAT = st.one_of(QUESTIONS, st.builds(Not, of=QUESTIONS))
CONDITIONS = st.one_of(
    FLAT,
    st.builds(AllOf, of=st.lists(FLAT, min_size=2, max_size=4).map(tuple)),
    st.builds(AnyOf, of=st.lists(FLAT, min_size=2, max_size=4).map(tuple)),
)


@given(CONDITIONS)
def test_flat_condition_survives_its_rows(condition):
    assert build_condition(joining_of(condition), split_condition(condition), "") == condition


@given(st.builds(Not, of=CONDITIONS))
def test_any_condition_survives_its_text(condition):
    assert build_condition(Joining.written, [], write_condition(condition)) == condition


def test_deep_condition_is_edited_as_it_is_written():
    deep = AllOf(of=(AnyOf(of=(FieldIs(field="topic", values=("a",)),)), FieldIs(field="topic", values=("b",))))

    assert joining_of(deep) is Joining.written
    assert split_condition(deep) == []


@pytest.mark.parametrize(
    ("comparison", "values", "expected"),
    [
        ("above", "30", FieldIs(field="hold_seconds", comparison=Comparison.above, values=(30.0,))),
        ("above", "long", FieldIs(field="hold_seconds", comparison=Comparison.above, values=("long",))),
        ("one_of", "1， 2", FieldIs(field="hold_seconds", values=(1.0, 2.0))),
        ("not_known", "", Not(of=FieldIs(field="hold_seconds", comparison=Comparison.known))),
    ],
)
def test_row_is_read_as_its_field_holds_values(comparison, values, expected):
    assert build_condition(Joining.all, [Clause("field:hold_seconds", comparison, values)], "") == expected


def test_rows_without_a_subject_ask_nothing():
    assert build_condition(Joining.any, [Clause("", "one_of", "x")], "") is None
    assert build_condition(Joining.always, [Clause("field:topic", "one_of", "x")], "") is None
    assert build_condition(Joining.written, [], "  ") is None


def test_text_that_is_no_condition_is_refused():
    with pytest.raises(RubricFileError, match="not a condition"):
        build_condition(Joining.written, [], "test: sometimes")
