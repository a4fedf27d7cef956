"""Other days for actions, and taking back that one was closed or handed over."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.coaching.errors import MovedSince, NotLater, ReasonMissing, WrongActionState
from qa_app.coaching.notices import take_back_done, take_back_owner
from qa_app.coaching.service import require_others
from qa_app.models import ActionState, CoachingAction, User

__all__ = ["postpone_action", "reopen_action", "restore_due_day", "restore_owner"]


def postpone_action(session: Session, actor: User, action: CoachingAction, due_on: date, *, reason: str) -> None:
    """Give an open action a later day, and say why; the prediction stays as it was made.

    Raises
    ------
    WrongActionState
        If it is closed.
    OwnCoaching
        If it is about the actor.
    NotLater
        If it is due then or later already.
    ReasonMissing
        If nothing is said.
    """
    require_others(actor, action)
    _require_open(action)
    if not reason.strip():
        raise ReasonMissing
    if due_on <= action.due_on:
        raise NotLater
    before, action.due_on = action.due_on, due_on
    _record(session, actor, action, "coaching.postpone", before=before, after=due_on, reason=reason.strip())


def restore_due_day(session: Session, actor: User, action: CoachingAction, *, given: date, before: date) -> None:
    """Set the day it had, unless somebody has set another since."""
    _require_open(action)
    if action.due_on != given:
        raise MovedSince
    action.due_on = before
    _record(session, actor, action, "coaching.postpone", before=given, after=before)


def reopen_action(session: Session, actor: User, action: CoachingAction) -> None:
    """Open an action again that was closed as done and is not measured."""
    if action.state != ActionState.done:
        raise WrongActionState(action.state)
    take_back_done(session, action)
    action.state, action.done_at, action.done_by_id, action.result = ActionState.open, None, None, ""
    _record(session, actor, action, "coaching.reopen")


def restore_owner(session: Session, actor: User, action: CoachingAction, *, given: int, before: int) -> None:
    """Give it back to who saw to it, unless it is with somebody else since."""
    _require_open(action)
    if action.owner_id != given:
        raise MovedSince
    action.owner_id = before
    _record(session, actor, action, "coaching.hand_over", before=given, after=before)
    take_back_owner(session, action, given=given, before=before)


def _require_open(action: CoachingAction) -> None:
    if action.state != ActionState.open:
        raise WrongActionState(action.state)


def _record(session: Session, actor: User, action: CoachingAction, deed: str, **data: object) -> None:
    session.flush()
    audit.record(session, actor, action=deed, thing=action, name=action.title, **data)
