"""Writes a batch of conversation records: new ones inserted, changed ones updated, known ones left alone.

For `importing`, which cuts the stream into batches and commits each. No ORM object is made for a conversation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import UNSET
from sqlalchemy import Table, delete, update
from sqlalchemy.orm import Session

from qa_app.conversations.import_agents import AgentDirectory
from qa_app.conversations.import_elsewhere import NumbersElsewhere
from qa_app.conversations.import_merge import StoredConversation, changed_fields, load_stored, merge
from qa_app.conversations.import_recordings import check_recordings, keep_recordings
from qa_app.conversations.import_rows import (
    CONVERSATION_COLUMNS,
    MESSAGE_COLUMNS,
    RECORDING_COLUMNS,
    SURVEY_COLUMNS,
    TURN_COLUMNS,
    ConversationRows,
    KeptRecording,
    RowBuilder,
)
from qa_app.conversations.import_tables import bulk_tables
from qa_app.conversations.import_transcripts import read_beside
from qa_app.conversations.importers.problems import FieldError, Note, NoteCode
from qa_app.conversations.importers.record import ConversationRecord
from qa_app.conversations.importers.stream import RecordSource, Taken
from qa_app.models import (
    CallFeatures,
    ImportRun,
    Message,
    Recording,
    SurveyResponse,
    TranscriptSegment,
)

__all__ = ["BatchResult", "BatchWriter", "Pending"]

_KEPT_ON_UPDATE = {"id", "import_id", "created_at"}
_UPDATED = tuple(name for name in CONVERSATION_COLUMNS if name not in _KEPT_ON_UPDATE)
_UPDATED_PLACES = tuple(CONVERSATION_COLUMNS.index(name) for name in (*_UPDATED, "id"))
_LISTS = {
    "messages": Message,
    "transcript": TranscriptSegment,
    "surveys": SurveyResponse,
    "recordings": Recording,
}


@dataclass(frozen=True, slots=True)
class Pending:
    """A record to write, and the file it came from."""

    taken: Taken
    source: RecordSource
    beside: bytes = b""
    """Digest of the transcripts that lie beside its recordings."""

    @property
    def folder(self) -> Path:
        """Where recordings may lie."""
        return self.source.path.parent


@dataclass(slots=True)
class BatchResult:
    """What became of a batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    undated: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    refused: list[tuple[Pending, FieldError]] = field(default_factory=list)
    elsewhere: Counter[str] = field(default_factory=Counter)
    """Of the new ones, how many have a number that another source has as well, by that source."""


class BatchWriter:
    """Writes the batches of one import run inside the session's transaction."""

    def __init__(
        self, session: Session, *, run_id: int, at: datetime, agents: AgentDirectory, is_dry_run: bool = False
    ) -> None:
        self._session = session
        self._run_id = run_id
        self._agents = agents
        self._is_dry_run = is_dry_run
        self._tables = bulk_tables(session)
        self._elsewhere = NumbersElsewhere(session, self._tables)
        self._builder = RowBuilder(self._tables.binding, agents.find, run_id, at)

    def write(self, batch: Sequence[Pending]) -> BatchResult:
        """Write a batch in which no conversation stands twice."""
        result = BatchResult()
        if not self._is_dry_run:
            # The first write takes SQLite's only lock, so that the keys reserved below stay ours.
            self._session.execute(update(ImportRun).where(ImportRun.id == self._run_id).values(error=None))
        batch = [_with_transcript(pending, result) for pending in batch]
        known = self._look_up([pending.taken.record for pending in batch])
        fresh: list[tuple[Pending, str]] = []
        changed: list[tuple[Pending, str, int]] = []
        for pending in batch:
            record = pending.taken.record
            digest = _digest(pending)
            found = known.get((record.source, record.external_id))
            if found is None:
                fresh.append((pending, digest))
            elif found[1] == digest:
                result.unchanged += 1
            else:
                changed.append((pending, digest, found[0]))
        self._insert(fresh, result)
        if changed:
            self._update(changed, result)
        return result

    def _look_up(self, records: Sequence[ConversationRecord]) -> dict[tuple[str, str], tuple[int, str]]:
        """Return key and digest of the conversations that are here already."""
        by_source: dict[str, list[str]] = {}
        for record in records:
            by_source.setdefault(record.source, []).append(record.external_id)
        return {
            (source, external_id): (key, digest)
            for source, ids in by_source.items()
            for external_id, key, digest in self._tables.look_up(source, ids)
        }

    def _insert(self, fresh: Sequence[tuple[Pending, str]], result: BatchResult) -> None:
        ready = []
        for pending, digest in fresh:
            kept = self._recordings(pending, result)
            if kept is not None:
                recordings, is_complete = kept
                ready.append((pending.taken.record, digest if is_complete else "", recordings))
                result.undated += not pending.taken.record.opened_at
        result.created += len(ready)
        result.elsewhere = self._elsewhere.count([record for record, _, _ in ready])
        if self._is_dry_run:
            self._agents.note_unknown(record for record, _, _ in ready)
            return
        if not ready:
            return
        keys = self._tables.reserve_keys(len(ready))
        build = self._builder.build
        rows = [build(key, *values) for key, values in zip(keys, ready, strict=True)]
        self._tables.insert("conversations", CONVERSATION_COLUMNS, [row.conversation for row in rows])
        self._insert_lists(rows)

    def _update(self, changed: Sequence[tuple[Pending, str, int]], result: BatchResult) -> None:
        stored = load_stored(self._session, [key for _, _, key in changed], self._agents)
        rows: list[ConversationRows] = []
        digests: list[tuple[str, int]] = []
        replaced: dict[str, set[int]] = {name: set() for name in _LISTS}
        for pending, digest, key in changed:
            if stored[key].is_erased:
                self._leave_erased(pending, result)
                continue
            kept = self._recordings(pending, result)
            if kept is None:
                continue
            recordings, is_complete = kept
            names, merged, recordings = _merged(pending, stored[key], recordings, is_complete=is_complete)
            self._count_update(pending, stored[key], names, result)
            kept_digest = digest if is_complete else ""
            if not names:
                digests.append((kept_digest, key))
            elif not self._is_dry_run:
                rows.append(self._builder.build(key, merged, kept_digest, recordings))
            for name in _LISTS.keys() & names:
                replaced[name].add(key)
        if not self._is_dry_run:
            self._write_updates(rows, digests, replaced)

    def _count_update(
        self, pending: Pending, stored: StoredConversation, names: Sequence[str], result: BatchResult
    ) -> None:
        if not names:
            result.unchanged += 1
            return
        result.updated += 1
        result.changed.update(names)
        if stored.import_id == self._run_id:
            taken, file = pending.taken, pending.source.path.name
            result.notes.append(Note(file, taken.line, "external_id", taken.record.external_id, NoteCode.repeated))

    def _leave_erased(self, pending: Pending, result: BatchResult) -> None:
        """What retention took does not come back by an old file."""
        result.unchanged += 1
        taken = pending.taken
        name = taken.record.external_id
        result.notes.append(Note(pending.source.path.name, taken.line, "external_id", name, NoteCode.erased))

    def _write_updates(
        self, rows: Sequence[ConversationRows], digests: Sequence[tuple[str, int]], replaced: dict[str, set[int]]
    ) -> None:
        values = [tuple(row.conversation[place] for place in _UPDATED_PLACES) for row in rows]
        if values:
            self._tables.update("conversations", _UPDATED, values)
        if digests:
            self._tables.update("conversations", ("record_digest",), digests)
        for name, keys in replaced.items():
            if keys:
                table = _LISTS[name].__table__
                assert isinstance(table, Table)
                self._session.execute(delete(table).where(table.c.conversation_id.in_(keys)))
        # Other files have other figures, and another transcript may name the channels otherwise.
        heard = replaced["recordings"] | replaced["transcript"]
        if heard:
            self._session.execute(delete(CallFeatures).where(CallFeatures.conversation_id.in_(heard)))
        self._insert_lists(rows, replaced)

    def _insert_lists(self, rows: Sequence[ConversationRows], only: dict[str, set[int]] | None = None) -> None:
        """Insert messages, surveys, turns and recordings; with `only`, of the conversations named there."""
        insert = self._tables.insert

        def of(name: str, lists: list[list[tuple[object, ...]]]) -> list[tuple[object, ...]]:
            return [row for rows in lists for row in rows if only is None or row[0] in only[name]]

        insert("messages", MESSAGE_COLUMNS, of("messages", [row.messages for row in rows]))
        insert("survey_responses", SURVEY_COLUMNS, of("surveys", [row.surveys for row in rows]))
        insert("transcript_segments", TURN_COLUMNS, of("transcript", [row.turns for row in rows]))
        insert("recordings", RECORDING_COLUMNS, of("recordings", [row.recordings for row in rows]))

    def _recordings(self, pending: Pending, result: BatchResult) -> tuple[list[KeptRecording], bool] | None:
        """Store the recordings of a record; `None` if the record is refused, False if one was not there."""
        taken = pending.taken
        if not taken.record.recordings:
            return [], True
        try:
            if self._is_dry_run:
                kept: list[KeptRecording] = []
                missing = check_recordings(taken.record, taken.files, pending.folder)[1]
            else:
                kept, missing = keep_recordings(taken.record, taken.files, pending.folder)
        except FieldError as error:
            result.refused.append((pending, error))
            return None
        file = pending.source.path.name
        for name in missing:
            result.notes.append(Note(file, taken.line, "recordings.file", name, NoteCode.recording_missing))
        return kept, not missing


def _merged(
    pending: Pending, stored: StoredConversation, recordings: list[KeptRecording], *, is_complete: bool
) -> tuple[list[str], ConversationRecord, list[KeptRecording]]:
    """Return what changed, the merged record, and its recordings: a missing file takes none away."""
    record = pending.taken.record
    names_recordings = record.recordings is not UNSET and (is_complete or bool(recordings))
    merged = merge(stored.record, record)
    names = changed_fields(stored, merged, recordings if names_recordings else None)
    return names, merged, recordings if names_recordings else stored.recordings


def _with_transcript(pending: Pending, result: BatchResult) -> Pending:
    """Give a record the transcript that lies beside its recordings."""
    taken, source = pending.taken, pending.source.path
    found = read_beside(taken.record, source, {file.name for file in taken.files})
    if found is None:
        return pending
    for name in found.unread:
        result.notes.append(Note(source.name, taken.line, "transcript", name, NoteCode.transcript_unread))
    record = msgspec.structs.replace(taken.record, transcript=found.turns) if found.turns else taken.record
    return Pending(replace(taken, record=record), pending.source, found.digest)


def _digest(pending: Pending) -> str:
    """Return what tells a record from a changed one: of its own line where there is one, else of its values."""
    raw = pending.taken.raw
    if isinstance(raw, bytes):
        key = pending.source.options.zone_key
        return blake2b(raw + pending.beside, digest_size=16, key=key).hexdigest()
    return blake2b(msgspec.msgpack.encode(pending.taken.record), digest_size=16).hexdigest()
