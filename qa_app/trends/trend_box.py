"""The card "Is it getting better?": weekly means, the smoothed line, what leaves its limits, the same as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from qa_app.trends.inspected import InspectedConversation
from qa_app.trends.scope import week_of
from qa_app.trends.trend_picture import HALF, MIDDLE, NARROW, WIDE, TrendPicture, draw_trend
from qa_app.trends.words import week_number
from qa_app.web.filters import format_number
from scoring.trends.charts import FEWEST_POINTS, ChartPoint, ControlChart, Side
from scoring.trends.ewma import TREND_LIMIT, PeriodMean, chart_trend
from scoring.trends.weekly import WeeklyScore, fill_weights, mean_by_week

__all__ = ["TrendBox", "WeekRow", "make_trend_box"]

_SIGNS = {Side.above: "▲", Side.below: "▼"}


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One line of the table; the week leads to the inspections behind it."""

    week: str
    mean: str
    likely: str
    n: int
    line: str
    limit: str
    sign: str


@dataclass(frozen=True, slots=True)
class TrendBox:
    """The whole card; without pictures nothing was inspected."""

    pictures: tuple[TrendPicture, ...]
    summary: str
    findings: tuple[str, ...]
    formula: tuple[str, ...]
    rows: tuple[WeekRow, ...]
    has_limits: bool


def make_trend_box(inspected: Sequence[InspectedConversation], zone: ZoneInfo) -> TrendBox:
    """Chart the weeks of what was inspected."""
    weights = fill_weights([one.stands_for for one in inspected])
    weeks = mean_by_week(
        WeeklyScore(week_of(one.opened_at, zone), one.score, weight)
        for one, weight in zip(inspected, weights, strict=True)
    )
    if not weeks:
        return TrendBox((), "", (), (), (), has_limits=False)
    chart = chart_trend(weeks)
    findings = tuple(_findings(chart))
    return TrendBox(
        pictures=tuple(draw_trend(chart, weeks, canvas) for canvas in (WIDE, MIDDLE, NARROW)),
        summary=_summary(weeks, findings),
        findings=findings,
        formula=_formula(weeks),
        rows=tuple(_row(week, point) for week, point in zip(reversed(weeks), reversed(chart.points), strict=True)),
        has_limits=chart.without_limits is None,
    )


def _summary(weeks: Sequence[PeriodMean], findings: Sequence[str]) -> str:
    first, last = weeks[0], weeks[-1]
    ends = _(
        "Mean QA score by week: %(first)s in week %(first_week)s, %(last)s in week %(last_week)s.",
        first=format_number(first.mean, 1),
        first_week=week_number(first.label),
        last=format_number(last.mean, 1),
        last_week=week_number(last.label),
    )
    return " ".join((str(ends), *findings))


def _findings(chart: ControlChart) -> Iterator[str]:
    """Say what the chart shows, the present first."""
    if chart.without_limits is not None:
        yield str(
            ngettext(
                "%(num)s week so far: limits are drawn from %(needed)s weeks on, so nothing is called a change yet.",
                "%(num)s weeks so far: limits are drawn from %(needed)s weeks on, so nothing is called a change yet.",
                len(chart.points),
                needed=FEWEST_POINTS,
            )
        )
        return
    runs = [(side, list(points)) for side, points in groupby(chart.points, key=lambda point: point.signal)]
    outside = [(side, points) for side, points in runs if side is not None]
    if not outside:
        yield str(_("≈ The smoothed line stays inside its limits: chance explains what moves here."))
        return
    if chart.is_out_now:
        yield _now(*outside.pop())
    for side, points in reversed(outside):
        yield _earlier(side, points)


def _now(side: Side, points: Sequence[ChartPoint]) -> str:
    week = week_number(points[0].label)
    if side is Side.above:
        return str(_("▲ Better since week %(week)s: the smoothed line lies above its limits.", week=week))
    return str(_("▼ Worse since week %(week)s: the smoothed line lies below its limits.", week=week))


def _earlier(side: Side, points: Sequence[ChartPoint]) -> str:
    first, last = week_number(points[0].label), week_number(points[-1].label)
    if first == last:
        if side is Side.above:
            return str(_("▲ Above the limits in week %(week)s, no longer now.", week=first))
        return str(_("▼ Below the limits in week %(week)s, no longer now.", week=first))
    if side is Side.above:
        return str(_("▲ Above the limits in weeks %(first)s to %(last)s, no longer now.", first=first, last=last))
    return str(_("▼ Below the limits in weeks %(first)s to %(last)s, no longer now.", first=first, last=last))


def _row(week: PeriodMean, point: ChartPoint) -> WeekRow:
    half = HALF * week.error
    return WeekRow(
        week=week.label,
        mean=format_number(week.mean, 1),
        likely=f"{format_number(max(0.0, week.mean - half))}–{format_number(min(100.0, week.mean + half))}",
        n=week.n,
        line=format_number(point.line, 2),
        limit="–" if point.upper is None else f"±{format_number(point.upper, 2)}",
        sign=_SIGNS[point.signal] if point.signal else "",
    )


def _formula(weeks: Sequence[PeriodMean]) -> tuple[str, ...]:
    last = weeks[-1]
    return (
        str(
            _(
                "Each inspected conversation stands for as many as it was drawn from; a critical error counts 0. The "
                "error of a week comes from one spread for all weeks; last week: %(mean)s ± %(half)s from %(n)s.",
                mean=format_number(last.mean, 1),
                half=format_number(HALF * last.error, 1),
                n=last.n,
            )
        ),
        str(
            _(
                "Each week’s distance from the mean of all weeks is divided by its error. Line: 0.2 × this week + 0.8 "
                "× the line before. Limits: ±%(limit)s × √(0.2 / 1.8 × (1 − 0.8^(2 × weeks))). Chance alone leaves "
                "them about once in ten years.",
                limit=format_number(TREND_LIMIT, 3),
            )
        ),
    )
