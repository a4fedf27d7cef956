"""Pictures of trends: things lie where their figures say, at every width."""

from __future__ import annotations

import pytest

from qa_app.trends import funnel_picture, trend_picture
from qa_app.trends.pictures import round_steps
from qa_app.trends.scope import month_before, week_bounds, week_of
from scoring.estimates.funnel import Position, Rate, draw_funnel
from scoring.trends.ewma import PeriodMean, chart_trend

TRENDS = (trend_picture.WIDE, trend_picture.MIDDLE, trend_picture.NARROW)
ROUNDING = 0.1
FUNNELS = (funnel_picture.WIDE, funnel_picture.NARROW)


def weeks_of(means, error=2.0):
    return [PeriodMean(f"2026-W{number:02}", mean, error, 40) for number, mean in enumerate(means, start=10)]


def points_of(path: str) -> list[tuple[float, float]]:
    return [tuple(float(part) for part in pair.split(",")) for pair in path.split()]


@pytest.mark.parametrize("canvas", TRENDS)
def test_the_line_leaves_its_limits_in_the_picture_where_it_does_in_the_chart(canvas):
    weeks = weeks_of([85.0] * 16 + [76.0] * 6)
    chart = chart_trend(weeks)

    picture = trend_picture.draw_trend(chart, weeks, canvas)

    line, lower, upper = (points_of(path) for path in (picture.line, picture.lower, picture.upper))
    shown = chart.points[-len(line) :]
    for point, (_, y), (_, low), (_, high) in zip(shown, line, lower, upper, strict=True):
        # Downwards is larger; a tenth of a pixel is rounding.
        assert y >= low - ROUNDING if point.signal == "below" else y <= low + ROUNDING
        assert y <= high + ROUNDING if point.signal == "above" else y >= high - ROUNDING
    assert {point.signal for point in shown} >= {"below", None}
    assert [bool(dot.triangle) for dot in picture.dots] == [point.signal is not None for point in shown]


@pytest.mark.parametrize("canvas", TRENDS)
def test_everything_lies_inside_the_frame(canvas):
    weeks = weeks_of([99.0, 20.0, 100.0, 55.0, 80.0], error=9.0)

    picture = trend_picture.draw_trend(chart_trend(weeks), weeks, canvas)

    for dot in picture.dots:
        assert canvas.left <= dot.x <= canvas.width - canvas.right
        assert canvas.top <= dot.y_upper <= dot.y <= dot.y_lower <= canvas.floor
    assert picture.upper == ""
    assert picture.limit_end is None


def test_a_week_without_inspections_is_a_gap():
    weeks = [PeriodMean(week, 80.0, 2.0, 5) for week in ("2026-W50", "2026-W51", "2027-W02")]

    picture = trend_picture.draw_trend(chart_trend(weeks), weeks, trend_picture.WIDE)

    first, second, last = (dot.x for dot in picture.dots)
    # 2026 has 53 weeks.
    assert (last - second) == pytest.approx(4 * (second - first), abs=0.5)


def test_the_narrow_picture_shows_the_newest_weeks():
    weeks = weeks_of([80.0] * 24)

    picture = trend_picture.draw_trend(chart_trend(weeks), weeks, trend_picture.NARROW)

    assert [dot.label for dot in picture.dots] == [f"2026-W{number}" for number in range(24, 34)]


def test_one_week_alone_can_be_drawn():
    weeks = weeks_of([80.0])

    assert len(trend_picture.draw_trend(chart_trend(weeks), weeks, trend_picture.WIDE).dots) == 1


@pytest.mark.parametrize("canvas", FUNNELS)
def test_a_funnel_names_by_number_those_outside_alone(canvas):
    funnel = draw_funnel([Rate(f"a{number}", 5 + number % 3, 60) for number in range(9)] + [Rate("odd", 40, 60)])
    outside = [point for point in funnel.points if point.position is not Position.inside]

    picture = funnel_picture.draw_funnel_picture(funnel, outside, canvas)

    assert [dot.number for dot in picture.dots if dot.triangle] == [1]
    assert sum(dot.number == 0 for dot in picture.dots) == 9
    odd = next(dot for dot in picture.dots if dot.triangle)
    assert all(odd.y < dot.y for dot in picture.dots if not dot.triangle)
    for curve in (*picture.inner, *picture.outer):
        assert all(canvas.top <= y <= canvas.floor and x <= canvas.width for x, y in points_of(curve))


def test_limits_in_the_picture_close_with_the_number_of_conversations():
    funnel = draw_funnel([Rate(f"a{number}", 3 * number, 30 * number) for number in range(1, 9)])

    lower, upper = funnel_picture.draw_funnel_picture(funnel, [], funnel_picture.WIDE).outer

    widths = [low - high for (_, low), (_, high) in zip(points_of(lower), points_of(upper), strict=True)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0


@pytest.mark.parametrize(
    ("most", "steps"),
    [(0.4, [0, 0.1, 0.2, 0.3, 0.4]), (4, [0, 1, 2, 3, 4]), (37, [0, 10, 20, 30]), (1_200, [0, 500, 1_000])],
)
def test_ticks_are_round(most, steps):
    assert round_steps(most) == steps


def test_weeks_and_months_go_over_the_year():
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Shanghai")
    span = week_bounds("2026-W53", zone)

    assert month_before("2026-02", 3) == "2025-11"
    assert (span.start.isoformat(), span.end.isoformat()) == ("2026-12-28T00:00:00+08:00", "2027-01-04T00:00:00+08:00")
    assert week_of(span.start, zone) == "2026-W53"
    with pytest.raises(ValueError, match="2026-W60"):
        week_bounds("2026-W60", zone)
