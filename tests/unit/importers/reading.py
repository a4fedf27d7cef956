"""Helpers of the reader tests: write a file, read it, part what was taken from what was refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from qa_app.conversations.importers.mapping import MappingSpec
from qa_app.conversations.importers.problems import Problem
from qa_app.conversations.importers.record import ConversationRecord
from qa_app.conversations.importers.stream import ReadOptions, RecordSource, Taken, open_records

UTC = ZoneInfo("UTC")


@dataclass
class Read:
    """All that came of a file."""

    source: RecordSource
    records: list[ConversationRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_file(
    path: Path, mapping: MappingSpec | None = None, *, zone: ZoneInfo = UTC, is_lenient: bool = False
) -> Read:
    """Read a whole file."""
    read = Read(open_records(path, ReadOptions(zone=zone, mapping=mapping, is_lenient=is_lenient)))
    for outcome in read.source.outcomes():
        if isinstance(outcome, Taken):
            read.records.append(outcome.record)
            read.notes.extend(note.code for note in outcome.notes)
        else:
            read.problems.append(outcome.problem)
    return read


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a file and return its path."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path
