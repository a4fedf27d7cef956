"""A standard tried on past months."""

from __future__ import annotations

import numpy as np

from scoring.assessment.below_standard import JudgedSample, StandardRule
from scoring.assessment.consequences import EvidenceState
from scoring.assessment.policy_trial import PastMonth, simulate_career_alarms, try_standard
from scoring.estimates.seeds import generator_for

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def past(name, mean, *, months=12, samples=5):
    generator = generator_for("past", name)
    scores = np.clip(generator.normal(mean, 12, (months, samples)), 0, 100)
    return [PastMonth(month, tuple(map(JudgedSample, row))) for month, row in zip(MONTHS, scores, strict=False)]


def test_who_is_far_below_is_found_and_who_is_above_is_not():
    agents = [past(f"good {i}", 88.0) for i in range(12)] + [past("low", 62.0)]

    trial = try_standard(agents, StandardRule(75.0, 0.05), seed="trial")

    assert trial.lines[-1].evidence.state is EvidenceState.below_standard
    assert trial.lines[-1].is_listed
    assert trial.lines[-1].months_rule.flagged_at is not None
    assert all(line.evidence.state is EvidenceState.nothing for line in trial.lines[:-1])
    assert not any(line.is_listed for line in trial.lines[:-1])
    assert trial.lines[0].n == 60


def test_both_rules_come_with_how_often_they_err():
    agents = [past(f"at {i}", 75.0) for i in range(20)]

    trial = try_standard(agents, StandardRule(75.0), seed="trial")

    assert trial.samples == 5
    assert 0.3 < trial.months_rule_alarms.by_simulation < 0.65
    assert trial.evidence_alarms <= 0.05
    assert trial == try_standard(agents, StandardRule(75.0), seed="trial")


def test_where_nobody_has_two_scores_nothing_is_claimed():
    trial = try_standard([[PastMonth("2026-01", (JudgedSample(80.0),))], []], StandardRule(75.0), seed="trial")

    assert trial.months_rule_alarms is None
    assert trial.evidence_alarms is None


def test_an_empty_month_has_no_mean_and_a_critical_one_counts_zero():
    assert PastMonth("2026-01", ()).mean is None
    assert PastMonth("2026-01", (JudgedSample(80.0), JudgedSample(90.0, is_critical=True))).mean == 40.0


def test_career_alarms_hold_where_critical_zeros_are_cut():
    deviations = np.array([-90.0] * 5 + [5.0] * 90)

    assert 0 < simulate_career_alarms(deviations, 70.0, generator_for("cut"), samples=5) <= 0.05
