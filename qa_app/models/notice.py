"""Notices: what a person is told, once, in the page and perhaps by e-mail; and how each wants to hear of what."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, PrimaryKey
from qa_app.models.user import User

__all__ = ["Delivery", "Notice", "NoticeChoice", "NoticeGroup", "NoticeKind"]


class NoticeKind(enum.StrEnum):
    """What people are told about. Pages stand in `qa_app.notices.kinds`, what is said in `sentences`."""

    sample_assigned = "sample_assigned"
    sample_due = "sample_due"
    sample_overdue = "sample_overdue"
    sheet_published = "sheet_published"
    appeal_opened = "appeal_opened"
    appeal_decided = "appeal_decided"
    appeal_due = "appeal_due"
    appeal_window_ends = "appeal_window_ends"
    coaching_opened = "coaching_opened"
    coaching_replied = "coaching_replied"
    coaching_due = "coaching_due"
    training_planned = "training_planned"
    rating_round_open = "rating_round_open"
    calibration_opened = "calibration_opened"
    calibration_revealed = "calibration_revealed"
    calibration_cancelled = "calibration_cancelled"
    month_step = "month_step"
    export_ready = "export_ready"
    job_failed = "job_failed"
    alert = "alert"
    retention_due = "retention_due"


class NoticeGroup(enum.StrEnum):
    """Kinds that a person wants to hear of in the same way."""

    samples = "samples"
    results = "results"
    appeals = "appeals"
    coaching = "coaching"
    calibration = "calibration"
    months = "months"
    jobs = "jobs"
    alerts = "alerts"


class Delivery(enum.StrEnum):
    """How mail comes."""

    at_once = "at_once"
    digest = "digest"
    none = "none"


_WAITING = text("mailed_at IS NULL AND read_at IS NULL AND delivery <> 'none'")
_UNREAD = text("read_at IS NULL")
_READ = text("read_at IS NOT NULL")


class Notice(Base):
    """One thing one person is told. Whoever reads it in the page first gets no mail of it."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "thing", "stage"),
        Index("ix__notices_page", "user_id", "created_at"),
        Index("ix__notices_unread", "user_id", "read_at"),
        Index("ix__notices_waiting", "mail_after", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix__notices_read", "read_at", sqlite_where=_READ, postgresql_where=_READ),
        Index("ix__notices_thing", "thing", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    thing: Mapped[str] = mapped_column(comment="what it is about, as appeal:17; with kind and stage told only once")
    stage: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what its sentence and its page need")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    over_because: Mapped[str] = mapped_column(
        default="", server_default="", comment="why nobody needs to read it any more, as done or withdrawn; empty: read"
    )
    delivery: Mapped[str] = mapped_column(comment="at_once, digest or none, as the person had chosen")
    mail_after: Mapped[datetime] = mapped_column(
        comment="no mail before: a sender holds it until then, or waits for the next attempt"
    )
    mailed_at: Mapped[datetime | None]
    mail_attempts: Mapped[int] = mapped_column(default=0)
    mail_error: Mapped[str] = mapped_column(default="", comment="why the last attempt failed")

    user: Mapped[User] = relationship()

    @property
    def is_unread(self) -> bool:
        """Whether the person has not opened it yet."""
        return self.read_at is None


class NoticeChoice(Base):
    """How one person wants to hear of one group; without a row the group's default holds."""

    __tablename__ = "notice_choices"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str] = mapped_column("kinds", primary_key=True, comment="a NoticeGroup")
    delivery: Mapped[str]
