"""Places in the pictures, and how signed figures and verdicts are written."""

from __future__ import annotations

import pytest

from qa_app.calibration.agreement import judge_question
from qa_app.calibration.doubles import CRITICAL
from qa_app.calibration.drift import judge_chart
from qa_app.calibration.plots import agreement_scale, draw_drift, highest_line, severity_scale
from qa_app.calibration.words import agreement_verdict, drift_verdict, format_range, format_signed, week_number
from scoring.trends.charts import ChartPoint, ControlChart, Side, WithoutLimits


@pytest.fixture(autouse=True)
def _english(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("value", "written"),
    [(2.14, "+2.1"), (-0.26, "−0.3"), (0.0, "0.0"), (-0.04, "0.0"), (0.04, "0.0"), (-10.0, "−10.0")],
)
def test_signed_figures_have_a_true_minus_and_nothing_has_no_sign(value: float, written: str) -> None:
    assert format_signed(value) == written


def test_ranges_of_points_have_signs_and_shares_have_none() -> None:
    assert format_range(-6.1, -1.5, places=1, signed=True) == "−6.1 to −1.5"
    assert format_range(0.384, 0.776) == "0.38 to 0.78"


def test_a_scale_of_points_is_even_on_both_sides_and_holds_every_interval() -> None:
    scale = severity_scale([-7.1, 2.0])

    assert scale.ticks == (-9.0, -6.0, -3.0, 0.0, 3.0, 6.0, 9.0)
    assert scale.place(0.0) == 50.0
    assert scale.place(-9.0) == 3.0
    assert scale.place(40.0) == 97.0
    bar = scale.bar(-4.5, -6.0, -3.0)
    assert (bar.start, bar.end, bar.dot) == (scale.place(-6.0), scale.place(-3.0), scale.place(-4.5))


@pytest.mark.parametrize(("lowest", "first"), [(0.38, 0.2), (0.4, 0.4), (0.97, 0.6), (-0.2, -0.5), (0.6000000001, 0.6)])
def test_a_scale_of_agreement_begins_below_the_lowest_bound_and_ends_at_one(lowest: float, first: float) -> None:
    scale = agreement_scale([lowest, 0.99])

    assert scale.ticks[0] == pytest.approx(first)
    assert scale.ticks[-1] == scale.high == 1.0


def chart(*points: tuple[str, float, Side | None]) -> ControlChart:
    made = tuple(ChartPoint(week, 0.0, line, 9, -1.0, 1.0, signal) for week, line, signal in points)
    return ControlChart(made, 0.0, None)


def test_a_week_without_work_is_a_gap_and_a_signal_points_its_way() -> None:
    drawn = chart(("2026-W10", 0.0, None), ("2026-W11", 0.5, None), ("2026-W14", -1.5, Side.below))
    reach = highest_line([drawn])
    picture = draw_drift(drawn, reach, "2026-W10", "2026-W14")

    xs = [float(point.split(",")[0]) for point in picture.line.split()]
    assert reach == 1.5
    assert xs[0] == picture.left
    assert xs[2] == picture.right
    assert xs[1] - xs[0] == pytest.approx((xs[2] - xs[0]) / 4, abs=0.1)
    (mark,) = picture.marks
    left, right, tip = (tuple(map(float, corner.split(","))) for corner in mark.corners.split())
    assert left[1] == right[1] < tip[1]  # SVG counts downwards
    assert [label for _x, label in picture.ends] == ["2026-W10", "2026-W14"]


def test_a_single_week_and_no_limits_can_be_drawn() -> None:
    lonely = ControlChart((ChartPoint("2026-W10", 0.0, 0.3, 4, None, None, None),), 0.0, WithoutLimits.too_few_points)
    picture = draw_drift(lonely, highest_line([lonely]), "2026-W10", "2026-W10")

    assert (picture.upper, picture.lower, picture.ends) == ("", "", ())
    assert picture.last is not None
    assert drift_verdict(judge_chart(lonely)).words == "too few weeks for limits: 1 of 12"


def test_drift_is_said_with_sign_and_week() -> None:
    above = drift_verdict(judge_chart(chart(("2026-W45", 0.0, None), ("2026-W46", 2.0, Side.above))))
    below = drift_verdict(judge_chart(chart(("2026-W46", -2.0, Side.below), ("2026-W47", -2.0, Side.below))))
    back = drift_verdict(judge_chart(chart(("2026-W46", -2.0, Side.below), ("2026-W47", 0.0, None))))

    assert (above.sign, above.words) == ("▲", "more lenient since week 46")
    assert (below.sign, below.words) == ("▼", "stricter since week 46")
    assert (back.sign, back.words) == ("✓", "in control; outside in week 46")
    assert week_number("2027-W03") == 3


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("no", "no")] * 40, "too few failures"),
        ([("no", "no")] * 30 + [("yes", "yes")] * 20, "agreed"),
        ([("no", "no")] * 9, "too few"),
        ([("no", "yes")] * 20 + [("yes", "yes")] * 20, "discuss"),
        ([("no", "yes")] * 12 + [("no", "no")] * 300, "failures differ"),
        ([("no", "yes")] * 5 + [("yes", "yes")] * 15, "cannot tell"),
    ],
)
def test_a_verdict_tells_low_agreement_from_differing_failures(pairs: list[tuple[str, str]], said: str) -> None:
    assert agreement_verdict(judge_question(CRITICAL, pairs).figures).words == said
