"""What kind of file lies before us: format, encoding, delimiter, headings; found from the content, not the name."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_app.conversations.importers.mapping import MappingSpec
from qa_app.conversations.importers.opening import SAMPLE_BYTES, guess_encoding, inner_name, open_bytes
from qa_app.conversations.importers.problems import FileProblemCode, ImportFileError
from qa_app.conversations.importers.tables import Row, guess_delimiter, read_delimited, read_workbook

_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DIRECTORY_SUFFIXES = {".json", ".vcon", ".gz", ".ndjson", ".jsonl"}


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is."""

    format: str
    encoding: str = "utf-8"
    delimiter: str = ""


def expand_paths(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files meant: a directory stands for the JSON files in and below it, in order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                child for child in path.rglob("*") if child.suffix.lower() in _DIRECTORY_SUFFIXES and child.is_file()
            )
        elif path.exists():
            yield path
        else:
            raise ImportFileError(FileProblemCode.not_found, {"file": str(path)})


def detect(path: Path, mapping: MappingSpec | None = None) -> Detected:
    """Look into a file; what the mapping states goes before what is found.

    Raises
    ------
    ImportFileError
        If it cannot be opened, is empty, or is nothing that can be imported.
    """
    with open_bytes(path) as stream:
        start = stream.read(SAMPLE_BYTES)
    if not start.strip():
        raise ImportFileError(FileProblemCode.empty, {"file": path.name})
    stated = mapping.format if mapping is not None else None
    if stated == "xlsx" or (stated is None and start.startswith(_WORKBOOK_MARKS)):
        return Detected("xlsx")
    stated_encoding = mapping.encoding if mapping is not None else None
    if start.startswith(BOM_UTF8):
        # What is marked as UTF-8 is UTF-8, whatever the mapping expects: a file of refused records is written so.
        stated_encoding = "utf-8-sig"
    with open_bytes(path) as stream:
        encoding = stated_encoding or guess_encoding(stream)
    if b"\x00" in start and not encoding.startswith("utf-16"):
        raise ImportFileError(FileProblemCode.unknown_format, {"file": path.name})
    text = start.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    kind = stated or _text_format(text, inner_name(path))
    if kind not in {"csv", "tsv"}:
        return Detected(kind, encoding)
    delimiter = (mapping.delimiter if mapping is not None else None) or (
        "\t" if kind == "tsv" else guess_delimiter(text.splitlines()[0])
    )
    return Detected("tsv" if delimiter == "\t" else "csv", encoding, delimiter)


def _text_format(text: str, name: str) -> str:
    if not text.startswith(("{", "[")):
        return "csv"
    if text.startswith("["):
        return "json"
    first_line, _, rest = text.partition("\n")
    is_line = _is_object(first_line)
    if is_line and (rest.lstrip().startswith("{") or name.endswith((".ndjson", ".jsonl"))):
        return "ndjson"
    if name.endswith(".vcon") or _looks_like_vcon(text):
        return "vcon"
    return "ndjson" if is_line and '"external_id"' in first_line else "json"


def _is_object(line: str) -> bool:
    # A line longer than the sample is cut: it began with a brace and has no end, which only NDJSON does.
    if len(line) >= SAMPLE_BYTES // 4 and not line.rstrip().endswith("}"):
        return True
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _looks_like_vcon(text: str) -> bool:
    return '"parties"' in text and '"dialog"' in text


def read_table(path: Path) -> Iterator[Row]:
    """Yield the heading row and then every row of a CSV, TSV or XLSX file, whatever its encoding."""
    found = detect(path)
    if found.format == "xlsx":
        yield from read_workbook(path, None)
        return
    with open_bytes(path) as stream:
        yield from read_delimited(stream, encoding=found.encoding, delimiter=found.delimiter)
