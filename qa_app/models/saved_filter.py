"""Filters of lists that a person gave a name: an address without its page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.db import Base, PrimaryKey

__all__ = ["SavedFilter"]


class SavedFilter(Base):
    """A filter of one list under a name of its owner's. It narrows what they may see and opens nothing."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(comment="endpoint of the list")
    name: Mapped[str]
    query: Mapped[str] = mapped_column(comment="what stands behind the question mark of the address")
    saved_at: Mapped[datetime]
