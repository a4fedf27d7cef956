"""Published control charts and tests of many things at once, and the run lengths the page claims."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from scoring.trends.changes import TwoPeriods, adjust_for_number, compare_shares, find_rising
from scoring.trends.ewma import TREND_LIMIT, drift_limit, limit_at, smooth
from scoring.trends.shares import PeriodShare, chart_shares, spread_between

# Montgomery, Introduction to Statistical Quality Control, 6th ed., table 9.10: the data of table 9.1 (mean 10, sd 1;
# from the 21st on the mean is 11), smoothing 0.10, L = 2.7.
MONTGOMERY = [
    *[9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62],
    *[10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52],
]


def test_moving_average_and_limits_are_montgomerys():
    smoothed = smooth(MONTGOMERY, start=10, smoothing=0.1)
    limits = [10 + limit_at(t, 2.7, smoothing=0.1) for t in range(1, 31)]

    assert smoothed[:4] == pytest.approx([9.945, 9.7495, 9.70355, 9.8992], abs=5e-5)
    assert smoothed[-2:] == pytest.approx([10.6468, 10.6341], abs=5e-5)
    assert limits[:2] == pytest.approx([10.27, 10.36], abs=0.005)
    assert limits[-1] == pytest.approx(10.62, abs=0.005)
    assert [t for t in range(30) if smoothed[t] > limits[t]] == [28, 29]


def test_limits_of_nists_handbook():
    # NIST/SEMATECH e-Handbook, 6.3.2.4: EWMA_0 = 50, s = 2.0539, smoothing 0.3, k = 3: 52.5884 and 47.4115.
    data = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4]
    data += [53.6, 52.1]
    printed = [50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38]
    printed += [49.92, 50.73, 51.23, 51.94, 51.99]

    half = 2.0539 * limit_at(10_000, 3, smoothing=0.3)

    assert (50 + half, 50 - half) == (pytest.approx(52.5884, abs=1e-4), pytest.approx(47.4115, abs=1e-4))
    assert smooth(data, start=50, smoothing=0.3) == pytest.approx(printed, abs=0.006)


def run_length(limit, *, smoothing=0.2, shift=0.0, nodes=61):
    """Mean weeks to a signal with constant limits: Crowder's integral equation by Gauss and Legendre's nodes."""
    edge = limit * math.sqrt(smoothing / (2 - smoothing))
    x, w = np.polynomial.legendre.leggauss(nodes)
    x, w = x * edge, w * edge
    kernel = stats.norm.pdf((x[None, :] - (1 - smoothing) * x[:, None]) / smoothing - shift) / smoothing * w
    lengths = np.linalg.solve(np.eye(nodes) - kernel, np.ones(nodes))
    return float(1 + stats.norm.pdf(x / smoothing - shift) / smoothing * w @ lengths)


@pytest.mark.parametrize(
    ("limit", "smoothing", "lengths"),
    [
        # Lucas & Saccucci (1990), as Montgomery's table 9.11: shifts of 0, 0.25, 0.5, 1, 1.5, 2, 3 and 4 errors.
        (3.054, 0.40, [500, 224, 71.2, 14.3, 5.9, 3.5, 2.0, 1.4]),
        (2.998, 0.25, [500, 170, 48.2, 11.1, 5.5, 3.6, 2.3, 1.7]),
        (TREND_LIMIT, 0.20, [500, 150, 41.8, 10.5, 5.5, 3.7, 2.4, 1.9]),
        (2.814, 0.10, [500, 106, 31.3, 10.3, 6.1, 4.4, 2.9, 2.2]),
    ],
)
def test_run_lengths_are_lucas_and_saccuccis(limit, smoothing, lengths):
    shifts = [0, 0.25, 0.5, 1, 1.5, 2, 3, 4]

    ours = [run_length(limit, smoothing=smoothing, shift=shift) for shift in shifts]

    assert ours == pytest.approx(lengths, rel=0.005, abs=0.06)


@pytest.mark.parametrize("inspectors", [14, 40, 100, 220, 480])
def test_drift_limit_gives_two_false_alarms_a_year(inspectors):
    assert inspectors * 52 / run_length(drift_limit(inspectors)) == pytest.approx(2, abs=0.2)


def test_the_limit_is_the_next_wider_one_for_numbers_between():
    assert [drift_limit(r) for r in (1, 14, 15, 40, 41, 100, 101)] == [2.86, 2.86, 3.2, 3.2, 3.5, 3.5, 3.7]


def test_laneys_spread_by_hand():
    # Four weeks of 100 with 10, 30, 20, 20: mean share 0.2, error 0.04, z = -2.5, 2.5, 0, 0; |moves| 5, 2.5, 0.
    weeks = [PeriodShare(f"2026-W{t}", k, 100) for t, k in enumerate([10, 30, 20, 20])]

    assert spread_between(weeks) == pytest.approx(2.5 / 1.128)


def test_laneys_limits_by_hand():
    # Twelve weeks of 100 with 10 and 30 in turn: z = -2.5 and 2.5, all moves 5; 3 · 5/1.128 · 0.04 around 0.2.
    weeks = [PeriodShare(f"2026-W{t:02}", 10 + 20 * (t % 2), 100) for t in range(12)]

    chart = chart_shares(weeks)

    assert chart.centre == 0.2
    assert chart.points[0].upper == pytest.approx(0.2 + 3 * 5 / 1.128 * 0.04)
    assert chart.points[0].lower == 0
    assert chart.signals == ()


def test_a_laney_chart_of_what_chance_makes_is_the_plain_p_chart():
    # Montgomery, 6th ed., example 7.1 (orange juice cans): mean 0.2313 in 30 samples of 50, limits 0.0524 and 0.4102;
    # samples 15 and 23 lie outside.
    cans = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
    weeks = [PeriodShare(f"{t:02}", k, 50) for t, k in enumerate(cans, start=1)]

    chart = chart_shares(weeks)
    wider = max(1.0, spread_between(weeks))

    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert chart.points[0].upper == pytest.approx(0.2313 + wider * (0.4102 - 0.2313), abs=2e-4)
    assert chart.points[0].lower == pytest.approx(max(0, 0.2313 - wider * (0.2313 - 0.0524)), abs=2e-4)


def test_benjamini_and_hochberg_name_four_of_their_fifteen():
    # Benjamini & Hochberg (1995), section 4.1: 15 comparisons, four of them rejected at 0.05.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    p_values += [0.6528, 0.7590, 1.0]

    adjusted = adjust_for_number(p_values)

    assert sum(p <= 0.05 for p in adjusted) == 4
    assert adjusted == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


def test_rising_things_are_those_of_fisher_and_statsmodels():
    generator = np.random.default_rng(7)
    rows = [
        TwoPeriods(f"c{i:02}", int(generator.binomial(200, 0.05)), 200, int(generator.binomial(180, rate)), 180)
        for i, rate in enumerate([0.05] * 15 + [0.12, 0.15, 0.2])
    ]

    changes = {change.counts.code: change for change in find_rising(rows)}

    ours = np.array([changes[row.code].p_value for row in rows])
    tables = [[[row.now, row.n_now - row.now], [row.before, row.n_before - row.before]] for row in rows]
    assert ours == pytest.approx([stats.fisher_exact(table, alternative="greater").pvalue for table in tables])
    named, adjusted, *_ = multipletests(ours, alpha=0.10, method="fdr_bh")
    assert [changes[row.code].adjusted for row in rows] == pytest.approx(adjusted)
    assert [changes[row.code].movement != "not_shown" for row in rows] == list(named)
    assert named.any()


@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "lower", "upper"),
    [
        # Newcombe (1998), Stat. Med. 17:873, table II, method 10.
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
    ],
)
def test_difference_of_shares_has_newcombes_interval(k1, n1, k2, n2, lower, upper):
    interval = compare_shares(k2, n2, k1, n1)

    assert (interval.lower, interval.upper) == (pytest.approx(lower, abs=5e-5), pytest.approx(upper, abs=5e-5))
    theirs = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb")
    assert (interval.lower, interval.upper) == pytest.approx(theirs)
