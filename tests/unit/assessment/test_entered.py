"""Results of tests and ratings as figures of a sheet."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.assessment.entered import Ratings, estimate_teamwork, estimate_test, pool_rating_variance
from scoring.assessment.figures import AgentFigures, MonthFigures
from scoring.assessment.month import assess_month
from scoring.assessment.policy import read_policy
from scoring.errors import InputError
from scoring.estimates.two_part import Inspected


def generator():
    return np.random.default_rng(1)


def test_a_result_is_taken_as_it_stands():
    found = estimate_test([0.8, 0.7])

    assert found.estimate.value == found.estimate.lower == found.estimate.upper == pytest.approx(0.75)
    assert found.estimate.n == 2
    assert estimate_test([]) is None
    with pytest.raises(InputError):
        estimate_test([80.0])


def test_supervisors_and_peers_weigh_alike_however_many_they_are():
    found = estimate_teamwork(Ratings(peers=(5, 5, 4, 4), supervisors=(2,)), 0.5, generator())

    assert found.estimate.value == pytest.approx((2 + 4.5) / 2)
    # Var = (σ²/1 + σ²/4) / 4.
    half = 1.96 * (0.5 * (1 + 1 / 4)) ** 0.5 / 2
    assert found.estimate.upper - found.estimate.value == pytest.approx(half, abs=0.05)


def test_two_peers_are_not_enough():
    assert estimate_teamwork(Ratings(peers=(5, 5)), 0.5, generator()) is None
    assert estimate_teamwork(Ratings(peers=(5, 5), supervisors=(3,)), 0.5, generator()).estimate.value == 3


def test_the_spread_of_ratings_is_pooled_over_agents():
    agents = [Ratings(peers=(1, 3)), Ratings(peers=(4, 4), supervisors=(2, 4)), Ratings(supervisors=(5,))]

    assert pool_rating_variance(agents) == pytest.approx((2 + 0 + 2) / 3)
    assert pool_rating_variance([Ratings(supervisors=(5,))]) == 0.5
    assert pool_rating_variance([Ratings(peers=(4, 4, 4))]) == 0.0625
    with pytest.raises(InputError):
        Ratings(peers=(6,))


POLICY = read_policy(
    {
        "code": "five",
        "components": [
            {"code": "qa", "weight": 80, "measure": "qa_score", "floor": 0, "target": 100, "minimum": 3},
            {"code": "knowledge", "weight": 10, "measure": "knowledge_test", "floor": 0, "target": 1},
            {"code": "teamwork", "weight": 10, "measure": "teamwork_rating", "floor": 1, "target": 5},
        ],
        "tiers": [{"code": "A", "from_score": 80}, {"code": "B"}],
    }
)


def month(*, entered: bool) -> MonthFigures:
    agents = []
    for number in range(9):
        qualities = tuple(80.0 + (place * 7 + number) % 15 for place in range(5))
        agent = AgentFigures(f"A{number}", Inspected(qualities, 0, 200))
        if entered and number != 8:
            agent = replace(
                agent, tests=(0.5 + number / 20,), ratings=Ratings(peers=(3, 4, 5), supervisors=(1 + number / 2,))
            )
        agents.append(agent)
    return MonthFigures("2026-10", tuple(agents), (), ())


def test_what_was_entered_earns_points_and_what_was_not_takes_the_prior():
    result = assess_month(month(entered=True), POLICY)
    parts = {agent.agent: {part.component.code: part for part in agent.parts} for agent in result.agents}

    assert parts["A2"]["knowledge"].points.value == pytest.approx(60)
    assert parts["A2"]["teamwork"].points.value == pytest.approx(100 * ((4 + 2) / 2 - 1) / 4)
    assert parts["A8"]["knowledge"].is_missing
    assert parts["A8"]["knowledge"].points.value == pytest.approx(np.mean([50 + 5 * n for n in range(8)]))
    assert parts["A8"]["knowledge"].adds == pytest.approx(0.1 * 67.5)


def test_nothing_entered_leaves_no_composite():
    result = assess_month(month(entered=False), POLICY)

    assert {agent.composite.value for agent in result.agents} == {None}
    assert {part.estimate.method for agent in result.agents for part in agent.parts[1:]} == {"entered.v1"}
