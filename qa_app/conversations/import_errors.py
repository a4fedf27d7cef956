"""The file of what an import refused: the failed rows as they stood, with source and reason, in the input's own format.

Mend the rows and import this file, under whatever name: the column (or key) `import_source` puts each row beside the
others of its source. The reason is ignored.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

import xlsxwriter

from qa_app.conversations.importers.problems import REASON, SOURCE_MARK, Problem, find_marks, reason_mark
from qa_app.conversations.importers.stream import RecordSource, Rows

__all__ = ["ErrorsFile"]

_JSON_KINDS = {"json", "vcon"}


class _Sheet(Protocol):
    """One way to write failed rows."""

    def add(self, source: RecordSource, raw: object, reason: str) -> None:
        """Write one failed row."""

    def close(self) -> None:
        """Finish the file."""


class ErrorsFile:
    """Written as an import goes; the file is made when the first row fails."""

    def __init__(self, path: Path, describe: Callable[[Problem], str]) -> None:
        self.path = path
        self._describe = describe
        self._sheet: _Sheet | None = None

    def add(self, source: RecordSource, raw: object, problem: Problem) -> None:
        """Write one failed row with its source and its reason."""
        if self._sheet is None:
            self._sheet = _sheet_for(source, self.path)
        self._sheet.add(source, raw, self._describe(problem))

    def close(self) -> None:
        """Finish the file, if anything failed."""
        if self._sheet is not None:
            self._sheet.close()


class _Delimited:
    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8-sig", newline="")
        self._headings: list[str] = []
        self._writer: Any = None

    def add(self, source: RecordSource, raw: object, reason: str) -> None:
        if self._writer is None:
            self._writer = csv.writer(self._file, delimiter=source.detected.delimiter or ",")
        if source.headings != self._headings:
            self._headings = source.headings
            self._writer.writerow(_marked_headings(source))
        for row in _marked_rows(source, raw, reason):
            self._writer.writerow([_readable(cell) for cell in row])

    def close(self) -> None:
        self._file.close()


class _Workbook:
    def __init__(self, path: Path, sheet: str | None) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "remove_timezone": True})
        # The same mapping, which may name the sheet, reads it back.
        self._page = self._book.add_worksheet(sheet)
        self._headings: list[str] = []
        self._line = 0

    def add(self, source: RecordSource, raw: object, reason: str) -> None:
        if source.headings != self._headings:
            self._headings = source.headings
            self._write(_marked_headings(source))
        for row in _marked_rows(source, raw, reason):
            self._write(row)

    def close(self) -> None:
        self._book.close()

    def _write(self, cells: list[object]) -> None:
        for column, cell in enumerate(cells):
            self._page.write(self._line, column, cell if isinstance(cell, str | int | float) else str(cell))
        self._line += 1


class _Json:
    """A list for JSON files, a line each for NDJSON."""

    def __init__(self, path: Path, encoding: str, *, as_list: bool) -> None:
        self._file: IO[str] = path.open("w", encoding=encoding)
        self._as_list = as_list
        self._count = 0

    def add(self, source: RecordSource, raw: object, reason: str) -> None:
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        if isinstance(text, str):
            try:
                text = json.loads(text)
            except ValueError:
                text = {"line": text}
        data = _marked_record(source, text, reason)
        if self._as_list:
            self._file.write("[\n" if self._count == 0 else ",\n")
        self._file.write(json.dumps(data, ensure_ascii=False, default=str) + ("" if self._as_list else "\n"))
        self._count += 1

    def close(self) -> None:
        self._file.write("\n]\n" if self._as_list else "")
        self._file.close()


def _sheet_for(source: RecordSource, path: Path) -> _Sheet:
    kind, mapping = source.detected.format, source.options.mapping
    if kind == "xlsx":
        return _Workbook(path, mapping.sheet if mapping is not None else None)
    if kind in {"csv", "tsv"}:
        return _Delimited(path)
    encoding = "utf-8" if mapping is None or mapping.encoding is None else "utf-8-sig"
    return _Json(path, encoding, as_list=kind in _JSON_KINDS)


def _marked_headings(source: RecordSource) -> list[object]:
    marks = find_marks(source.headings)
    own = [heading for heading in source.headings if heading not in marks]
    return [*own, SOURCE_MARK, reason_mark(own)]


def _marked_rows(source: RecordSource, raw: object, reason: str) -> Iterator[list[object]]:
    """Give every row of the record; of many, each says the source and the reason."""
    for cells in raw.cells if isinstance(raw, Rows) else [raw]:
        yield _marked_row(source, cells, reason)


def _marked_row(source: RecordSource, raw: object, reason: str) -> list[object]:
    """Return the cells under their headings, then the marks; those of an earlier file of errors are replaced.

    Blank cells beyond the headings would push the marks to the right; others are what has to be mended, and stay.
    """
    cells, width, marks = (
        list(raw) if isinstance(raw, list) else [raw],
        len(source.headings),
        find_marks(source.headings),
    )
    if not any(cells[width:]):
        cells = cells[:width] + [""] * (width - len(cells))
    old = {place for place, heading in enumerate(source.headings) if heading in marks}
    return [*(cell for place, cell in enumerate(cells) if place not in old), source.source_of(raw), reason]


def _marked_record(source: RecordSource, raw: object, reason: str) -> dict[str, object]:
    """Return the record, then the marks; those of an earlier file of errors are replaced.

    A record of our own has a key for its source already, and no `reason` among its fields.
    """
    record: dict[str, object] = raw if isinstance(raw, dict) else {"record": raw}
    name = source.source_of(raw)
    if source.is_own(raw) or not name:
        return record | ({"source": name} if name else {}) | {REASON: reason}
    marks = find_marks(record)
    own = {key: value for key, value in record.items() if key not in marks}
    return own | {SOURCE_MARK: name, reason_mark(own): reason}


def _readable(cell: object) -> str:
    """Return a cell as text that can be written: bytes that were no text become the replacement character."""
    return str(cell).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
