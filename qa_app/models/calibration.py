"""Calibration sessions: the same conversations scored blind by several, then revealed, discussed, ruled on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.rubric import RubricVersion
from qa_app.models.sampling import Sample
from qa_app.models.user import User

__all__ = [
    "CalibrationConversation",
    "CalibrationMember",
    "CalibrationNote",
    "CalibrationRuling",
    "CalibrationSession",
]


class CalibrationSession(Base):
    """Who scores which conversations with which rubric version by when; blind until it is revealed."""

    __tablename__ = "calibration_sessions"

    id: Mapped[PrimaryKey]
    name: Mapped[str]
    rubric_version_id: Mapped[int] = mapped_column(BigKey, ForeignKey("rubric_versions.id"))
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revealed_at: Mapped[datetime | None]
    revealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reveal_reason: Mapped[str | None] = mapped_column(comment="why it was revealed though somebody had not submitted")

    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]

    rubric_version: Mapped[RubricVersion] = relationship()
    conversations: Mapped[list[CalibrationConversation]] = relationship(
        back_populates="session", order_by="CalibrationConversation.position", cascade="all, delete-orphan"
    )
    members: Mapped[list[CalibrationMember]] = relationship(
        back_populates="session", order_by="CalibrationMember.user_id", cascade="all, delete-orphan"
    )
    notes: Mapped[list[CalibrationNote]] = relationship(
        back_populates="session", order_by="CalibrationNote.id", cascade="all, delete-orphan"
    )
    rulings: Mapped[list[CalibrationRuling]] = relationship(
        back_populates="session", order_by="CalibrationRuling.id", cascade="all, delete-orphan"
    )

    @property
    def is_revealed(self) -> bool:
        """Whether answers may be seen by all of the session."""
        return self.revealed_at is not None

    @property
    def is_running(self) -> bool:
        """Whether it still takes answers: neither revealed nor cancelled."""
        return self.revealed_at is None and self.cancelled_at is None


class CalibrationConversation(Base):
    """One conversation of a session; its sample carries the purpose that keeps it out of every figure."""

    __tablename__ = "calibration_conversations"
    __table_args__ = (UniqueConstraint("sample_id"), Index("ix__calibration_conversations", "session_id", "position"))

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigKey, ForeignKey("calibration_sessions.id", ondelete="CASCADE"))
    sample_id: Mapped[int] = mapped_column(BigKey, ForeignKey("samples.id"))
    position: Mapped[int]
    why: Mapped[str] = mapped_column(comment="why it was picked: disagreed, appealed, random or chosen")

    session: Mapped[CalibrationSession] = relationship(back_populates="conversations")
    sample: Mapped[Sample] = relationship()


class CalibrationMember(Base):
    """An inspector of a session."""

    __tablename__ = "calibration_members"

    session_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("calibration_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)

    session: Mapped[CalibrationSession] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class CalibrationNote(Base):
    """What somebody said about a criterion of a conversation once all answers lay open."""

    __tablename__ = "calibration_notes"
    __table_args__ = (Index("ix__calibration_notes_session", "session_id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigKey, ForeignKey("calibration_sessions.id", ondelete="CASCADE"))
    sample_id: Mapped[int] = mapped_column(BigKey, ForeignKey("samples.id"))
    criterion: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    written_at: Mapped[datetime]

    session: Mapped[CalibrationSession] = relationship(back_populates="notes")
    author: Mapped[User] = relationship()


class CalibrationRuling(Base):
    """The reference answer to one criterion of one conversation, and what follows for the guidance."""

    __tablename__ = "calibration_rulings"
    __table_args__ = (
        UniqueConstraint("sample_id", "criterion"),
        Index("ix__calibration_rulings_session", "session_id"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigKey, ForeignKey("calibration_sessions.id", ondelete="CASCADE"))
    sample_id: Mapped[int] = mapped_column(BigKey, ForeignKey("samples.id"))
    criterion: Mapped[str]
    reference: Mapped[dict[str, Any]] = mapped_column(comment="an answer, in the form of `answers.value`")
    text: Mapped[str] = mapped_column(default="", comment="the ruling for the guidance, English; may be missing")
    text_zh: Mapped[str] = mapped_column(default="", comment="the same in Chinese; may be missing")
    ruled_at: Mapped[datetime]
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime | None] = mapped_column(comment="when it went into the guidance of a draft")
    written_number: Mapped[int | None] = mapped_column(comment="number of the rubric version it was written into")

    session: Mapped[CalibrationSession] = relationship(back_populates="rulings")
