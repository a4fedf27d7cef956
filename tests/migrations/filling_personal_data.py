"""Rows of the tables about personal data and search, for the test of the migrations."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Conversation, FileRemoval, LegalHold, RetentionRule, SearchEntry, User


def fill_personal_data(session: Session, user: User, conversation: Conversation) -> None:
    """Write a rule, a hold, a file to remove and an indexed conversation."""
    conversation.personal = [["name", "Mara Lindqvist"]]
    conversation.repeats_earlier = False
    session.add(
        RetentionRule(source="test", keep_days=400, starts_on=now().date(), changed_at=now(), changed_by_id=user.id)
    )
    session.add(LegalHold(reason="claim 7", conversation_id=conversation.id, placed_at=now(), placed_by_id=user.id))
    session.add(FileRemoval(path="recordings/ab/abcd.wav", requested_at=now()))
    session.add(SearchEntry(conversation_id=conversation.id, read_at=now(), words="您好"))
