"""What becomes of old notices."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.jobs import duty
from qa_app.models import Notice

__all__ = ["forget_read_notices"]


@duty("notices.forget")
def forget_read_notices(session: Session) -> int:
    """Delete what was read long ago; what nobody has read stays."""
    before = now() - timedelta(days=current_app.config["NOTICE_DAYS"])
    old = delete(Notice).where(Notice.read_at < before).execution_options(synchronize_session=False)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
