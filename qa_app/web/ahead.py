"""What a page fetches before the person goes there."""

from __future__ import annotations

from flask import Response, request

__all__ = ["keep_if_fetched_ahead"]


def keep_if_fetched_ahead(response: Response) -> Response:
    """Let an answer that was fetched ahead be used within two minutes, by this person's browser alone."""
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        response.headers["Cache-Control"] = "private, max-age=120"
    return response
