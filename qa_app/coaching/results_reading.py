"""Rows of a list of test results are understood: headings and words in both languages, a code for what is not."""

from __future__ import annotations

import contextlib
import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from qa_app.coaching.quarters import read_quarter
from qa_app.conversations.importers.detection import read_table
from qa_app.conversations.importers.tables import number_repeats
from qa_app.models import TestKind

__all__ = [
    "HEADINGS",
    "NoResultColumns",
    "ReadResult",
    "ResultProblem",
    "ResultRefusal",
    "ResultRow",
    "match_headings",
    "read_result",
    "read_rows",
]

HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "employee_number": ("employee number", "employee no", "employee id", "agent id", "工号", "员工编号"),
    "quarter": ("quarter", "period", "季度", "考核季度"),
    "kind": ("kind", "type", "test type", "考试类型", "类型"),
    "points": ("points", "score", "result", "得分", "成绩", "分数"),
    "points_max": ("out of", "maximum", "max points", "满分", "总分"),
    "written": ("written", "written score", "笔试", "笔试成绩", "理论成绩"),
    "practical": ("practical", "practical score", "实操", "实操成绩", "操作成绩"),
    "title": ("test", "test name", "title", "考试名称", "试卷"),
    "taken_on": ("taken on", "date", "test date", "考试日期", "日期"),
}
"""Our fields and what their columns are called. A row has a kind with its points, or a column for each kind."""

KINDS: Final = {
    "written": TestKind.written, "theory": TestKind.written, "笔试": TestKind.written, "理论": TestKind.written,
    "practical": TestKind.practical, "practice": TestKind.practical, "实操": TestKind.practical,
    "操作": TestKind.practical,
}  # fmt: skip
DAY_FORMATS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
USUAL_MAX = 100.0


class ResultProblem(enum.StrEnum):
    """Why a row stays out."""

    nobody_named = "nobody_named"
    no_such_agent = "no_such_agent"
    not_a_quarter = "not_a_quarter"
    no_such_kind = "no_such_kind"
    no_points = "no_points"
    not_a_number = "not_a_number"
    out_of_range = "out_of_range"
    not_a_date = "not_a_date"
    twice = "twice"


class NoResultColumns(Exception):
    """The headings do not name an employee number, a quarter and points."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row as text, by our field names, with the line it stands on."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ResultRefusal:
    """Why a row stays out: the field, what stood there, and what is wrong."""

    line: int
    field: str
    value: str
    problem: ResultProblem


@dataclass(frozen=True, slots=True)
class ReadResult:
    """One result that is understood."""

    line: int
    employee_number: str
    quarter: str
    kind: TestKind
    points: float
    points_max: float
    title: str
    taken_on: date | None


class _Refused(Exception):
    def __init__(self, row: ResultRow, field: str, problem: ResultProblem) -> None:
        super().__init__(problem)
        self.refusal = ResultRefusal(row.line, field, row.values.get(field, ""), problem)


def match_headings(headings: Sequence[str]) -> dict[int, str]:
    """Return our field for each column that is understood, by the column's index."""
    words = {word: name for name, synonyms in HEADINGS.items() for word in (name.replace("_", " "), *synonyms)}
    plain = [" ".join(re.sub(r"[_\-.*]", " ", heading).split()).lower() for heading in headings]
    return {index: words[heading] for index, heading in enumerate(plain) if heading in words}


def read_rows(file: Path) -> list[ResultRow]:
    """Read a list from CSV, TSV or XLSX; empty rows are left out.

    Raises
    ------
    ImportFileError
        If it is no table.
    NoResultColumns
        If its headings do not say whose results of which quarter these are.
    """
    table = read_table(file)
    first = next(table, None)
    fields = match_headings(number_repeats(first.cells)) if first is not None else {}
    known = set(fields.values())
    if not {"employee_number", "quarter"} <= known or not known & {"points", "written", "practical"}:
        raise NoResultColumns
    rows = []
    for row in table:
        values = {field: _as_text(row.cells[place]) for place, field in fields.items() if place < len(row.cells)}
        if any(values.values()):
            rows.append(ResultRow(row.line, values))
    return rows


def read_result(row: ResultRow) -> tuple[list[ReadResult], ResultRefusal | None]:
    """Understand every cell of a row before anything is changed: all its results, or why it stays out."""
    try:
        return list(_results(row)), None
    except _Refused as refused:
        return [], refused.refusal


def _results(row: ResultRow) -> Iterator[ReadResult]:
    number = row.values.get("employee_number", "")
    if not number:
        raise _Refused(row, "employee_number", ResultProblem.nobody_named)
    quarter = read_quarter(row.values.get("quarter", ""))
    if quarter is None:
        raise _Refused(row, "quarter", ResultProblem.not_a_quarter)
    taken_on = _day(row)
    given = [(kind, kind.value) for kind in TestKind if row.values.get(kind.value)]
    if row.values.get("points"):
        given.append((_kind(row), "points"))
    if not given:
        raise _Refused(row, "points", ResultProblem.no_points)
    for kind, field in given:
        points, points_max = _points(row, field)
        title = row.values.get("title", "")
        yield ReadResult(row.line, number, quarter, kind, points, points_max, title, taken_on)


def _kind(row: ResultRow) -> TestKind:
    found = KINDS.get(row.values.get("kind", "").lower())
    if found is None:
        raise _Refused(row, "kind", ResultProblem.no_such_kind)
    return found


def _points(row: ResultRow, field: str) -> tuple[float, float]:
    """Read 85, 85% and 17/20; the maximum is its own column, or 100."""
    text = row.values[field].replace(" ", "").replace("，", ".").replace("％", "%")
    most = row.values.get("points_max") or str(USUAL_MAX)
    if text.endswith("%"):
        text, most = text[:-1], str(USUAL_MAX)
    elif "/" in text:
        text, _slash, most = text.partition("/")
    try:
        points, points_max = float(text), float(most)
    except ValueError:
        raise _Refused(row, field, ResultProblem.not_a_number) from None
    # Written so that NaN fails as well.
    if not (points_max > 0 and 0 <= points <= points_max < float("inf")):
        raise _Refused(row, field, ResultProblem.out_of_range)
    return points, points_max


def _day(row: ResultRow) -> date | None:
    text = row.values.get("taken_on", "")
    if not text:
        return None
    for form in DAY_FORMATS:
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
    raise _Refused(row, "taken_on", ResultProblem.not_a_date)


def _as_text(cell: object) -> str:
    """Write a cell as its reader sees it: a workbook keeps numbers as 1001.0 and days as moments."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()[:10]
    return "" if cell is None else str(cell).strip()
