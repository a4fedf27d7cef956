"""The only place that knows what time it is: the demo company's past and tests travel here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

__all__ = ["now", "travel"]

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Let the clock stand at a moment while something that happened then is told again."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
