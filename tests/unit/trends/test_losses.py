"""Pareto of lost points, and what is new or rising."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import CountError, InputError, WeightError
from scoring.estimates.seeds import generator_for
from scoring.trends.changes import Movement, TwoPeriods, find_rising
from scoring.trends.pareto import LostPoints, rank_losses
from scoring.values import Interval, Label


def month(conversations=60):
    rows = []
    for i in range(conversations):
        lost = {"closing": 10.0} if i % 3 == 0 else {}
        if i % 10 == 0:
            lost["greeting"] = 5.0
        rows.append(LostPoints(f"c{i:03}", {**lost, "data": 0.0}))
    return rows


def test_the_costliest_criterion_stands_first_with_its_interval():
    closing, greeting = rank_losses(month(), generator_for("team"))

    assert (closing.criterion, closing.conversations, closing.total) == ("closing", 20, 200)
    assert closing.per_conversation.value == pytest.approx(200 / 60)
    assert closing.share.value == closing.cumulative_share == pytest.approx(200 / 230)
    assert greeting.cumulative_share == pytest.approx(1)
    # The bootstrap of a mean comes near its normal interval: 10 points in a third of 60 conversations.
    half = 1.96 * 10 * np.sqrt(2 / 9 / 60)
    assert closing.per_conversation.lower == pytest.approx(200 / 60 - half, abs=0.2)
    assert closing.per_conversation.upper == pytest.approx(200 / 60 + half, abs=0.2)
    assert 0.65 < closing.share.lower < 0.8 < 0.9 < closing.share.upper <= 1


def test_a_conversation_that_stands_for_many_counts_as_many():
    often, seldom = LostPoints("a", {"closing": 10.0}, 9.0), LostPoints("b", {"greeting": 20.0}, 1.0)
    rows = [replace(one, conversation=f"{one.conversation}{i}") for one in (often, seldom) for i in range(20)]

    first, second = rank_losses(rows, generator_for("team"))

    assert (first.criterion, first.total, second.total) == ("closing", 200, 400)
    assert first.per_conversation.value == pytest.approx(9)
    assert first.share.value == pytest.approx(9 / 11)
    assert first.per_conversation.effective_n == pytest.approx(200**2 / (20 * 81 + 20))
    assert first.per_conversation.lower < 9 < first.per_conversation.upper <= 10
    doubled = [replace(one, weight=2 * one.weight) for one in rows]
    assert rank_losses(doubled, generator_for("team")) == (first, second)


def test_below_thirty_conversations_there_are_totals_and_no_estimate():
    bars = rank_losses(month(29), generator_for("team"))

    assert bars[0].total == 100
    assert (bars[0].per_conversation.value, bars[0].share.value) == (None, None)
    assert bars[0].share.label is Label.prior_only


def test_a_team_that_lost_nothing_has_no_bars():
    assert rank_losses([LostPoints("c", {"closing": 0.0})], generator_for("team")) == ()
    assert rank_losses([], generator_for("team")) == ()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from([0.0, 2.5, 10.0, 1 / 3])), max_size=40),
    st.randoms(),
)
def test_a_pareto_does_not_depend_on_the_order_and_sums_to_all(losses, random):
    rows = [LostPoints(f"{i:02}", lost) for i, lost in enumerate(losses)]
    bars = rank_losses(rows, generator_for("team"))
    random.shuffle(rows)

    assert rank_losses(rows, generator_for("team")) == bars
    if bars:
        assert bars[-1].cumulative_share == pytest.approx(1)
        assert [bar.total for bar in bars] == sorted((bar.total for bar in bars), reverse=True)


def test_a_new_thing_and_a_rising_one_are_told_from_chance():
    rows = [TwoPeriods(f"steady{i}", 10, 400, 11, 400) for i in range(10)]
    rows += [TwoPeriods("lost parcel", 0, 400, 12, 400), TwoPeriods("refund", 10, 400, 40, 400)]
    rows += [TwoPeriods("once", 0, 400, 1, 400), TwoPeriods("fell", 40, 400, 5, 400)]

    changes = {change.counts.code: change for change in find_rising(rows)}

    named = {code: change.movement for code, change in changes.items() if change.movement is not Movement.not_shown}
    assert named == {"lost parcel": Movement.new, "refund": Movement.rising}
    assert changes["refund"].difference == pytest.approx(30 / 400)
    assert changes["refund"].interval.lower > 0
    assert changes["fell"].interval.upper < 0


def test_a_period_without_conversations_shows_nothing():
    change = find_rising([TwoPeriods("x", 0, 0, 5, 10)])[0]

    assert (change.movement, change.difference, change.interval) == (Movement.not_shown, None, Interval(-1, 1))
    assert find_rising([]) == ()


def test_steady_things_are_named_in_at_most_one_month_of_ten():
    # 300 pairs of months with 20 things that do not change; a name in any of them is false.
    generator = np.random.default_rng(5)
    k = generator.binomial(300, 0.05, (300, 20, 2))

    false = [
        any(
            change.movement is not Movement.not_shown
            for change in find_rising(TwoPeriods(str(i), int(a), 300, int(b), 300) for i, (a, b) in enumerate(pair))
        )
        for pair in k
    ]

    assert np.mean(false) <= 0.10


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: TwoPeriods("x", 3, 2, 0, 1), CountError),
        (lambda: find_rising([TwoPeriods("x", 0, 1, 0, 1)] * 2), InputError),
        (lambda: find_rising([], error_share=0), InputError),
        (lambda: LostPoints("c", {"closing": -1.0}), InputError),
        (lambda: rank_losses([LostPoints("c", {})] * 2, generator_for("x")), InputError),
        (lambda: LostPoints("c", {}, 0.0), WeightError),
    ],
)
def test_contradicting_input_is_refused(make, error):
    with pytest.raises(error):
        make()
