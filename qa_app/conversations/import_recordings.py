"""Fetches the recordings that a record names: inside the record (vCon), or beside the import file and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa_app.conversations.import_rows import KeptRecording
from qa_app.conversations.importers.problems import FieldError, ProblemCode, shorten
from qa_app.conversations.importers.record import ConversationRecord, RecordingRecord
from qa_app.conversations.importers.vcon_content import InlineFile
from qa_app.conversations.storage import RecordingUnreadable, checksum_matches, store_recording

__all__ = ["check_recordings", "keep_recordings"]


def keep_recordings(
    record: ConversationRecord, files: Sequence[InlineFile], folder: Path
) -> tuple[list[KeptRecording], list[str]]:
    """Store the recordings of a record; return them, and the names of those that are not there.

    Raises
    ------
    FieldError
        If one lies outside the folder, is no sound, or is not the one its checksum speaks of.
    """
    found, missing = check_recordings(record, files, folder)
    kept = []
    for recording, content in found:
        try:
            stored = store_recording(content, recording.file)
        except RecordingUnreadable as error:
            raise FieldError(
                ProblemCode.recording_unreadable, shorten(recording.file), shorten(str(error)), "recordings.file"
            ) from error
        side = None if recording.side == "both" else recording.side
        kept.append(KeptRecording(stored, side, recording.offset_seconds))
    return kept, missing


def check_recordings(
    record: ConversationRecord, files: Sequence[InlineFile], folder: Path
) -> tuple[list[tuple[RecordingRecord, Path | bytes]], list[str]]:
    """Find the recordings of a record and verify their checksums, storing nothing."""
    inline = {file.name: file.content for file in files}
    found, missing = [], []
    for recording in record.recordings or ():
        content = inline.get(recording.file) or _beside(recording.file, folder)
        if isinstance(content, Path) and not content.is_file():
            missing.append(recording.file)
            continue
        if recording.checksum and not checksum_matches(content, recording.checksum):
            raise FieldError(ProblemCode.checksum_mismatch, shorten(recording.file), "", "recordings.checksum")
        found.append((recording, content))
    return found, missing


def _beside(name: str, folder: Path) -> Path:
    """Return the path of a file at or below the folder of the import file; anything else is refused."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise FieldError(ProblemCode.recording_outside, shorten(name), "", "recordings.file")
    return path
