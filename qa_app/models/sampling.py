"""Sampling plans, sealed draws with their whole order, and the samples taken from them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.conversation import Conversation
from qa_app.models.rubric import RubricVersion

__all__ = ["Assignment", "AssignmentState", "Draw", "Sample", "SamplePurpose", "SampleState", "SamplingPlan"]


class SampleState(enum.StrEnum):
    """Life of a sample."""

    drawn = "drawn"
    assigned = "assigned"
    inspected = "inspected"
    replaced = "replaced"


class SamplePurpose(enum.StrEnum):
    """What a sample is scored for; only daily work says anything about agents, queues and months."""

    work = "work"
    calibration = "calibration"


class AssignmentState(enum.StrEnum):
    """Whether the inspector still has it to do."""

    open = "open"
    done = "done"
    withdrawn = "withdrawn"


class SamplingPlan(Base):
    """What is to be drawn for a month, and the commitment to the seed."""

    __tablename__ = "sampling_plans"

    id: Mapped[PrimaryKey]
    name: Mapped[str]
    month: Mapped[str] = mapped_column(index=True, comment="YYYY-MM in the organisation's zone")
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    design: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="strata, allocation, sizes, precision, eligibility, double share"
    )
    rubric_version_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("rubric_versions.id"), comment="none: the published one of the conversation's channel"
    )
    seed: Mapped[bytes] = deferred(mapped_column(LargeBinary, comment="32 bytes, encrypted at rest; never logged"))
    commitment: Mapped[str] = mapped_column(comment="SHA-256(0x00 + seed), hexadecimal")
    committed_at: Mapped[datetime]
    is_committed_late: Mapped[bool] = mapped_column(comment="the period had begun")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    archived_at: Mapped[datetime | None]

    rubric_version: Mapped[RubricVersion | None] = relationship()
    draws: Mapped[list[Draw]] = relationship(back_populates="plan", order_by="Draw.id")


class Draw(Base):
    """One sealed draw: stages commit, freeze, public part, draw, reveal, each with its time and who did it.

    Frame and order are kept as two packed columns and not as rows: a month of a million conversations is frozen
    in seconds, the same bytes on every database, and outlives the retention of the conversations themselves.
    """

    __tablename__ = "draws"

    id: Mapped[PrimaryKey]
    public_id: Mapped[str] = mapped_column(
        unique=True, comment="`plan` of the method; printable, no control characters"
    )
    plan_id: Mapped[int] = mapped_column(BigKey, ForeignKey("sampling_plans.id"), index=True)
    frozen_at: Mapped[datetime | None]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    frame: Mapped[bytes | None] = deferred(mapped_column(LargeBinary, comment="canonical lines, zlib"))
    frame_digest: Mapped[str | None]
    frame_size: Mapped[int] = mapped_column(default=0)
    month_size: Mapped[int] = mapped_column(default=0, comment="conversations imported for the month, eligible or not")
    excluded: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="how many conversations were left out, by reason"
    )
    populations: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="stratum -> eligible conversations")
    sizes: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="stratum -> planned size, fixed with the frame")
    public_part: Mapped[str | None]
    public_part_source: Mapped[str | None]
    public_part_at: Mapped[datetime | None]
    public_part_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    learned: Mapped[dict[str, Any] | None] = mapped_column(
        comment="learned scores as they stood at the freeze: version, slope, per agent what a shift is made of"
    )
    drawn_at: Mapped[datetime | None]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    order: Mapped[bytes | None] = deferred(
        mapped_column("drawn_order", LargeBinary, comment="positions in the frame in drawing order, int32 LE, zlib")
    )
    order_digest: Mapped[str | None]
    handed_out_at: Mapped[datetime | None]
    shortfalls: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="agent -> part of the assignment rule that could not be kept"
    )
    revealed_at: Mapped[datetime | None]
    revealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    plan: Mapped[SamplingPlan] = relationship(back_populates="draws")
    samples: Mapped[list[Sample]] = relationship(back_populates="draw", order_by="Sample.id")


class Sample(Base):
    """A conversation to inspect: drawn at random, or targeted (weight 0 in every estimate)."""

    __tablename__ = "samples"
    __table_args__ = (
        UniqueConstraint("draw_id", "conversation_id"),
        Index("ix__samples_conversation", "conversation_id"),
    )

    id: Mapped[PrimaryKey]
    draw_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("draws.id"), comment="none: a targeted check")
    conversation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("conversations.id"))
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agents.id"), index=True)
    rubric_version_id: Mapped[int] = mapped_column(BigKey, ForeignKey("rubric_versions.id"))
    state: Mapped[str] = mapped_column(default=SampleState.drawn, index=True)
    stratum: Mapped[str] = mapped_column(default="")
    rank: Mapped[int | None]
    inclusion_probability: Mapped[float | None] = mapped_column(
        comment="chance to be drawn from the frozen list, 0-1; none: targeted, or drawn before it was kept (n of N)"
    )
    weight: Mapped[float] = mapped_column(
        default=1.0,
        server_default="1",
        comment="in estimates: n/N of the stratum over that chance; 1 in an equal-probability draw, 0 if targeted",
    )
    learned_shift: Mapped[float | None] = mapped_column(
        comment="h: points the learned score takes off in the evidence below standard, fixed before the inspection"
    )
    learned_room: Mapped[float | None] = mapped_column(
        comment="how far above 1 a value could come by such shifts, over all conversations of the agent in the list"
    )
    is_double: Mapped[bool] = mapped_column(default=False, comment="scored twice, blind")
    targeted_reason: Mapped[str | None]
    purpose: Mapped[str] = mapped_column(
        default=SamplePurpose.work,
        server_default="work",
        comment="work, or calibration: inspectors compare themselves and nothing else follows",
    )
    replacement_reason: Mapped[str | None] = mapped_column(
        comment="closed list: empty, wrong_agent, damaged, test, duplicate, personal_data, not_scoreable"
    )
    replacement_note: Mapped[str | None]
    replaced_by_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("samples.id"), comment="the sample that came instead"
    )
    replaced_at: Mapped[datetime | None]
    replaced_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ruling: Mapped[dict[str, Any] | None] = mapped_column(
        comment="of the lead: critical or not where two inspectors disagree; how to score"
    )
    created_at: Mapped[datetime]

    draw: Mapped[Draw | None] = relationship(back_populates="samples")
    conversation: Mapped[Conversation] = relationship()
    agent: Mapped[Agent | None] = relationship()
    rubric_version: Mapped[RubricVersion] = relationship()
    assignments: Mapped[list[Assignment]] = relationship(back_populates="sample", order_by="Assignment.id")

    @property
    def is_targeted(self) -> bool:
        """Whether a person or a rule chose it; such samples never enter an estimate."""
        return self.draw_id is None


class Assignment(Base):
    """Who scores a sample by when; a sample scored twice has two."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("sample_id", "inspector_id"),
        Index("ix__assignments_queue", "inspector_id", "state", "due_at"),
    )

    id: Mapped[PrimaryKey]
    sample_id: Mapped[int] = mapped_column(BigKey, ForeignKey("samples.id"))
    inspector_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(default=AssignmentState.open)
    due_at: Mapped[datetime | None]
    assigned_at: Mapped[datetime]
    needs_lead: Mapped[str | None] = mapped_column(
        comment="not scoreable as written: why; the lead replaces it or rules"
    )

    sample: Mapped[Sample] = relationship(back_populates="assignments")
