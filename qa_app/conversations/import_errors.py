"""The file of what an import refused: the failed rows as they stood, with the reason, in the input's own format.

Mend the rows, drop the last column or key if you like (it is ignored), and import this file again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol

import xlsxwriter

from qa_app.conversations.importers.problems import REASON, Problem
from qa_app.conversations.importers.stream import RecordSource

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
        """Write one failed row with its reason."""
        self.add_row(source, raw, self._describe(problem))

    def add_row(self, source: RecordSource, raw: object, reason: str) -> None:
        """Write one failed row with a reason that is a sentence already."""
        if self._sheet is None:
            self._sheet = _sheet_for(source.detected.format, self.path)
        self._sheet.add(source, raw, reason)

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
            self._writer.writerow([*source.headings, REASON])
        cells = [_readable(cell) for cell in raw] if isinstance(raw, list) else [str(raw)]
        self._writer.writerow([*cells, *[""] * (len(self._headings) - len(cells)), reason])

    def close(self) -> None:
        self._file.close()


class _Workbook:
    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "remove_timezone": True})
        self._page = self._book.add_worksheet()
        self._headings: list[str] = []
        self._line = 0

    def add(self, source: RecordSource, raw: object, reason: str) -> None:
        if source.headings != self._headings:
            self._headings = source.headings
            self._write([*source.headings, REASON])
        cells = list(raw) if isinstance(raw, list) else [raw]
        self._write([*cells, *[""] * (len(self._headings) - len(cells)), reason])

    def close(self) -> None:
        self._book.close()

    def _write(self, cells: list[object]) -> None:
        for column, cell in enumerate(cells):
            self._page.write(self._line, column, cell if isinstance(cell, str | int | float) else str(cell))
        self._line += 1


class _Json:
    """A list for JSON files, a line each for NDJSON."""

    def __init__(self, path: Path, *, as_list: bool) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8")
        self._as_list = as_list
        self._count = 0

    def add(self, source: RecordSource, raw: object, reason: str) -> None:  # noqa: ARG002 - one signature for all
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        if isinstance(text, str):
            try:
                text = json.loads(text)
            except ValueError:
                text = {"line": text}
        data = {**text, REASON: reason} if isinstance(text, dict) else {"record": text, REASON: reason}
        if self._as_list:
            self._file.write("[\n" if self._count == 0 else ",\n")
        self._file.write(json.dumps(data, ensure_ascii=False, default=str) + ("" if self._as_list else "\n"))
        self._count += 1

    def close(self) -> None:
        self._file.write("\n]\n" if self._as_list else "")
        self._file.close()


def _sheet_for(kind: str, path: Path) -> _Sheet:
    if kind == "xlsx":
        return _Workbook(path)
    if kind in {"csv", "tsv"}:
        return _Delimited(path)
    return _Json(path, as_list=kind in _JSON_KINDS)


def _readable(cell: object) -> str:
    """Return a cell as text that can be written: bytes that were no text become the replacement character."""
    return str(cell).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
