"""Keeps the list of devices while people use the pages; every few minutes, which also keeps a used session open."""

from __future__ import annotations

import time
from typing import Any, Final

from flask import Blueprint, Flask, Response, after_this_request, current_app, g, request, session
from flask_login import user_logged_out  # type: ignore[import-untyped]
from flask_security import current_user
from flask_security.signals import user_authenticated
from sqlalchemy.orm import Session

from qa_app.db import db
from qa_app.jobs import duty
from qa_app.people import devices

__all__ = ["follow_devices"]

DEVICE, SEEN = "device", "seen"
SEEN_EVERY_SECONDS: Final = 300
NOT_A_USE: Final = {"account.session_state", "jobs.progress", "static"}
"""What an open page asks by itself is no sign of a person."""


def follow_devices(blueprint: Blueprint) -> None:
    """Note devices on every page of the application, from sign-in to sign-out."""
    blueprint.before_app_request(_note_use)
    blueprint.record_once(lambda state: _listen(state.app))


def _listen(app: Any) -> None:
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)


def _begin(_app: Flask, **_sent: Any) -> None:
    """A new sign-in is a new row, whoever sat there before."""
    _end(_app)


def _end(_app: Flask, **_sent: Any) -> None:
    session.pop(SEEN, None)
    token = session.pop(DEVICE, None)
    if token is not None:
        devices.forget_device(db.session(), token)


def _note_use() -> None:
    is_used = current_user.is_authenticated and request.endpoint not in NOT_A_USE
    if is_used and time.time() - session.get(SEEN, 0.0) > SEEN_EVERY_SECONDS:
        # Written just before the request's commit: a writer holds SQLite's one lock, and pages may take long.
        after_this_request(_write_down)


def _write_down(response: Response) -> Response:
    if response.status_code >= 400 or g.get("keep_nothing") or not current_user.is_authenticated:
        return response
    user, address = current_user._get_current_object(), request.remote_addr or ""
    known = DEVICE in session and devices.note_seen(db.session(), user, session[DEVICE], address=address)
    if not known:
        session[DEVICE] = devices.note_device(
            db.session(),
            user,
            user_agent=request.user_agent.string,
            address=address,
            is_remembered=_is_remembered(),
        )
    session[SEEN] = time.time()
    return response


def _is_remembered() -> bool:
    name = current_app.config.get("REMEMBER_COOKIE_NAME", "remember_token")
    return name in request.cookies or session.get("_remember") == "set"


@duty("people.forget_devices")
def forget_what_ended(work: Session) -> int:
    """Remove devices whose sessions ended by themselves."""
    return devices.forget_ended_devices(work)
