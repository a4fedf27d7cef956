"""What people enter about agents: results of tests, and ratings by themselves, colleagues and supervisors."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.user import User

__all__ = ["Rating", "RatingKind", "RatingRound", "TestKind", "TestResult"]


class TestKind(enum.StrEnum):
    """How a test was taken."""

    __test__ = False  # the name makes pytest look for tests in it

    written = "written"
    practical = "practical"


class RatingKind(enum.StrEnum):
    """Who rates whom."""

    own = "own"
    peer = "peer"
    supervisor = "supervisor"


class TestResult(Base):
    """One result of one agent in one quarter."""

    __test__ = False

    __tablename__ = "test_results"
    __table_args__ = (
        UniqueConstraint("agent_id", "quarter", "kind", "title"),
        Index("ix__test_results_quarter", "quarter", "agent_id"),
    )

    id: Mapped[PrimaryKey]
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id"))
    quarter: Mapped[str] = mapped_column(comment="YYYY-Qn")
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="", comment="which test, where a quarter has several of a kind")
    points: Mapped[float]
    points_max: Mapped[float]
    taken_on: Mapped[date | None]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    agent: Mapped[Agent] = relationship()

    @property
    def share(self) -> float:
        """The result as a share, 0–1."""
        return self.points / self.points_max


class RatingRound(Base):
    """A time in which everybody is asked to rate; it counts for the months it names, once it is closed."""

    __tablename__ = "rating_rounds"

    id: Mapped[PrimaryKey]
    name: Mapped[str]
    first_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    last_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    opens_on: Mapped[date]
    closes_on: Mapped[date] = mapped_column(comment="the last day on which a form can be sent")
    peers_each: Mapped[int] = mapped_column(comment="colleagues asked about each agent")
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    ratings: Mapped[list[Rating]] = relationship(back_populates="round", cascade="all, delete-orphan")


class Rating(Base):
    """A form that somebody was asked to fill in about an agent; not sent yet while it has no moment."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("round_id", "rater_id", "agent_id"),
        Index("ix__ratings_agent", "agent_id", "round_id"),
        Index("ix__ratings_rater", "rater_id", "submitted_at"),
    )

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = mapped_column(BigKey, ForeignKey("rating_rounds.id", ondelete="CASCADE"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("users.id"), comment="never shown to the agent of a peer rating")
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id"))
    kind: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="question: 1-5")
    value: Mapped[float | None] = mapped_column(comment="mean of the answers")
    comment: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime | None]

    round: Mapped[RatingRound] = relationship(back_populates="ratings")
    rater: Mapped[User] = relationship()
    agent: Mapped[Agent] = relationship()
