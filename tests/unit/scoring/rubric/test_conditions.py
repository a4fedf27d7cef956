"""Conditions over fields and answers, and what "not known yet" does to them."""

import pytest

from scoring.rubric import AllOf, AnswerIs, AnyOf, Comparison, FieldIs, Not
from scoring.rubric.conditions import Truth, is_met

YES = FieldIs(field="channel", values=("phone",))
NO = FieldIs(field="channel", values=("chat",))
OPEN = AnswerIs(criterion="a", values=("yes",))
SAID = {"a": None, "b": frozenset({"partly"}), "c": frozenset({"na"})}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (YES, Truth.true),
        (NO, Truth.false),
        (OPEN, Truth.unknown),
        (AnswerIs(criterion="b", values=("partly", "not_met")), Truth.true),
        (AnswerIs(criterion="c", values=("na",)), Truth.true),
        (AnswerIs(criterion="never_asked", values=("yes",)), Truth.false),
        (Not(of=YES), Truth.false),
        (Not(of=OPEN), Truth.unknown),
        (AllOf(of=(NO, OPEN)), Truth.false),
        (AllOf(of=(YES, OPEN)), Truth.unknown),
        (AnyOf(of=(YES, OPEN)), Truth.true),
        (AnyOf(of=(NO, OPEN)), Truth.unknown),
    ],
)
def test_conditions_join_as_they_read(condition, expected):
    assert is_met(condition, SAID, {"channel": "phone"}) is expected


@pytest.mark.parametrize(
    ("comparison", "values", "fact", "expected"),
    [
        (Comparison.above, (30.0,), 30, False),
        (Comparison.at_least, (30.0,), 30, True),
        (Comparison.below, (30.0,), 29.9, True),
        (Comparison.at_most, (30.0,), 30.1, False),
        (Comparison.one_of, ("VIP",), "vip", True),
        (Comparison.one_of, (True,), True, True),
        (Comparison.one_of, (1.0,), True, False),
        (Comparison.known, (), 0, True),
        (Comparison.known, (), None, False),
        (Comparison.below, (30.0,), None, False),
        (Comparison.above, (30.0,), "40", False),
    ],
)
def test_field_compares_with_what_is_known(comparison, values, fact, expected):
    condition = FieldIs(field="any", comparison=comparison, values=values)

    assert (is_met(condition, {}, {"any": fact}) is Truth.true) is expected
