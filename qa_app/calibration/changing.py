"""A running calibration session is changed: cancelled, given more days, an inspector added or taken out.

Each step takes the lock of the session first, so that none of them crosses a reveal or another step.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.calibration.errors import (
    AlreadyOver,
    NothingToGive,
    NothingToTake,
    NotLater,
    NotRunning,
    ReasonMissing,
    SessionIncomplete,
)
from qa_app.calibration.notices import tell_added, tell_cancelled, tell_prolonged, tell_taken_out
from qa_app.calibration.service import LONGEST_TEXT, RUNNING
from qa_app.clock import now
from qa_app.models import (
    Assignment,
    AssignmentState,
    CalibrationMember,
    CalibrationSession,
    Inspection,
    InspectionState,
    RoleName,
    User,
)

__all__ = ["add_inspector", "cancel_session", "list_addable", "prolong_session", "take_out_inspector"]

_FEWEST = 2


def cancel_session(session: Session, actor: User, calibration: CalibrationSession, *, reason: str) -> None:
    """End a session without a reveal: what was scored stays closed and counts for nothing, and nobody scores more."""
    why = reason.strip()[:LONGEST_TEXT]
    if not why:
        raise ReasonMissing
    _hold(session, calibration)
    calibration.cancelled_at, calibration.cancel_reason = now(), why
    waiting = _withdraw(session, _assignments(session, calibration))
    # Final: a submission taken back would wait in a session that takes no answers.
    for inspection in session.scalars(
        select(Inspection).where(
            Inspection.sample_id.in_(_samples(calibration)), Inspection.state == InspectionState.submitted
        )
    ):
        inspection.state, inspection.final_at = InspectionState.final, now()
    session.flush()
    audit.record(
        session, actor, action="calibration.cancel", thing=calibration, name=calibration.name, reason=why,
        waiting=sorted(waiting),
    )  # fmt: skip
    tell_cancelled(session, actor, calibration)


def prolong_session(session: Session, actor: User, calibration: CalibrationSession, due_at: datetime) -> None:
    """Give everybody who has not scored everything until a later day."""
    _hold(session, calibration)
    if due_at <= calibration.due_at:
        raise NotLater
    if due_at <= now():
        raise AlreadyOver
    before, calibration.due_at = calibration.due_at, due_at
    for assignment in _assignments(session, calibration):
        if assignment.state == AssignmentState.open:
            assignment.due_at = due_at
    session.flush()
    audit.record(
        session, actor, action="calibration.prolong", thing=calibration, name=calibration.name, before=before,
        after=due_at,
    )  # fmt: skip
    tell_prolonged(session, actor, calibration)


def add_inspector(session: Session, actor: User, calibration: CalibrationSession, inspector: User) -> None:
    """Give every conversation of the session to one more inspector, or again to one who was taken out."""
    _hold(session, calibration)
    if inspector.id not in {user.id for user in list_addable(session, calibration, [inspector])}:
        raise NothingToGive
    own = {one.sample_id: one for one in _assignments(session, calibration) if one.inspector_id == inspector.id}
    for one in calibration.conversations:
        assignment = own.get(one.sample_id)
        if assignment is None:
            assignment = Assignment(sample_id=one.sample_id, inspector_id=inspector.id)
            session.add(assignment)
        if assignment.state != AssignmentState.done:
            assignment.state = AssignmentState.open
            assignment.due_at, assignment.assigned_at = calibration.due_at, now()
    if all(member.user_id != inspector.id for member in calibration.members):
        calibration.members.append(CalibrationMember(user_id=inspector.id))
    session.flush()
    audit.record(
        session, actor, action="calibration.add_inspector", thing=calibration, name=calibration.name,
        inspector=inspector.id,
    )  # fmt: skip
    tell_added(session, actor, calibration, inspector)


def take_out_inspector(session: Session, actor: User, calibration: CalibrationSession, inspector: User) -> None:
    """Let a session go on without what an inspector has not scored; what they submitted stays in it.

    Raises
    ------
    NothingToTake
        If nothing of it waits for them.
    SessionIncomplete
        If fewer than two would be left: then it is cancelled.
    """
    _hold(session, calibration)
    rows = _assignments(session, calibration)
    own = [one for one in rows if one.inspector_id == inspector.id and one.state == AssignmentState.open]
    if not own:
        raise NothingToTake
    left = {one.inspector_id for one in rows if one not in own and one.state != AssignmentState.withdrawn}
    if len(left) < _FEWEST:
        raise SessionIncomplete
    _withdraw(session, own)
    if inspector.id not in left:
        calibration.members[:] = [member for member in calibration.members if member.user_id != inspector.id]
    session.flush()
    audit.record(
        session, actor, action="calibration.take_out_inspector", thing=calibration, name=calibration.name,
        inspector=inspector.id, conversations=len(own),
    )  # fmt: skip
    tell_taken_out(session, actor, calibration, inspector)


def list_addable(session: Session, calibration: CalibrationSession, people: Sequence[User]) -> list[User]:
    """Of some people the active inspectors who do not score every conversation of the session."""
    given: dict[int, int] = {}
    for one in _assignments(session, calibration):
        given[one.inspector_id] = given.get(one.inspector_id, 0) + (one.state != AssignmentState.withdrawn)
    return [
        user
        for user in people
        if user.active
        and RoleName.inspector in user.role_names
        and given.get(user.id, 0) < len(calibration.conversations)
    ]


def _hold(session: Session, calibration: CalibrationSession) -> None:
    """Take the lock of a running session; one that is revealed or cancelled is changed no more."""
    held = session.execute(
        update(CalibrationSession)
        .where(CalibrationSession.id == calibration.id, *RUNNING)
        .values(name=CalibrationSession.name)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise NotRunning
    session.refresh(calibration)


def _samples(calibration: CalibrationSession) -> list[int]:
    return [one.sample_id for one in calibration.conversations]


def _assignments(session: Session, calibration: CalibrationSession) -> Sequence[Assignment]:
    query = select(Assignment).where(Assignment.sample_id.in_(_samples(calibration)))
    return session.scalars(query.order_by(Assignment.id).execution_options(populate_existing=True)).unique().all()


def _withdraw(session: Session, assignments: Sequence[Assignment]) -> set[int]:
    """Withdraw what is open of these; return whose it was. What was submitted a moment ago stays done."""
    keys = [one.id for one in assignments]
    taken = session.execute(
        update(Assignment)
        .where(Assignment.id.in_(keys), Assignment.state == AssignmentState.open)
        .values(state=AssignmentState.withdrawn)
        .returning(Assignment.inspector_id)
        .execution_options(synchronize_session=False)
    )
    waiting = set(taken.scalars())
    for one in assignments:
        session.expire(one, ["state"])
    return waiting
