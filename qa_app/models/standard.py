"""The standard that agents are held to, since when, and from when on the evidence about one agent counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.user import User

__all__ = ["EvidenceRestart", "PerformanceStandard"]


class PerformanceStandard(Base):
    """A standard as it was switched on; at most one is in force, and none until it was tried on past months."""

    __tablename__ = "performance_standards"

    id: Mapped[PrimaryKey]
    score: Mapped[float] = mapped_column(comment="true mean of the score, above 0 and below 100")
    critical_rate: Mapped[float | None] = mapped_column(comment="allowed share of critical errors; none: not judged")
    quality_score: Mapped[float | None] = mapped_column(
        comment="standard of conversations without critical error; none: the score as a whole, without learned scores"
    )
    months_running: Mapped[int] = mapped_column(comment="N of the customary rule that is shown beside it")
    who_decides: Mapped[str] = mapped_column(comment="people who decide about consequences, in words")
    trial: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="what the trial on past months showed before it was switched on"
    )
    in_force: Mapped[bool | None] = mapped_column(unique=True, comment="true for the one in force, none for all others")
    switched_on_at: Mapped[datetime] = mapped_column(comment="inspections submitted from then on count")
    switched_on_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    switched_off_at: Mapped[datetime | None]
    switched_off_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    switched_on_by: Mapped[User | None] = relationship(foreign_keys=[switched_on_by_id])


class EvidenceRestart(Base):
    """From here on the evidence about one agent begins anew: a new role, or what HR writes down as the reason."""

    __tablename__ = "evidence_restarts"

    id: Mapped[PrimaryKey]
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id"), index=True)
    reason: Mapped[str]
    restarted_at: Mapped[datetime]
    restarted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    agent: Mapped[Agent] = relationship()
    restarted_by: Mapped[User | None] = relationship()
