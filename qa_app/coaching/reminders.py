"""Reminds coaches and agents of what was agreed until when, and raters of a round that closes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.coaching.notices import thing_of_action, thing_of_round, thing_of_training
from qa_app.coaching.queries import DueAction, actions_due
from qa_app.coaching.ratings_queries import DueRating, ratings_due
from qa_app.models import Attendance, NoticeKind, RoleName, TrainingSession
from qa_app.notices.recipients import supervisors_of, users_of_agents, users_with
from qa_app.notices.service import Telling, notify_each, resolve, resolve_all_but
from qa_app.people.reminding import Reminding, reminding

__all__ = ["remind_of_coaching"]


def remind_of_coaching(session: Session) -> int:
    """Tell each once what is due by the next working day, and once more when it is late; returns how many notices."""
    day = reminding(session)
    _close_held(session)
    return _remind_of_actions(session, day) + _remind_of_ratings(session, day)


def _remind_of_actions(session: Session, day: Reminding) -> int:
    due = actions_due(session, within_days=(day.tomorrow - day.today).days)
    whom = _whom_to_remind(session, due)
    still = {(user_id, thing_of_action(one.id)) for one in due for user_id in whom[one.id]}
    resolve_all_but(session, NoticeKind.coaching_due, still, because="settled")
    if not day.is_time:
        return 0
    tellings: dict[str, list[Telling]] = {}
    for one in due:
        due_on, thing, is_late = one.due_on.isoformat(), thing_of_action(one.id), one.days_left < 0
        stage = f"{due_on}:late" if is_late else due_on
        resolve(session, NoticeKind.coaching_due, thing, because="said again", but_stage=stage)
        about: dict[str, str | int | float] = {"action_id": one.id, "due_on": due_on}
        of_owner = {**about, "name": one.agent, "late": int(is_late)}
        tellings.setdefault(stage, []).extend(
            Telling(user_id, thing, of_owner if user_id == one.owner_id else about) for user_id in whom[one.id]
        )
    return sum(notify_each(session, NoticeKind.coaching_due, given, stage=stage) for stage, given in tellings.items())


def _whom_to_remind(session: Session, due: Sequence[DueAction]) -> dict[int, list[int]]:
    """The owner, as long as they may still read it, and before the day the agent who has not answered yet."""
    agents = sorted({one.agent_id for one in due})
    every, led = set(users_with(session, RoleName.qa_lead, RoleName.hr)), supervisors_of(session, agents)
    users = users_of_agents(session, agents)
    whom: dict[int, list[int]] = {}
    for one in due:
        may_read = one.owner_id in every or one.agent_id in led.get(one.owner_id, [])
        waits_for_agent = one.agent_id in users and not one.is_answered and one.days_left >= 0
        whom[one.id] = [one.owner_id] * may_read + [users[one.agent_id]] * waits_for_agent
    return whom


def _remind_of_ratings(session: Session, day: Reminding) -> int:
    """A round that opened by itself is told of, and one that closes by the next working day once more."""
    able = set(users_with(session, RoleName.agent, RoleName.supervisor, RoleName.qa_lead, RoleName.hr))
    due = [one for one in ratings_due(session) if one.rater_id in able]
    still = {(one.rater_id, thing_of_round(one.round_id)) for one in due}
    resolve_all_but(session, NoticeKind.rating_round_open, still, because="over")
    if not day.is_time:
        return 0
    closing = [one for one in due if one.closes_on <= day.tomorrow]
    for round_id in {one.round_id for one in closing}:
        resolve(
            session, NoticeKind.rating_round_open, thing_of_round(round_id), because="said again", but_stage="closing"
        )
    open_ones = [one for one in due if one.closes_on > day.tomorrow]
    return _tell_raters(session, open_ones, "open") + _tell_raters(session, closing, "closing")


def _tell_raters(session: Session, due: Sequence[DueRating], stage: str) -> int:
    tellings = [
        Telling(
            one.rater_id,
            thing_of_round(one.round_id),
            {"name": one.name, "count": one.forms, "closes_on": one.closes_on.isoformat()},
        )
        for one in due
    ]
    return notify_each(session, NoticeKind.rating_round_open, tellings, stage=stage)


def _close_held(session: Session) -> None:
    """A training that began needs no announcement any more."""
    rows = session.execute(
        select(Attendance.session_id, Attendance.agent_id)
        .join(Attendance.session)
        .where(TrainingSession.held_at > now())
    ).all()
    users = users_of_agents(session, {row.agent_id for row in rows})
    still = {(users[row.agent_id], thing_of_training(row.session_id)) for row in rows if row.agent_id in users}
    resolve_all_but(session, NoticeKind.training_planned, still, because="held")
