"""What the workbook of a month has to be told: tables by code, rows of plain values.

A table's columns, their words and definitions stand in `reports/workbook.py`; a row names its values by column code.
Codes inside cells (a state, a verdict) are turned into words of the workbook's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

Cell = str | int | float | date | datetime | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of the workbook: its code and its rows."""

    code: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class MonthWorkbook:
    """A month as tables.

    Attributes
    ----------
    language : str
        ``en`` or ``zh_Hans_CN``.
    organisation, month : str
        Said on the first sheet and in the file's properties.
    made_at : datetime
        When the month was computed; the file's date, so that the same month gives the same bytes.
    is_draft : bool
        Not published yet: said on the sheet of definitions and in the properties.
    tables : tuple of Table
        In the order of the workbook.
    """

    language: str
    organisation: str
    month: str
    revision: int
    made_at: datetime
    is_draft: bool
    is_month_over: bool
    tables: tuple[Table, ...]
