"""Who may be compared and named by a month, from its results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.assessment.figures import AgentFigures, MonthFigures
from scoring.assessment.lists import Withheld
from scoring.assessment.month import assess_month
from scoring.assessment.month_lists import list_agents
from scoring.assessment.policy import Component, Measure, Policy, Tier
from scoring.estimates.two_part import Inspected
from tests.factories.quality_windows import MONTH, scoring, window_of

QA_ONLY = Policy(
    code="qa",
    mode="fair",
    components=(Component(code="qa", measure=Measure.qa_score, weight=100.0, floor=0.0, target=100.0, minimum=3),),
    tiers=(Tier(code="A", from_score=90.0), Tier(code="D", from_score=0.0)),
    observed_weight=0.6,
)


def month_of(quality_by_agent, *, samples=8, few=()):
    """A month in which everybody is inspected by the same three, `few` of them twice only."""
    noise = np.random.default_rng(3)
    scorings = [
        scoring(agent, place, quality + noise.uniform(-3, 3), inspector=f"i{place % 3}")
        for agent, quality in quality_by_agent.items()
        for place in range(2 if agent in few else samples)
    ]
    agents = tuple(
        AgentFigures(agent, Inspected(tuple(s.quality for s in scorings if s.agent == agent), 0, 400))
        for agent in quality_by_agent
    )
    return MonthFigures(MONTH, agents, (), (), window_of(scorings))


CENTRE = {f"a{place:02d}": 78.0 + place % 4 for place in range(12)} | {"best": 97.0, "worst": 55.0}


def test_the_clearly_best_is_praised_and_the_clearly_worst_coached():
    lists = assess_month(month_of(CENTRE), QA_ONLY).lists

    praised, coached = ({one.agent: one for one in found.names} for found in (lists.praise, lists.coaching))
    assert praised["best"].probability > 0.99
    assert coached["worst"].probability > 0.99
    assert not praised.keys() & coached.keys()
    assert len(praised) <= 4
    assert lists.places["best"] == 1
    assert lists.places["worst"] == len(CENTRE)
    assert set(lists.places) == set(CENTRE)


def test_whoever_was_hardly_inspected_is_neither_named_nor_compared_with():
    lists = assess_month(month_of(CENTRE, few=("best",)), QA_ONLY).lists

    assert "best" not in lists.places
    assert "best" not in lists.praise.probabilities
    assert lists.places["worst"] == len(CENTRE) - 1


def test_three_agents_have_places_and_no_lists():
    lists = assess_month(month_of({"a": 95.0, "b": 80.0, "c": 60.0}), QA_ONLY).lists

    assert lists.praise.withheld is lists.coaching.withheld is Withheld.too_few_agents
    assert set(lists.places) == {"a", "b", "c"}


def test_evidence_worth_less_than_three_conversations_names_nobody():
    result = assess_month(month_of(CENTRE), QA_ONLY)
    thin = [
        replace(one, standing=replace(one.standing, own=replace(one.standing.own, fair=thinned(one.standing.own.fair))))
        for one in result.agents
    ]
    draws = [one.standing.own.fair.draw() for one in result.agents]

    assert list_agents(result.agents, draws).praise.names
    assert list_agents(thin, draws).praise.withheld is Withheld.too_little_evidence


def thinned(score):
    return replace(score, total=replace(score.total, effective_n=2.9))


def test_an_empty_month_has_empty_lists():
    lists = list_agents([], [])

    assert (lists.places, lists.praise.names) == ({}, ())


def test_an_agent_without_a_composite_is_left_out():
    result = assess_month(month_of(CENTRE), QA_ONLY)
    draws = [None if one.agent == "worst" else np.full(10, 50.0) for one in result.agents]

    assert "worst" not in list_agents(result.agents, draws).places


@pytest.mark.parametrize("seed", [1, 2])
def test_the_lists_do_not_depend_on_the_order_of_the_agents(seed):
    figures = month_of(CENTRE)
    shuffled = list(figures.agents)
    np.random.default_rng(seed).shuffle(shuffled)

    assert assess_month(replace(figures, agents=tuple(shuffled)), QA_ONLY).lists == assess_month(figures, QA_ONLY).lists
