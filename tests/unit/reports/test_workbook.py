"""The workbook is typed, frozen, explained, and the same twice."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from reports.columns import TABLES
from reports.tables import MonthWorkbook, Table
from reports.workbook import write_month_workbook

ROW = {
    "number": "0417", "name": "=HYPERLINK(1)", "team": "在线二组", "state": "published", "conversations": 412,
    "composite": 84.54, "lower": 76.2, "upper": 91.3, "label": "few", "probability": 0.74,
}  # fmt: skip
INSPECTED = {"number": "0417", "opened_at": datetime(2026, 10, 6, 9, 18, tzinfo=UTC), "is_critical": "no"}


def month(language: str = "en", **changes) -> MonthWorkbook:
    values = {
        "language": language, "organisation": "Lantern Home", "month": "2026-10", "revision": 0,
        "made_at": datetime(2026, 11, 2, tzinfo=UTC), "is_draft": False, "is_month_over": True,
        "tables": (Table("sheets", (ROW,)), Table("inspections", (INSPECTED,)), Table("lists", ())),
    }  # fmt: skip
    return MonthWorkbook(**{**values, **changes})


def rows_of(data: bytes, sheet: int) -> list[list]:
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(sheet).to_python()


def test_cells_keep_their_types():
    heading, row = rows_of(write_month_workbook(month()), 0)
    cells = dict(zip(heading, row, strict=True))

    assert cells["Number"] == "0417"
    assert cells["Conversations"] == 412
    assert cells["Composite"] == pytest.approx(84.54)
    assert cells["Probability"] == pytest.approx(0.74)
    assert rows_of(write_month_workbook(month()), 1)[1][3] == datetime(2026, 10, 6, 9, 18)  # noqa: DTZ001


def test_a_text_never_becomes_a_formula():
    assert rows_of(write_month_workbook(month()), 0)[1][1] == "=HYPERLINK(1)"


@pytest.mark.parametrize(("language", "state", "evidence", "last"), [
    ("en", "published", "too few samples", "Definitions"), ("zh_Hans_CN", "已发布", "样本不足", "定义")])  # fmt: skip
def test_codes_become_words_of_the_language(language, state, evidence, last):
    data = write_month_workbook(month(language))
    row = rows_of(data, 0)[1]

    assert state in row
    assert evidence in row
    assert CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names[-1] == last


def test_every_column_is_defined():
    definitions = rows_of(write_month_workbook(month()), 3)
    named = {(sheet, column) for sheet, column, meaning in definitions if meaning}

    for code in ("sheets", "inspections", "lists"):
        title, columns = TABLES[code]
        assert {(title, column.heading) for column in columns} <= named


def test_a_draft_says_so():
    said = str(rows_of(write_month_workbook(month(is_draft=True, is_month_over=False)), 3))

    assert "Draft 草稿" in said
    assert "not over" in said


def test_the_same_month_gives_the_same_workbook():
    assert write_month_workbook(month()) == write_month_workbook(month())
