from collections import Counter, defaultdict
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import AssignmentError
from scoring.sampling.assign import InspectorSeat, SampleToAssign, Shortfall, assign_samples, choose_doubles

KEY = bytes(32)


def month(agents=12, each=5, teams=3):
    return [
        SampleToAssign(f"c:{agent}-{n}", f"A{agent}", f"T{agent % teams}")
        for agent in range(agents)
        for n in range(each)
    ]


def seats(count=6, bound=0):
    return [InspectorSeat(f"I{n}", frozenset({f"T{n}"}) if n < bound else frozenset()) for n in range(count)]


def held_by_agent(samples, plan):
    agent_of = {sample.conversation: sample.agent for sample in samples}
    held = defaultdict(Counter)
    for scoring in plan.scorings:
        held[agent_of[scoring.conversation]][scoring.inspector] += 1
    return held


@given(agents=st.integers(1, 30), each=st.integers(1, 8), count=st.integers(4, 9), bound=st.integers(0, 3))
def test_the_design_rule_holds_whenever_enough_inspectors_are_there(agents, each, count, bound):
    samples, inspectors = month(agents, each), seats(count + 1, bound)

    plan = assign_samples(samples, inspectors, key=KEY)

    team_of = {sample.conversation: sample.team for sample in samples}
    for scoring in plan.scorings:
        seat = next(s for s in inspectors if s.inspector == scoring.inspector)
        assert team_of[scoring.conversation] not in seat.own_teams
    for held in held_by_agent(samples, plan).values():
        assert len(held) >= min(each, 3)
        assert max(held.values()) <= max(1, int(held.total() * 0.4))
    assert plan.shortfalls == {}
    assert sum(scoring.is_second for scoring in plan.scorings) == ceil(len(samples) / 10)


@given(agents=st.integers(3, 40), each=st.integers(3, 6), count=st.integers(5, 8))
def test_loads_differ_by_little_where_there_is_a_choice(agents, each, count):
    plan = assign_samples(month(agents, each), seats(count), key=KEY)

    loads = Counter(scoring.inspector for scoring in plan.scorings)
    assert max(loads.values()) - min(loads[f"I{n}"] for n in range(count)) <= 2


def test_nobody_scores_a_conversation_twice_alone():
    plan = assign_samples(month(), seats(), key=KEY, double_share=1.0)

    pairs = defaultdict(set)
    for scoring in plan.scorings:
        pairs[scoring.conversation].add(scoring.inspector)
    assert {len(pair) for pair in pairs.values()} == {2}


def test_nobody_scores_themselves():
    samples = [SampleToAssign("c:1", "A1", "T1")]

    plan = assign_samples(samples, [InspectorSeat("I0", own_agent="A1"), InspectorSeat("I1")], key=KEY)

    assert [scoring.inspector for scoring in plan.scorings] == ["I1"]


def test_half_a_capacity_gets_half_a_load():
    inspectors = [InspectorSeat("half", capacity=0.5), *seats(5)]

    loads = Counter(s.inspector for s in assign_samples(month(44), inspectors, key=KEY, double_share=0).scorings)

    assert loads["half"] == pytest.approx(20, abs=3)
    assert loads["I1"] == pytest.approx(40, abs=3)


def test_what_was_held_earlier_in_the_quarter_counts():
    samples = month(agents=1, each=5)
    quarter = {("A0", "I0"): 4, ("A0", "I1"): 1}

    plan = assign_samples(samples, seats(4), key=KEY, double_share=0, quarter=quarter)

    # Ten scorings in the quarter: four are the limit, and I0 holds them already.
    assert "I0" not in {scoring.inspector for scoring in plan.scorings}
    assert plan.shortfalls == {}


def test_one_with_much_time_does_not_score_an_agent_alone():
    inspectors = [InspectorSeat("idle", capacity=100.0), *seats(3)]
    quarter = {("A0", "gone"): 20}

    plan = assign_samples(month(agents=1, each=4), inspectors, key=KEY, double_share=0, quarter=quarter)

    assert len({scoring.inspector for scoring in plan.scorings}) == 3


def test_too_few_inspectors_are_named_and_the_work_is_still_handed_out():
    plan = assign_samples(month(agents=2), seats(2), key=KEY)

    assert plan.shortfalls == {"A0": Shortfall.too_few_inspectors, "A1": Shortfall.too_few_inspectors}
    assert len({scoring.conversation for scoring in plan.scorings}) == 10


def test_a_quarter_that_is_already_lopsided_is_named():
    plan = assign_samples(month(agents=1, each=3), seats(4), key=KEY, quarter={("A0", "I0"): 9})

    assert plan.shortfalls == {"A0": Shortfall.share_above_limit}


def test_a_sample_that_nobody_may_score_is_refused():
    with pytest.raises(AssignmentError, match="'T0'"):
        assign_samples(month(agents=1), [InspectorSeat("I0", frozenset({"T0"}))], key=KEY)


def test_the_same_draw_is_handed_out_the_same_way_and_another_key_otherwise():
    samples = month()

    assert assign_samples(samples, seats(), key=KEY) == assign_samples(samples, seats()[::-1], key=KEY)
    assert assign_samples(samples, seats(), key=KEY) != assign_samples(samples, seats(), key=b"x" * 32)


def test_doubles_do_not_follow_the_order_of_the_draw():
    samples = month(agents=40)

    doubles = choose_doubles(samples, 0.1, KEY)

    assert len(doubles) == 20
    assert doubles != {sample.conversation for sample in samples[:20]}
    with pytest.raises(AssignmentError, match="between 0 and 1"):
        choose_doubles(samples, 1.1, KEY)
