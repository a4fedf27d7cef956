"""The audit trail: one event per change, append-only, chained by hash.

Services call `record`; the events are sealed into the chain when the transaction commits, under a lock on
the head of the chain, so that two requests can neither fork nor gap it. `verify_chain` finds a changed,
removed or reordered event and names it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.db import pending
from qa_app.models import FIRST_HASH, AuditEvent, AuditHead

__all__ = ["BrokenLink", "address", "record", "seal_pending", "verify_chain"]

address: ContextVar[str | None] = ContextVar("audit_address", default=None)
_RECORDED = "audit"


class Person(Protocol):
    """Whoever acts: a user, as far as the trail is concerned."""

    id: int

    @property
    def display_name(self) -> str:
        """The name to copy into the event."""


@dataclass(frozen=True, slots=True)
class _Pending:
    at: datetime
    actor_id: int | None
    actor_name: str
    action: str
    thing: object
    thing_name: str
    data: dict[str, Any]
    address: str | None


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where the chain does not hold: the event and a code for what is wrong with it."""

    sequence: int
    problem: str
    action: str = ""


def record(
    session: Session, actor: Person | None, *, action: str, thing: object, name: str = "", **data: object
) -> None:
    """Note that `actor` (`None`: the system) did `action` to `thing`; `data` explains it, without secrets or texts.

    `thing` is a model instance, or a text such as ``"organisation"`` where there is no row.
    """
    deed = _Pending(
        at=now(),
        actor_id=actor.id if actor is not None else None,
        actor_name=actor.display_name if actor is not None else "system",
        action=action,
        thing=thing,
        thing_name=name,
        data=json.loads(json.dumps(data, default=str)),
        address=address.get(),
    )
    pending(session, _RECORDED).append(deed)


def event_hash(fields: dict[str, Any]) -> str:
    """Hash an event's canonical form: JSON in UTF-8 with sorted keys and no blanks."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(event: AuditEvent | dict[str, Any]) -> dict[str, Any]:
    names = ("id", "at", "actor_id", "actor_name", "action", "thing_type", "thing_id", "thing_name", "data", "address")
    stored = event if isinstance(event, dict) else vars(event)
    fields: dict[str, Any] = {name: stored[name] for name in (*names, "previous_hash")}
    fields["at"] = fields["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return fields


def seal_pending(session: Session) -> None:
    """Append what was recorded to the chain; runs by itself before each commit."""
    recorded: list[_Pending] = pending(session, _RECORDED)
    if not recorded:
        return
    session.flush()
    head = _lock_head(session)
    sequence, previous = head
    rows = []
    for item in recorded:
        sequence += 1
        row = {
            "id": sequence,
            "at": item.at,
            "actor_id": item.actor_id,
            "actor_name": item.actor_name,
            "action": item.action,
            "thing_type": item.thing if isinstance(item.thing, str) else type(item.thing).__name__,
            "thing_id": "" if isinstance(item.thing, str) else str(getattr(item.thing, "id", "")),
            "thing_name": item.thing_name,
            "data": item.data,
            "address": item.address,
            "previous_hash": previous,
        }
        previous = row["hash"] = event_hash(_fields(row))
        rows.append(row)
    session.execute(insert(AuditEvent), rows)
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(sequence=sequence, hash=previous))
    recorded.clear()


def _lock_head(session: Session) -> tuple[int, str]:
    """Take the head's row lock and return (sequence, hash); the first event ever makes the row."""
    locked = update(AuditHead).where(AuditHead.id == 1).values(sequence=AuditHead.sequence)
    row = session.execute(locked.returning(AuditHead.sequence, AuditHead.hash)).first()
    if row is None:
        session.execute(insert(AuditHead).values(id=1, sequence=0, hash=FIRST_HASH))
        return 0, FIRST_HASH
    return row[0], row[1]


@event.listens_for(Session, "before_commit")
def _seal_before_commit(session: Session) -> None:
    # A savepoint is not the end: the head stays unlocked until the transaction itself commits.
    if not session.in_nested_transaction():
        seal_pending(session)


def verify_chain(session: Session) -> Iterator[BrokenLink]:
    """Walk the whole chain and yield every place where it does not hold, in order; nothing yielded: all is well."""
    expected, previous = 1, FIRST_HASH
    rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000))
    for item in rows:
        while expected < item.id:
            yield BrokenLink(expected, "removed")
            expected += 1
        if item.previous_hash != previous and item.id == expected:
            yield BrokenLink(item.id, "out_of_order", item.action)
        if event_hash(_fields(item)) != item.hash:
            yield BrokenLink(item.id, "changed", item.action)
        expected, previous = item.id + 1, item.hash
    head = session.get(AuditHead, 1, populate_existing=True)
    if head is not None and head.sequence >= expected:
        for missing in range(expected, head.sequence + 1):
            yield BrokenLink(missing, "removed")
    elif head is not None and head.hash != previous:
        yield BrokenLink(head.sequence, "out_of_order")
