"""Reads any file that can be imported as a stream of conversation records and refusals.

    for outcome in open_records(path, ReadOptions(zone=zone)).outcomes(): ...

Pure of the database: the service that writes, the wizard's preview and the tests all start here.
"""

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from qa_app.conversations.importers.compiled import CompiledMapping, compile_mapping, said_name
from qa_app.conversations.importers.detection import Detected, detect
from qa_app.conversations.importers.fields import json_access, table_access
from qa_app.conversations.importers.headings import guess_mapping, source_name
from qa_app.conversations.importers.json_files import Item, decode_line, read_json, read_lines
from qa_app.conversations.importers.mapping import FieldSpec, MappingSpec, RowsSpec
from qa_app.conversations.importers.opening import open_bytes
from qa_app.conversations.importers.problems import (
    SOURCE_MARK,
    FieldError,
    FieldNote,
    FileProblemCode,
    ImportFileError,
    MappingError,
    Note,
    Problem,
    ProblemCode,
    shorten,
)
from qa_app.conversations.importers.record import ConversationRecord
from qa_app.conversations.importers.rows import RowGroup, group_rows
from qa_app.conversations.importers.tables import Row, number_repeats, read_delimited, read_workbook
from qa_app.conversations.importers.validation import convert_record, decode_record
from qa_app.conversations.importers.vcon import VconReader
from qa_app.conversations.importers.vcon_content import InlineFile

_Reader = Callable[[list[FieldNote]], tuple[ConversationRecord, tuple[InlineFile, ...]]]
TABLE_FORMATS = frozenset({"csv", "tsv", "xlsx"})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read; the same for all files of one import."""

    zone: ZoneInfo
    mapping: MappingSpec | None = None
    is_lenient: bool = False
    """Whether columns of the mapping may be absent (presets)."""
    source: str | None = None
    """Name of the source, before that of the mapping."""
    zone_key: bytes = field(init=False, default=b"")

    def __post_init__(self) -> None:
        """Keep the zone's name as bytes: the same line in another zone is another record."""
        object.__setattr__(self, "zone_key", str(self.zone).encode())


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that can be written; `raw` as in `Refused`."""

    record: ConversationRecord
    line: int
    raw: object
    notes: tuple[Note, ...] = ()
    files: tuple[InlineFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a conversation that is told by many."""

    cells: list[list[object]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that cannot; `raw` is what the file had: cells (several rows of them: `Rows`), JSON data, or a line."""

    problem: Problem
    raw: object


@dataclass(slots=True)
class RecordSource:
    """One file being read; `headings` are those of a table."""

    path: Path
    detected: Detected
    options: ReadOptions
    headings: list[str] = field(default_factory=list)

    def outcomes(self) -> Iterator[Taken | Refused]:
        """Yield what becomes of every record, in the order of the file."""
        kind = self.detected.format
        if kind in TABLE_FORMATS:
            return self._table()
        return self._json()

    def source_of(self, raw: object) -> str:
        """Return what the source of a record is called; empty where only a record of our own says it."""
        mapping = self.options.mapping
        if said := self.options.source or self._said_source(raw):
            return said
        if mapping is not None:
            return mapping.name
        if self.detected.format in TABLE_FORMATS:
            return source_name(self.path.name)
        return "vcon" if _is_vcon(raw) else ""

    def is_own(self, raw: object) -> bool:
        """Tell whether a record of JSON is one of our own, which names its source itself."""
        return self.options.mapping is None and not _is_vcon(raw)

    def _said_source(self, raw: object) -> str:
        """Return what a mended record says of its source."""
        if isinstance(raw, Rows):
            return self._said_source(raw.cells[-1])
        if isinstance(raw, dict):
            return said_name(raw.get(SOURCE_MARK))
        find = table_access(self.headings)(SOURCE_MARK)
        is_whole = isinstance(raw, list) and len(raw) >= len(self.headings)
        return said_name(find(raw)) if find is not None and is_whole else ""

    def rows(self) -> Generator[Row]:
        """Yield the rows of a table below its headings, which are set on the way."""
        return self._body(self._all_rows())

    def items(self) -> Iterator[Item]:
        """Yield the records of a JSON file as it has them."""
        mapping = self.options.mapping
        with open_bytes(self.path) as stream:
            if self.detected.format == "ndjson":
                for number, line in read_lines(stream):
                    yield decode_line(number, self._as_utf8(line))
            else:
                yield from read_json(stream, mapping.records if mapping is not None else None)

    def _all_rows(self) -> Generator[Row]:
        mapping = self.options.mapping
        if self.detected.format == "xlsx":
            yield from read_workbook(self.path, mapping.sheet if mapping is not None else None)
            return
        with open_bytes(self.path) as stream:
            yield from read_delimited(stream, encoding=self.detected.encoding, delimiter=self.detected.delimiter)

    def _body(self, rows: Generator[Row]) -> Generator[Row]:
        with closing(rows):
            first = next(rows, None)
            if first is None or first.error is not None:
                raise ImportFileError(FileProblemCode.no_headings, {"file": self.path.name})
            self.headings = number_repeats(first.cells)
            yield from rows

    def _table(self) -> Iterator[Taken | Refused]:
        with closing(self.rows()) as rows:
            first = next(rows, None)
            compiled, mapping = self._compiled_for_table(first)
            everything = chain([first] if first is not None else [], rows)
            groups = self._grouped(everything, mapping.rows) if mapping.rows else map(RowGroup, everything)
            for group in groups:
                row, members = group.row, group.members
                raw = Rows(members) if members else row.cells
                yield self._settle(row.line, raw, row.error, _table_reader(compiled, row.cells, members))

    def _compiled_for_table(self, first: Row | None) -> tuple[CompiledMapping, MappingSpec]:
        """Make the mapping ready, guessing it from the headings where none is given."""
        options, cells = self.options, first.cells if first is not None else ()
        mapping = options.mapping or guess_mapping(source_name(self.path.name), self.headings, cells)
        access = table_access(self.headings)
        compiled = compile_mapping(mapping, access, options.zone, lenient=options.is_lenient, source=options.source)
        return compiled, mapping

    def _grouped(self, rows: Iterator[Row], spec: RowsSpec) -> Iterator[RowGroup]:
        access = table_access(self.headings)
        key, order = access(spec.key), access(spec.order_by) if spec.order_by else None
        if key is None or (spec.order_by and order is None):
            column = spec.key if key is None else spec.order_by or ""
            raise MappingError(FileProblemCode.column_missing, {"field": "rows", "column": column})
        return group_rows(rows, key, order, spec.keep)

    def _json(self) -> Iterator[Taken | Refused]:
        mapping = self.options.mapping
        if mapping is None and self.detected.format == "ndjson":
            yield from self._own_lines()
            return
        compiled = None
        if mapping is not None and mapping.format != "vcon":
            compiled = compile_mapping(mapping, json_access, self.options.zone, source=self.options.source)
        for item in self.items():
            yield self._settle(item.line, item.data, item.error, self._item_reader(item.data, compiled))

    def _own_lines(self) -> Iterator[Taken | Refused]:
        """Decode our own NDJSON straight into records; a line that fails is decoded again to say why."""
        zone, renamed = self.options.zone, self.options.source
        with open_bytes(self.path) as stream:
            for number, raw in read_lines(stream):
                line = self._as_utf8(raw)
                notes: list[FieldNote] = []
                try:
                    record = decode_record(line, zone, notes)
                except FieldError as error:
                    item = decode_line(number, line)
                    yield self._settle(number, item.data, None if _is_vcon(item.data) else error, self._vcon(item.data))
                    continue
                if renamed is not None:
                    record.source = renamed
                yield Taken(record, number, line, self._placed(number, notes) if notes else ())

    def _item_reader(self, data: Any, compiled: CompiledMapping | None) -> _Reader:
        if compiled is not None:
            return lambda notes: (compiled.read(data, notes), ())
        stated = self.options.mapping
        if (stated is not None and stated.format == "vcon") or _is_vcon(data):
            return self._vcon(data)

        def own(notes: list[FieldNote]) -> tuple[ConversationRecord, tuple[InlineFile, ...]]:
            named = data | {"source": self.options.source} if self.options.source and isinstance(data, dict) else data
            return convert_record(named, self.options.zone, notes), ()

        return own

    def _vcon(self, data: Any) -> _Reader:
        mapping, zone, source = self.options.mapping, self.options.zone, self.source_of(data)

        def read(notes: list[FieldNote]) -> tuple[ConversationRecord, tuple[InlineFile, ...]]:
            reader = VconReader(data, source, zone, notes)
            values = reader.values
            if mapping is not None and mapping.fields:
                extra = compile_mapping(_with_identity(mapping), json_access, zone).read_values(data, notes)
                values = values | {name: extra[name] for name in mapping.fields}
            return convert_record(values, zone, notes), tuple(reader.files)

        return read

    def _settle(self, line: int, raw: object, error: FieldError | None, read: _Reader) -> Taken | Refused:
        """Read one record; what it cannot be read for becomes a refusal with its place."""
        if error is not None:
            return Refused(self.problem(line, error), raw)
        notes: list[FieldNote] = []
        try:
            record, files = read(notes)
        except FieldError as problem:
            return Refused(self.problem(line, problem), raw)
        except Exception as unforeseen:  # one record must not end the import of all others
            _log.exception("%s, line %s", self.path.name, line)
            return Refused(self.problem(line, FieldError(ProblemCode.unexpected, shorten(repr(unforeseen)))), raw)
        return Taken(record, line, raw, self._placed(line, notes) if notes else (), files)

    def problem(self, line: int, error: FieldError) -> Problem:
        """Give an error its place in this file."""
        return Problem(self.path.name, line, error.field, error.value, error.code, error.expected)

    def _placed(self, line: int, notes: list[FieldNote]) -> tuple[Note, ...]:
        return tuple(Note(self.path.name, line, note.field, note.value, note.code) for note in notes)

    def _as_utf8(self, line: bytes) -> bytes:
        if self.detected.encoding in {"utf-8", "utf-8-sig"}:
            return line.removeprefix(b"\xef\xbb\xbf")
        return line.decode(self.detected.encoding, "replace").encode()


def open_records(path: Path, options: ReadOptions) -> RecordSource:
    """Look at a file and return its reader.

    Raises
    ------
    ImportFileError
        If the file as a whole cannot be read.
    """
    return RecordSource(path, detect(path, options.mapping), options)


def _table_reader(compiled: CompiledMapping, cells: list[object], members: list[list[object]]) -> _Reader:
    return lambda notes: (compiled.read(cells, notes, members), ())


def _is_vcon(data: object) -> bool:
    return isinstance(data, dict) and "dialog" in data and "parties" in data


def _with_identity(mapping: MappingSpec) -> MappingSpec:
    """Add the id that every mapping needs; a vCon's own is used."""
    return replace(mapping, fields={"external_id": FieldSpec(path="uuid"), **mapping.fields})
