"""What becomes of old deeds on many things."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.jobs import duty
from qa_app.lists.deeds import UNDONE_WITHIN
from qa_app.models import BulkDeed

__all__ = ["KEPT_FOR", "forget_old_deeds"]

KEPT_FOR = timedelta(days=31)
"""How long an outcome can still be read once it can no longer be taken back."""


@duty("lists.forget_deeds")
def forget_old_deeds(session: Session) -> int:
    """Delete what is left of old deeds; returns how many. What was done to each thing stays in the trail."""
    before = now() - UNDONE_WITHIN - KEPT_FOR
    old = delete(BulkDeed).where(BulkDeed.made_at < before).execution_options(synchronize_session=False)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
