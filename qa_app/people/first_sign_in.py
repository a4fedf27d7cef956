"""A password that somebody else has chosen is good for one thing: choosing one's own."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

__all__ = ["ask_for_own_passwords"]

OPEN_BEFORE = {
    "account.session_state",
    "home.choose_language",
    "security.change_password",
    "security.logout",
    "settings.logo",
    "static",
}


def ask_for_own_passwords(blueprint: Blueprint) -> None:
    """Lead every page to the change of password while the person has a temporary one."""
    blueprint.before_app_request(_lead_to_change)


def _lead_to_change() -> Response | None:
    if request.endpoint in OPEN_BEFORE or not current_user.is_authenticated:
        return None
    if not current_user.password_is_temporary:
        return None
    if request.method not in {"GET", "HEAD"}:
        abort(403)
    return redirect(url_for("security.change_password"))
