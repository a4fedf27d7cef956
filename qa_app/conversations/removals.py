"""Files to take from the disk: noted in the transaction that no longer names them, removed once it is over.

Whoever removes them looks whether a row names the file again (`qa_app.retention.running`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Conversation, FileRemoval, Recording

__all__ = ["request_recordings", "request_removal"]


def request_removal(session: Session, paths: Sequence[str]) -> None:
    """Note files, by their paths below `ASSAY_HOME`."""
    known = set(session.scalars(select(FileRemoval.path).where(FileRemoval.path.in_(paths))))
    rows = [{"path": path, "requested_at": now()} for path in dict.fromkeys(paths) if path not in known]
    if rows:
        session.execute(insert(FileRemoval), rows)


def request_recordings(session: Session, condition: ColumnElement[bool]) -> int:
    """Note the recordings of the conversations that `condition` names; returns how many files they are."""
    files = select(Recording.file).join(Conversation, Conversation.id == Recording.conversation_id).where(condition)
    found = session.scalars(files.distinct()).all()
    request_removal(session, [f"recordings/{file}" for file in found])
    return len(found)
