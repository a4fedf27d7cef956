"""What a revision's centre and a control chart say about an inspector."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qa_app.calibration.drift import find_drift, judge_chart
from qa_app.calibration.period import half_year_until, week_of, weeks_after
from qa_app.calibration.queries import Scored
from qa_app.calibration.severity import DIRECT, NO_MONTH, Leaning, SeverityReading, read_severity
from scoring.agreement.severity_results import CALIBRATION_POINTS as POINTS_OF_THE_METHOD
from scoring.assessment.centre_record import CentreRecord, InspectorSeverity, SeverityRecord, SeverityVariances
from scoring.trends.charts import ChartPoint, ControlChart, Side, WithoutLimits

UTC_ZONE = ZoneInfo("UTC")
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def centre_of(**inspectors: tuple[float, float, int]) -> CentreRecord:
    rows = {
        name: InspectorSeverity(value=value, se=se, n=40, component=component)
        for name, (value, se, component) in inspectors.items()
    }
    return CentreRecord(severity=SeverityRecord("", SeverityVariances(36.0, 100.0, 9.0, 25.0), rows))


def test_an_interval_that_excludes_nothing_is_no_sign() -> None:
    (row,) = read_severity(centre_of(i1=(1.9, 1.0, 0))).rows

    assert (row.lower, row.upper) == (pytest.approx(-0.06), pytest.approx(3.86))
    assert row.leaning is Leaning.no_sign
    assert not row.needs_calibration


@pytest.mark.parametrize(
    ("value", "se", "leaning", "needs"),
    [
        (4.0, 1.0, Leaning.lenient, True),
        (-4.0, 1.0, Leaning.strict, True),
        (2.9, 1.0, Leaning.lenient, False),
        (5.0, 2.6, Leaning.no_sign, False),
    ],
)
def test_a_calibration_is_proposed_beyond_three_points_that_are_certain(value, se, leaning, needs) -> None:
    (row,) = read_severity(centre_of(i1=(value, se, 0))).rows

    assert row.leaning is leaning
    assert row.needs_calibration is needs


def test_the_page_and_the_method_propose_from_the_same_points_on() -> None:
    at_the_limit = read_severity(centre_of(i1=(POINTS_OF_THE_METHOD, 0.1, 0), i2=(POINTS_OF_THE_METHOD + 0.01, 0.1, 0)))

    assert [row.needs_calibration for row in at_the_limit.rows] == [True, False]


def test_outside_the_main_component_there_is_no_figure() -> None:
    reading = read_severity(centre_of(i1=(5.0, 1.0, 1), i2=(-1.0, 1.0, 0), i3=(2.0, 1.0, 0)))

    assert [row.inspector for row in reading.rows] == ["i3", "i2", "i1"]
    assert reading.rows[-1].leaning is Leaning.not_comparable
    assert reading.rows[-1].value is None
    assert reading.leniency == {"i3": 2.0, "i2": -1.0}


@pytest.mark.parametrize(
    ("centre", "reason"),
    [
        (None, NO_MONTH),
        (CentreRecord(within_sd=12.0), DIRECT),
        (CentreRecord(severity=SeverityRecord("few_inspectors")), "few_inspectors"),
    ],
)
def test_why_nobody_is_corrected_is_kept(centre, reason) -> None:
    assert read_severity(centre) == SeverityReading(reason, (), None)


def chart_of(*signals: Side | None) -> ControlChart:
    points = tuple(
        ChartPoint(f"2026-W{week:02d}", 0.0, 0.0, 9, -1.0, 1.0, signal) for week, signal in enumerate(signals, start=10)
    )
    return ControlChart(points, 0.0, None)


def test_since_is_where_the_last_run_of_signals_began() -> None:
    drift = judge_chart(chart_of(Side.below, None, Side.below, Side.below))

    assert (drift.side, drift.since) == (Side.below, "2026-W12")


def test_a_run_on_the_other_side_is_not_part_of_it() -> None:
    assert judge_chart(chart_of(Side.above, Side.below)).since == "2026-W11"


def test_a_line_that_came_back_remembers_where_it_was_outside() -> None:
    drift = judge_chart(chart_of(None, Side.above, None))

    assert (drift.side, drift.since, drift.last_signal) == (None, None, "2026-W11")


def scored(number: int, inspector: int, quality: float, **more: object) -> Scored:
    plain = Scored(number, number, 1, "2026-10", inspector, 1, quality, False, None, AT)
    return replace(plain, **more)


def reading_of(**leniency: float) -> SeverityReading:
    return read_severity(centre_of(**{name.strip("i"): (value, 1.0, 0) for name, value in leniency.items()}))


def test_residuals_are_taken_after_the_severity() -> None:
    drift = find_drift([scored(1, 7, 90.0), scored(2, 8, 80.0)], reading_of(i7=6.0, i8=-4.0), 10.0, UTC_ZONE)

    assert drift["7"].chart.points[0].value == pytest.approx(0.0)
    assert drift["7"].chart.without_limits is WithoutLimits.too_few_points


@pytest.mark.parametrize(
    "left_out",
    [
        {"is_critical": True},
        {"agent_id": None},
        {"month": None},
        {"inspector_id": 99},  # whose leniency is not known
        {"agent_id": 5},  # whom nobody else scored
    ],
)
def test_what_cannot_be_compared_is_left_out(left_out) -> None:
    rows = [scored(1, 7, 90.0), scored(2, 8, 80.0), replace(scored(3, 7, 20.0), **left_out)]

    drift = find_drift(rows, reading_of(i7=0.0, i8=0.0), 10.0, UTC_ZONE)

    assert drift["7"].chart.points[0].n == 1
    assert drift["7"].chart.points[0].value == pytest.approx(10.0)


@pytest.mark.parametrize(("ruling", "n"), [(None, 2), (False, 2), (True, 1)])
def test_two_who_disagree_on_critical_count_as_the_lead_rules(ruling, n) -> None:
    rows = [
        scored(1, 7, 90.0),
        scored(2, 7, 80.0, conversation_id=50, is_critical=True, ruling=ruling),
        scored(3, 8, 80.0, conversation_id=50, ruling=ruling),
        scored(4, 8, 80.0),
    ]

    assert find_drift(rows, reading_of(i7=0.0, i8=0.0), 10.0, UTC_ZONE)["7"].chart.points[0].n == n


def test_without_a_severity_nobody_is_charted() -> None:
    rows = [scored(1, 7, 90.0), scored(2, 8, 80.0)]

    assert find_drift(rows, read_severity(None), 10.0, UTC_ZONE) == {}
    assert find_drift(rows, reading_of(i7=0.0, i8=0.0), None, UTC_ZONE) == {}


def test_weeks_are_those_of_the_organisation() -> None:
    sunday_evening = datetime(2026, 11, 15, 17, 0, tzinfo=UTC)

    assert week_of(sunday_evening, UTC_ZONE) == "2026-W46"
    assert week_of(sunday_evening, ZoneInfo("Asia/Shanghai")) == "2026-W47"
    assert week_of(datetime(2027, 1, 1, tzinfo=UTC), UTC_ZONE) == "2026-W53"
    assert weeks_after("2026-W50", "2027-W02") == 5


def test_half_a_year_begins_on_a_monday_twenty_five_weeks_back() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    span = half_year_until(datetime(2026, 11, 18, 12, tzinfo=UTC), zone)

    assert span.starts_at == datetime(2026, 5, 25, tzinfo=zone)
    assert weeks_after(week_of(span.starts_at, zone), "2026-W47") == 25
    assert week_of(span.starts_at - timedelta(seconds=1), zone) == "2026-W21"
