"""Rules: their versions, what they say of each conversation, and what became of what they proposed."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.inspection import Inspection

__all__ = ["CheckRule", "RuleProposal", "RuleResult", "RuleState", "RuleVersion"]


class RuleState(enum.StrEnum):
    """Life of a rule version: written and tested, switched on, switched off or replaced."""

    draft = "draft"
    on = "on"
    off = "off"


class CheckRule(Base):
    """A rule with its versions; `code` is what criteria and other rules name."""

    __tablename__ = "check_rules"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_zh: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    versions: Mapped[list[RuleVersion]] = relationship(back_populates="rule", order_by="RuleVersion.number")


class RuleVersion(Base):
    """One version; `definition` is `scoring.language`'s own form. Only a tested one is switched on."""

    __tablename__ = "rule_versions"
    __table_args__ = (UniqueConstraint("rule_id", "number"), Index("ix__rule_versions_state", "state"))

    id: Mapped[PrimaryKey]
    rule_id: Mapped[int] = mapped_column(BigKey, ForeignKey("check_rules.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=RuleState.draft)
    definition: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(default="", comment="SHA-256 of what it asks, words of its scripts included")
    revision: Mapped[int] = mapped_column(default=0, comment="of the draft: two editors cannot overwrite each other")
    test: Mapped[dict[str, Any] | None] = mapped_column(
        comment="last test on real conversations: digest it was made of, counts, ids of hits and misses; never words"
    )
    tested_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    switched_on_at: Mapped[datetime | None]
    switched_on_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    switched_off_at: Mapped[datetime | None]

    rule: Mapped[CheckRule] = relationship(back_populates="versions")


class RuleResult(Base):
    """What a rule version says of a conversation; a row stands for every conversation it was asked about."""

    __tablename__ = "rule_results"
    __table_args__ = (Index("ix__rule_results_version", "rule_version_id", "outcome"),)

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    rule_version_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("rule_versions.id", ondelete="CASCADE"), primary_key=True
    )
    outcome: Mapped[str] = mapped_column(comment="satisfied, not_satisfied or cannot_tell")
    hit_count: Mapped[int] = mapped_column(default=0)
    hits: Mapped[list[Any] | None] = mapped_column(
        comment="places: [message or -1, start, end, from second, to second]; never words"
    )
    screened_at: Mapped[datetime]


class RuleProposal(Base):
    """What a rule proposed for one criterion of one inspection, and what a person decided; both are kept."""

    __tablename__ = "rule_proposals"
    __table_args__ = (Index("ix__rule_proposals_rule", "rule_version_id"),)

    inspection_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("inspections.id", ondelete="CASCADE"), primary_key=True
    )
    criterion: Mapped[str] = mapped_column(primary_key=True, comment="key of the criterion in the rubric version")
    rule_version_id: Mapped[int] = mapped_column(BigKey, ForeignKey("rule_versions.id"))
    outcome: Mapped[str] = mapped_column(comment="what the rule said: satisfied or not_satisfied")
    proposed: Mapped[str] = mapped_column(comment="level proposed")
    hits: Mapped[list[Any]] = mapped_column(
        default=list, comment="places in the inspection's copy, counted in its masked text"
    )
    is_shown_before: Mapped[bool] = mapped_column(comment="the plan shows proposals before a person has answered")
    made_at: Mapped[datetime]
    first_answer: Mapped[str | None] = mapped_column(
        comment="of the person, before the proposal was shown in a hidden plan: level, or na"
    )
    seen_at: Mapped[datetime | None] = mapped_column(comment="when the person could first see it")
    decided: Mapped[str | None] = mapped_column(comment="answer submitted: level, or na")
    decided_at: Mapped[datetime | None]

    inspection: Mapped[Inspection] = relationship(back_populates="proposals")
    rule_version: Mapped[RuleVersion] = relationship()
