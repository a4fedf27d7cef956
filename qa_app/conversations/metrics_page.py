"""A table of metrics as a page shows it: the figures people read, rounded by kind, each line with its way on."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from qa_app import access
from qa_app.access import Permission
from qa_app.conversations.forms import GROUPING_TITLES, channel_title
from qa_app.conversations.metrics import Grouping, MetricsTable, MonthOf
from qa_app.web.filters import NONE, format_day, format_duration, format_number, format_percent
from scoring.values import Label

__all__ = ["Heading", "Line", "ShownTable", "present_metrics"]

Figure = float | int | None

# Name, title, kind of figure, and for a share or an estimate the name of the count it rests on.
_SHOWN: tuple[tuple[str, LazyString, str, str], ...] = (
    ("conversations", _l("Conversations"), "count", ""),
    ("answer_rate", _l("Answered"), "share", "conversations"),
    ("first_response_seconds_median", _l("First response, median"), "seconds", ""),
    ("first_response_seconds_p90", _l("First response, 9 of 10 within"), "seconds", ""),
    ("within_target_rate_first_response", _l("First response in time"), "share", "conversations"),
    ("handle_seconds_mean", _l("Handle time, mean"), "seconds", ""),
    ("handle_seconds_median", _l("Handle time, median"), "seconds", ""),
    ("resolution_rate", _l("Resolved"), "share", "conversations"),
    ("resolution_seconds_median", _l("Time to resolution, median"), "seconds", ""),
    ("within_target_rate_resolution", _l("Resolved in time"), "share", "conversations"),
    ("reopen_rate", _l("Reopened"), "share", "conversations"),
    ("repeat_contact_rate", _l("Repeat contacts"), "share", "conversations"),
    ("transfers_mean", _l("Transfers, mean"), "fine", ""),
    ("csat_mean", _l("CSAT, mean"), "fine", ""),
    ("csat_top2_share", _l("CSAT, share of 4–5"), "share", "csat_n"),
    ("csat_n", _l("Ratings"), "count", ""),
    ("nps", _l("NPS"), "points", ""),
    ("script_share", _l("From scripts"), "share", "conversations"),
    ("qa_n", _l("Inspected"), "count", ""),
    ("qa_score", _l("QA score, before severity"), "estimated points", "qa_n"),
    ("qa_critical_rate", _l("Critical error rate"), "estimated share", "qa_n"),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: the name it has in exports, and its title."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it stands for, where it leads (empty: nowhere), and its figures as written."""

    title: str
    note: str
    url: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """The table with the columns that have a figure anywhere."""

    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    total: tuple[str, ...]
    month: str
    by: Grouping
    by_title: str
    month_of: MonthOf
    zone: str
    has_estimates: bool


def present_metrics(table: MetricsTable) -> ShownTable:
    """Choose, round and link."""
    rows = list(table.figures.rows())
    (total,) = table.total.rows()
    labels = [{name: of_lines[place] for name, of_lines in table.labels.items()} for place in range(len(rows))]
    of_total = {name: one[0] for name, one in table.total_labels.items()}
    shown = [column for column in _SHOWN if total[column[0]] is not None]
    return ShownTable(
        headings=tuple(Heading(name, str(title)) for name, title, _, _ in shown),
        lines=tuple(
            _line(table, key, title, _cells(shown, row, of_line))
            for key, title, row, of_line in zip(table.keys, table.titles, rows, labels, strict=True)
        ),
        total=_cells(shown, total, of_total),
        month=table.month,
        by=table.by,
        by_title=str(GROUPING_TITLES[table.by]),
        month_of=table.month_of,
        zone=table.zone.key,
        has_estimates=any(column[0] in table.labels for column in shown),
    )


def _cells(
    shown: list[tuple[str, LazyString, str, str]], row: Mapping[str, Figure], labels: Mapping[str, Label]
) -> tuple[str, ...]:
    return tuple(
        _write_estimate(row, name, kind.removeprefix("estimated "), labels[name])
        if name in labels
        else _write(row[name], kind, row[rests_on] if rests_on else None)
        for name, _, kind, rests_on in shown
    )


def _write_estimate(row: Mapping[str, Figure], name: str, kind: str, label: Label) -> str:
    """Value, likely range and what it rests on in one: 84 (76–92), n 5."""
    n = int(row["qa_n"] or 0)
    if label is Label.none:
        return NONE
    if label is Label.prior_only:
        return str(gettext("no value: critical errors in all %(n)s", n=n))
    value, lower, upper = (_write(row[f"{name}{end}"], kind, None) for end in ("", "_lower", "_upper"))
    said = gettext("few: %(n)s", n=n) if label is Label.few else f"n {n}"
    return f"{value} ({lower.removesuffix('%')}–{upper}), {said}"


def _write(figure: Figure, kind: str, n: Figure) -> str:
    match kind:
        case "share":
            return format_percent(figure, int(n or 0))
        case "seconds":
            return format_duration(figure)
        case "fine":
            return format_number(figure, 2)
    return format_number(figure)


def _line(table: MetricsTable, key: str, title: str, cells: tuple[str, ...]) -> Line:
    return Line(_title(table.by, key, title), key if title != key else "", _url(table, key), cells)


def _title(by: Grouping, key: str, title: str) -> str:
    if not key:
        return str(gettext("None given"))
    match by:
        case Grouping.channel:
            return channel_title(key)
        case Grouping.hour:
            return f"{key}:00"
        case Grouping.day:
            return str(format_day(date.fromisoformat(key)))
    return title


def _url(table: MetricsTable, key: str) -> str:
    """The conversations behind a line, for those who may open them and where a filter says the same as the line."""
    named = {Grouping.channel: "channel", Grouping.topic: "topic", Grouping.agent: "q"}
    if not key or table.month_of is not MonthOf.opened or not access.allow(Permission.view_conversations):
        return ""
    year, month = (int(part) for part in table.month.split("-"))
    asked = {"opened_from": f"{table.month}-01", "opened_to": f"{table.month}-{monthrange(year, month)[1]}"}
    if table.by is Grouping.day:
        asked = {"opened_from": key, "opened_to": key}
    elif table.by in named:
        asked[named[table.by]] = key
    else:
        return ""
    return f"{url_for('conversations.index')}?{urlencode(asked)}"
