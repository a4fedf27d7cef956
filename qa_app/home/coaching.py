"""What waits of coaching, trainings and ratings, for whoever sees to them: supervisors, QA leads, HR."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.access import visible_agents
from qa_app.clock import now
from qa_app.models import (
    ActionState,
    Agent,
    Attendance,
    AttendanceState,
    CoachingAction,
    Rating,
    RatingKind,
    RatingRound,
    TrainingSession,
    User,
)
from qa_app.web.waiting import Task, count_pressing, end_of_day
from scoring.timing.working import WorkingCalendar

__all__ = ["list_coaching", "list_forms", "list_trainings"]


def list_coaching(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    """Coaching the actor owns: what the agent has answered, and what is still to do; one query."""
    is_answered = CoachingAction.replied_at.is_not(None)
    rows = session.execute(
        select(is_answered, CoachingAction.due_on, func.count(CoachingAction.id))
        .where(CoachingAction.owner_id == actor.id, CoachingAction.state == ActionState.open)
        .group_by(is_answered, CoachingAction.due_on)
    )
    answered: list[tuple[datetime, int]] = []
    waiting: list[tuple[datetime, int]] = []
    for has_reply, due_on, count in rows:
        (answered if has_reply else waiting).append((end_of_day(due_on, calendar), count))
    address = url_for("coaching.index", state="open", owner=actor.id)
    replies = sum(count for _due, count in answered)
    title = ngettext("reply to a coaching to read", "replies to coaching to read", replies)
    note, icon = _("Close it with its result when it is done."), "message"
    yield _bundle(answered, title, address, _("Read"), note, icon, calendar)
    actions = sum(count for _due, count in waiting)
    late = sum(count for due_at, count in waiting if due_at <= now())
    title = ngettext("coaching to see to", "coachings to see to", actions)
    note = ngettext("%(num)s is overdue.", "%(num)s are overdue.", late) if 0 < late < actions else ""
    yield _bundle(waiting, title, address, _("Look"), note, "target", calendar)


def _bundle(
    found: list[tuple[datetime, int]],
    title: str,
    url: str,
    action: str,
    note: str,
    icon: str,
    calendar: WorkingCalendar,
) -> Task:
    """One task of several coachings, with the date of the first."""
    count, due_at = sum(count for _due, count in found), min((due for due, _count in found), default=None)
    return Task(count, title, url, action, note, due_at, icon=icon, pressing=count_pressing(found, calendar, now()))


def list_trainings(session: Session, actor: User) -> Iterator[Task]:
    """Trainings to come with agents the actor sees, and those that are over without a word on who came."""
    moment = now()
    rows = session.execute(
        select(TrainingSession.id, TrainingSession.topic, TrainingSession.held_at, func.count(Attendance.agent_id))
        .join(Attendance, Attendance.session_id == TrainingSession.id)
        .join(Agent, Agent.id == Attendance.agent_id)
        .where(Attendance.state == AttendanceState.invited, visible_agents(actor))
        .group_by(TrainingSession.id)
        .order_by(TrainingSession.held_at)
    )
    for key, topic, held_at, agents in rows:
        address = url_for("trainings.show", training_id=key)
        people = ngettext("%(num)s agent is on the list.", "%(num)s agents are on the list.", agents)
        if held_at > moment:
            title = _("training takes place: %(topic)s", topic=topic)
            yield Task(1, title, address, _("Look"), people, held_at, is_event=True, is_named=True, icon="users-group")
        else:
            title = _("training is over, attendance is not noted: %(topic)s", topic=topic)
            yield Task(1, title, address, _("Note who came"), people, is_named=True, icon="checklist")


def list_forms(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    """Forms of open rounds the actor has not sent, round by round."""
    for round_name, closes_on, count in _forms(session, actor, calendar):
        title = ngettext("rating to give", "ratings to give", count)
        due_at = end_of_day(closes_on, calendar)
        address = url_for("ratings.index")
        yield Task(count, title, address, _("Fill in"), round_name, due_at, icon="star", pressing=count)


def _forms(session: Session, actor: User, calendar: WorkingCalendar) -> list[Any]:
    day = now().astimezone(calendar.zone).date()
    return list(
        session.execute(
            select(RatingRound.name, RatingRound.closes_on, func.count(Rating.id))
            .join(Rating, Rating.round_id == RatingRound.id)
            .where(
                Rating.rater_id == actor.id,
                Rating.kind == RatingKind.supervisor,  # others are asked as agents
                Rating.submitted_at.is_(None),
                RatingRound.opens_on <= day,
                RatingRound.closes_on >= day,
            )
            .group_by(RatingRound.id)
            .order_by(RatingRound.closes_on)
        )
    )
