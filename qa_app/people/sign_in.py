"""What follows a sign-in, a failed one, or a change of password or second factor: counts, locks, audit events.

Limits per address stand in the factory; the lock here is per user, so that many addresses do not help.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Flask, flash
from flask_babel import gettext as _
from flask_security import LoginForm
from flask_security.signals import (
    password_changed,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
    user_failed_authn,
)

from qa_app import audit
from qa_app.clock import now
from qa_app.db import db
from qa_app.models import User
from qa_app.people.devices import forget_devices

__all__ = ["SignInForm", "follow_sign_ins"]

FAILURES_BEFORE_LOCK: Final = 10
LOCK: Final = timedelta(minutes=5)


class SignInForm(LoginForm):
    """Flask-Security's form, which answers every failure alike; who knows the password may know of the lock."""

    def validate(self, **kwargs: Any) -> bool:
        """Check as ever, and explain a lock to the person it protects."""
        is_valid: bool = super().validate(**kwargs)
        if self.user_authenticated and self.user is not None and self.user.is_locked():
            flash(_("Too many failed attempts. Wait five minutes, then try again."), "error")
        return is_valid


def follow_sign_ins(app: Flask) -> None:
    """Listen to what Flask-Security tells."""
    user_authenticated.connect(_welcome, app)
    user_failed_authn.connect(_count_failure, app)
    password_changed.connect(_note_password, app)
    tf_profile_changed.connect(_note_second_factor, app)
    tf_disabled.connect(_note_second_factor_gone, app)


def _welcome(_app: Flask, user: User, **_sent: Any) -> None:
    user.failed_sign_ins, user.locked_until = 0, None
    audit.record(db.session(), user, action="user.sign_in", thing=user, name=user.display_name)


def _count_failure(_app: Flask, user: User, **_sent: Any) -> None:
    user.failed_sign_ins += 1
    if user.failed_sign_ins % FAILURES_BEFORE_LOCK == 0:
        user.locked_until = now() + LOCK
        audit.record(db.session(), None, action="user.locked", thing=user, name=user.display_name)
    # The answer to a failed attempt may be an error, which rolls back; the count must outlive it.
    db.session.commit()


def _note_password(_app: Flask, user: User, **_sent: Any) -> None:
    user.password_is_temporary = False
    # The other sessions have ended with the old password; this one is noted anew.
    forget_devices(db.session(), user)
    audit.record(db.session(), user, action="user.password", thing=user, name=user.display_name)


def _note_second_factor(_app: Flask, user: User, **_sent: Any) -> None:
    audit.record(db.session(), user, action="user.second_factor", thing=user, name=user.display_name)


def _note_second_factor_gone(_app: Flask, user: User, **_sent: Any) -> None:
    audit.record(db.session(), user, action="user.remove_second_factor", thing=user, name=user.display_name)
