"""A centre described by its own months is found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import InputError
from scoring.estimates.quality import estimate_quality
from scoring.simulation.centre import PAGE
from scoring.simulation.months import cast_centre, simulate_months
from scoring.simulation.own import describe_own_centre
from scoring.simulation.run import build_window, simulate
from tests.factories.quality_windows import make_scorings, window_of

TRUE = replace(PAGE, agents=150, inspectors=12, mean=82.0, samples=6, frame=200, auto_correlation=0.6)


def own_of(centre, seed="own"):
    months = list(simulate_months(centre, cast_centre(centre, seed), centre.history, seed))
    window = build_window(months, np.array([f"a{code:03d}" for code in range(centre.agents)]), seed)
    return describe_own_centre(window, estimate_quality(window).centre)


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

    found = describe_own_centre(window, estimate_quality(window).centre)

    assert (found.agents, found.inspectors, found.history) == (6, 1, 1)
    assert found.frame == PAGE.frame
    assert found.auto_correlation == 0.0
    assert simulate(found, 2, "bare").months == 2


def test_an_empty_month_is_refused():
    window = window_of(make_scorings(ages=(1,)))

    with pytest.raises(InputError):
        describe_own_centre(window, estimate_quality(window).centre)
