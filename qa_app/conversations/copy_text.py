r"""Rows as PostgreSQL's COPY reads them: a line a row, tabs between values, ``\N`` for none.

A batch has ten thousand rows of the same columns, so it is written column by column: the kind of a column is asked
once, not the kind of each value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, Table

from qa_app.db import UTCDateTime

__all__ = ["copy_text"]

Values = Sequence[Any]
_NONE = r"\N"
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_PLAIN = (Boolean, Float, Integer, UTCDateTime)


def copy_text(table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> str:
    """Write rows of a table, their values in the order of `columns`."""
    written = (_writer(table.c[name])(values) for name, values in zip(columns, zip(*rows, strict=True), strict=True))
    return "".join([line + "\n" for line in map("\t".join, zip(*written, strict=True))])


def _writer(column: Column[Any]) -> Callable[[Values], list[str]]:
    """Choose by type; JSON comes as the text it is."""
    if isinstance(column.type, _PLAIN):
        return _write_plain
    return _write_bytes if isinstance(column.type, LargeBinary) else _write_texts


def _write_plain(values: Values) -> list[str]:
    """Numbers, moments, yes and no: all in one go, by msgspec, as none of them holds a comma."""
    return msgspec.json.encode(values).decode()[1:-1].replace('"', "").replace("null", _NONE).split(",")


def _write_bytes(values: Sequence[bytes | None]) -> list[str]:
    return [_NONE if value is None else rf"\\x{value.hex()}" for value in values]


def _write_texts(values: Sequence[str | None]) -> list[str]:
    if _SPECIAL.search("".join(filter(None, values))) is None:
        return [_NONE if value is None else value for value in values]
    return [_NONE if value is None else value.translate(_ESCAPES) for value in values]
