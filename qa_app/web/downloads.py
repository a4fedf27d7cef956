"""What is on screen as a file: CSV with a byte-order mark for spreadsheets, a workbook with typed cells, or text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

import xlsxwriter
from flask import Response
from flask_babel import to_user_timezone

__all__ = ["Cell", "FileForm", "TextForm", "table_response", "text_response"]

Cell = str | int | float | bool | date | datetime | None
FileForm = Literal["csv", "xlsx"]
TextForm = Literal["json", "toml", "yaml"]

_MEDIA_TYPES = {
    "json": "application/json",
    "toml": "application/toml",
    "yaml": "application/yaml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def table_response(name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], form: FileForm) -> Response:
    """Answer with a table as a file called `name`."""
    return _attach(name, _write_csv(headings, rows) if form == "csv" else _write_workbook(headings, rows), form)


def text_response(name: str, text: str, form: TextForm) -> Response:
    """Answer with something that is written as text, a rubric or scripts, as a file called `name`."""
    return _attach(name, text.encode(), form)


def _attach(name: str, content: bytes, form: FileForm | TextForm) -> Response:
    response = Response(content, content_type=_MEDIA_TYPES[form])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response


def _write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str | int | float:
    """A cell as text; a spreadsheet must not take what a customer wrote for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{to_user_timezone(cell):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, int | float):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _write_workbook(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True, "bottom": 1})
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(headings) - 1, 18)
        sheet.write_row(0, 0, headings, bold)
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(place, column, to_user_timezone(cell).replace(tzinfo=None), moment)
                elif isinstance(cell, str):
                    sheet.write_string(place, column, cell)
                elif cell is not None:
                    sheet.write(place, column, cell)
    return file.getvalue()
