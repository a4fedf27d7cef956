"""Long work with progress that can be left and found again, and the files it made."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.user import User

__all__ = ["ExportFile", "JobRun", "JobState"]


class JobState(enum.StrEnum):
    """Life of a job."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"
    stopped = "stopped"


class JobRun(Base):
    """One job as people see it; the queue only carries its id."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix__job_runs_actor", "actor_id", "state"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=JobState.waiting)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    failed: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stop_requested: Mapped[bool] = mapped_column(default=False)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    actor: Mapped[User | None] = relationship()


class ExportFile(Base):
    """A file made for download; kept below ASSAY_HOME/exports until it expires."""

    __tablename__ = "export_files"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(comment="appraisals, workbook, conversations…")
    name: Mapped[str]
    path: Mapped[str]
    size: Mapped[int]
    checksum: Mapped[str]
    media_type: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="month, revision, language, agents")
    job_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("job_runs.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
