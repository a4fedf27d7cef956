"""The card "Drift by week": small charts on one scale, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from qa_app.calibration.drift import Drift
from qa_app.calibration.plots import DriftPicture, draw_drift, highest_line
from qa_app.calibration.words import Verdict, drift_verdict, format_signed, week_number
from qa_app.web.filters import format_number
from scoring.trends.charts import ChartPoint, Side
from scoring.trends.ewma import drift_limit

__all__ = ["DriftBox", "DriftPanel", "make_drift_box"]

_SIGNS = {Side.above: "▲", Side.below: "▼"}


@dataclass(frozen=True, slots=True)
class DriftPanel:
    """One inspector's small chart."""

    name: str
    verdict: Verdict
    picture: DriftPicture
    ends: tuple[tuple[float, int], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One week of the table; a cell is empty where the inspector scored nothing."""

    week: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriftBox:
    """The whole card; without panels nothing can be charted."""

    panels: tuple[DriftPanel, ...]
    rows: tuple[DriftRow, ...]
    formula: tuple[str, ...]


def make_drift_box(
    drift: Mapping[str, Drift], names: Mapping[str, str], sd: float | None, *, own: str | None = None
) -> DriftBox:
    """Prepare the charts of all inspectors by name, or of one; the scale is that of the charts shown."""
    shown = sorted(
        ((names.get(inspector, inspector), one) for inspector, one in drift.items() if own in (None, inspector)),
        key=lambda pair: pair[0],
    )
    weeks = sorted({point.label for _name, one in shown for point in one.chart.points})
    if not weeks:
        return DriftBox((), (), ())
    reach = highest_line(one.chart for _name, one in shown)
    panels = tuple(_panel(name, one, reach, weeks[0], weeks[-1]) for name, one in shown)
    return DriftBox(panels, _table([one for _name, one in shown], weeks), _formula(len(drift), sd))


def _panel(name: str, drift: Drift, reach: float, first: str, last: str) -> DriftPanel:
    picture, verdict = draw_drift(drift.chart, reach, first, last), drift_verdict(drift)
    point = drift.chart.points[-1]
    summary = _(
        "%(name)s, weeks %(first)s to %(last)s: %(verdict)s; the line ends at %(value)s",
        name=name,
        first=week_number(drift.chart.points[0].label),
        last=week_number(point.label),
        verdict=verdict.words,
        value=format_signed(point.line, 2),
    )
    if point.upper is not None:
        summary = _("%(summary)s, limits ±%(limit)s", summary=summary, limit=format_number(point.upper, 2))
    ends = tuple((x, week_number(label)) for x, label in picture.ends)
    return DriftPanel(name, verdict, picture, ends, str(summary))


def _table(drift: list[Drift], weeks: list[str]) -> tuple[DriftRow, ...]:
    by_week = [{point.label: point for point in one.chart.points} for one in drift]
    return tuple(
        DriftRow(week, tuple(_cell(points[week]) if week in points else "" for points in by_week))
        for week in reversed(weeks)
    )


def _cell(point: ChartPoint) -> str:
    sign = f"{_SIGNS[point.signal]} " if point.signal else ""
    return f"{sign}{format_signed(point.line, 2)}"


def _formula(inspectors: int, sd: float | None) -> tuple[str, ...]:
    return tuple(
        str(sentence)
        for sentence in (
            _(
                "Each score, less the inspector’s severity, is compared with the mean that the other inspectors gave "
                "conversations of the same agent and month. A week’s mean difference is divided by its error; one "
                "score spreads by %(sd)s points.",
                sd=format_number(sd, 1),
            ),
            _(
                "Line: 0.2 × this week + 0.8 × the line before. Limits: ±%(limit)s × √(0.2 / 1.8 × "
                "(1 − 0.8^(2 × weeks))), so that all %(inspectors)s inspectors together give about two false alarms "
                "a year.",
                limit=format_number(drift_limit(max(1, inspectors)), 2),
                inspectors=inspectors,
            ),
        )
    )
