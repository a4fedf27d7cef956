"""Conversations worth reading, and training sessions with who was there."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.user import User

__all__ = [
    "Attendance",
    "AttendanceState",
    "CaseKind",
    "CaseState",
    "LibraryCase",
    "TrainingKind",
    "TrainingSession",
]


class CaseKind(enum.StrEnum):
    """What there is to learn from."""

    excellent = "excellent"
    instructive = "instructive"


class CaseState(enum.StrEnum):
    """Whether the QA lead has agreed that everybody may read it."""

    proposed = "proposed"
    accepted = "accepted"
    declined = "declined"
    withdrawn = "withdrawn"


class TrainingKind(enum.StrEnum):
    """Why people are trained."""

    new_hire = "new_hire"
    monthly = "monthly"
    special = "special"


class AttendanceState(enum.StrEnum):
    """Whether somebody came."""

    invited = "invited"
    present = "present"
    excused = "excused"
    absent = "absent"


class LibraryCase(Base):
    """A masked copy of a conversation without names, and what can be learned from it."""

    __tablename__ = "library_cases"
    __table_args__ = (Index("ix__library_cases_state", "state", "kind"),)

    id: Mapped[PrimaryKey]
    inspection_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("inspections.id", ondelete="SET NULL"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=CaseState.proposed)
    title: Mapped[str]
    lesson: Mapped[str] = mapped_column(comment="what to learn from it")
    channel: Mapped[str]
    topic: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    lines: Mapped[list[Any]] = mapped_column(comment="speaker and masked text of each turn, as agreed to")
    searched: Mapped[str] = mapped_column(comment="all of it in small letters, for the search")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")

    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class TrainingSession(Base):
    """One training with its topic, its trainer and its material."""

    __tablename__ = "training_sessions"
    __table_args__ = (Index("ix__training_sessions_held", "held_at"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str]
    topic: Mapped[str]
    held_at: Mapped[datetime]
    trainer: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    material: Mapped[str] = mapped_column(default="", comment="an address")
    notes: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    attendance: Mapped[list[Attendance]] = relationship(back_populates="session", cascade="all, delete-orphan")


class Attendance(Base):
    """One agent on the list of a training."""

    __tablename__ = "training_attendance"
    __table_args__ = (Index("ix__training_attendance_agent", "agent_id"),)

    session_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("training_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default=AttendanceState.invited)

    session: Mapped[TrainingSession] = relationship(back_populates="attendance")
    agent: Mapped[Agent] = relationship()
