"""The people whose work is inspected, and their teams."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.user import team_supervisors

if TYPE_CHECKING:
    from qa_app.models.user import User

__all__ = ["UNASSIGNED_TEAM", "Agent", "AgentIdentity", "Team"]

UNASSIGNED_TEAM = "unassigned"


class Team(Base):
    """A team of agents with its supervisors."""

    __tablename__ = "teams"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str] = mapped_column(default="")

    agents: Mapped[list[Agent]] = relationship(back_populates="team")
    supervisors: Mapped[list[User]] = relationship(secondary=team_supervisors, back_populates="supervised_teams")


class Agent(Base):
    """A customer-service agent. The employee number is what sources and exports call them by."""

    __tablename__ = "agents"

    id: Mapped[PrimaryKey]
    employee_number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("teams.id"), index=True)
    hired_on: Mapped[date | None]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]
    skills: Mapped[list[str]] = mapped_column(default=list)

    team: Mapped[Team] = relationship(back_populates="agents")
    user: Mapped[User | None] = relationship(back_populates="agent")
    identities: Mapped[list[AgentIdentity]] = relationship(back_populates="agent", cascade="all, delete-orphan")


class AgentIdentity(Base):
    """How one source names an agent, where that is not the employee number alone."""

    __tablename__ = "agent_identities"
    __table_args__ = (UniqueConstraint("source", "external_id"), Index(None, "agent_id"))

    id: Mapped[PrimaryKey]
    source: Mapped[str]
    external_id: Mapped[str]
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agents.id", ondelete="CASCADE"))

    agent: Mapped[Agent] = relationship(back_populates="identities")
