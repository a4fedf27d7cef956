"""How far a job is. Kept in the queue's own store, so that telling it never waits for the work's transaction."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any, Protocol

__all__ = ["NoProgress", "Progress", "ProgressStore", "QueueProgress", "State", "Stopped"]


class Stopped(Exception):
    """The person who started the job asked it to stop; raised inside `step`."""


@dataclass(frozen=True, slots=True)
class State:
    """What the progress bar shows; `total` is none while it is not known."""

    done: int = 0
    total: int | None = None
    failed: int = 0
    message: str = ""
    at: float = 0.0


class Progress(Protocol):
    """What a handler is given, and what a command gives the same service."""

    def step(self, done: int, total: int | None = None, *, failed: int = 0, message: str = "") -> None:
        """Say how far it is; raises `Stopped` when asked to stop."""


class NoProgress:
    """For calls that nobody watches."""

    def step(self, done: int, total: int | None = None, *, failed: int = 0, message: str = "") -> None:
        """Do nothing."""


class ProgressStore(Protocol):
    """The part of Huey used here: a small key-value store beside the queue."""

    def put(self, key: str, data: Any) -> Any:
        """Keep a value."""

    def get(self, key: str, peek: bool = ...) -> Any:
        """Read a value, leaving it where it is with `peek`."""


class QueueProgress:
    """Progress written at most four times a second into the queue's store."""

    def __init__(self, store: ProgressStore, run_id: int) -> None:
        self._store = store
        self._key = run_id
        self.state = State()

    def step(self, done: int, total: int | None = None, *, failed: int = 0, message: str = "") -> None:
        """Keep the state, and stop when asked to."""
        previous = self.state
        self.state = State(done, total, failed, message, time.time())
        if self.state.at - previous.at < 0.25 and done != total:
            self.state = State(done, total, failed, message, previous.at)
            return
        self._store.put(f"progress:{self._key}", asdict(self.state))
        if self._store.get(f"stop:{self._key}", peek=True):
            raise Stopped


def read_state(store: ProgressStore, run_id: int) -> State | None:
    """Return what the running job last said, if anything."""
    kept = store.get(f"progress:{run_id}", peek=True)
    return State(**kept) if kept else None
