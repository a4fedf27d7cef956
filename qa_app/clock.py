"""The only place that knows what time it is: tests travel in time here and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["now"]


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)
