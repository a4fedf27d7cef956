"""The run: erases what is due batch by batch, then takes the files from the disk.

A run that was killed goes on with the next one: what a batch committed is done, and a file is forgotten only after it
is gone. Run twice, the second finds nothing.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.import_wizard import errors_path
from qa_app.conversations.removals import request_removal
from qa_app.conversations.storage import forget_recording
from qa_app.home_folder import home_folder
from qa_app.jobs import Progress
from qa_app.models import Conversation, FileRemoval, ImportRejection, ImportRun, Recording, User
from qa_app.retention.due import clock_of, is_due, is_free
from qa_app.retention.erasing import erase_content

__all__ = ["Outcome", "erase_due", "remove_files"]

BATCH = 200


@dataclass(slots=True)
class Outcome:
    """What a run did."""

    conversations: int = 0
    recordings: int = 0
    files: int = 0
    by_source: Counter[str] = field(default_factory=Counter)


def erase_due(session: Session, actor: User | None, *, checkpoint: Callable[[], None], progress: Progress) -> Outcome:
    """Erase the content of everything that is due, not held and not waiting; `checkpoint` commits each batch."""
    outcome = Outcome()
    clock = clock_of(session)
    condition = is_due(session, clock) & is_free(session, clock)
    total = session.scalar(select(func.count()).select_from(Conversation).where(condition)) or 0
    query = select(Conversation.id, Conversation.source, Conversation.import_id).where(condition)
    while rows := session.execute(query.order_by(Conversation.id).limit(BATCH)).all():
        sources = Counter(row.source for row in rows)
        recordings = erase_content(session, [row.id for row in rows], at=now())
        _forget_imports(session, {row.import_id for row in rows if row.import_id is not None})
        audit.record(
            session, actor, action="retention.erase", thing="conversations", name=", ".join(sorted(sources)),
            conversations=len(rows), recordings=recordings, by_source=sources,
            first=rows[0].id, last=rows[-1].id,
        )  # fmt: skip
        checkpoint()
        outcome.conversations += len(rows)
        outcome.recordings += recordings
        outcome.by_source.update(sources)
        progress.step(outcome.conversations, total)
    outcome.files = remove_files(session)
    checkpoint()
    return outcome


def remove_files(session: Session) -> int:
    """Take from the disk what was asked for, unless a row names it again; returns how many files went."""
    root = home_folder().folder("").resolve()
    gone = 0
    for path in session.scalars(select(FileRemoval.path)).all():
        kind, _, name = path.partition("/")
        if kind == "recordings":
            if not session.scalar(select(exists().where(Recording.file == name))):
                forget_recording(name, Path(name).stem)
                gone += 1
        elif (place := (root / path).resolve()).is_relative_to(root) and place != root:
            _remove(place)
            gone += 1
        session.execute(delete(FileRemoval).where(FileRemoval.path == path))
    return gone


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _forget_imports(session: Session, runs: Sequence[int] | set[int]) -> None:
    """Uploaded files and refused rows hold the same words; they go with the last conversation of their import."""
    left = exists().where(Conversation.import_id == ImportRun.id, Conversation.erased_at.is_(None))
    for run in session.scalars(select(ImportRun).where(ImportRun.id.in_(runs), ~left)):
        rejected = update(ImportRejection.__table__).where(ImportRejection.import_id == run.id)  # type: ignore[arg-type]
        session.execute(rejected.values(value=None, record=None))
        if run.stored_path is not None:
            errors = errors_path(run).relative_to(home_folder().folder(""))
            folder = Path("uploads") / Path(run.stored_path).parts[0]
            request_removal(session, [str(folder), str(errors)])
            run.stored_path = None
