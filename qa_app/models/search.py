"""The full-text index over conversations: one row each, holding masked words as `scoring.language.splitting` cuts them.

SQLite searches it through an FTS5 table that triggers keep in step, PostgreSQL through a GIN index. The rows are
written by `qa_app.conversations.full_text` alone. What belongs to the index alone is called `search_index…` and is no
part of the metadata: Alembic looks past these names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, ForeignKey, Table, Text, event
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.db import Base, BigKey

__all__ = ["SEARCH_INDEX_DDL", "SearchEntry"]


class SearchEntry(Base):
    """What one conversation can be found by. A conversation without a row, or with an older one, is indexed next."""

    __tablename__ = "search_entries"

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    read_at: Mapped[datetime] = mapped_column(comment="updated_at of the conversation as it was read")
    words: Mapped[str] = mapped_column(
        Text().with_variant(TSVECTOR(), "postgresql"), comment="masked; words and pairs of Chinese characters"
    )


SEARCH_INDEX_DDL = (
    # Without places of words: phrases are found by their pairs of characters, and the index is half as large.
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_entries', content_rowid='conversation_id',"
    " tokenize='unicode61', detail=none)",
    "CREATE TRIGGER search_entries_in AFTER INSERT ON search_entries BEGIN"
    " INSERT INTO search_index(rowid, words) VALUES (new.conversation_id, new.words); END",
    "CREATE TRIGGER search_entries_out AFTER DELETE ON search_entries BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.conversation_id, old.words); END",
    "CREATE TRIGGER search_entries_on AFTER UPDATE OF words ON search_entries BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.conversation_id, old.words);"
    " INSERT INTO search_index(rowid, words) VALUES (new.conversation_id, new.words); END",
)

_DDL: Any = DDL  # the library leaves it without types
_TABLE = SearchEntry.__table__
assert isinstance(_TABLE, Table)
for _statement in SEARCH_INDEX_DDL:
    event.listen(_TABLE, "after_create", _DDL(_statement.replace("%", "%%")).execute_if(dialect="sqlite"))
_GIN = _DDL("CREATE INDEX search_index_words ON search_entries USING gin (words)")
event.listen(_TABLE, "after_create", _GIN.execute_if(dialect="postgresql"))
event.listen(_TABLE, "before_drop", _DDL("DROP TABLE IF EXISTS search_index").execute_if(dialect="sqlite"))
