"""Assessment policies, months with their revisions, and one sheet per agent and revision."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, ForeignKey, Index, LargeBinary, Select, TypeDecorator, UniqueConstraint, select
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from qa_app.db import Base, BigKey, Json, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.rubric import VersionState
from qa_app.models.user import User
from scoring.assessment.centre_record import CentreRecord, plain_centre, read_centre

__all__ = [
    "AssessmentPeriod",
    "AssessmentPolicy",
    "PeriodRevision",
    "PeriodState",
    "PolicyVersion",
    "RevisionInput",
    "Sheet",
    "SheetComment",
    "SheetState",
]


class PeriodState(enum.StrEnum):
    """Life of a month."""

    open = "open"
    computed = "computed"
    reviewed = "reviewed"
    approved = "approved"
    published = "published"
    locked = "locked"


class SheetState(enum.StrEnum):
    """Life of a sheet."""

    draft = "draft"
    published = "published"
    seen = "seen"
    acknowledged = "acknowledged"
    objected = "objected"
    lapsed = "lapsed"
    superseded = "superseded"


class CentreColumn(TypeDecorator[CentreRecord]):
    """The centre's record, kept as JSON; revisions of earlier versions of the record are read as the present one."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: CentreRecord | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002
        """Write the record as plain values."""
        return None if value is None else plain_centre(value)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> CentreRecord | None:  # noqa: ARG002
        """Read a record of any version."""
        return None if value is None else read_centre(value)


class AssessmentPolicy(Base):
    """Named rules by which a month is assessed."""

    __tablename__ = "assessment_policies"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    versions: Mapped[list[PolicyVersion]] = relationship(back_populates="policy", order_by="PolicyVersion.number")


class PolicyVersion(Base):
    """One version of a policy; published ones never change."""

    __tablename__ = "policy_versions"
    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    id: Mapped[PrimaryKey]
    policy_id: Mapped[int] = mapped_column(BigKey, ForeignKey("assessment_policies.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=VersionState.draft)
    definition: Mapped[dict[str, Any]]
    digest: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    retired_at: Mapped[datetime | None]

    policy: Mapped[AssessmentPolicy] = relationship(back_populates="versions")

    @classmethod
    def select_in_force(cls) -> Select[PolicyVersion]:
        """The version published last: the one in force."""
        published = select(cls).where(cls.state == VersionState.published)
        return published.order_by(cls.published_at.desc(), cls.id.desc()).limit(1)


class AssessmentPeriod(Base):
    """A month of the organisation, and where it stands."""

    __tablename__ = "assessment_periods"

    id: Mapped[PrimaryKey]
    month: Mapped[str] = mapped_column(unique=True, comment="YYYY-MM")
    state: Mapped[str] = mapped_column(default=PeriodState.open)
    policy_version_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("policy_versions.id"), comment="chosen for the next revision"
    )
    reviewed_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approval_reason: Mapped[str | None] = mapped_column(comment="given while samples or appeals were open")
    published_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]

    revisions: Mapped[list[PeriodRevision]] = relationship(back_populates="period", order_by="PeriodRevision.number")

    @property
    def revision(self) -> PeriodRevision | None:
        """The revision in force: the last one computed."""
        return self.revisions[-1] if self.revisions else None


class PeriodRevision(Base):
    """One computation of a month: frozen inputs and what came out; older ones stay readable."""

    __tablename__ = "period_revisions"
    __table_args__ = (UniqueConstraint("period_id", "number"),)

    id: Mapped[PrimaryKey]
    period_id: Mapped[int] = mapped_column(BigKey, ForeignKey("assessment_periods.id", ondelete="CASCADE"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    policy_version_id: Mapped[int] = mapped_column(BigKey, ForeignKey("policy_versions.id"))
    time_zone: Mapped[str] = mapped_column(comment="as it was: a new zone leaves computed months alone")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_over: Mapped[bool] = mapped_column(comment="false: computed before the month ended; documents say so")
    computed_at: Mapped[datetime]
    computed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    inputs_digest: Mapped[str] = mapped_column(comment="SHA-256 of the canonical inputs")
    outputs_digest: Mapped[str] = mapped_column(comment="SHA-256 of the canonical sheets, in agent order")
    centre: Mapped[CentreRecord] = mapped_column(
        CentreColumn,
        default=CentreRecord,
        comment="figures of the whole centre: priors, pooled sd, tier counts, process items",
    )

    period: Mapped[AssessmentPeriod] = relationship(back_populates="revisions")
    policy_version: Mapped[PolicyVersion] = relationship()
    sheets: Mapped[list[Sheet]] = relationship(back_populates="revision", order_by="Sheet.id")


class RevisionInput(Base):
    """Frozen inputs of a revision, in named parts of compressed canonical JSON."""

    __tablename__ = "revision_inputs"

    revision_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("period_revisions.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]


class Sheet(Base):
    """The month of one agent, as computed; `content` is the frozen, canonical JSON the code verifies."""

    __tablename__ = "sheets"
    __table_args__ = (
        UniqueConstraint("revision_id", "agent_id"),
        Index("ix__sheets_agent", "agent_id"),
        Index("ix__sheets_code", "verification_code"),
    )

    id: Mapped[PrimaryKey]
    revision_id: Mapped[int] = mapped_column(BigKey, ForeignKey("period_revisions.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id"))
    state: Mapped[str] = mapped_column(default=SheetState.draft)
    content: Mapped[bytes] = deferred(
        mapped_column(LargeBinary, comment="canonical JSON (UTF-8, sorted keys, no blanks)")
    )
    verification_code: Mapped[str]
    composite: Mapped[float | None]
    composite_lower: Mapped[float | None]
    composite_upper: Mapped[float | None]
    label: Mapped[str]
    tier: Mapped[str | None] = mapped_column(comment="given at P >= 0.8; else none")
    tier_probabilities: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expected_rank: Mapped[float | None]
    inspection_count: Mapped[int] = mapped_column(default=0)
    is_held_back: Mapped[bool] = mapped_column(default=False)
    review_note: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None] = mapped_column(comment="acknowledged, objected or lapsed")
    objection: Mapped[str | None]

    revision: Mapped[PeriodRevision] = relationship(back_populates="sheets")
    agent: Mapped[Agent] = relationship()
    comments: Mapped[list[SheetComment]] = relationship(back_populates="sheet", order_by="SheetComment.id")


class SheetComment(Base):
    """A word on a sheet: by the agent, the supervisor, a peer or HR. Comments are beside the frozen content."""

    __tablename__ = "sheet_comments"

    id: Mapped[PrimaryKey]
    sheet_id: Mapped[int] = mapped_column(BigKey, ForeignKey("sheets.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(comment="self, supervisor, peer or hr")
    text: Mapped[str]
    created_at: Mapped[datetime]

    sheet: Mapped[Sheet] = relationship(back_populates="comments")
    author: Mapped[User] = relationship()
