"""Laws of inspectors' leniency over all inputs: order-free, label-free, blind to what all share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.agreement.connectivity import find_connectivity
from scoring.agreement.severity import Reason, ScoringRecord, Scorings, fit_severity, scorings_from_records

QUEUES = ("chat", "phone", "shop")
SEVERAL = st.integers(3, 6)
SHARES = st.sampled_from([0.0, 0.3])


@st.composite
def centres(draw, *, inspectors=SEVERAL, doubles=SHARES):
    """Records of a small centre: sizes by Hypothesis, scores by a seed of its choice."""
    seats, share = draw(inspectors), draw(doubles)
    agents, chats = draw(st.integers(3, 10)), draw(st.integers(3, 7))
    has_auto, queues = draw(st.booleans()), draw(st.integers(1, 3))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    leniency = generator.normal(0, 4, seats)
    records = []
    for agent in range(agents):
        level = generator.normal(60, 6)
        for chat in range(chats):
            truth, times = level + generator.normal(0, 6), 2 if generator.random() < share else 1
            guess = float(generator.normal(0, 1)) if has_auto else None
            queue = QUEUES[generator.integers(0, queues)]
            for seat in generator.choice(seats, min(times, seats), replace=False):
                score = float(np.clip(truth + leniency[seat] + generator.normal(0, 4), 5, 95).round(2))
                name = f"agent {agent}"
                records.append(
                    ScoringRecord(name, "2026-10", f"{name} chat {chat}", f"seat {seat}", score, queue, guess)
                )
    return records


def named(fit):
    return dict(zip(fit.inspectors, fit.leniency.tolist(), strict=True))


@settings(max_examples=30, deadline=None)
@given(centres(), st.randoms(use_true_random=False))
def test_the_order_of_scorings_changes_no_digit(records, random):
    fit = fit_severity(scorings_from_records(records))
    scorings = scorings_from_records(records)
    random.shuffle(records)
    rows = np.array(random.sample(range(len(records)), len(records)))

    again = fit_severity(scorings_from_records(records))
    shuffled = fit_severity(
        replace(
            scorings,
            **{
                name: getattr(scorings, name)[rows]
                for name in ("agent_month", "conversation", "inspector", "score", "queue", "agent")
            },
            auto=None if scorings.auto is None else scorings.auto[rows],
        )
    )

    for other in (again, shuffled):
        assert named(other) == named(fit)
        assert other.variances == fit.variances
        assert other.lambda_ == fit.lambda_
        assert other.standard_error.tolist() == fit.standard_error.tolist()


@settings(max_examples=30, deadline=None)
@given(centres(), st.randoms(use_true_random=False))
def test_other_names_for_the_same_people_change_nothing(records, random):
    names = sorted({name for row in records for name in (row.agent, row.inspector, row.conversation, row.queue)})
    others = dict(zip(names, random.sample([f"n{code}" for code in range(len(names))], len(names)), strict=True))
    fit = fit_severity(scorings_from_records(records))

    renamed = fit_severity(
        scorings_from_records(
            replace(
                row,
                agent=others[row.agent],
                inspector=others[row.inspector],
                conversation=others[row.conversation],
                queue=others[row.queue],
            )
            for row in records
        )
    )

    theirs = named(renamed)
    assert renamed.reason == fit.reason
    for name, leniency in named(fit).items():
        assert abs(theirs[others[name]] - leniency) < 1e-3


@settings(max_examples=30, deadline=None)
@given(centres(), st.floats(-5, 5))
def test_points_given_to_everybody_are_not_leniency(records, points):
    fit = fit_severity(scorings_from_records(records))

    lifted = fit_severity(scorings_from_records(replace(row, score=row.score + points) for row in records))

    assert np.allclose(lifted.leniency, fit.leniency, atol=1e-3)
    assert np.allclose(lifted.standard_error, fit.standard_error, atol=1e-3)
    assert abs(lifted.lambda_ - fit.lambda_) < 1e-3
    if fit.is_applied:
        assert abs(lifted.intercept - fit.intercept - points) < 1e-3


@settings(max_examples=20, deadline=None)
@given(centres(doubles=st.just(0.0)))
def test_without_double_scoring_conversations_have_no_variance_of_their_own(records):
    fit = fit_severity(scorings_from_records(records))

    assert fit.variances.conversation == 0


@settings(max_examples=20, deadline=None)
@given(centres(inspectors=st.just(1)))
def test_one_inspector_is_never_corrected(records):
    fit = fit_severity(scorings_from_records(records))

    assert fit.reason is Reason.one_inspector
    assert not fit.leniency.any()


@settings(max_examples=30, deadline=None)
@given(centres())
def test_leniency_is_shrunk_and_known_at_least_as_well_as_its_spread(records):
    fit = fit_severity(scorings_from_records(records))

    assert np.isfinite(fit.leniency).all()
    assert (fit.standard_error <= np.sqrt(fit.variances.inspector) + 1e-5).all()
    assert (fit.standard_error >= 0).all()
    assert abs(fit.leniency[fit.is_corrected].sum()) < 1e-3 * max(1, len(fit.inspectors))


@settings(max_examples=25, deadline=None)
@given(centres(), st.tuples(*[st.floats(0, 400) for _ in range(4)]))
def test_where_the_search_begins_does_not_decide_where_it_ends(records, start):
    scorings = scorings_from_records(records)
    fit = fit_severity(scorings)

    begun = fit_severity(scorings, start=type(fit.variances)(*start))

    if fit.is_applied:
        assert abs(begun.deviance - fit.deviance) < 1e-3


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("stuvwxyz")), max_size=14),
    st.sets(st.tuples(st.sampled_from("stuvwxyz"), st.sampled_from("abcdefgh")), max_size=40),
    st.randoms(use_true_random=False),
)
def test_pairings_connect_what_they_say_with_as_few_scorings_as_can_be(pairs, allowed, random):
    found = find_connectivity(pairs, may_score=lambda inspector, agent: (inspector, agent) in allowed)
    random.shuffle(pairs)

    joined = find_connectivity(pairs + [(pairing.agent, pairing.inspector) for pairing in found.pairings])

    assert find_connectivity(pairs, may_score=lambda inspector, agent: (inspector, agent) in allowed) == found
    assert all((pairing.inspector, pairing.agent) in allowed for pairing in found.pairings)
    assert joined.count == found.count - len(found.pairings)
    assert len(found.pairings) + len(found.unreachable) == max(found.count - 1, 0)
    # What is out of reach is so: no permitted scoring leads out of what is connected, nor into it.
    for inspector, agent in allowed:
        if inspector in joined.inspectors and agent in joined.agents:
            apart = {found.inspectors[inspector] in found.unreachable, found.agents[agent] in found.unreachable}
            assert len(apart) == 1


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_extreme_scores_still_give_finite_numbers(size, seed):
    generator = np.random.default_rng(seed)
    rows = 12 * size
    scorings = Scorings(
        agent_month=np.arange(rows) // 6,
        conversation=np.arange(rows),
        inspector=np.arange(rows) % 3,
        score=generator.choice([0.0, 100.0], rows, p=[0.02, 0.98]),
        queue=generator.integers(0, 2, rows),
        auto=generator.choice([0.0, 1e9], rows),
        inspectors=("x", "y", "z"),
    )

    fit = fit_severity(scorings)

    assert np.isfinite([*fit.leniency, *fit.standard_error, fit.lambda_]).all()
