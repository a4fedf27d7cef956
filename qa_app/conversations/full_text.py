"""Full text of conversations: what is written into the index, and the condition that asks it.

Only masked text goes in, so what a pill hides can be found by nobody. The index is filled by `indexing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    bindparam,
    column,
    delete,
    false,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from qa_app.models import Conversation, SearchEntry
from scoring.language.splitting import Term, split_for_index, split_question

__all__ = ["Entry", "forget_entries", "mentions", "write_entries"]

# FTS5's own table, which is no part of the metadata (`qa_app.models.search`).
_INDEX = table("search_index", column("rowid"))
Entry = tuple[int, datetime, str]
"""Key of the conversation, its `updated_at`, and its masked text."""


def write_entries(session: Session, entries: Sequence[Entry]) -> None:
    """Write or write again what these conversations can be found by."""
    if not entries:
        return
    forget_entries(session, [key for key, _, _ in entries])
    words: object = bindparam("split")
    if session.get_bind().dialect.name == "postgresql":
        words = func.to_tsvector(text("'simple'"), bindparam("split"))
    statement = insert(SearchEntry).values(conversation_id=bindparam("key"), read_at=bindparam("at"), words=words)
    rows = [{"key": key, "at": at, "split": split_for_index(masked)} for key, at, masked in entries]
    session.connection().execute(statement, rows)


def forget_entries(session: Session, keys: Sequence[int]) -> None:
    """Take conversations out of the index."""
    session.execute(delete(SearchEntry).where(SearchEntry.conversation_id.in_(keys)))


def mentions(session: Session, question: str) -> ColumnElement[bool]:
    """Whether a conversation holds everything that is asked for; a question without words finds nothing."""
    terms = split_question(question)
    if not terms:
        return false()
    if session.get_bind().dialect.name == "postgresql":
        asked = " & ".join(_quoted(term, "'", ":*") for term in terms)
        query = func.to_tsquery(text("'simple'"), asked)
        return Conversation.id.in_(select(SearchEntry.conversation_id).where(SearchEntry.words.op("@@")(query)))
    asked = " AND ".join(_quoted(term, '"', "*") for term in terms)
    return Conversation.id.in_(select(_INDEX.c.rowid).where(literal_column("search_index").op("MATCH")(asked)))


def _quoted(term: Term, mark: str, beginning: str) -> str:
    """A term holds letters and digits alone, so nothing in it needs escaping."""
    return f"{mark}{term.text}{mark}{beginning if term.is_beginning else ''}"
