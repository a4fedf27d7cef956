"""Who may enter a page: one gate per blueprint, and what a single view asks beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_security import current_user

from qa_app.models import User
from qa_app.permissions import Permission, has_permission

__all__ = ["acting_user", "allow", "gate", "public", "requires"]

P = ParamSpec("P")
R = TypeVar("R")


def acting_user() -> User:
    """Return the signed-in user of this request; only behind a gate."""
    user: User = current_user._get_current_object()
    return user


def _refuse_or_pass(wanted: Iterable[Permission]) -> Response | None:
    if not current_user.is_authenticated:
        # What is sent cannot be led to a page and back: the answer keeps it instead.
        if request.method not in {"GET", "HEAD"} or request.headers.get("HX-Request"):
            abort(401)
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    if not has_permission(acting_user(), *wanted):
        abort(404)
    return None


def gate(blueprint: Blueprint, *permissions: Permission) -> None:
    """Put one gate before every view of a blueprint: at least one of `permissions` is needed."""

    def check() -> Response | None:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "assay_public", False):
            return None
        return _refuse_or_pass(getattr(view, "assay_permissions", permissions))

    blueprint.before_request(check)
    blueprint.assay_gate = permissions  # type: ignore[attr-defined]


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Ask a stricter (or other) permission for one view than its blueprint's gate does."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def marked(*args: P.args, **kwargs: P.kwargs) -> R:
            return view(*args, **kwargs)

        marked.assay_permissions = permissions  # type: ignore[attr-defined]
        return marked

    return mark


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open one view to everybody, signed in or not; the list of them is tested."""
    view.assay_public = True  # type: ignore[attr-defined]
    return view


def allow(permission: Permission) -> bool:
    """Tell a template whether the person at the screen may do something."""
    return bool(current_user.is_authenticated) and has_permission(acting_user(), permission)
