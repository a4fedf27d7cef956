"""Where people are signed in: one row per browser, seen every few minutes, gone when they sign out.

For the person, who recognises what is theirs, and for the administrator; ending all of them at once is a change of the
identity that every session and remembered sign-in carries.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.models import User, UserDevice

__all__ = [
    "describe_program",
    "forget_device",
    "forget_devices",
    "forget_ended_devices",
    "list_devices",
    "note_device",
    "note_seen",
    "sign_out_everywhere",
]

REMEMBERED_FOR: Final = timedelta(days=365)
# The first that fits: each browser also claims to be those below it.
_BROWSERS: Final = (
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe_program(user_agent: str) -> str:
    """Name browser and system as a person would: “Firefox, Windows”; what is neither by its first word."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    known = ", ".join(part for part in (browser, system) if part)
    return known or re.split(r"[\s/(]", user_agent)[0][:40]


def note_device(session: Session, user: User, *, user_agent: str, address: str, is_remembered: bool) -> str:
    """Note that a person is signed in in a browser; return the token by which it is found again."""
    moment = now()
    device = UserDevice(
        user_id=user.id,
        token=secrets.token_hex(16),
        program=describe_program(user_agent),
        address=address,
        is_remembered=is_remembered,
        began_at=moment,
        seen_at=moment,
    )
    session.add(device)
    return device.token


def note_seen(session: Session, user: User, token: str, *, address: str) -> bool:
    """Note that a device was used again; tell whether it is known."""
    mine = (UserDevice.token == token, UserDevice.user_id == user.id)
    seen = session.execute(update(UserDevice).where(*mine).values(seen_at=now(), address=address))
    return bool(seen.rowcount)  # type: ignore[attr-defined]


def list_devices(session: Session, user: User) -> Sequence[UserDevice]:
    """Return where a person is signed in, the latest seen first."""
    of_user = select(UserDevice).where(UserDevice.user_id == user.id, _is_open(now()))
    return session.scalars(of_user.order_by(UserDevice.seen_at.desc(), UserDevice.id.desc())).all()


def forget_device(session: Session, token: str) -> None:
    """Remove a device whose person signed out there."""
    session.execute(delete(UserDevice).where(UserDevice.token == token))


def forget_devices(session: Session, user: User) -> None:
    """Remove all devices of a person whose sessions have ended."""
    session.execute(delete(UserDevice).where(UserDevice.user_id == user.id))


def forget_ended_devices(session: Session) -> int:
    """Remove the devices whose sessions ended by themselves; return how many."""
    open_ones = select(UserDevice.id).where(_is_open(now()))
    gone = session.execute(delete(UserDevice).where(UserDevice.id.not_in(open_ones)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def sign_out_everywhere(session: Session, actor: User, user: User) -> None:
    """End every session and every remembered sign-in of a person."""
    user.fs_uniquifier = uuid.uuid4().hex
    forget_devices(session, user)
    audit.record(session, actor, action="user.sign_out_everywhere", thing=user, name=user.display_name)


def _is_open(moment: datetime) -> ColumnElement[bool]:
    idle = moment - current_app.permanent_session_lifetime
    remembered = UserDevice.is_remembered & (UserDevice.began_at > moment - REMEMBERED_FOR)
    return or_(UserDevice.seen_at > idle, remembered)
