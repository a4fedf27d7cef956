"""The organisation that uses this installation, and the days on which its calendar differs from the public one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.db import Base, PrimaryKey

__all__ = ["CalendarDay", "Organisation"]


class Organisation(Base):
    """Name, zone, language and calendar; there is exactly one, made by the first-run page or the demo."""

    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[PrimaryKey]
    name: Mapped[str]
    name_zh: Mapped[str] = mapped_column(default="")
    logo: Mapped[str | None] = mapped_column(comment="path below ASSAY_HOME/files")
    time_zone: Mapped[str] = mapped_column(default="UTC", comment="IANA name; months and days are cut in it")
    language: Mapped[str] = mapped_column(default="en", comment="en or zh_Hans_CN")
    calendar_country: Mapped[str] = mapped_column(default="", comment="ISO 3166 code of public holidays; empty: none")
    settings: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="opening hours, as people.organisation.OpeningHours writes them"
    )
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class CalendarDay(Base):
    """A day that is a holiday, or a working weekend, against what the public calendar says."""

    __tablename__ = "calendar_days"

    on: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")
