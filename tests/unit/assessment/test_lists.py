"""Places and lists of agents, and the lists of criteria at their limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assessment.lists import Standings, Withheld, are_separable, count_places, list_highest, list_lowest
from scoring.assessment.patterns import Failures, find_patterns
from scoring.errors import AssessmentError
from scoring.estimates.shrinkage import Normal


def standings(means, sd=1.0, effective_n=5.0, draws=2000, seed=1):
    generator = np.random.default_rng(seed)
    values = np.array(means)[:, None] + sd * generator.standard_normal((len(means), draws))
    names = tuple(f"a{j:03}" for j in range(len(means)))
    return Standings(names, values, (effective_n,) * len(means))


def test_two_agents_are_told_apart_by_the_error_of_their_difference():
    # 1.645 · sqrt(9 + 16) = 8.225.
    assert are_separable(Normal(80, 9), Normal(88.3, 16))
    assert are_separable(Normal(88.3, 16), Normal(80, 9))
    assert not are_separable(Normal(80, 9), Normal(88.2, 16))


def test_a_place_counts_those_who_are_separably_ahead():
    places = count_places([Normal(90, 1), Normal(89, 1), Normal(85, 1), Normal(85, 40), Normal(70, 1)])

    assert places == [1, 1, 3, 1, 5]
    assert count_places([]) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 60)), max_size=15), st.randoms())
def test_places_go_with_the_agent_whatever_the_order(rows, random):
    agents = [Normal(float(mean), float(variance)) for mean, variance in rows]
    places = dict(zip(agents, count_places(agents), strict=True))
    random.shuffle(agents)

    assert dict(zip(agents, count_places(agents), strict=True)) == places
    for agent, place in places.items():
        assert place == 1 + sum(one.mean > agent.mean and are_separable(one, agent) for one in agents)


def test_moments_are_those_of_the_draws():
    moments = standings([80, 90], sd=2, draws=4000).moments()

    assert [m.mean for m in moments] == pytest.approx([80, 90], abs=0.15)
    assert [m.variance for m in moments] == pytest.approx([4, 4], rel=0.1)


def test_only_those_clearly_above_the_quartile_are_praised_in_alphabetical_order():
    found = list_highest(standings([70, 76, 72, 71, 99, 73, 70, 72]))

    assert found.probabilities["a001"] < found.probabilities["a004"]
    assert [name.agent for name in found.names] == ["a001", "a004"]
    assert found.error_share < 0.05
    assert found.withheld is None
    assert set(found.probabilities) == {f"a{j:03}" for j in range(8)}


def test_where_nobody_stands_out_nobody_is_named():
    found = list_highest(standings([80] * 20, sd=3))

    assert (found.names, found.error_share, found.withheld) == ((), None, None)


def test_the_list_stops_where_the_next_name_would_make_it_too_wrong():
    # Eight agents, the top two by probability: 0.90 and 0.85. Alone the first is 10 % wrong, both together 12.5 %.
    draws = np.zeros((8, 100)) + np.arange(8)[:, None] * 0.01
    draws[0, :90] = 10
    draws[1, :85] = 9
    draws[2, 90:] = 10
    draws[3, 85:] = 9

    found = list_highest(Standings(tuple("abcdefgh"), draws, (5.0,) * 8))

    assert [(n.agent, n.probability) for n in found.names] == [("a", 0.9)]
    assert found.error_share == pytest.approx(0.1)


def test_equal_probabilities_are_named_together_or_not_at_all():
    # "a" and "b" each 0.88: together 12 % wrong, so neither, though the first in the alphabet would not be worse.
    draws = np.zeros((8, 100)) + np.arange(8)[:, None] * 0.01
    draws[0, :88] = 10
    draws[1, 12:] = 10
    draws[2, 88:] = 10
    draws[3, :12] = 10

    assert list_highest(Standings(tuple("abcdefgh"), draws, (5.0,) * 8)).names == ()


def test_the_lowest_are_the_highest_turned_round():
    high = standings([70, 95, 72, 71, 99, 73, 70, 72])

    low = list_lowest(Standings(high.agents, -high.draws, high.effective_n))

    assert low == list_highest(high)


def test_nobody_is_named_on_less_than_three_conversations():
    means = [70, 95, 72, 71, 99, 73, 70, 72]
    known = standings(means)
    thin = Standings(known.agents, known.draws, (5, 2.9, 5, 5, 3.0, 5, 5, 5))

    assert [name.agent for name in list_highest(thin).names] == ["a004"]
    assert list_highest(standings(means, effective_n=2.0)).withheld is Withheld.too_little_evidence
    assert list_highest(standings(means[:3])).withheld is Withheld.too_few_agents
    assert list_lowest(standings(means[:3])).withheld is Withheld.too_few_agents


def test_one_name_in_ten_is_wrong_on_average_at_most():
    # 200 agents, true sd 6, one month's error 6: the posterior is known exactly; 30 months.
    generator = np.random.default_rng(9)
    wrong, named = {"high": 0, "low": 0}, {"high": 0, "low": 0}
    for _ in range(30):
        truth = generator.normal(85, 6, 200)
        seen = truth + generator.normal(0, 6, 200)
        draws = (85 + (seen - 85) / 2)[:, None] + np.sqrt(18) * generator.standard_normal((200, 1000))
        table = Standings(tuple(map(str, range(200))), draws, (4.0,) * 200)
        for side, found in (("high", list_highest(table)), ("low", list_lowest(table))):
            names = [int(name.agent) for name in found.names]
            limit = np.quantile(truth, 0.75 if side == "high" else 0.25)
            wrong[side] += int(((truth[names] <= limit) if side == "high" else (truth[names] >= limit)).sum())
            named[side] += len(names)

    for side in ("high", "low"):
        assert named[side] > 100
        assert wrong[side] / named[side] <= 0.13


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(60, 100), min_size=4, max_size=12), st.randoms())
def test_a_list_is_order_free_and_within_its_error(means, random):
    table = standings(means, sd=4, draws=200)
    found = list_highest(table)
    order = list(range(len(means)))
    random.shuffle(order)

    again = list_highest(
        Standings(tuple(table.agents[i] for i in order), table.draws[order], tuple(table.effective_n[i] for i in order))
    )

    assert (again.names, again.probabilities) == (found.names, found.probabilities)
    assert found.error_share is None or found.error_share <= 0.10 + 1e-9


@pytest.mark.parametrize(
    "make",
    [
        lambda: Standings(("a",), np.zeros((2, 5)), (1.0, 1.0)),
        lambda: Standings(("a", "a"), np.zeros((2, 5)), (1.0, 1.0)),
        lambda: Standings(("a",), np.full((1, 5), np.nan), (1.0,)),
        lambda: Standings(("a",), np.zeros((1, 0)), (1.0,)),
        lambda: list_highest(standings([1, 2, 3, 4]), share=1.0),
        lambda: list_lowest(standings([1, 2, 3, 4]), error_share=0.0),
    ],
)
def test_standings_that_contradict_are_refused(make):
    with pytest.raises(AssessmentError):
        make()


def centre(share, n=20, agents=30):
    """Agents that fail about that share, alike but not the same."""
    return [Failures(f"a{j:02}", "closing", round(n * share * (0.4 + 1.2 * (j % 2))), n, 10.0) for j in range(agents)]


@pytest.mark.parametrize(
    ("share", "n", "is_praised"),
    [(0.15, 10, True), (0.15, 9, False), (0.06, 10, False)],
)
def test_spotless_in_ten_is_praised_where_one_in_ten_fails(share, n, is_praised):
    found = find_patterns([*centre(share), Failures("clean", "closing", 0, n, 10.0)])

    assert ("clean" in {entry.agent for entry in found.praise}) is is_praised


def test_recoverable_points_are_impact_times_prevalence_times_fixability():
    found = find_patterns([*centre(0.15), Failures("weak", "closing", 14, 20, 8.0)])

    entry = next(entry for entry in found.improvement if entry.agent == "weak")
    prior = found.criteria[0].prior
    fixability = 1 - prior.quantile(0.25) / entry.estimate.value
    assert entry.recoverable_points == pytest.approx(8.0 * entry.estimate.value * fixability)
    assert entry.estimate.value == pytest.approx(prior.after(14, 20).mean)
    assert entry.error_probability == pytest.approx(prior.after(14, 20).probability_below(entry.centre_share + 0.05))
