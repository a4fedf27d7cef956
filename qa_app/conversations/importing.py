"""Imports conversations: reads files, writes batches, counts, and takes an import back.

    report = import_conversations(session, actor, run, request, checkpoint=session.commit)

The one service that lets its caller commit on the way: `checkpoint` is called after every batch, so that a killed
import keeps what it has done, and the same file again goes on from there. With `all_or_nothing` and in a dry run it is
not called before the end.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import insert
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.import_agents import AgentDirectory
from qa_app.conversations.import_writer import BatchResult, BatchWriter, Pending
from qa_app.conversations.importers.detection import expand_paths
from qa_app.conversations.importers.mapping import MappingSpec
from qa_app.conversations.importers.presets import load_preset
from qa_app.conversations.importers.problems import (
    FileProblemCode,
    ImportFileError,
    Note,
    Problem,
)
from qa_app.conversations.importers.stream import ReadOptions, RecordSource, Refused, Taken, open_records
from qa_app.jobs import Progress
from qa_app.models import ImportRejection, ImportRun, User

__all__ = [
    "ImportReport",
    "ImportRequest",
    "import_conversations",
    "new_run",
    "reading_options",
]

BATCH_CONVERSATIONS = 1_000
BATCH_MESSAGES = 40_000
KEPT_REJECTIONS = 10_000
"""Refusals and notes kept in the database for the report; the errors file has all of them."""
KEPT_SOURCES = 50


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import and how."""

    paths: tuple[Path, ...]
    options: ReadOptions
    all_or_nothing: bool = False
    expected_records: int | None = None
    """How many there are, if a check has counted them: progress then knows its end."""
    on_refused: Callable[[RecordSource, object, Problem], None] = field(default=lambda _source, _raw, _problem: None)
    """Called for every refused record, for the errors file."""


@dataclass(slots=True)
class ImportReport:
    """What became of the records."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    undated: int = 0
    agents_created: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    file_errors: list[dict[str, Any]] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)
    """Records read of each source, the first `KEPT_SOURCES` of them."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """New conversations whose number stands under another source as well, by that source."""
    is_taken_back: bool = False

    @property
    def taken(self) -> int:
        """Records that are in the database now."""
        return self.created + self.updated + self.unchanged

    def as_counts(self) -> dict[str, Any]:
        """Return the report as plain values, for the run's row."""
        return {name: getattr(self, name) for name in self.__slots__}


def reading_options(
    *,
    mapping: MappingSpec | None,
    preset: str | None,
    timezone: str | None,
    organisation_zone: str,
    source: str | None = None,
) -> ReadOptions:
    """Decide how files are read: a mapping, a preset or neither; the zone asked for, the mapping's, the organisation's.

    Raises
    ------
    ImportFileError
        If the preset or the zone is unknown.
    """
    spec = load_preset(preset) if preset else mapping
    name = timezone or (spec.timezone if spec is not None else None) or organisation_zone
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ImportFileError(FileProblemCode.unknown_timezone, {"name": name}) from error
    return ReadOptions(zone=zone, mapping=spec, is_lenient=preset is not None, source=source)


def new_run(
    session: Session, actor: User | None, paths: Sequence[Path], options: dict[str, Any], *, is_dry_run: bool = False
) -> ImportRun:
    """Note a run of an import; the caller commits it before the first batch."""
    files = [{"name": path.name, "size": path.stat().st_size if path.is_file() else None} for path in paths]
    run = ImportRun(
        kind="conversations",
        state="running",
        files=files,
        options=options,
        is_dry_run=is_dry_run,
        actor_id=actor.id if actor is not None else None,
        started_at=now(),
    )
    session.add(run)
    session.flush()
    return run


def import_conversations(
    session: Session,
    actor: User | None,
    run: ImportRun,
    request: ImportRequest,
    *,
    checkpoint: Callable[[], None],
    progress: Progress,
) -> ImportReport:
    """Import the files of a request; returns what became of every record.

    A file that cannot be read at all is reported and the others go on. What a stopped or killed run had
    committed stays, and `run.position` says how far it was.
    """
    importer = _Importer(session, run, request, checkpoint, progress)
    report = importer.run_all()
    run.counts = report.as_counts()
    run.state = "checked" if run.is_dry_run else "done"
    run.finished_at = now()
    if not run.is_dry_run:
        audit.record(session, actor, action="conversations.import", thing=run, counts=_audited(report))
    checkpoint()
    return report


class _Importer:
    """One run: the stream in, batches out."""

    def __init__(
        self,
        session: Session,
        run: ImportRun,
        request: ImportRequest,
        checkpoint: Callable[[], None],
        progress: Progress,
    ) -> None:
        self._session, self._run, self._request = session, run, request
        self._holds_back = request.all_or_nothing or run.is_dry_run
        self._checkpoint, self._progress = checkpoint, progress
        self._agents = AgentDirectory(session)
        self._writer = BatchWriter(session, run_id=run.id, at=now(), agents=self._agents, is_dry_run=run.is_dry_run)
        self._batch: list[Pending] = []
        self._keys: set[tuple[str, str]] = set()
        self._weight = 0
        self._read = 0
        self._rejections: list[dict[str, Any]] = []
        self._kept_rejections = 0
        self.report = ImportReport()

    def run_all(self) -> ImportReport:
        """Read every file to its end and write what can be written."""
        for path in expand_paths(self._request.paths):
            try:
                source = open_records(path, self._request.options)
                for outcome in source.outcomes():
                    self._take(source, outcome)
            except ImportFileError as error:
                self._note_file_error(path, error)
        self._flush()
        if self._request.all_or_nothing and not self._run.is_dry_run and self._has_refused():
            self._take_back()
        self._write_rejections()
        return self.report

    def _take(self, source: RecordSource, outcome: Taken | Refused) -> None:
        self._read += 1
        if isinstance(outcome, Refused):
            self._note_source(source.source_of(outcome.raw))
            self._refuse(source, outcome.raw, outcome.problem)
            return
        record = outcome.record
        self._note_source(record.source)
        key = (record.source, record.external_id)
        if key in self._keys or len(self._batch) >= BATCH_CONVERSATIONS or self._weight >= BATCH_MESSAGES:
            self._flush()
        self._keys.add(key)
        self._weight += len(record.messages or ()) + len(record.transcript or ())
        self._batch.append(Pending(outcome, source))

    def _note_source(self, name: str) -> None:
        """Count a record for its source; a file that gives each record its own is not listed to its end."""
        sources = self.report.sources
        if name and (name in sources or len(sources) < KEPT_SOURCES):
            sources[name] += 1

    def _flush(self) -> None:
        """Write the batch and let the caller commit it."""
        # Once all-or-nothing has failed, the rest is read for its report only.
        is_lost = self._request.all_or_nothing and not self._run.is_dry_run and self._has_refused()
        if self._batch and not is_lost:
            with _collector_paused():
                self._count(self._writer.write(self._batch))
        self._batch, self._weight = [], 0
        self._keys.clear()
        self._run.position = self._read
        if not self._holds_back:
            self._write_rejections()
            self._checkpoint()
        self._progress.step(self._read, self._request.expected_records, failed=self.report.rejected)

    def _count(self, result: BatchResult) -> None:
        """Add a batch to the report."""
        report = self.report
        report.created += result.created
        report.updated += result.updated
        report.unchanged += result.unchanged
        report.undated += result.undated
        report.changed.update(result.changed)
        report.elsewhere.update(result.elsewhere)
        report.agents_created = len(self._agents.created) or len(self._agents.unknown)
        for note in chain(chain.from_iterable(pending.taken.notes for pending in self._batch), result.notes):
            self._note(note)
        for pending, error in result.refused:
            self._refuse(pending.source, pending.taken.raw, pending.source.problem(pending.taken.line, error))

    def _refuse(self, source: RecordSource, raw: object, problem: Problem) -> None:
        self.report.rejected += 1
        self.report.problems[problem.code] += 1
        self._request.on_refused(source, raw, problem)
        self._keep_rejection("error", problem, {"expected": problem.expected})

    def _note(self, note: Note) -> None:
        self.report.notes[note.code] += 1
        self._keep_rejection("warning", note, {})

    def _keep_rejection(self, severity: str, place: Problem | Note, data: dict[str, str]) -> None:
        if self._kept_rejections >= KEPT_REJECTIONS:
            return
        self._kept_rejections += 1
        self._rejections.append(
            {
                "import_id": self._run.id,
                "severity": severity,
                "file": place.file,
                "line": place.line,
                "field": place.field,
                "value": place.value,
                "reason": place.code.value,
                "data": data,
            }
        )

    def _write_rejections(self) -> None:
        if self._rejections:
            self._session.execute(insert(ImportRejection), self._rejections)
            self._rejections = []

    def _note_file_error(self, path: Path, error: ImportFileError) -> None:
        self.report.file_errors.append({"file": path.name, "code": error.code.value, "params": error.params})

    def _has_refused(self) -> bool:
        return bool(self.report.rejected or self.report.file_errors)

    def _take_back(self) -> None:
        """Undo what this run wrote: something was refused, and all or nothing was asked for."""
        self._session.rollback()
        report = self.report
        report.created = report.updated = report.unchanged = report.agents_created = report.undated = 0
        report.changed.clear()
        report.is_taken_back = True


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the cycle collector from walking a batch's ten thousand rows again and again: they hold no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _audited(report: ImportReport) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "rejected", "agents_created")
    return {name: getattr(report, name) for name in names}
