"""Appeals: answers of one inspection that its agent disputes, what was decided, and what is looked at again."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, Json, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.inspection import Inspection
from qa_app.models.user import User

__all__ = [
    "Appeal",
    "AppealAnswer",
    "AppealEvidence",
    "AppealKind",
    "AppealRecheck",
    "AppealState",
    "PointDecision",
    "RecheckState",
]


class AppealKind(enum.StrEnum):
    """Why the agent thinks that an answer is not right."""

    disagree = "disagree"
    wrong_agent = "wrong_agent"
    context_missing = "context_missing"
    technical = "technical"


class AppealState(enum.StrEnum):
    """Life of an appeal; the first two wait for somebody."""

    open = "open"
    escalated = "escalated"
    accepted = "accepted"
    partly = "partly"
    rejected = "rejected"
    withdrawn = "withdrawn"


class PointDecision(enum.StrEnum):
    """What was decided about one disputed answer: as the agent proposes, otherwise, or it stands."""

    accepted = "accepted"
    partly = "partly"
    rejected = "rejected"


class RecheckState(enum.StrEnum):
    """Whether a sibling of an upheld appeal was looked at."""

    open = "open"
    stands = "stands"
    corrected = "corrected"


class Appeal(Base):
    """An agent's appeal against one inspection; decided by somebody who did not score the sample."""

    __tablename__ = "appeals"
    __table_args__ = (
        Index("ix__appeals_inspection", "inspection_id"),
        Index("ix__appeals_agent", "agent_id", "filed_at"),
        Index("ix__appeals_state", "state", "due_at"),
    )

    id: Mapped[PrimaryKey]
    inspection_id: Mapped[int] = mapped_column(BigKey, ForeignKey("inspections.id"))
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id"), comment="whose appeal it is, for good")
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=AppealState.open)
    text: Mapped[str] = mapped_column(default="", comment="what holds for all of it: who it was, what is missing")
    filed_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(comment="when it is to be decided: end of a working day")
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), comment="who took it over; none: anyone")
    escalated_at: Mapped[datetime | None]
    # None in an escalated appeal: nobody but HR could decide it when it was filed
    escalated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    escalation_reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    right_agent_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("agents.id"), comment="wrong agent accepted: whose conversation it was, where known"
    )
    score_before: Mapped[float | None]
    score_after: Mapped[float | None] = mapped_column(comment="none: undecided, or it counts for nobody any more")
    revision_number: Mapped[int | None] = mapped_column(comment="of the inspection, made by the decision; none: none")
    seen_at: Mapped[datetime | None] = mapped_column(comment="when the agent read the decision")
    recheck_asked_at: Mapped[datetime | None]

    inspection: Mapped[Inspection] = relationship()
    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])
    right_agent: Mapped[Agent | None] = relationship(foreign_keys=[right_agent_id])
    decider: Mapped[User | None] = relationship(foreign_keys=[decider_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    escalated_by: Mapped[User | None] = relationship(foreign_keys=[escalated_by_id])
    answers: Mapped[list[AppealAnswer]] = relationship(
        back_populates="appeal", order_by="AppealAnswer.id", cascade="all, delete-orphan"
    )
    rechecks: Mapped[list[AppealRecheck]] = relationship(
        back_populates="appeal", order_by="AppealRecheck.id", cascade="all, delete-orphan"
    )

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state in (AppealState.open, AppealState.escalated)


class AppealAnswer(Base):
    """One disputed answer: what was given, what the agent proposes and why, what was decided and why."""

    __tablename__ = "appeal_answers"
    __table_args__ = (UniqueConstraint("appeal_id", "criterion"), Index("ix__appeal_answers_criterion", "criterion"))

    id: Mapped[PrimaryKey]
    appeal_id: Mapped[int] = mapped_column(BigKey, ForeignKey("appeals.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(comment="key of the criterion in the inspection's rubric version")
    given: Mapped[dict[str, Any]] = mapped_column(comment="the answer as it was when the appeal was filed")
    proposed: Mapped[dict[str, Any]] = mapped_column(comment="the answer the agent thinks right; same form")
    reason: Mapped[str]
    decision: Mapped[str | None]
    decided: Mapped[dict[str, Any] | None] = mapped_column(Json, comment="the answer that now holds, if it changed")
    decision_reason: Mapped[str | None]

    appeal: Mapped[Appeal] = relationship(back_populates="answers")
    evidence: Mapped[list[AppealEvidence]] = relationship(
        back_populates="answer", order_by="AppealEvidence.id", cascade="all, delete-orphan"
    )


class AppealEvidence(Base):
    """A place in the conversation the agent points at, in the form of an inspector's evidence."""

    __tablename__ = "appeal_evidence"
    __table_args__ = (Index("ix__appeal_evidence_answer", "answer_id"),)

    id: Mapped[PrimaryKey]
    answer_id: Mapped[int] = mapped_column(BigKey, ForeignKey("appeal_answers.id", ondelete="CASCADE"))
    kind: Mapped[str]
    message_sequence: Mapped[int | None] = mapped_column(comment="of the message, or of the transcript segment")
    start_offset: Mapped[int | None] = mapped_column(comment="characters into the masked text")
    end_offset: Mapped[int | None]
    start_seconds: Mapped[float | None]
    end_seconds: Mapped[float | None]
    quote: Mapped[str] = mapped_column(default="", comment="masked words as said")
    created_at: Mapped[datetime]

    answer: Mapped[AppealAnswer] = relationship(back_populates="evidence")


class AppealRecheck(Base):
    """An inspection that may have the fault an upheld appeal found: to be looked at again by somebody else."""

    __tablename__ = "appeal_rechecks"
    __table_args__ = (
        UniqueConstraint("appeal_id", "inspection_id", "criterion"),
        Index("ix__appeal_rechecks_state", "state", "due_at"),
    )

    id: Mapped[PrimaryKey]
    appeal_id: Mapped[int] = mapped_column(BigKey, ForeignKey("appeals.id", ondelete="CASCADE"))
    inspection_id: Mapped[int] = mapped_column(BigKey, ForeignKey("inspections.id"))
    criterion: Mapped[str]
    cause: Mapped[str] = mapped_column(comment="why it is a sibling: same_inspector, same_rubric or same_conversation")
    state: Mapped[str] = mapped_column(default=RecheckState.open)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    due_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None]

    appeal: Mapped[Appeal] = relationship(back_populates="rechecks")
    inspection: Mapped[Inspection] = relationship()
