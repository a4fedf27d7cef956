"""How long content is kept, what holds it back, and files that are to go from the disk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.user import User

__all__ = ["FileRemoval", "LegalHold", "RetentionRule"]


class RetentionRule(Base):
    """After how many days the content of a source's conversations goes; a source without a rule keeps everything."""

    __tablename__ = "retention_rules"

    id: Mapped[PrimaryKey]
    source: Mapped[str] = mapped_column(unique=True, comment="empty: every source that has no rule of its own")
    keep_days: Mapped[int] = mapped_column(comment="after the day of opening; undated ones after the day of import")
    starts_on: Mapped[date] = mapped_column(comment="nothing goes by this rule before that day: time to take it back")
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class LegalHold(Base):
    """Keeps content that would go: of one conversation, or of all that a filter names."""

    __tablename__ = "legal_holds"

    id: Mapped[PrimaryKey]
    reason: Mapped[str]
    conversation_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), index=True, comment="none: see filters"
    )
    filters: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="source, agent_id, customer_id, opened_from, opened_to; all of them together"
    )
    until: Mapped[date | None] = mapped_column(comment="last day of the hold; none: until somebody lifts it")
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    placed_by: Mapped[User | None] = relationship(foreign_keys=[placed_by_id])
    lifted_by: Mapped[User | None] = relationship(foreign_keys=[lifted_by_id])


class FileRemoval(Base):
    """A file to take from the disk once the transaction that no longer names it is over."""

    __tablename__ = "file_removals"

    path: Mapped[str] = mapped_column(primary_key=True, comment="below ASSAY_HOME")
    requested_at: Mapped[datetime]
