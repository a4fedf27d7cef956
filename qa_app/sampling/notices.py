"""Tells inspectors of samples that came into their hands, and closes what tells of samples that are done or gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, select, update
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    Assignment,
    AssignmentState,
    CalibrationConversation,
    Draw,
    Notice,
    NoticeKind,
    Sample,
    SamplePurpose,
    User,
)
from qa_app.notices.recipients import others
from qa_app.notices.service import Telling, notify, notify_each, resolve

__all__ = ["OVERDUE", "close_done", "due_thing", "tell_given_back", "tell_handed_out", "tell_handed_over"]

OVERDUE = "samples:overdue"
_OF_SAMPLES = (
    NoticeKind.sample_assigned,
    NoticeKind.sample_due,
    NoticeKind.sample_overdue,
    NoticeKind.calibration_opened,
)


@dataclass(slots=True)
class _Batch:
    """Samples handed to one inspector in one transaction, and when the first was."""

    stage: str
    ids: list[int] = field(default_factory=list)


_UNREAD = select(Notice.kind, Notice.thing, Notice.params).where(
    Notice.user_id == bindparam("inspector_id"), Notice.read_at.is_(None), Notice.kind.in_(_OF_SAMPLES)
)


def due_thing(day: date) -> str:
    """What a reminder of the samples due on a day is about."""
    return f"samples:due:{day.isoformat()}"


def tell_handed_out(session: Session, actor: User | None, draw: Draw, assignments: Iterable[Assignment]) -> None:
    """Tell each inspector how many samples of a draw they got: one notice, however many there are."""
    counts = Counter(assignment.inspector_id for assignment in assignments)
    name = draw.plan.name
    tellings = [Telling(one, f"draw:{draw.id}", {"count": counts[one], "name": name}) for one in others(counts, actor)]
    notify_each(session, NoticeKind.sample_assigned, tellings)


def tell_handed_over(session: Session, actor: User | None, assignments: Iterable[Assignment]) -> None:
    """Tell inspectors of single samples: handed over, chosen by somebody, or come in place of another.

    What comes to an inspector in one transaction is one notice, though it is handed over piece by piece.
    """
    handed = _handed_so_far(session)
    for given in assignments:
        for inspector_id in others([given.inspector_id], actor):
            batch = handed.setdefault(inspector_id, _Batch(given.assigned_at.isoformat(timespec="seconds")))
            batch.ids.append(given.id)
            _write(session, inspector_id, batch)


def _handed_so_far(session: Session) -> dict[int, _Batch]:
    """What the transaction that runs has handed over, by inspector."""
    running = session.get_transaction()
    begun, handed = session.info.get("samples_handed_over", (None, {}))
    if begun is not running:
        handed = {}
        session.info["samples_handed_over"] = running, handed
    found: dict[int, _Batch] = handed
    return found


def _write(session: Session, inspector_id: int, batch: _Batch) -> None:
    """Write the notice of a batch, or bring it up to date."""
    kind, thing = NoticeKind.sample_assigned, f"assignments:{batch.ids[0]}"
    params: dict[str, str | int | float] = {"count": len(batch.ids), "ids": " ".join(map(str, batch.ids))}
    if notify_each(session, kind, [Telling(inspector_id, thing, params)], stage=batch.stage):
        return
    written = update(Notice).where(
        Notice.user_id == inspector_id, Notice.kind == kind, Notice.thing == thing, Notice.stage == batch.stage
    )
    session.execute(written.values(params=params).execution_options(synchronize_session=False))


def tell_given_back(session: Session, actor: User, assignment: Assignment) -> None:
    """Tell the inspector that the lead has said how to score what they had asked about."""
    told, stage = others([assignment.inspector_id], actor), now().isoformat(timespec="seconds")
    kind, ids = NoticeKind.sample_assigned, str(assignment.id)
    notify(session, told, kind, f"assignments:{ids}", stage=f"back:{stage}", count=1, ids=ids, given_back=1)


def close_done(
    session: Session, inspector_ids: Collection[int], *, because: str, done: Assignment | None = None
) -> None:
    """Close what tells these inspectors of samples of which none is left to do.

    One look at their unread notices; a second one only for those of which `done`, or any sample, was the last.
    """
    for inspector_id in inspector_ids:
        unread = session.execute(_UNREAD, {"inspector_id": inspector_id}).all()
        for kind, thing, params in unread:
            if done is not None and not _concerns(done, thing, params):
                continue
            if not session.scalar(select(_open(inspector_id, _waiting(thing, params)))):
                resolve(session, NoticeKind(kind), thing, because=because, user_ids=[inspector_id])


def _concerns(done: Assignment, thing: str, params: Mapping[str, Any]) -> bool:
    """Whether a notice may be over because of this sample."""
    about, _, number = thing.partition(":")
    if about == "draw":
        return done.sample.draw_id == int(number)
    if about == "assignments":
        return str(done.id) in str(params["ids"]).split()
    return (about == "calibration") is (done.sample.purpose == SamplePurpose.calibration)


def _waiting(thing: str, params: Mapping[str, Any]) -> ColumnElement[bool]:
    """Which open assignments keep a notice alive."""
    about, _, number = thing.partition(":")
    if about == "draw":
        return Sample.draw_id == int(number)
    if about == "assignments":
        return Assignment.id.in_([int(one) for one in str(params["ids"]).split()])
    if about == "calibration":
        return Sample.id.in_(
            select(CalibrationConversation.sample_id).where(CalibrationConversation.session_id == int(number))
        )
    until = now() if thing == OVERDUE else datetime.fromisoformat(str(params["until_at"]))
    return (Sample.purpose == SamplePurpose.work) & (Assignment.due_at <= until)


def _open(user_id: int, waiting: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Assignment.inspector_id == user_id,
        Assignment.state == AssignmentState.open,
        Assignment.sample_id == Sample.id,
        waiting,
    )
