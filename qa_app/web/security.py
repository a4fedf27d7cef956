"""Headers of every answer, and the nonce for the few styles a library writes itself."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

__all__ = ["configure_headers", "csp_nonce"]


def csp_nonce() -> str:
    """Return this request's nonce (the waveform library writes one style sheet with it)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _policy() -> ContentSecurityPolicy:
    return (
        ContentSecurityPolicy()
        .default_src("'self'")
        .script_src("'self'")
        .style_src("'self'", f"'nonce-{csp_nonce()}'")
        .media_src("'self'", "blob:")
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'self'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )


def configure_headers(app: Flask, *, secure_cookies: bool) -> None:
    """Send strict headers with every answer."""
    transport = StrictTransportSecurity().max_age(31_536_000) if secure_cookies else None

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = Secure(
            csp=_policy(),
            hsts=transport,
            xfo=XFrameOptions().deny(),
            xcto=XContentTypeOptions().nosniff(),
            referrer=ReferrerPolicy().same_origin(),
            coop=CrossOriginOpenerPolicy().same_origin(),
            permissions=PermissionsPolicy().geolocation().microphone().camera(),
        )
        for name, value in headers.headers.items():
            response.headers.setdefault(name, value)
        if response.mimetype in {"text/html", "application/json"}:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce
