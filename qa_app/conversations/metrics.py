"""Tables of metrics: the figures of a month for each agent, team, channel, topic, day or hour.

For the command, the metrics page, boards, HR and the assessment. What each figure means stands in `scoring.timing`;
here stands which conversations belong to a month and to whom.
"""

from __future__ import annotations

import csv
import enum
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, literal, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.clock import now
from qa_app.conversations.month_columns import MonthRows
from qa_app.conversations.month_reading import find_repeats, read_month
from qa_app.conversations.qa_figures import WINDOW_MONTHS, qa_figures, read_scored
from qa_app.models import Agent, Conversation, Team
from qa_app.people.organisation import working_calendar
from scoring.timing.indicators import IndicatorTable, compute_indicators
from scoring.timing.targets import Targets
from scoring.values import Label

__all__ = ["Grouping", "MetricsTable", "MonthOf", "metrics_table", "month_bounds", "write_csv", "write_json"]

_QUARTER_SECONDS = 900
"""No zone's clock is off UTC by other than whole quarters of an hour."""


class Grouping(enum.StrEnum):
    """What the lines of a table stand for."""

    agent = "agent"
    team = "team"
    channel = "channel"
    topic = "topic"
    day = "day"
    hour = "hour"


class MonthOf(enum.StrEnum):
    """Which moment puts a conversation into a month."""

    opened = "opened"
    resolved = "resolved"


@dataclass(frozen=True, slots=True)
class MetricsTable:
    """The figures of a month: one key per line, in order, and the figures under their names.

    An empty key gathers what has no agent, team or topic. `total` is one line over everything, which no sum or mean of
    the lines could give. `undated` conversations belong to no month at all. `labels` say, by figure and line, how an
    estimate may be read; `total_labels` the same of the total.
    """

    month: str
    by: Grouping
    month_of: MonthOf
    zone: ZoneInfo
    keys: tuple[str, ...]
    titles: tuple[str, ...]
    figures: IndicatorTable
    total: IndicatorTable
    undated: int
    labels: Mapping[str, tuple[Label, ...]]
    total_labels: Mapping[str, tuple[Label, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings of an export: the grouping, the figures, and which month this is."""
        labels = (f"{name}_label" for name in self.labels)
        return (self.by.value, *self.figures.names, *labels, "month", "month_of")

    def records(self) -> Iterator[dict[str, float | int | str | None]]:
        """The lines of an export, figures unrounded, `None` where there is no value."""
        for place, (key, row) in enumerate(zip(self.keys, self.figures.rows(), strict=True)):
            labels = {f"{name}_label": of_lines[place].value for name, of_lines in self.labels.items()}
            yield {self.by.value: key, **row, **labels, "month": self.month, "month_of": self.month_of.value}


def month_bounds(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of a month (YYYY-MM) and that of the next, as its people's clocks show it."""
    first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a day, not a moment
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    midnight = time(tzinfo=zone)
    return datetime.combine(first, midnight).astimezone(UTC), datetime.combine(following, midnight).astimezone(UTC)


def metrics_table(
    session: Session,
    month: str,
    by: Grouping = Grouping.agent,
    month_of: MonthOf = MonthOf.opened,
    zone: ZoneInfo | None = None,
    *,
    visible: ColumnElement[bool] | None = None,
    targets: Targets | None = None,
) -> MetricsTable:
    """Compute the metrics of a month.

    `visible` keeps to the conversations a person may see figures of; `zone` is the organisation's unless given.
    """
    calendar = working_calendar(session)
    zone = zone or calendar.zone
    condition = true() if visible is None else visible
    start, end = month_bounds(month, zone)
    moment = _moment_of(month_of)
    in_month = moment.is_not(None) & (moment >= start) & (moment < end)
    rows = read_month(session, _key_column(by), _joined(by).where(in_month, condition))
    group, keys = _number_groups(rows, by, month_of, zone)
    columns = rows.to_indicator_columns(
        group,
        calendar=calendar,
        targets=targets or Targets(),
        is_repeat=find_repeats(session, rows, outside=~(in_month & condition)),
        at=now(),
    )
    figures, total = compute_indicators(columns, groups=len(keys)), compute_indicators(columns.as_one_group(), groups=1)
    scored = read_scored(session, moment, _window_starts(month, zone), end)
    of_lines = qa_figures(scored, rows.ids, group, [f"{month} {by} {key}" for key in keys])
    of_all = qa_figures(scored, rows.ids, np.zeros_like(group), [month])
    return MetricsTable(
        month=month,
        by=by,
        month_of=month_of,
        zone=zone,
        keys=keys,
        titles=_titles(session, by, keys),
        figures=figures.with_figures(of_lines.figures),
        total=total.with_figures(of_all.figures),
        labels=of_lines.labels,
        total_labels=of_all.labels,
        undated=_count_undated(session, month_of, condition),
    )


def _window_starts(month: str, zone: ZoneInfo) -> list[datetime]:
    """The first moments of a month and of those before it that a rate learns from, the latest first."""
    year, number = (int(part) for part in month.split("-"))
    months = [divmod(year * 12 + number - 1 - age, 12) for age in range(WINDOW_MONTHS)]
    return [month_bounds(f"{one_year:04d}-{one_month + 1:02d}", zone)[0] for one_year, one_month in months]


def _moment_of(month_of: MonthOf) -> InstrumentedAttribute[datetime | None]:
    return Conversation.opened_at if month_of is MonthOf.opened else Conversation.resolved_at


def _joined(by: Grouping) -> Select[Any]:
    query: Select[Any] = select(Conversation.id)
    if by in (Grouping.agent, Grouping.team):
        query = query.outerjoin(Agent, Agent.id == Conversation.agent_id)
    return query.outerjoin(Team, Team.id == Agent.team_id) if by is Grouping.team else query


def _key_column(by: Grouping) -> ColumnElement[Any] | InstrumentedAttribute[Any]:
    match by:
        case Grouping.agent:
            return Agent.employee_number
        case Grouping.team:
            return Team.name
        case Grouping.channel:
            return Conversation.channel
        case Grouping.topic:
            return Conversation.topic
    return literal(None)


def _number_groups(
    rows: MonthRows, by: Grouping, month_of: MonthOf, zone: ZoneInfo
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """The group of each conversation and the keys of the groups, in order, the empty key last."""
    if by in (Grouping.day, Grouping.hour):
        keys = _clock_keys(rows.moments[f"{month_of.value}_at"], "%Y-%m-%d" if by is Grouping.day else "%H", zone)
    else:
        keys = rows.keys
    ordered = sorted({key or "" for key in keys}, key=lambda key: (not key, key))
    number = {key: place for place, key in enumerate(ordered)}
    return np.array([number[key or ""] for key in keys], dtype=np.intp), tuple(ordered)


def _clock_keys(seconds: NDArray[np.float64], pattern: str, zone: ZoneInfo) -> Sequence[str]:
    """What the zone's clock and calendar show; each quarter of an hour is looked up once."""
    quarters, place = np.unique(np.floor(seconds / _QUARTER_SECONDS), return_inverse=True)
    shown = [datetime.fromtimestamp(quarter * _QUARTER_SECONDS, zone).strftime(pattern) for quarter in quarters]
    return [shown[at] for at in place]


def _titles(session: Session, by: Grouping, keys: Sequence[str]) -> tuple[str, ...]:
    """What a page calls each line: agents have names; the rest speaks for itself or is put into words by the page."""
    if by is not Grouping.agent:
        return tuple(keys)
    names = {row.employee_number: row.name for row in session.execute(select(Agent.employee_number, Agent.name))}
    return tuple(names.get(key, key) for key in keys)


def _count_undated(session: Session, month_of: MonthOf, condition: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Conversation).where(Conversation.opened_at.is_(None), condition)
    if month_of is MonthOf.resolved:
        query = query.where(Conversation.resolved_at.is_(None))
    return session.scalar(query) or 0


def write_csv(table: MetricsTable) -> str:
    """Write the table as CSV: figures unrounded with a point, empty where there is no value."""
    text = io.StringIO()
    writer = csv.DictWriter(text, table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table.records())
    return text.getvalue()


def write_json(table: MetricsTable) -> str:
    """Write the table as a list of JSON objects, null where there is no value."""
    return json.dumps(list(table.records()), ensure_ascii=False, indent=1) + "\n"
