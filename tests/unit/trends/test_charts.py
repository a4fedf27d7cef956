"""Control charts: when limits are drawn, what leaves them, and how often by chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import CountError, InputError
from scoring.trends.charts import NoSign, Side, WithoutLimits
from scoring.trends.ewma import PeriodMean, chart_drift, chart_trend, drift_limit, limit_at, mean_by_period
from scoring.trends.shares import PeriodShare, chart_shares

WEEK_SD = 12 * math.sqrt(4 / 5)  # of a residual once the agent's own mean of five is taken out


def weeks(means, error=1.0, n=20):
    return [PeriodMean(f"2026-W{t:03}", float(mean), error, n) for t, mean in enumerate(means, start=1)]


def test_eleven_weeks_make_a_line_without_limits():
    eleven, twelve = chart_drift(weeks([9] * 11), 14), chart_drift(weeks([9] * 12), 14)

    assert eleven.without_limits is WithoutLimits.too_few_points
    assert [(p.lower, p.upper, p.signal) for p in eleven.points] == [(None, None, None)] * 11
    assert twelve.without_limits is None
    assert all(p.signal is Side.above for p in twelve.points)


def test_a_drift_is_seen_on_its_side_and_from_when_on():
    chart = chart_drift(weeks([0] * 20 + [-3] * 10), 14)

    assert chart.centre == 0
    assert {p.signal for p in chart.signals} == {Side.below}
    assert chart.signals[0].label == "2026-W022"
    assert chart.is_out_now


def test_a_week_of_few_scorings_weighs_less():
    means = mean_by_period({"2026-W02": [4.0] * 25, "2026-W01": [4.0], "2026-W03": []}, sd=10)

    assert [(m.label, m.error, m.n) for m in means] == [("2026-W01", 10, 1), ("2026-W02", 2, 25)]
    assert [p.line for p in chart_drift(means, 3).points] == pytest.approx([0.08, 0.2 * 2 + 0.8 * 0.08])


def test_a_team_is_held_against_its_own_mean_or_a_given_one():
    values = weeks([80, 84] * 6, error=2)

    own, given_one = chart_trend(values), chart_trend(values, centre=90)

    assert own.centre == pytest.approx(82)
    assert own.signals == ()
    assert {p.signal for p in given_one.signals} == {Side.below}
    assert given_one.points[-1].value == 84


def test_the_mean_of_a_team_weighs_weeks_by_their_error():
    values = [PeriodMean("a", 80, 1, 30), PeriodMean("b", 90, 3, 4)]

    assert chart_trend(values).centre == pytest.approx((80 + 90 / 9) / (1 + 1 / 9))


def test_nothing_makes_an_empty_chart():
    for chart in (chart_drift([], 3), chart_trend([]), chart_shares([PeriodShare("2026-01", 0, 0)])):
        assert chart.points == ()
        assert chart.without_limits is WithoutLimits.too_few_points
        assert not chart.is_out_now


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: PeriodMean("w", math.nan, 1, 1), InputError),
        (lambda: PeriodMean("w", 1, 0, 1), InputError),
        (lambda: PeriodMean("w", 1, 1, 0), CountError),
        (lambda: PeriodShare("w", 3, 2), CountError),
        (lambda: drift_limit(0), CountError),
        (lambda: chart_trend([PeriodMean("w", 1, 1, 1)] * 2), InputError),
        (lambda: chart_shares([PeriodShare("w", 1, 2)] * 2), InputError),
    ],
)
def test_what_makes_no_series_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_shares_that_never_vary_have_no_limits():
    chart = chart_shares([PeriodShare(f"{t:02}", 0, 50) for t in range(15)])

    assert chart.without_limits is WithoutLimits.no_variation
    assert chart.centre == 0


def test_a_jump_of_a_share_is_seen_and_months_without_cases_are_left_out():
    months = [PeriodShare(f"{t:02}", 8 + t % 3, 100) for t in range(14)]

    chart = chart_shares([*months, PeriodShare("98", 0, 0), PeriodShare("99", 40, 100)])

    assert len(chart.points) == 15
    assert [(p.label, p.signal) for p in chart.signals] == [("99", Side.above)]


@pytest.mark.parametrize("share", [0.03, 0.97])
def test_few_cases_a_week_raise_no_sign_by_chance(share):
    # Limits drawn for them regardless raise one in a quarter of these half-years.
    generator = np.random.default_rng(2)
    half_years = [
        chart_shares([PeriodShare(f"{t:02}", int(k), 15) for t, k in enumerate(generator.binomial(15, share, 26))])
        for _ in range(400)
    ]

    assert sum(bool(chart.signals) for chart in half_years) == 0
    assert {chart.without_limits for chart in half_years} == {WithoutLimits.too_few_cases}


def test_only_the_weeks_with_too_few_cases_go_without_limits():
    weeks = [PeriodShare(f"{t:02}", 8 + t % 3, 100) for t in range(14)]

    chart = chart_shares([*weeks, PeriodShare("98", 15, 20), PeriodShare("99", 40, 100)])

    assert [p.signal for p in chart.points[-2:]] == [None, Side.above]
    assert [p.no_sign for p in chart.points[-3:]] == [None, NoSign.too_few_cases, None]
    assert chart.points[-2].upper is None


def test_a_week_that_is_not_settled_gets_no_sign_and_moves_no_limit():
    weeks = [PeriodShare(f"{t:02}", 8 + t % 3, 100) for t in range(14)]

    alone = chart_shares(weeks)
    chart = chart_shares([*weeks, PeriodShare("99", 60, 100, is_settled=False)])

    assert chart.points[:-1] == alone.points
    assert (chart.centre, chart.signals) == (alone.centre, ())
    newest = chart.points[-1]
    assert (newest.value, newest.upper, newest.no_sign) == (0.6, None, NoSign.still_open)


def test_eleven_settled_weeks_and_an_open_one_have_no_limits():
    weeks = [PeriodShare(f"{t:02}", 8 + t % 3, 100) for t in range(11)]

    chart = chart_shares([*weeks, PeriodShare("99", 9, 100, is_settled=False)])

    assert chart.without_limits is WithoutLimits.too_few_points


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20),
    st.randoms(),
)
def test_charts_do_not_depend_on_the_order_given(pairs, random):
    shares = [PeriodShare(f"{t:02}", min(pair), max(pair)) for t, pair in enumerate(pairs)]
    means = [PeriodMean(f"{t:02}", float(k), 1.0 + n, 1) for t, (k, n) in enumerate(pairs)]
    before = chart_shares(shares), chart_trend(means), chart_drift(means, 20)
    random.shuffle(shares)
    random.shuffle(means)

    assert (chart_shares(shares), chart_trend(means), chart_drift(means, 20)) == before
    for point in before[0].points:
        assert point.lower is None or 0 <= point.lower <= before[0].centre <= point.upper <= 1


def test_fourteen_steady_inspectors_raise_about_two_false_alarms_a_year():
    # 40 years of 14 inspectors; after an alarm the chart starts anew. Expected 14 · 52/371 = 1.96 a year.
    z = np.random.default_rng(20260101).standard_normal((14 * 40, 52))

    alarms = 0
    for series in z:
        rest = weeks(series)
        while rest:
            signals = chart_drift(rest if len(rest) >= 12 else rest + weeks([0] * 12)[len(rest) :], 14).signals
            first = next((i for i, week in enumerate(rest) if signals and week.label == signals[0].label), None)
            alarms += first is not None
            rest = [] if first is None else weeks([week.mean for week in rest[first + 1 :]])

    assert alarms / 40 == pytest.approx(2, abs=0.6)


@pytest.mark.parametrize(("correlation", "most"), [(0.0, 4.9), (0.65, 3.5)])
def test_a_shift_of_four_points_shows_after_about_a_month(correlation, most):
    # 20 scorings a week; an auto-score of that correlation takes its share of the variance away.
    generator = np.random.default_rng(20260102)
    sd = WEEK_SD * math.sqrt(1 - correlation**2)
    delays = []
    for _ in range(200):
        scores = generator.normal(0, sd, (40, 20)) + np.where(np.arange(40) < 20, 0, 4)[:, None]
        chart = chart_drift(mean_by_period({f"{t:02}": row for t, row in enumerate(scores.tolist())}, sd), 14)
        late = [int(p.label) - 19 for p in chart.signals if int(p.label) >= 20]
        if not any(int(p.label) < 20 for p in chart.signals):
            delays.append(late[0])

    assert most - 1 <= np.mean(delays) <= most


def test_limits_widen_to_their_final_value():
    widths = [limit_at(t, 3) for t in range(1, 40)]

    assert widths == sorted(widths)
    assert widths[0] == pytest.approx(3 * 0.2)
    assert widths[-1] == pytest.approx(3 * math.sqrt(0.2 / 1.8))
