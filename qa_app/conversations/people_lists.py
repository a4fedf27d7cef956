"""Lists of people as files: read like every other table, and kept sealed between the check and the import.

What comes of a row is decided by `qa_app.people.importing`. A list may hold first passwords, so that it lies sealed, is
opened by nobody but who brought it, and is forgotten after the import or after a day.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography.fernet import InvalidToken

from qa_app.clock import now
from qa_app.conversations.importers.detection import read_table
from qa_app.conversations.importers.problems import FieldError
from qa_app.conversations.importers.tables import number_repeats
from qa_app.home_folder import home_folder, vault
from qa_app.models import User
from qa_app.people.import_reading import PersonRow, match_headings

__all__ = [
    "BrokenRow",
    "NoPeopleColumn",
    "PeopleList",
    "forget_list",
    "forget_old_lists",
    "keep_list",
    "open_list",
    "read_people",
]

KEPT_FOR: Final = timedelta(days=1)
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


class NoPeopleColumn(Exception):
    """No heading names the employee number or the e-mail address."""


class BrokenRow(Exception):
    """A row cannot be read as text."""

    def __init__(self, line: int, error: FieldError) -> None:
        super().__init__(f"line {line}")
        self.line = line
        self.error = error


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list as it was read: its headings, each with our field or none, and its rows."""

    name: str
    columns: list[tuple[str, str | None]]
    rows: list[PersonRow]


class _Kept(msgspec.Struct):
    """What lies in a sealed file."""

    actor_id: int
    name: str
    columns: list[tuple[str, str | None]]
    rows: list[tuple[int, dict[str, str]]]


def read_people(file: Path, name: str = "") -> PeopleList:
    """Read a list of people from CSV, TSV or XLSX, a row a person; empty rows are left out.

    Raises
    ------
    ImportFileError
        If it is no table.
    NoPeopleColumn
        If nobody could be told apart by it.
    BrokenRow
        If a row has more cells than headings, or bytes that are no text.
    """
    table = read_table(file)
    first = next(table, None)
    headings = number_repeats(first.cells) if first is not None else []
    fields = match_headings(headings)
    if not {"employee_number", "email"} & set(fields.values()):
        raise NoPeopleColumn
    rows = []
    for row in table:
        if row.error is not None:
            raise BrokenRow(row.line, row.error)
        values = {field: _as_text(row.cells[place]) for place, field in fields.items()}
        if any(values.values()):
            rows.append(PersonRow(row.line, values))
    return PeopleList(name or file.name, [(title, fields.get(place)) for place, title in enumerate(headings)], rows)


def keep_list(actor: User, listed: PeopleList) -> str:
    """Keep a list sealed; return the token by which `actor` opens it again."""
    rows = [(row.line, dict(row.values)) for row in listed.rows]
    kept = _Kept(actor.id, listed.name, listed.columns, rows)
    token = secrets.token_hex(16)
    _path(token).write_bytes(vault().seal(msgspec.json.encode(kept)))
    return token


def open_list(actor: User, token: str) -> PeopleList | None:
    """Return a kept list; none where there is none, or it is another person's."""
    if not _TOKEN.fullmatch(token) or not _path(token).is_file():
        return None
    try:
        kept = msgspec.json.decode(vault().unseal(_path(token).read_bytes()), type=_Kept)
    except InvalidToken:
        return None
    if kept.actor_id != actor.id:
        return None
    return PeopleList(kept.name, kept.columns, [PersonRow(line, values) for line, values in kept.rows])


def forget_list(token: str) -> None:
    """Remove a kept list."""
    if _TOKEN.fullmatch(token):
        _path(token).unlink(missing_ok=True)


def forget_old_lists() -> int:
    """Remove the lists that nobody imported within a day; return how many."""
    oldest = (now() - KEPT_FOR).timestamp()
    old = [path for path in _folder().glob("*.sealed") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return home_folder().folder("uploads/people")


def _path(token: str) -> Path:
    return _folder() / f"{token}.sealed"


def _as_text(cell: object) -> str:
    """Write a cell as its reader sees it: a workbook keeps numbers as 1001.0 and days as moments."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()[:10]
    return "" if cell is None else str(cell).strip()
