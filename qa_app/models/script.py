"""The script library: what is said in which scene, in versions that never change once published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.rubric import VersionState

__all__ = ["Script", "ScriptVersion"]


class Script(Base):
    """A script with its versions; `code` is what criteria and rules name."""

    __tablename__ = "scripts"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(unique=True)
    scene: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    name_zh: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    versions: Mapped[list[ScriptVersion]] = relationship(back_populates="script", order_by="ScriptVersion.number")


class ScriptVersion(Base):
    """One version; `definition` is `scoring.language`'s own form."""

    __tablename__ = "script_versions"
    __table_args__ = (UniqueConstraint("script_id", "number"),)

    id: Mapped[PrimaryKey]
    script_id: Mapped[int] = mapped_column(BigKey, ForeignKey("scripts.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=VersionState.draft)
    definition: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=0, comment="of the draft: two editors cannot overwrite each other")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    retired_at: Mapped[datetime | None]

    script: Mapped[Script] = relationship(back_populates="versions")
