"""Rows of tables: CSV and TSV as a stream, workbooks sheet by sheet.

A row is a list of cells as long as the headings, with the line it starts on. A repeated heading gets ` (2)`, ` (3)`.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from qa_app.conversations.importers.opening import open_bytes, read_text
from qa_app.conversations.importers.problems import FieldError, FileProblemCode, ImportFileError, ProblemCode, shorten

CELL_LIMIT = 10_000_000
_DAMAGED = re.compile("[\udc80-\udcff]")
_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, or the reason why it could not be read."""

    line: int
    cells: list[object]
    error: FieldError | None = None


def number_repeats(headings: Sequence[object]) -> list[str]:
    """Return the headings as text, each of its own name."""
    seen: dict[str, int] = {}
    unique = []
    for heading in headings:
        name = "" if heading is None else " ".join(str(heading).replace("\ufeff", "").split())
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def guess_delimiter(first_line: str) -> str:
    """Return the delimiter that parts the headings: the one seen most often."""
    return max(_DELIMITERS, key=first_line.count)


def read_delimited(stream: BinaryIO, *, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the heading row (line 1) and then every row that is not blank."""
    csv.field_size_limit(CELL_LIMIT)
    text = read_text(stream, encoding)
    reader = csv.reader(text, delimiter=delimiter)
    width, line = 0, 1
    try:
        for cells in reader:
            if any(cells):
                width = width or len(cells)
                yield _checked(line, cells, width)
            line = reader.line_num + 1
    except csv.Error as error:
        yield Row(line, [], FieldError(ProblemCode.wrong_type, shorten(str(error))))
    finally:
        text.detach()  # the stream is closed by who opened it


def read_workbook(path: Path, sheet: str | None) -> Iterator[Row]:
    """Yield the heading row and then every row of a sheet (the first, unless named) that is not blank."""
    try:
        with open_bytes(path) as stream:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
        page = workbook.get_sheet_by_name(sheet) if sheet else workbook.get_sheet_by_index(0)
    except (CalamineError, OSError, IndexError) as error:
        raise ImportFileError(FileProblemCode.damaged_workbook, {"file": path.name}) from error
    width = 0
    for line, cells in enumerate(page.iter_rows(), start=1 + (page.start[0] if page.start else 0)):
        if any(cell != "" for cell in cells):
            width = width or len(cells)
            yield _checked(line, cells, width)


def _checked(line: int, cells: Sequence[object], width: int) -> Row:
    """Pad short rows; refuse rows with cells beyond the headings or bytes that are no text."""
    row: list[object] = list(cells)
    if len(row) < width:
        row.extend([""] * (width - len(row)))
    elif len(row) > width and any(row[width:]):
        return Row(line, row, FieldError(ProblemCode.too_many_cells, str(len(row)), str(width)))
    for cell in row:
        if isinstance(cell, str) and not cell.isascii() and _DAMAGED.search(cell):
            shown = cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            return Row(line, row, FieldError(ProblemCode.undecodable, shorten(shown)))
    return Row(line, row)
