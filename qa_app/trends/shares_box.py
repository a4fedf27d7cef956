"""The card "Do rates move?": shares of all conversations by week on Laney's p′ chart, the same as a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from qa_app.trends.cases import Cases
from qa_app.trends.scope import TREND_MONTHS, Scope, weeks_of
from qa_app.trends.share_picture import NARROW, WIDE, SharePicture, draw_share_picture
from qa_app.trends.words import format_shares, week_number
from qa_app.web.filters import format_number, format_percent
from scoring.estimates.intervals import proportion_interval
from scoring.trends.charts import FEWEST_POINTS, ChartPoint, ControlChart, NoSign, Side, WithoutLimits
from scoring.trends.shares import FEWEST_EXPECTED, PeriodShare, chart_shares, spread_between

__all__ = ["ShareBox", "ShareRow", "make_notes", "make_share_boxes", "open_weeks"]

SETTLING_DAYS = 7
"""Days after its end in which a week's tickets are still being solved: until then most of those open are only young."""

_SETTLES = frozenset({"unresolved"})
"""Rates that fall by themselves while tickets are being solved."""

_SIGNS = {Side.above: "▲", Side.below: "▼"}


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One week of the table."""

    week: str
    share: str
    likely: str
    counts: str
    limits: str
    sign: str


@dataclass(frozen=True, slots=True)
class ShareBox:
    """One rate: its pictures, what they show, the table and the formula, or why there is nothing to show."""

    code: str
    title: str
    question: str
    pictures: tuple[SharePicture, ...]
    findings: tuple[str, ...]
    formula: tuple[str, ...]
    rows: tuple[ShareRow, ...]
    nothing: str

    @property
    def summary(self) -> str:
        """The picture in words."""
        return " ".join((self.title + ":", *self.findings))


_COUNTS: Mapping[str, Callable[[Cases], tuple[int, int]]] = {
    "unresolved": lambda cases: (cases.unresolved, cases.results_known),
    "reopened": lambda cases: (cases.reopened, cases.once_resolved),
    "transferred": lambda cases: (cases.transferred, cases.transfers_known),
}


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "unresolved": (_("Not resolved"), _("Conversations with a known result that were not resolved")),
        "reopened": (_("Reopened"), _("Resolved conversations that were opened again")),
        "transferred": (_("Transfers"), _("Conversations handed on to somebody else")),
    }


def open_weeks(newest: datetime | None, scope: Scope) -> frozenset[str]:
    """Name the weeks that ended less than `SETTLING_DAYS` before the newest data."""
    if newest is None:
        return frozenset()
    settled_until = newest - timedelta(days=SETTLING_DAYS)
    weeks = weeks_of(scope.months(TREND_MONTHS), scope.zone)
    return frozenset(week for week, end in weeks if end > settled_until)


def make_share_boxes(weeks: Mapping[str, Cases], still_open: Collection[str] = ()) -> tuple[ShareBox, ...]:
    """Chart rates by week; those that can say something first; tickets of the weeks `still_open` may be solved yet."""
    boxes = [_box(code, weeks, still_open if code in _SETTLES else ()) for code in _COUNTS]
    return tuple(sorted(boxes, key=lambda box: bool(box.nothing)))


def make_notes() -> tuple[str, ...]:
    """Say which weeks are held against no limits."""
    return (
        str(
            _(
                "A hollow dot: the week ended less than %(days)s days before the newest data. Tickets that are open "
                "may only be young, so “not resolved” gets no sign yet, and the week stays out of mean and limits.",
                days=SETTLING_DAYS,
            )
        ),
        str(
            _(
                "Too few to tell: the mean lets fewer than %(cases)s such cases, or fewer than %(cases)s others, be "
                "expected in the week.",
                cases=format_number(FEWEST_EXPECTED),
            )
        ),
    )


def _box(code: str, weeks: Mapping[str, Cases], still_open: Collection[str]) -> ShareBox:
    title, question = _titles()[code]
    counted = [PeriodShare(week, *_COUNTS[code](cases), week not in still_open) for week, cases in weeks.items()]
    periods = [period for period in counted if period.n]
    settled = [period for period in periods if period.is_settled]
    if not any(period.k for period in settled):
        return ShareBox(code, title, question, (), (), (), (), _nothing(periods, settled))
    chart = chart_shares(periods)
    counts = {period.label: period for period in periods}
    return ShareBox(
        code=code,
        title=title,
        question=question,
        pictures=tuple(draw_share_picture(chart, canvas) for canvas in (WIDE, NARROW)),
        findings=tuple(_findings(chart)),
        formula=tuple(_formula(chart, settled)),
        rows=tuple(_row(point, counts[point.label]) for point in reversed(chart.points)),
        nothing="",
    )


def _nothing(periods: list[PeriodShare], settled: list[PeriodShare]) -> str:
    if settled:
        return str(_("None in %(n)s conversations.", n=format_number(sum(period.n for period in settled))))
    return str(_("Still open, no sign yet.")) if periods else str(_("The data do not say."))


def _findings(chart: ControlChart) -> Iterator[str]:
    if chart.without_limits is WithoutLimits.no_variation:
        yield str(_("All of them, in every week."))
    elif chart.without_limits is WithoutLimits.too_few_cases:
        yield str(_("Too few to tell in every week: nothing is called a change."))
    elif chart.without_limits is not None:
        settled = sum(point.no_sign is not NoSign.still_open for point in chart.points)
        yield str(
            ngettext(
                "%(num)s week so far: limits are drawn from %(needed)s weeks on, so nothing is called a change yet.",
                "%(num)s weeks so far: limits are drawn from %(needed)s weeks on, so nothing is called a change yet.",
                settled,
                needed=FEWEST_POINTS,
            )
        )
    elif not chart.signals:
        yield _all_inside(chart)
    for side in Side:
        outside = [week_number(point.label) for point in chart.signals if point.signal is side]
        if outside:
            yield _outside(side, outside)
    young = [str(week_number(point.label)) for point in chart.points if point.no_sign is NoSign.still_open]
    if young:
        yield str(
            ngettext("○ Week %(weeks)s: still open, no sign yet.", "○ Weeks %(weeks)s: still open, no sign yet.",
                     len(young), weeks=", ".join(young))
        )  # fmt: skip


def _all_inside(chart: ControlChart) -> str:
    if any(point.no_sign is NoSign.too_few_cases for point in chart.points):
        return str(_("≈ Every week with cases enough lies inside its limits: it moves no more than it always does."))
    return str(_("≈ Every week lies inside its limits: it moves no more than it always does."))


def _outside(side: Side, weeks: list[int]) -> str:
    values = {"weeks": ", ".join(str(week) for week in weeks)}
    if side is Side.above:
        return str(ngettext("▲ Above the limits in week %(weeks)s.", "▲ Above the limits in weeks %(weeks)s.",
                            len(weeks), **values))  # fmt: skip
    return str(ngettext("▼ Below the limits in week %(weeks)s.", "▼ Below the limits in weeks %(weeks)s.",
                        len(weeks), **values))  # fmt: skip


def _row(point: ChartPoint, period: PeriodShare) -> ShareRow:
    return ShareRow(
        week=point.label,
        share=format_percent(point.value, point.n),
        likely=format_shares(proportion_interval(period.k, period.n)),
        counts=str(_("%(k)s of %(n)s", k=format_number(period.k), n=format_number(period.n))),
        limits=_limits(point),
        sign=_SIGNS[point.signal] if point.signal else "",
    )


def _limits(point: ChartPoint) -> str:
    """Write limits with a decimal, where a share is told from them by less than a percent."""
    if point.no_sign is NoSign.still_open:
        return str(_("still open, no sign yet"))
    if point.no_sign is NoSign.too_few_cases:
        return str(_("too few to tell"))
    if point.lower is None or point.upper is None:
        return "–"
    return f"{format_number(100 * point.lower, 1)}–{format_number(100 * point.upper, 1)}%"


def _formula(chart: ControlChart, periods: list[PeriodShare]) -> Iterator[str]:
    k, n = sum(period.k for period in periods), sum(period.n for period in periods)
    mean = f"p̄ = {format_number(k)}/{format_number(n)} = {format_percent(chart.centre, n)}"
    yield str(
        _(
            "Every conversation of a week counts, not a sample. Mean of all weeks: %(mean)s. Likely: Wilson’s interval "
            "of the week alone.",
            mean=mean,
        )
    )
    last = next((point for point in reversed(chart.points) if point.upper is not None), None)
    if last is None:
        return
    spread = spread_between(periods)
    yield str(
        _(
            "σz = mean |z − z of the week before| / 1.128 = %(spread)s says how much more neighbouring weeks differ "
            "than chance makes them (1: no more). Limits: p̄ ± 3 × max(1, σz) × √(p̄(1 − p̄)/n); last week, n = %(n)s: "
            "%(lower)s to %(upper)s.",
            spread=format_number(spread, 2),
            n=format_number(last.n),
            lower=format_percent(last.lower, n),
            upper=format_percent(last.upper, n),
        )
    )
