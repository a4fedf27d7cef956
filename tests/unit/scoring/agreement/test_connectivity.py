"""Who can be compared with whom, and which scorings would connect the rest."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.agreement.connectivity import MAIN, NOT_SEEN, find_components, find_connectivity

TWO_SITES = [("a1", "x"), ("a2", "x"), ("a2", "y"), ("b1", "z"), ("b1", "z"), ("b1", "w"), ("c1", "v")]


def pair_up(found):
    return [(pairing.inspector, pairing.agent, pairing.partner) for pairing in found.pairings]


def test_shared_agents_connect_inspectors():
    found = find_connectivity([("a1", "x"), ("a1", "y"), ("a2", "y"), ("a2", "z")])

    assert found.count == 1
    assert found.inspectors == {"x": MAIN, "y": MAIN, "z": MAIN}
    assert found.pairings == ()
    assert found.unreachable == ()


def test_the_component_with_most_agents_is_the_main_one():
    found = find_connectivity(TWO_SITES)

    assert found.count == 3
    assert found.agents == {"a1": 0, "a2": 0, "b1": 1, "c1": 2}
    assert found.is_comparable("a1")
    assert not found.is_comparable("b1")
    assert not found.is_comparable("never scored")


def test_one_pairing_per_component_is_enough():
    found = find_connectivity(TWO_SITES)

    joined = find_connectivity(TWO_SITES + [(pairing.agent, pairing.inspector) for pairing in found.pairings])

    assert pair_up(found) == [("x", "b1", "z"), ("x", "c1", "v")]
    assert [pairing.component for pairing in found.pairings] == [1, 2]
    assert joined.count == 1


def test_nobody_is_asked_to_score_whom_they_may_not():
    found = find_connectivity(TWO_SITES, may_score=lambda inspector, _agent: inspector != "x")

    assert pair_up(found) == [("y", "b1", "z"), ("y", "c1", "v")]


def test_where_no_connected_inspector_may_one_from_outside_scores_a_connected_agent():
    found = find_connectivity(TWO_SITES, may_score=lambda inspector, agent: (inspector, agent) in {("w", "a1")})

    assert pair_up(found) == [("w", "a1", "x")]
    assert found.unreachable == (2,)


def test_a_component_that_was_joined_opens_the_way_to_the_next():
    # Only z may score c1, and z is out of reach until y has scored b1.
    allowed = {("z", "c1"), ("y", "b1")}
    rows = [("a1", "y"), ("a2", "y"), ("a3", "y"), ("c1", "v"), ("c1", "v"), ("c2", "v"), ("b1", "z")]

    found = find_connectivity(rows, may_score=lambda inspector, agent: (inspector, agent) in allowed)

    assert pair_up(found) == [("y", "b1", "z"), ("z", "c1", "v")]
    assert found.unreachable == ()


def test_without_scorings_there_is_nothing_to_connect():
    found = find_connectivity([])

    assert (found.count, found.pairings, dict(found.agents)) == (0, (), {})


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_the_order_of_scorings_does_not_matter(order):
    assert find_connectivity(TWO_SITES[order]) == find_connectivity(TWO_SITES)


def test_codes_without_a_scoring_belong_to_no_component():
    components = find_components(np.array([0, 2]), np.array([1, 1]), agents=4, inspectors=3)

    assert components.agent.tolist() == [0, NOT_SEEN, 0, NOT_SEEN]
    assert components.inspector.tolist() == [NOT_SEEN, 0, NOT_SEEN]
    assert components.count == 1


def test_scorings_decide_between_components_of_as_many_agents():
    components = find_components(np.array([0, 1, 1]), np.array([0, 1, 1]), agents=2, inspectors=2)

    assert components.agent.tolist() == [1, 0]


def test_agents_count_before_scorings():
    components = find_components(np.array([0, 0, 0, 1, 2]), np.array([0, 0, 0, 1, 1]), agents=3, inspectors=2)

    assert components.agent.tolist() == [1, 0, 0]
