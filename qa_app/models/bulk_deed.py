"""What was done with many things at once, kept so that its outcome can be read and the deed taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.db import Base, PrimaryKey

__all__ = ["BulkDeed"]


class BulkDeed(Base):
    """One deed on many things: what became of each. The trail holds one event per thing beside it."""

    __tablename__ = "bulk_deeds"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    deed: Mapped[str] = mapped_column(comment="code of the deed, as rooms announce it")
    given: Mapped[dict[str, Any]] = mapped_column(comment="what was chosen beside the things: names to say again")
    done: Mapped[list[Any]] = mapped_column(comment="[name, what taking it back needs] of each thing that was done")
    refused: Mapped[list[Any]] = mapped_column(comment="[name, code of the reason] of each that was not")
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    kept: Mapped[list[Any] | None] = mapped_column(comment="[name, code of the reason] of each not taken back")
