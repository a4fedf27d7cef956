"""A centre described by its own months is found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.assessment.centre_record import CentreRecord
from scoring.errors import InputError
from scoring.estimates.quality import estimate_quality
from scoring.simulation.centre import PAGE, USUAL
from scoring.simulation.months import cast_centre, simulate_months
from scoring.simulation.own import MonthFacts, describe_own_centre, facts_of_record, facts_of_window
from scoring.simulation.run import build_window, simulate
from tests.factories.quality_windows import make_scorings, window_of

TRUE = replace(PAGE, agents=150, inspectors=12, mean=82.0, samples=6, frame=200, auto_correlation=0.6)


def own_of(centre, seed="own"):
    months = list(simulate_months(centre, cast_centre(centre, seed), centre.history, seed))
    window = build_window(months, np.array([f"a{code:03d}" for code in range(centre.agents)]), seed)
    return describe_own_centre(facts_of_window(window, estimate_quality(window).centre), USUAL)


def test_what_a_centre_is_like_is_read_from_its_months():
    found = own_of(TRUE)

    assert (found.agents, found.inspectors, found.samples, found.frame) == (150, 12, 6, 200)
    assert found.double_share == pytest.approx(TRUE.double_share, abs=0.001)
    assert found.history == 6
    assert found.mean == pytest.approx(82, abs=2)
    assert found.agent_sd == pytest.approx(6, abs=1)
    assert found.within_sd == pytest.approx(12, abs=1)
    assert found.share_at_100 == pytest.approx(0.25, abs=0.08)
    assert found.rater_sd == pytest.approx(5, abs=2)
    assert found.month_correlation == pytest.approx(0.9, abs=0.07)
    assert found.critical_rate == pytest.approx(0.02, abs=0.01)
    assert found.severity_sd == pytest.approx(4, abs=2)
    assert found.auto_correlation == pytest.approx(0.6, abs=0.06)


def test_a_bare_month_can_be_described_and_simulated():
    window = window_of(make_scorings(agents=6, samples=3, inspectors=1), frames=[])

    found = describe_own_centre(facts_of_window(window, estimate_quality(window).centre), USUAL)

    assert (found.agents, found.inspectors, found.history) == (6, 1, 1)
    assert found.frame == USUAL.frame
    assert found.auto_correlation == 0.0
    assert simulate(found, 2, "bare").months == 2


def test_an_empty_month_is_refused():
    window = window_of(make_scorings(ages=(1,)))

    with pytest.raises(InputError):
        facts_of_window(window, estimate_quality(window).centre)


def test_numbers_that_do_not_fit_together_are_made_to():
    facts = MonthFacts(frame=3, samples=8, within_sd=10.0, rater_sd=30.0, mean=150.0, auto_correlation=0.99)

    found = describe_own_centre(facts, USUAL)

    assert (found.samples, found.frame) == (8, 8)
    assert found.rater_sd == 9.0
    assert found.mean == 98.0
    assert 0 < found.auto_correlation < found.most_correlation


def test_a_month_of_few_conversations_is_not_sampled_beyond_them():
    assert describe_own_centre(MonthFacts(frame=3), USUAL).samples == 3


def test_a_record_of_the_direct_mode_says_nothing_of_inspectors():
    facts = facts_of_record(CentreRecord(within_sd=11.0, quality_mean=80.0, critical_prior=(1.0, 49.0)))

    assert facts.known == {"within_sd", "mean", "critical_rate", "critical_strength"}
    assert facts.critical_rate == 0.02
    assert describe_own_centre(facts, USUAL).severity_sd == USUAL.severity_sd
