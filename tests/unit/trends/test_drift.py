"""Weekly residuals of inspectors: by hand, in any order, and with the error they claim."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import pytest

from scoring.errors import InputError
from scoring.trends.charts import Side
from scoring.trends.drift import CorrectedScoring, weekly_residuals
from scoring.trends.ewma import PeriodMean, chart_drift


def scored(inspector: str, agent_month: str, week: str, *scores: float) -> list[CorrectedScoring]:
    return [CorrectedScoring(inspector, agent_month, week, score) for score in scores]


def test_a_residual_is_the_distance_from_what_the_others_gave_the_same_agent_and_month() -> None:
    rows = [
        *scored("wei", "a1", "2026-W10", 90, 80),
        *scored("su", "a1", "2026-W10", 70),
        *scored("lin", "a1", "2026-W11", 80),
    ]

    found = weekly_residuals(rows, 10.0)

    (week,) = found["wei"]
    assert week == PeriodMean("2026-W10", 85 - 75, 10 * math.sqrt(1 / 2 + 1 / 2), 2)
    assert found["su"][0].mean == pytest.approx(70 - (90 + 80 + 80) / 3)
    assert found["lin"][0].label == "2026-W11"


def test_agent_months_of_one_week_are_weighed_by_what_they_know() -> None:
    rows = [
        *scored("wei", "a1", "2026-W10", 90), *scored("su", "a1", "2026-W10", 80),
        *scored("wei", "a2", "2026-W10", 60, 60, 60, 60), *scored("su", "a2", "2026-W10", 64, 64, 64, 64),
    ]  # fmt: skip

    (week,) = weekly_residuals(rows, 10.0)["wei"]

    weights = 1 / 200, 1 / 50  # 10²·(1 + 1) and 10²·(1/4 + 1/4)
    assert week.mean == pytest.approx((10 * weights[0] - 4 * weights[1]) / sum(weights))
    assert week.error == pytest.approx(1 / math.sqrt(sum(weights)))
    assert week.n == 5


def test_whom_nobody_else_scored_says_nothing_about_the_inspector() -> None:
    rows = [
        *scored("wei", "a1", "2026-W10", 90, 20),
        *scored("wei", "a2", "2026-W10", 70),
        *scored("su", "a2", "2026-W10", 70),
    ]

    assert weekly_residuals(rows, 10.0)["wei"][0].n == 1
    assert weekly_residuals(scored("wei", "a1", "2026-W10", 90), 10.0) == {}


def test_the_order_of_the_scorings_and_the_level_of_an_agent_do_not_matter() -> None:
    random = np.random.default_rng(5)
    rows = [
        CorrectedScoring(f"i{random.integers(4)}", f"a{random.integers(9)}", f"2026-W{random.integers(10, 14)}", score)
        for score in random.normal(80, 10, 80)
    ]
    found = weekly_residuals(rows, 10.0)

    assert weekly_residuals(rows[::-1], 10.0) == found
    raised = [
        CorrectedScoring(row.inspector, row.agent_month, row.week, row.score + (7 if row.agent_month == "a3" else 0))
        for row in rows
    ]
    for inspector, weeks in weekly_residuals(raised, 10.0).items():
        assert [week.mean for week in weeks] == pytest.approx([week.mean for week in found[inspector]])


def test_the_error_is_the_one_that_simulated_weeks_show() -> None:
    random = np.random.default_rng(11)
    shares = []
    for _ in range(300):
        level = random.normal(85, 6, 30)
        rows = [
            CorrectedScoring(f"i{(agent + place) % 6}", f"a{agent}", "2026-W10", level[agent] + random.normal(0, 12))
            for agent in range(30)
            for place in range(5)
        ]
        shares += [week.mean / week.error for weeks in weekly_residuals(rows, 12.0).values() for week in weeks]

    assert fmean(shares) == pytest.approx(0, abs=0.05)
    assert np.std(shares) == pytest.approx(1, abs=0.05)


def test_a_shift_of_four_points_is_seen_and_names_its_side() -> None:
    random = np.random.default_rng(3)
    rows = []
    for week in range(1, 25):
        for agent in range(40):
            for place in range(3):
                inspector = f"i{(agent + place) % 6}"
                shift = -6 if inspector == "i0" and week > 14 else 0
                rows += scored(inspector, f"a{agent}-{week}", f"2026-W{week:02d}", 85 + shift + random.normal(0, 12))

    weeks = weekly_residuals(rows, 12.0)

    charts = {inspector: chart_drift(own, len(weeks)) for inspector, own in weeks.items()}
    assert charts["i0"].is_out_now
    assert charts["i0"].signals[0].signal is Side.below
    assert charts["i0"].signals[0].label > "2026-W14"


@pytest.mark.parametrize("sd", [0.0, -1.0, math.nan, math.inf])
def test_a_spread_that_is_none_is_refused(sd: float) -> None:
    with pytest.raises(InputError, match="above 0"):
        weekly_residuals([], sd)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="wei, a1"):
        CorrectedScoring("wei", "a1", "2026-W10", math.nan)
