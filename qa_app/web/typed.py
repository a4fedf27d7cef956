"""What was typed into a form that could not be taken, so that it can be sent again; and the page it came from."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request, url_for

__all__ = ["Typed", "keep_typed", "page_before"]

LARGEST = 500_000
"""Characters; a longer form is not carried around."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form to send again: where to, its fields, and whether a file has to be chosen anew."""

    address: str
    fields: list[tuple[str, str]]
    had_file: bool


def keep_typed() -> Typed | None:
    """Return what this request sent, or none where there is nothing to keep.

    Only what a page of ours sent: a form that another site made somebody send must not come back with a token of
    ours in it. Passwords are typed again.
    """
    if request.method != "POST" or not _is_from_here():
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    is_secret = any("password" in name for name, _ in fields)
    if is_secret or sum(len(value) for _, value in fields) > LARGEST:
        return None
    had_file = any(file.filename for file in request.files.values())
    return Typed(request.full_path.rstrip("?"), fields, had_file)


def page_before() -> str:
    """Return the path of the page the request came from, if it is ours, else the home page."""
    came = urlsplit(request.referrer or "")
    is_sign_in = came.path.startswith("/sign-")
    if came.netloc != request.host or is_sign_in:
        return url_for("home.index")
    return f"{came.path}?{came.query}" if came.query else came.path


def _is_from_here() -> bool:
    """Browsers name the origin with every POST; without it nobody can tell."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host
