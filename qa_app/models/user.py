"""People who sign in: users, their roles, passkeys."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from flask_security.models import fsqla, fsqla_v3
from sqlalchemy import Column, ForeignKey, Table, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.clock import now
from qa_app.db import Base, BigKey, db

if TYPE_CHECKING:
    from qa_app.models.agent import Agent, Team

__all__ = ["Role", "RoleName", "User", "WebAuthn", "team_supervisors"]

fsqla.FsModels.set_db_info(db, user_table_name="users", role_table_name="roles", webauthn_table_name="webauthn")  # type: ignore[no-untyped-call]


class RoleName(enum.StrEnum):
    """The six roles of the field; a user may hold several."""

    inspector = "inspector"
    qa_lead = "qa_lead"
    supervisor = "supervisor"
    agent = "agent"
    hr = "hr"
    administrator = "administrator"


team_supervisors = Table(
    "team_supervisors",
    Base.metadata,
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, fsqla_v3.FsRoleMixin):
    """A role; its permissions stand in `qa_app.access`, not in the table."""

    __tablename__ = "roles"

    if TYPE_CHECKING:
        name: Mapped[str]  # type: ignore[assignment]


class User(Base, fsqla_v3.FsUserMixin):
    """A person who signs in. Login columns come from Flask-Security."""

    __tablename__ = "users"

    if TYPE_CHECKING:
        # Columns of the mixin, which is untyped.
        id: Mapped[int]  # type: ignore[assignment]
        email: Mapped[str]  # type: ignore[assignment]
        active: Mapped[bool]
        password: Mapped[str | None]  # type: ignore[assignment]
        fs_uniquifier: Mapped[str]  # type: ignore[assignment]
        roles: Mapped[list[Role]]  # type: ignore[assignment]
        current_login_at: Mapped[datetime | None]  # type: ignore[assignment]
        tf_primary_method: Mapped[str | None]  # type: ignore[assignment]
        tf_totp_secret: Mapped[str | None]  # type: ignore[assignment]
        mf_recovery_codes: Mapped[list[str] | None]  # type: ignore[assignment]

    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None] = mapped_column(comment="en or zh_Hans_CN; none: the organisation's")
    theme: Mapped[str] = mapped_column(default="auto", comment="auto, light or dark")
    keys_enabled: Mapped[bool] = mapped_column(default=True, comment="single-letter keys (WCAG 2.1.4)")
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agents.id"), unique=True)
    last_role: Mapped[str | None] = mapped_column(comment="whose home page opens")
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    password_is_temporary: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="given by somebody else: to be changed at the first sign-in"
    )

    digest_hour: Mapped[int] = mapped_column(
        default=8, server_default="8", comment="the organisation's hour at which the daily mail of notices comes"
    )

    agent: Mapped[Agent | None] = relationship(back_populates="user")
    supervised_teams: Mapped[list[Team]] = relationship(secondary=team_supervisors, back_populates="supervisors")

    @property
    def role_names(self) -> frozenset[RoleName]:
        """The roles this user holds."""
        return frozenset(RoleName(str(role.name)) for role in self.roles)

    def is_locked(self, form_error: list[str] | None = None) -> bool:  # noqa: ARG002 - Flask-Security's signature
        """Tell whether too many attempts failed lately; Flask-Security asks after the password was right."""
        return self.locked_until is not None and self.locked_until > now()

    @property
    def display_name(self) -> str:
        """The name, or the address where no name was given."""
        return self.name or str(self.email)


class WebAuthn(Base, fsqla_v3.FsWebAuthnMixin):
    """A passkey; Flask-Security's user mixin points here."""

    __tablename__ = "webauthn"
