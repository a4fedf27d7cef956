"""Leniency of inspectors: when it is told, what it is relative to, and that it makes scores better."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from scoring.agreement.severity import (
    Reason,
    ScoringRecord,
    Variances,
    find_inspectors_to_calibrate,
    fit_severity,
    scorings_from_records,
)
from scoring.errors import InputError
from tests.factories.scorings import Centre, create_scorings


def make_records(site: str, *, inspectors: int, rows: int, seed: int, lift: float = 0.0, month: str = "2026-10"):
    """Chats of one site, each agent scored by several inspectors, inspector k lenient by 4k points."""
    noise = np.random.default_rng(seed).normal(0, 5, rows)
    return [
        ScoringRecord(
            f"{site} agent {i // 5}", month, f"{site} chat {i}", f"{site} inspector {i % inspectors}",
            float(np.clip(70 + lift + 4 * (i % inspectors) + noise[i], 0, 100)),
        )
        for i in range(rows)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([], Reason.no_scorings),
        (make_records("s", inspectors=1, rows=60, seed=1), Reason.one_inspector),
        (make_records("s", inspectors=2, rows=60, seed=1), Reason.few_inspectors),
        (make_records("s", inspectors=3, rows=29, seed=1), Reason.few_scorings),
        ([r for s in "abc" for r in make_records(s, inspectors=1, rows=20, seed=1)], Reason.disconnected),
        ([replace(r, score=90.0) for r in make_records("s", inspectors=3, rows=60, seed=1)], Reason.no_variation),
    ],
)
def test_nobody_is_corrected_where_it_cannot_be_told(records, reason):
    fit = fit_severity(scorings_from_records(records))

    assert (fit.is_applied, fit.reason) == (False, reason)
    assert not fit.leniency.any()
    assert not fit.standard_error.any()
    assert not fit.is_corrected.any()
    assert fit.variances == Variances(0, 0, 0, 0)
    assert math.isnan(fit.deviance)
    assert fit.scorings.sum() == len(records)


def test_three_inspectors_and_thirty_scorings_are_enough():
    fit = fit_severity(scorings_from_records(make_records("s", inspectors=3, rows=30, seed=1)))

    assert (fit.is_applied, fit.reason) == (True, Reason.applied)
    assert fit.leniency[0] < fit.leniency[1] < fit.leniency[2]


def test_leniency_is_what_is_subtracted():
    fit = fit_severity(scorings_from_records(make_records("s", inspectors=4, rows=600, seed=2)))

    assert fit.leniency == pytest.approx([-6, -2, 2, 6], abs=1.5)
    assert fit.interval(3).contains(6)
    assert find_inspectors_to_calibrate(fit) == ("s inspector 0", "s inspector 3")
    assert find_inspectors_to_calibrate(fit, points=100) == ()


def test_wide_intervals_propose_no_calibration():
    fit = fit_severity(scorings_from_records(make_records("s", inspectors=4, rows=600, seed=2)))

    unsure = replace(fit, standard_error=np.full(4, 20.0))

    assert find_inspectors_to_calibrate(unsure) == ()


def test_months_of_one_agent_connect_inspectors():
    # Three pairs of inspectors, a month each; only the person behind the agent-months joins them.
    rows = []
    for number, month in enumerate(("2026-08", "2026-09", "2026-10")):
        month_rows = make_records("s", inspectors=2, rows=40, seed=number, month=month)
        rows += [
            replace(row, conversation=f"{month} {row.conversation}", inspector=f"{month} {row.inspector}")
            for row in month_rows
        ]

    joined, apart = scorings_from_records(rows), replace(scorings_from_records(rows), agent=None, agents=())

    assert set(fit_severity(joined).component) == {0}
    assert fit_severity(joined).is_applied
    assert fit_severity(apart).reason is Reason.disconnected


def test_sites_that_share_nobody_are_compared_inside_only():
    # The second site's agents score 15 points more: that must not turn into its inspectors' leniency.
    first = make_records("a", inspectors=4, rows=400, seed=3)
    second = make_records("b", inspectors=3, rows=200, seed=4, lift=15.0)
    alone = make_records("c", inspectors=1, rows=40, seed=5, lift=-20.0)

    fit = fit_severity(scorings_from_records(first + second + alone))

    assert fit.component.tolist() == [0, 0, 0, 0, 1, 1, 1, 2]
    assert fit.leniency[:4].mean() == pytest.approx(0, abs=1e-5)
    assert fit.leniency[4:7].mean() == pytest.approx(0, abs=1e-5)
    assert fit.leniency[4] < -2
    assert fit.leniency[6] > 2
    assert fit.is_corrected.tolist() == [True] * 7 + [False]
    assert fit.leniency[7] == 0
    # Of the one nobody can be compared with, only the inspectors' spread is known.
    assert fit.standard_error[7] == pytest.approx(math.sqrt(fit.variances.inspector), abs=1e-5)


def test_an_inspector_without_scorings_is_not_corrected():
    scorings = scorings_from_records(make_records("s", inspectors=3, rows=60, seed=1))
    more = replace(scorings, inspectors=(*scorings.inspectors, "newcomer"))

    fit = fit_severity(more)

    assert (fit.component[3], fit.scorings[3], fit.leniency[3], fit.is_corrected[3]) == (-1, 0, 0.0, False)
    assert fit.leniency[:3].tolist() == fit_severity(scorings).leniency.tolist()


def test_inspectors_of_an_easy_queue_are_not_called_lenient():
    scorings, leniency = create_scorings(Centre(agents=120, double=0.0), seed=6)
    queue = np.where(scorings.inspector < 3, scorings.conversation % 10 < 8, scorings.conversation % 10 < 2).astype(int)
    easy = replace(scorings, score=np.clip(scorings.score + 8.0 * queue, 0, 100), queue=queue)

    blind, seeing = fit_severity(replace(easy, queue=np.zeros_like(queue))), fit_severity(easy)

    true = leniency - leniency.mean()
    assert seeing.queue_effect[1] - seeing.queue_effect[0] == pytest.approx(8, abs=2)
    assert np.abs(seeing.leniency - true).mean() < 0.7 * np.abs(blind.leniency - true).mean()


def test_small_queues_share_one_effect():
    scorings = create_scorings(Centre(agents=60, double=0.0), seed=7)[0]
    queue = np.where(np.arange(len(scorings)) < 20, 1 + np.arange(len(scorings)) % 2, 0)
    queue = np.where(np.arange(len(scorings)) >= 200, 4, queue)

    fit = fit_severity(replace(scorings, queue=queue))

    assert fit.queue_effect[0] == 0  # the largest is what the others are told against
    assert fit.queue_effect[1] == fit.queue_effect[2] != 0
    assert math.isnan(fit.queue_effect[3])  # nobody saw it
    assert fit.queue_effect[4] not in (0, fit.queue_effect[1])


@pytest.mark.parametrize("auto", [0.0, 3.5])
def test_a_constant_automatic_score_says_nothing(auto):
    scorings = create_scorings(Centre(), seed=8)[0]

    fit = fit_severity(replace(scorings, auto=np.full(len(scorings), auto)))

    assert fit.lambda_ == 0
    assert fit.leniency.tolist() == fit_severity(scorings).leniency.tolist()


def test_the_scale_of_automatic_scores_does_not_matter():
    scorings = create_scorings(Centre(has_auto=True), seed=8)[0]

    fit, scaled = fit_severity(scorings), fit_severity(replace(scorings, auto=scorings.auto * 1e-6))

    assert scaled.lambda_ == pytest.approx(fit.lambda_ * 1e6, rel=1e-6)
    assert scaled.leniency == pytest.approx(fit.leniency, abs=1e-5)
    # The likelihood of y given a column on another scale differs by the column's scale alone.
    assert scaled.deviance == pytest.approx(fit.deviance + 2 * math.log(1e-6))


def test_without_a_fit_the_slope_is_that_inside_agent_months():
    rows = [
        ScoringRecord(agent, "", f"{agent}{chat}", "x", base + 2 * auto, auto=auto)
        for agent, base in (("a", 60.0), ("b", 80.0))
        for chat, auto in enumerate((-3.0, 0.0, 3.0))
    ]
    rows.append(ScoringRecord("a", "", "a0", "y", 54.0, auto=-3.0))  # scored twice: counts once, as the mean

    fit = fit_severity(scorings_from_records(rows))

    assert fit.reason is Reason.few_inspectors
    assert fit.lambda_ == pytest.approx(2.0)


def test_a_warm_start_leads_to_the_same_top():
    scorings = create_scorings(Centre(agents=60, has_auto=True), seed=9)[0]
    cold = fit_severity(scorings)

    for start in (cold.variances, Variances(0, 0, 0, 0), Variances(1e9, 1, 1e4, 1e-3)):
        warm = fit_severity(scorings, start=start)

        assert warm.leniency == pytest.approx(cold.leniency, abs=1e-4)
        assert warm.deviance == pytest.approx(cold.deviance, abs=1e-6)


def test_a_variance_lost_near_0_is_found_again():
    # From this start the first search throws σ_c² to its lower bound, where the likelihood is flat in the log.
    centre = Centre(agents=8, inspectors=4, per_agent=7, double=0.3, agent_sd=3, inspector_sd=0, conversation_sd=0)
    scorings = create_scorings(replace(centre, residual_sd=2), seed=5)[0]
    cold = fit_severity(scorings)

    warm = fit_severity(scorings, start=Variances(5.26, 934.5, 493.9, 0.576))

    assert cold.variances.conversation == pytest.approx(0.627, abs=0.001)
    assert warm.variances.conversation == pytest.approx(cold.variances.conversation, rel=1e-3)
    assert warm.deviance == pytest.approx(cold.deviance, abs=1e-6)


def test_a_start_must_be_variances():
    with pytest.raises(InputError, match="finite and at least 0"):
        Variances(1.0, -1.0, 1.0, 1.0)


def plain_differences(scorings):
    """Leniency by least squares, every agent-month and inspector an effect of its own: nothing shrunk."""
    rows = np.arange(len(scorings))
    columns = np.zeros((len(rows), scorings.agent_month.max() + 1 + len(scorings.inspectors)))
    columns[rows, scorings.agent_month] = 1
    columns[rows, scorings.agent_month.max() + 1 + scorings.inspector] = 1
    found = np.linalg.lstsq(columns, scorings.score, rcond=None)[0][-len(scorings.inspectors) :]
    return found - found.mean()


def test_shrunk_leniency_is_nearer_the_truth_than_none_and_than_plain_differences():
    # Inspectors bound to teams, one conversation in twenty scored twice: hardly anything links them.
    centre = Centre(agents=100, inspectors=10, per_agent=5, double=0.05, bound=True)
    errors = {"shrunk": [], "plain": [], "none": []}
    for seed in range(15):
        scorings, leniency = create_scorings(centre, seed)
        true = leniency - leniency.mean()
        fit = fit_severity(scorings)
        errors["shrunk"].append(np.mean((fit.leniency - true) ** 2))
        errors["plain"].append(np.mean((plain_differences(scorings) - true) ** 2))
        errors["none"].append(np.mean(true**2))

    shrunk, plain, none = (math.sqrt(np.mean(errors[kind])) for kind in ("shrunk", "plain", "none"))

    assert shrunk < 0.7 * none
    assert none < plain  # correcting by plain differences is worse than not correcting


def test_intervals_hold_the_true_leniency():
    inside = []
    for seed in range(15):
        scorings, leniency = create_scorings(Centre(agents=80, inspectors=30, queues=2, has_auto=True), seed, mean=55.0)
        fit = fit_severity(scorings)
        inside += [fit.interval(code).contains(true) for code, true in enumerate(leniency)]

    # 450 intervals of nominal 95 %; inside one centre they err together.
    assert 0.91 < np.mean(inside) < 0.98
