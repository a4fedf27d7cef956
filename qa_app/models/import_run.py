"""One run of an import, its counts, and every record it refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.db import Base, BigKey, PrimaryKey

__all__ = ["ImportRejection", "ImportRun"]


class ImportRun(Base):
    """A file (or several) brought in; `position` lets a killed run resume without duplicates."""

    __tablename__ = "import_runs"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(comment="conversations, inspections or people")
    state: Mapped[str] = mapped_column(default="new", comment="new, mapped, checked, running, done, failed, undone")
    files: Mapped[list[Any]] = mapped_column(default=list, comment="names as uploaded, with digest and size")
    stored_path: Mapped[str | None] = mapped_column(comment="of an upload, below ASSAY_HOME/uploads")
    options: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="format, encoding, mapping, preset, time zone, all-or-nothing"
    )
    counts: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="created, updated, unchanged, rejected, agents created, warnings…"
    )
    position: Mapped[int] = mapped_column(default=0, comment="records of the files already committed")
    is_dry_run: Mapped[bool] = mapped_column(default=False)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    job_id: Mapped[int | None] = mapped_column(BigKey)
    error: Mapped[str | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportRejection(Base):
    """A record that was refused (or repaired: then `severity` is "warning"), with the place and the mend."""

    __tablename__ = "import_rejections"

    id: Mapped[PrimaryKey]
    import_id: Mapped[int] = mapped_column(BigKey, ForeignKey("import_runs.id", ondelete="CASCADE"), index=True)
    severity: Mapped[str] = mapped_column(default="error")
    file: Mapped[str]
    line: Mapped[int | None]
    field: Mapped[str | None]
    value: Mapped[str | None]
    reason: Mapped[str] = mapped_column(
        comment="code; sentence and remedy are made at the edge, in the reader's language"
    )
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    record: Mapped[str | None] = mapped_column(comment="the row as it stood, for the error file")
