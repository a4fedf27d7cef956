"""A notice and a choice about mail, for the migrations to carry up and down."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Delivery, Notice, NoticeChoice, NoticeGroup, NoticeKind, User

__all__ = ["fill_notices"]


def fill_notices(session: Session, user: User) -> None:
    """Write one notice that waits for its mail, one that was read, and what its reader chose."""
    told = {"user_id": user.id, "kind": NoticeKind.appeal_decided, "thing": "appeal:1", "params": {"appeal_id": 1}}
    session.add_all(
        [
            Notice(**told, stage="accepted", created_at=now(), mail_after=now(), delivery=Delivery.at_once),
            Notice(**told, created_at=now(), mail_after=now(), delivery=Delivery.none, read_at=now()),
            NoticeChoice(user_id=user.id, group=NoticeGroup.coaching, delivery=Delivery.digest),
        ]
    )
