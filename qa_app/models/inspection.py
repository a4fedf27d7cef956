"""Inspections: answers with their evidence, made on a kept copy of the text."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.conversation import Conversation
from qa_app.models.rubric import RubricVersion
from qa_app.models.sampling import Assignment, Sample, SamplePurpose
from qa_app.models.user import User

if TYPE_CHECKING:
    from qa_app.models.rule import RuleProposal

__all__ = ["Answer", "Evidence", "EvidenceKind", "Inspection", "InspectionRevision", "InspectionState"]


class InspectionState(enum.StrEnum):
    """Life of an inspection: submitted, perhaps appealed and decided, then final."""

    draft = "draft"
    submitted = "submitted"
    appealed = "appealed"
    decided = "decided"
    final = "final"


class EvidenceKind(enum.StrEnum):
    """What a piece of evidence points at."""

    message = "message"
    span = "span"
    range = "range"
    none = "none"


class Inspection(Base):
    """One scoring of one conversation by one inspector with one rubric version."""

    __tablename__ = "inspections"
    __table_args__ = (
        UniqueConstraint("assignment_id"),
        Index("ix__inspections_sample", "sample_id"),
        Index("ix__inspections_conversation", "conversation_id"),
        Index("ix__inspections_inspector", "inspector_id", "state"),
        Index("ix__inspections_submitted", "inspector_id", "submitted_at"),
        Index("ix__inspections_agent", "agent_id", "submitted_at"),
    )

    id: Mapped[PrimaryKey]
    assignment_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("assignments.id"), comment="none: imported history"
    )
    sample_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("samples.id"))
    conversation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("conversations.id"))
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agents.id"))
    inspector_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    rubric_version_id: Mapped[int] = mapped_column(BigKey, ForeignKey("rubric_versions.id"))
    state: Mapped[str] = mapped_column(default=InspectionState.draft)
    is_random: Mapped[bool] = mapped_column(comment="of an equal-probability draw; only these enter estimates")
    purpose: Mapped[str] = mapped_column(
        default=SamplePurpose.work, server_default="work", comment="that of its sample; calibration enters no figure"
    )
    revision: Mapped[int] = mapped_column(default=0, comment="counts saves: two writers cannot overwrite each other")
    save_token: Mapped[str | None] = mapped_column(
        comment="of the last save taken: one sent again, its answer lost on the way, is not applied twice"
    )
    quality: Mapped[float | None] = mapped_column(comment="0-100, of the applicable criteria")
    score: Mapped[float | None] = mapped_column(comment="quality, or 0 where critical")
    is_critical: Mapped[bool] = mapped_column(default=False)
    critical_classes: Mapped[list[str]] = mapped_column(default=list)
    remark: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes | None] = deferred(
        mapped_column(LargeBinary, comment="the text it was made on: compressed JSON, masked and plain")
    )
    content_digest: Mapped[str | None] = mapped_column(comment="SHA-256 of the masked text evidence offsets refer to")
    facts: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="measured values and condition fields as they were"
    )
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    waits_for_month: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        comment="its agent reads it once the month is published; until then no window runs",
    )
    shown_at: Mapped[datetime | None] = mapped_column(
        comment="when its agent could first read it, where that was after the submission"
    )
    final_at: Mapped[datetime | None]
    seconds_spent: Mapped[int] = mapped_column(default=0)
    source: Mapped[str] = mapped_column(default="page", comment="page, import or demo")

    assignment: Mapped[Assignment | None] = relationship()
    sample: Mapped[Sample | None] = relationship()
    conversation: Mapped[Conversation] = relationship()
    agent: Mapped[Agent | None] = relationship()
    inspector: Mapped[User] = relationship()
    rubric_version: Mapped[RubricVersion] = relationship()
    answers: Mapped[list[Answer]] = relationship(back_populates="inspection", cascade="all, delete-orphan")
    evidence: Mapped[list[Evidence]] = relationship(
        back_populates="inspection", order_by="Evidence.id", cascade="all, delete-orphan"
    )
    proposals: Mapped[list[RuleProposal]] = relationship(back_populates="inspection", cascade="all, delete-orphan")

    @property
    def shown_since(self) -> datetime | None:
        """Since when its agent can read it; none while they cannot."""
        return None if self.waits_for_month else self.shown_at or self.submitted_at


# Few answers dispute a figure, and each of them waits for the lead.
_DISPUTED = text("disputed IS NOT NULL")


class Answer(Base):
    """The answer to one criterion; `value` is the level, the items done, or the measured figure."""

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix__answers_disputed", "inspection_id", sqlite_where=_DISPUTED, postgresql_where=_DISPUTED),
    )

    inspection_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("inspections.id", ondelete="CASCADE"), primary_key=True
    )
    criterion: Mapped[str] = mapped_column(primary_key=True, comment="key of the criterion in the rubric version")
    value: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="{'level': key} | {'items': [...]} | {'measured': number} | {'na': true}"
    )
    reason: Mapped[str] = mapped_column(default="")
    disputed: Mapped[str | None] = mapped_column(comment="why a measured value is wrong, in the inspector's words")
    points: Mapped[float | None] = mapped_column(comment="w*v once submitted; none: does not count")
    lost_points: Mapped[float | None] = mapped_column(comment="w*(1-v) once submitted")
    answered_at: Mapped[datetime]

    inspection: Mapped[Inspection] = relationship(back_populates="answers")


class Evidence(Base):
    """A place in the conversation: a message, a span of its text, or a time range of the recording; praise too."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix__evidence_inspection", "inspection_id", "criterion"),)

    id: Mapped[PrimaryKey]
    inspection_id: Mapped[int] = mapped_column(BigKey, ForeignKey("inspections.id", ondelete="CASCADE"))
    criterion: Mapped[str | None] = mapped_column(comment="none: praise or remark on the whole conversation")
    is_praise: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str]
    message_sequence: Mapped[int | None] = mapped_column(comment="of the message, or of the transcript segment")
    start_offset: Mapped[int | None] = mapped_column(comment="characters into the masked text")
    end_offset: Mapped[int | None]
    start_seconds: Mapped[float | None]
    end_seconds: Mapped[float | None]
    quote: Mapped[str] = mapped_column(default="", comment="masked words as said")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    inspection: Mapped[Inspection] = relationship(back_populates="evidence")


class InspectionRevision(Base):
    """An inspection as it stood until it was corrected; the inspection itself is always the one in force."""

    __tablename__ = "inspection_revisions"
    __table_args__ = (UniqueConstraint("inspection_id", "number"),)

    id: Mapped[PrimaryKey]
    inspection_id: Mapped[int] = mapped_column(BigKey, ForeignKey("inspections.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(comment="0 is what was submitted")
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agents.id"))
    is_random: Mapped[bool]
    quality: Mapped[float | None]
    score: Mapped[float | None]
    is_critical: Mapped[bool]
    critical_classes: Mapped[list[str]]
    facts: Mapped[dict[str, Any]]
    answers: Mapped[list[Any]] = mapped_column(comment="rows of `answers` as they were")
    stood_until: Mapped[datetime] = mapped_column(index=True, comment="when the next revision took its place")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(comment="why the next one was made")
    cause: Mapped[str] = mapped_column(comment="what made it: appeal or recheck, with its number")
