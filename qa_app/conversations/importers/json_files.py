"""Records of JSON and NDJSON files as a stream: one line, or one item of a list, at a time.

`records` is the plain path of the list (`data.conversations`); `@items` takes an object keyed by id, and `@key` is then
the key. Without it a list gives its items and an object is one record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import ijson
import msgspec

from qa_app.conversations.importers.mapping import ITEMS, KEY
from qa_app.conversations.importers.problems import (
    FieldError,
    FileProblemCode,
    MappingError,
    ProblemCode,
    shorten,
)

_PLAIN_PATH = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*")


@dataclass(frozen=True, slots=True)
class Item:
    """One record as the file has it, with its line (NDJSON) or its number in the list, or why it cannot be read."""

    line: int
    data: Any
    error: FieldError | None = None


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of an NDJSON file that are not blank, undecoded, with their numbers."""
    for number, line in enumerate(stream, start=1):
        if not line.isspace():
            yield number, line


def decode_line(number: int, line: bytes) -> Item:
    """Decode one line of NDJSON."""
    try:
        return Item(number, msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        text = line.decode("utf-8", "replace")
        return Item(number, text, FieldError(ProblemCode.malformed_json, shorten(text), str(error)))


def read_json(stream: BinaryIO, records: str | None) -> Iterator[Item]:
    """Yield the records of one JSON document, however long it is."""
    number = 0
    try:
        for number, data in enumerate(_stream_items(stream, records), start=1):
            yield Item(number, data)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        yield Item(number + 1, "", FieldError(ProblemCode.malformed_json, "", shorten(str(error))))


def _stream_items(stream: BinaryIO, records: str | None) -> Iterator[Any]:
    first = _first_character(stream)
    if records is None or first == b"[":
        # A plain list is also what a file of refused records is, whatever the place in the file they came from.
        prefix = "item" if first == b"[" else ""
        yield from ijson.items(stream, prefix, use_float=True)
        return
    path, _, last = records.rpartition(".")
    if last == ITEMS:
        for key, value in ijson.kvitems(stream, path, use_float=True):
            yield value | {KEY: key} if isinstance(value, dict) else {KEY: key, "value": value}
        return
    if not _PLAIN_PATH.fullmatch(records):
        raise MappingError(FileProblemCode.mapping_invalid, {"place": "source.records", "expected": "data.items"})
    yield from ijson.items(stream, f"{records}.item", use_float=True)


def _first_character(stream: BinaryIO) -> bytes:
    """Return the first character that is not blank; the stream goes back to its start."""
    start = stream.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    stream.seek(0)
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)
    return start[:1]
