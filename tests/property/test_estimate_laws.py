"""Laws of the estimates over all inputs: order-free, in range, the same again."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assessment.patterns import Failures, find_patterns
from scoring.assessment.tiers import decide_tier
from scoring.estimates.beta import fit_beta_prior
from scoring.estimates.case_mix import Cell, estimate_case_mix
from scoring.estimates.intervals import proportion_interval
from scoring.estimates.pooled import pool_spread
from scoring.estimates.seeds import generator_for
from scoring.estimates.two_part import Inspected, describe_centre, estimate_two_part

COUNTS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SCORES = st.lists(st.floats(0, 100), max_size=8)
THRESHOLDS = {"A": 90.0, "B": 80.0, "C": 70.0, "D": 0.0}


@given(COUNTS)
def test_share_lies_in_its_interval_inside_0_and_1(pair):
    k, n = pair

    interval = proportion_interval(k, n)

    assert 0 <= interval.lower <= (k / n if n else 0.5) <= interval.upper <= 1


@settings(max_examples=40, deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=20), st.randoms())
def test_prior_does_not_depend_on_the_order_of_agents(pairs, random):
    prior = fit_beta_prior(*zip(*pairs, strict=True))
    random.shuffle(pairs)

    assert fit_beta_prior(*zip(*pairs, strict=True)) == prior


@settings(max_examples=40, deadline=None)
@given(st.lists(SCORES, min_size=1, max_size=12), st.integers(0, 4), st.integers(0, 50))
def test_two_part_score_is_in_range_and_repeatable(groups, critical, rest):
    frame = len(groups[0]) + critical + rest
    month = Inspected(tuple(groups[0]), critical, frame)
    prior = fit_beta_prior([critical], [max(critical, 1)])
    centre = describe_centre([Inspected(tuple(group), 0) for group in groups], pool_spread(groups), prior)

    first = estimate_two_part(month, centre, generator_for("a"))
    again = estimate_two_part(month, centre, generator_for("a"))

    assert first.total == again.total
    if first.total.value is not None:
        assert 0 <= first.total.lower <= first.total.value <= first.total.upper <= 100


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.integers(1, 50)), min_size=1, max_size=20),
    st.randoms(),
)
def test_case_mix_is_order_free_and_positive(rows, random):
    generator = np.random.default_rng(1)
    cells = []
    for agent, topic, n in rows:
        logs = generator.normal(5, 0.5, n)
        cells.append(Cell(agent, topic, "chat", "", n, float(logs.sum()), float((logs**2).sum())))
    ratios = estimate_case_mix(cells)
    random.shuffle(cells)

    assert estimate_case_mix(cells) == ratios
    assert all(ratio.estimate.lower > 0 for ratio in ratios.values())


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_tier_probabilities_sum_to_one(values):
    verdict = decide_tier(np.array(values), THRESHOLDS)

    assert abs(sum(verdict.probabilities.values()) - 1) < 1e-9
    assert (verdict.given is None) == bool(verdict.candidates)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["greeting", "answer"]), COUNTS),
        max_size=20,
        unique_by=lambda r: r[:2],
    )
)
def test_lists_hold_few_entries_per_agent_and_stay_within_the_error(rows):
    found = find_patterns(Failures(f"a{agent}", criterion, k, n, 10.0) for agent, criterion, (k, n) in rows)

    for entries in (found.improvement, found.praise):
        agents = [entry.agent for entry in entries]
        assert all(agents.count(agent) <= 5 for agent in agents)
    if found.improvement:
        assert np.mean([entry.error_probability for entry in found.improvement]) <= 0.2 + 1e-9
        assert all(entry.k >= 2 and entry.n >= 5 for entry in found.improvement)
