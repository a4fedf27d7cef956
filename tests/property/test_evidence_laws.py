"""Laws of the evidence below standard, whatever the scores."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.assessment.below_standard import JudgedSample, StandardRule, follow_agents
from scoring.assessment.consequences import e_process_paths, list_below_standard
from scoring.assessment.evidence_values import largest_value

SCORES = st.floats(0, 100)
SEVERITIES = st.floats(-15, 15)
CAREERS = st.lists(st.tuples(SCORES, st.booleans(), SEVERITIES), max_size=30)
RULES = st.builds(StandardRule, st.floats(1, 99), st.none() | st.floats(0.01, 0.5))


def career_of(rows):
    upper = largest_value([severity for *_, severity in rows])
    return [JudgedSample(score, is_critical, severity, upper) for score, is_critical, severity in rows]


@given(CAREERS, RULES)
def test_evidence_stays_above_zero(rows, rule):
    (followed,) = follow_agents([career_of(rows)], rule)

    assert all(k > 0 for k in followed.evidence)
    assert len(followed.evidence) == len(rows)


@given(CAREERS, RULES, st.data())
def test_what_comes_later_changes_nothing_before(rows, rule, data):
    cut = data.draw(st.integers(0, len(rows)))
    career = career_of(rows)

    whole, part = follow_agents([career, career[:cut]], rule)

    assert whole.evidence[:cut] == part.evidence


@given(CAREERS.filter(len), RULES, st.data())
def test_a_better_last_score_never_raises_the_evidence(rows, rule, data):
    career = career_of([*rows[:-1], (rows[-1][0], False, rows[-1][2])])
    better = JudgedSample(data.draw(st.floats(rows[-1][0], 100)), False, career[-1].severity, career[-1].upper)

    first, second = follow_agents([career, [*career[:-1], better]], rule)

    assert second.now <= first.now * (1 + 1e-12)


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.05, 0.95))
def test_a_fair_coin_around_the_standard_leaves_the_expectation_at_one(values, standard):
    """Given any past, a next value of mean s multiplies K by 1 on average: the whole promise rests on this."""
    low, high = 0.0, 1.0
    chance_high = (standard - low) / (high - low)
    paths = e_process_paths([[*values, low], [*values, high]], standard)
    before = paths[0, -2] if values else 1.0

    expected = (1 - chance_high) * paths[0, -1] + chance_high * paths[1, -1]

    assert np.isclose(expected, before, rtol=1e-9)


@given(st.lists(st.floats(0, 1e6), max_size=40), st.randoms())
def test_lists_do_not_depend_on_the_order_of_agents(evidence, random):
    order = list(range(len(evidence)))
    random.shuffle(order)

    named = {evidence[place] for place in list_below_standard(evidence)}
    again = {evidence[order[place]] for place in list_below_standard([evidence[place] for place in order])}

    assert named == again
