"""The audit trail: append-only, chained by hash. Written and verified by `qa_app.audit` alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.db import Base, PrimaryKey

__all__ = ["FIRST_HASH", "AuditEvent", "AuditHead"]

FIRST_HASH = "0" * 64


class AuditEvent(Base):
    """Who did what to which thing when, from where; names are copied, for people may leave."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix__audit_events_thing", "thing_type", "thing_id"),
        Index("ix__audit_events_actor", "actor_id"),
        Index("ix__audit_events_at", "at"),
    )

    id: Mapped[PrimaryKey] = mapped_column(comment="position in the chain, without gaps")
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    thing_type: Mapped[str]
    thing_id: Mapped[str]
    thing_name: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="before, after and what else explains it; no secrets, no conversation text"
    )
    address: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditHead(Base):
    """The last link: its row is the lock writers queue at, and the proof that nothing was cut off the end."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default=FIRST_HASH)
