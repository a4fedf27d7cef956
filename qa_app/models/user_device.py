"""Where a person is signed in: one row per browser, for the person and the administrator to see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.db import Base, PrimaryKey
from qa_app.models.user import User

__all__ = ["UserDevice"]


class UserDevice(Base):
    """A browser in which a person is signed in. The row goes when they sign out."""

    __tablename__ = "user_devices"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(unique=True, comment="also in the session's cookie; opens nothing by itself")
    program: Mapped[str] = mapped_column(default="", comment="browser and system in words: Firefox, Windows")
    address: Mapped[str] = mapped_column(default="", comment="of the network, when last seen")
    is_remembered: Mapped[bool] = mapped_column(default=False, comment="asked to be kept signed in")
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(comment="to the minute or so")

    user: Mapped[User] = relationship()
