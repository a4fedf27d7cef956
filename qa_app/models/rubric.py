"""Rubrics and their versions. A published version never changes; an inspection keeps the version it was made with."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey

__all__ = ["Rubric", "RubricVersion", "VersionState"]


class VersionState(enum.StrEnum):
    """Life of a rubric, policy or script version."""

    draft = "draft"
    published = "published"
    retired = "retired"


class Rubric(Base):
    """A named rubric with its versions."""

    __tablename__ = "rubrics"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str] = mapped_column(default="")
    channels: Mapped[list[str]] = mapped_column(default=list, comment="channels it is proposed for")
    created_at: Mapped[datetime]

    versions: Mapped[list[RubricVersion]] = relationship(back_populates="rubric", order_by="RubricVersion.number")


class RubricVersion(Base):
    """One version; `definition` is `scoring.rubric`'s own form, `digest` its SHA-256 once published."""

    __tablename__ = "rubric_versions"
    __table_args__ = (UniqueConstraint("rubric_id", "number"),)

    id: Mapped[PrimaryKey]
    rubric_id: Mapped[int] = mapped_column(BigKey, ForeignKey("rubrics.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=VersionState.draft)
    definition: Mapped[dict[str, Any]]
    digest: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0, comment="of the draft: two editors cannot overwrite each other")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    retired_at: Mapped[datetime | None]

    rubric: Mapped[Rubric] = relationship(back_populates="versions")
