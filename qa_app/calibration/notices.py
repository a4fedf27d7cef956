"""Tells the inspectors of a calibration session: that it waits, is due, is revealed, changed or cancelled."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    Assignment,
    AssignmentState,
    CalibrationConversation,
    CalibrationSession,
    NoticeKind,
    RoleName,
    User,
)
from qa_app.notices.recipients import others, users_with
from qa_app.notices.service import notify, resolve, resolve_all_but
from qa_app.people.reminding import reminding

__all__ = [
    "remind_members",
    "tell_added",
    "tell_cancelled",
    "tell_made",
    "tell_prolonged",
    "tell_revealed",
    "tell_taken_out",
]


def tell_made(session: Session, actor: User | None, made: CalibrationSession) -> None:
    """Tell its inspectors that it waits for them."""
    _tell(session, others((member.user_id for member in made.members), actor), made, stage="")


def tell_revealed(session: Session, actor: User, calibration: CalibrationSession) -> None:
    """Tell its inspectors that all answers lie open; nothing more is to be scored."""
    thing = _thing_of(calibration)
    resolve(session, NoticeKind.calibration_opened, thing, because="revealed")
    told = _who_may_open(session, others((member.user_id for member in calibration.members), actor))
    kind, name = NoticeKind.calibration_revealed, calibration.name
    notify(session, told, kind, thing, session_id=calibration.id, name=name)


def tell_cancelled(session: Session, actor: User, calibration: CalibrationSession) -> None:
    """Tell its inspectors that it is cancelled, and why; nothing more is to be scored."""
    resolve(session, NoticeKind.calibration_opened, _thing_of(calibration), because="cancelled")
    members = others((member.user_id for member in calibration.members), actor)
    _tell_over(session, members, calibration, stage="", reason=calibration.cancel_reason or "")


def tell_prolonged(session: Session, actor: User, calibration: CalibrationSession) -> None:
    """Tell whom it waits for until when; the day told before does not hold."""
    resolve(session, NoticeKind.calibration_opened, _thing_of(calibration), because="moved")
    waiting = next((users for found, users in _members_who_wait(session) if found.id == calibration.id), [])
    _tell(session, others(waiting, actor), calibration, stage=f"until:{calibration.due_at.isoformat()}")


def tell_added(session: Session, actor: User, calibration: CalibrationSession, inspector: User) -> None:
    """Tell one more inspector that it waits for them."""
    _tell(session, others([inspector.id], actor), calibration, stage=f"added:{now().isoformat()}")


def tell_taken_out(session: Session, actor: User, calibration: CalibrationSession, inspector: User) -> None:
    """Tell an inspector that it goes on without them."""
    thing = _thing_of(calibration)
    resolve(session, NoticeKind.calibration_opened, thing, because="withdrawn", user_ids=[inspector.id])
    _tell_over(session, others([inspector.id], actor), calibration, stage=f"out:{now().isoformat()}", of_you=1)


def _tell_over(
    session: Session, user_ids: Iterable[int], calibration: CalibrationSession, *, stage: str, **about: str | int
) -> None:
    notify(
        session, _who_may_open(session, user_ids), NoticeKind.calibration_cancelled, _thing_of(calibration),
        stage=stage, name=calibration.name, **about,
    )  # fmt: skip


def remind_members(session: Session) -> int:
    """Remind who has not scored everything, by the next working day once and once when it is late."""
    day, moment = reminding(session), now()
    waiting = _members_who_wait(session)
    still = {(user_id, _thing_of(found)) for found, user_ids in waiting for user_id in user_ids}
    resolve_all_but(session, NoticeKind.calibration_opened, still, because="done")
    if not day.is_time:
        return 0
    told = 0
    for found, user_ids in waiting:
        if found.due_at > day.horizon:
            continue
        is_late = found.due_at < moment
        stage = f"{day.day_of(found.due_at).isoformat()}{':late' if is_late else ''}"
        thing = _thing_of(found)
        resolve(session, NoticeKind.calibration_opened, thing, because="said again", but_stage=stage)
        told += _tell(session, user_ids, found, stage=stage, is_late=is_late)
    return told


def _members_who_wait(session: Session) -> list[tuple[CalibrationSession, list[int]]]:
    """Sessions that are not revealed, each with those who have conversations of it open."""
    rows = session.execute(
        select(CalibrationSession, Assignment.inspector_id)
        .join(CalibrationConversation, CalibrationConversation.session_id == CalibrationSession.id)
        .join(Assignment, Assignment.sample_id == CalibrationConversation.sample_id)
        .where(
            CalibrationSession.revealed_at.is_(None),
            CalibrationSession.cancelled_at.is_(None),
            Assignment.state == AssignmentState.open,
        )
        .order_by(CalibrationSession.id, Assignment.inspector_id)
        .distinct()
    )
    found: dict[int, tuple[CalibrationSession, list[int]]] = {}
    for calibration, user_id in rows:
        found.setdefault(calibration.id, (calibration, []))[1].append(user_id)
    return list(found.values())


def _tell(
    session: Session, user_ids: Iterable[int], calibration: CalibrationSession, *, stage: str, is_late: bool = False
) -> int:
    due_on = reminding(session).day_of(calibration.due_at).isoformat()
    return notify(
        session, _who_may_open(session, user_ids), NoticeKind.calibration_opened, _thing_of(calibration),
        stage=stage, session_id=calibration.id, name=calibration.name, due_on=due_on, late=int(is_late),
    )  # fmt: skip


def _who_may_open(session: Session, user_ids: Iterable[int]) -> list[int]:
    able = set(users_with(session, RoleName.inspector, RoleName.qa_lead))
    return [user_id for user_id in user_ids if user_id in able]


def _thing_of(calibration: CalibrationSession) -> str:
    return f"calibration:{calibration.id}"
