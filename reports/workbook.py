"""The month as a spreadsheet: typed cells, frozen headings, a sheet that says what each column means."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from reports.columns import TABLES, WORDS, Column, Kind
from reports.language import load_catalogue
from reports.tables import Cell, MonthWorkbook, Table

_FORMATS = {
    Kind.text: {"text_wrap": False},
    Kind.word: {},
    Kind.whole: {"num_format": "#,##0"},
    Kind.score: {"num_format": "0.0"},
    Kind.percent: {"num_format": "0.0%"},
    Kind.plain: {"num_format": "0.000"},
    Kind.day: {"num_format": "yyyy-mm-dd"},
    Kind.moment: {"num_format": "yyyy-mm-dd hh:mm"},
}
_HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#2F4EA2", "text_wrap": True, "valign": "top"}
_FROZEN_COLUMNS = 2


def write_month_workbook(document: MonthWorkbook) -> bytes:
    """Write a month as an XLSX workbook; the same month gives the same bytes.

    Parameters
    ----------
    document : MonthWorkbook
        Tables of plain values.

    Returns
    -------
    bytes
        One sheet per table, then the definitions. Texts are always written as texts, never as formulas.

    Raises
    ------
    LanguageUnknown
        If there is no catalogue for the workbook's language.
    """
    target = BytesIO()
    words = load_catalogue(document.language).gettext
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": words("Appraisal, %(month)s") % {"month": document.month},
            "company": document.organisation,
            "comments": _status(document, words),
            "created": document.made_at.replace(tzinfo=None),
        }
    )
    formats = {kind: book.add_format(settings) for kind, settings in _FORMATS.items()}
    heading = book.add_format(_HEADING)
    for table in document.tables:
        _write_table(book, table, words, formats, heading)
    _write_definitions(book, document, words, heading)
    book.close()
    return target.getvalue()


def _write_table(book: Any, table: Table, words: Callable[[str], str], formats: dict[Kind, Any], heading: Any) -> None:
    title, columns = TABLES[table.code]
    sheet = book.add_worksheet(words(title))
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, words(column.heading), heading)
    for place, row in enumerate(table.rows, start=1):
        for index, column in enumerate(columns):
            _write_cell(sheet, (place, index), _spoken(row.get(column.code), column, words), formats[column.kind])
    sheet.freeze_panes(1, _FROZEN_COLUMNS)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _spoken(value: Cell, column: Column, words: Callable[[str], str]) -> Cell:
    if column.kind is Kind.word and isinstance(value, str):
        return words(WORDS.get(value, value))
    return value


def _write_cell(sheet: Any, place: tuple[int, int], value: Cell, style: Any) -> None:
    match value:
        case None | "":
            return
        case str():
            sheet.write_string(*place, value, style)
        case datetime():
            # A spreadsheet knows no time zones: the moment stands as the organisation's clock showed it.
            sheet.write_datetime(*place, value.replace(tzinfo=None), style)
        case date():
            sheet.write_datetime(*place, value, style)
        case _:
            sheet.write_number(*place, value, style)


def _write_definitions(book: Any, document: MonthWorkbook, words: Callable[[str], str], heading: Any) -> None:
    sheet = book.add_worksheet(words("Definitions"))
    for index, (text, width) in enumerate(((words("Sheet"), 22), (words("Column"), 24), (words("Meaning"), 90))):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, text, heading)
    lines = [(words("Month"), document.month, _status(document, words))]
    for table in document.tables:
        title, columns = TABLES[table.code]
        lines += [(words(title), words(column.heading), words(column.meaning)) for column in columns]
    for row, line in enumerate(lines, start=1):
        for index, text in enumerate(line):
            sheet.write_string(row, index, text)
    sheet.freeze_panes(1, 0)


def _status(document: MonthWorkbook, words: Callable[[str], str]) -> str:
    parts = [words("Revision %(number)s.") % {"number": document.revision}]
    if document.is_draft:
        parts.append(words("Draft 草稿: not published"))
    if not document.is_month_over:
        parts.append(words("The month is not over: figures so far"))
    return " ".join(parts)
