"""A saved filter and a deed on many things, for the migrations to carry up and down."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import BulkDeed, SavedFilter, User

__all__ = ["fill_lists"]


def fill_lists(session: Session, user: User) -> None:
    """Write one of each."""
    session.add_all(
        [
            SavedFilter(user_id=user.id, page="conversations.index", name="退款", query="channel=chat", saved_at=now()),
            BulkDeed(
                user_id=user.id,
                deed="coaching.close",
                given={"to": "Amara"},
                done=[["Greeting", {"id": 1}]],
                refused=[["Closing", "done"]],
                made_at=now(),
            ),
        ]
    )
