"""Coaching: what was agreed with an agent, what was predicted before it, and what came of it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.inspection import Inspection
from qa_app.models.user import User

__all__ = [
    "ActionSource",
    "ActionState",
    "CoachingAction",
    "CoachingExcerpt",
    "CoachingMaterial",
    "MaterialKind",
]


# Absent is absent, and not the JSON word "null".
_Figures = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class ActionSource(enum.StrEnum):
    """Where an action comes from."""

    improvement = "improvement"
    lost_point = "lost_point"
    standard = "standard"
    trend = "trend"


class ActionState(enum.StrEnum):
    """Life of an action."""

    open = "open"
    done = "done"
    measured = "measured"
    dropped = "dropped"


class MaterialKind(enum.StrEnum):
    """What an action lends to practise with."""

    link = "link"
    file = "file"
    script = "script"
    case = "case"


class CoachingAction(Base):
    """One agreed step with an agent. The prediction is fixed at opening and never changes."""

    __tablename__ = "coaching_actions"
    __table_args__ = (
        Index("ix__coaching_actions_agent", "agent_id", "criterion"),
        Index("ix__coaching_actions_due", "state", "due_on"),
        Index("ix__coaching_actions_owner", "owner_id", "state"),
    )

    id: Mapped[PrimaryKey]
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), comment="who sees to it")
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str]
    sheet_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("sheets.id", ondelete="SET NULL"))
    inspection_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("inspections.id", ondelete="SET NULL"))
    criterion: Mapped[str] = mapped_column(default="", comment="rubric code, dot, criterion; empty: the QA score")
    title: Mapped[str] = mapped_column(comment="what it is about, as it was called then")
    title_zh: Mapped[str] = mapped_column(default="")
    practice: Mapped[str] = mapped_column(default="", comment="what to practise")
    sentence: Mapped[str] = mapped_column(default="", comment="the next sentence to try")
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=ActionState.open)
    opened_at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(default="", comment="the agent's own words")
    replied_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(comment="conversations opened from then on measure the effect")
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    result: Mapped[str] = mapped_column(default="", comment="what the owner says of it")
    measured_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[str] = mapped_column(default="")
    prediction: Mapped[dict[str, Any] | None] = mapped_column(
        _Figures, comment="made at opening from all agents; none: too little to predict from"
    )
    effect: Mapped[dict[str, Any] | None] = mapped_column(
        _Figures, comment="later inspections against the prediction, measured once"
    )

    agent: Mapped[Agent] = relationship()
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    opened_by: Mapped[User | None] = relationship(foreign_keys=[opened_by_id])
    inspection: Mapped[Inspection | None] = relationship()
    materials: Mapped[list[CoachingMaterial]] = relationship(
        back_populates="action", order_by="CoachingMaterial.id", cascade="all, delete-orphan"
    )
    excerpts: Mapped[list[CoachingExcerpt]] = relationship(
        back_populates="action", order_by="CoachingExcerpt.id", cascade="all, delete-orphan"
    )

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state == ActionState.open


class CoachingMaterial(Base):
    """Something to practise with: an address, a file, a sentence of a script, or a case of the library."""

    __tablename__ = "coaching_materials"

    id: Mapped[PrimaryKey]
    action_id: Mapped[int] = mapped_column(BigKey, ForeignKey("coaching_actions.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(comment="what it is called; of a script its words")
    url: Mapped[str] = mapped_column(default="")
    stored: Mapped[str] = mapped_column(default="", comment="name below ASSAY_HOME/coaching")
    size_bytes: Mapped[int | None]
    case_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("library_cases.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]

    action: Mapped[CoachingAction] = relationship(back_populates="materials")


class CoachingExcerpt(Base):
    """Words of a conversation that the action is about, masked, as the inspection quoted them."""

    __tablename__ = "coaching_excerpts"

    id: Mapped[PrimaryKey]
    action_id: Mapped[int] = mapped_column(BigKey, ForeignKey("coaching_actions.id", ondelete="CASCADE"), index=True)
    inspection_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("inspections.id", ondelete="SET NULL"))
    label: Mapped[str] = mapped_column(comment="which conversation, as its source calls it")
    quote: Mapped[str]
    is_praise: Mapped[bool] = mapped_column(default=False)

    action: Mapped[CoachingAction] = relationship(back_populates="excerpts")
