"""How long the demo company keeps what was said, what it holds back, and the index by which it is found."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.index_jobs import start_indexing
from qa_app.demo.conversations import SOURCE
from qa_app.models import Conversation, User
from qa_app.retention.service import place_hold, set_rule

__all__ = ["tell_personal_data"]

KEPT_DAYS = 730


def tell_personal_data(session: Session, administrator: User) -> None:
    """Set a rule that deletes nothing of the demo for a year and a half, hold one conversation, have all indexed.

    The index is left to the worker: it takes a fifth of the time that all the rest takes.
    """
    set_rule(session, administrator, source=SOURCE, keep_days=KEPT_DAYS)
    first = session.scalars(select(Conversation).order_by(Conversation.id).limit(1)).one()
    place_hold(session, administrator, reason="Warranty claim of a customer (demo)", conversation=first)
    start_indexing(session)
