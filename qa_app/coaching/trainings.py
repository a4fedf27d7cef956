"""Training sessions: planned, attended, listed; for who trains, and on the page of each person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.access import NotFound, visible_agents
from qa_app.clock import now
from qa_app.coaching.notices import tell_invited, tell_moved
from qa_app.models import Agent, Attendance, AttendanceState, RoleName, Team, TrainingKind, TrainingSession, User

__all__ = [
    "TrainingFacts",
    "TrainingFilter",
    "attendance_query",
    "find_training",
    "invite_agents",
    "keep_training",
    "list_attendance",
    "note_attendance",
    "trainings_of_agent",
    "trainings_query",
]


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What a training is."""

    kind: TrainingKind
    topic: str
    held_at: datetime
    trainer: str
    place: str = ""
    material: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class TrainingFilter:
    """What is asked of the list; empty = all."""

    kind: str = ""
    text: str = ""


def keep_training(
    session: Session, actor: User | None, facts: TrainingFacts, found: TrainingSession | None = None
) -> TrainingSession:
    """Plan a training, or change one."""
    training = found or TrainingSession(created_by_id=actor.id if actor else None, created_at=now())
    is_moved = found is not None and found.held_at != facts.held_at
    training.kind, training.topic, training.held_at = facts.kind, facts.topic, facts.held_at
    training.trainer, training.place = facts.trainer, facts.place
    training.material, training.notes = facts.material, facts.notes
    session.add(training)
    session.flush()
    deed = "training.change" if found else "training.plan"
    audit.record(session, actor, action=deed, thing=training, name=training.topic)
    if is_moved:
        tell_moved(session, actor, training)
    return training


def invite_agents(session: Session, actor: User | None, training: TrainingSession, agents: Sequence[Agent]) -> int:
    """Put agents on the list; who is there already stays as they are. Returns how many are new."""
    known = {one.agent_id for one in training.attendance}
    new = [agent for agent in agents if agent.id not in known]
    training.attendance.extend(Attendance(agent_id=agent.id, state=AttendanceState.invited) for agent in new)
    session.flush()
    if new:
        audit.record(session, actor, action="training.invite", thing=training, name=training.topic, agents=len(new))
        tell_invited(session, actor, training, new)
    return len(new)


def note_attendance(
    session: Session, actor: User | None, training: TrainingSession, states: Mapping[int, AttendanceState]
) -> int:
    """Note who came; whoever the actor may not see is left alone. Returns how many changed."""
    seen = _seen(session, actor, training)
    changed = 0
    for one in training.attendance:
        state = states.get(one.agent_id)
        if state is not None and state != one.state and one.agent_id in seen:
            one.state = state
            changed += 1
    session.flush()
    if changed:
        audit.record(session, actor, action="training.attend", thing=training, name=training.topic, changed=changed)
    return changed


def _seen(session: Session, actor: User | None, training: TrainingSession) -> set[int]:
    ids = [one.agent_id for one in training.attendance]
    query = select(Agent.id).where(Agent.id.in_(ids))
    return set(session.scalars(query if actor is None else query.where(visible_agents(actor))))


def _visible(actor: User) -> ColumnElement[bool]:
    """Everybody who plans or reads sees all trainings; an agent those they are on the list of."""
    if actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr, RoleName.supervisor}):
        mine = select(Attendance.session_id).where(Attendance.agent_id == actor.agent_id)
        return TrainingSession.id.in_(mine)
    return TrainingSession.id.is_not(None)


def find_training(session: Session, actor: User, training_id: int) -> TrainingSession:
    """Return a training the actor may see, or raise `NotFound`."""
    found = session.scalar(select(TrainingSession).where(TrainingSession.id == training_id, _visible(actor)))
    if found is None:
        raise NotFound
    return found


def trainings_query(actor: User, wanted: TrainingFilter) -> Select[Any]:
    """Trainings, the newest first, with how many were on the list and came."""
    present = func.count(case((Attendance.state == AttendanceState.present, 1)))
    query: Any = (
        select(
            TrainingSession.id,
            TrainingSession.kind,
            TrainingSession.topic,
            TrainingSession.held_at,
            TrainingSession.trainer,
            func.count(Attendance.agent_id).label("invited"),
            present.label("present"),
        )
        .outerjoin(Attendance, Attendance.session_id == TrainingSession.id)
        .where(_visible(actor))
        .group_by(TrainingSession.id)
    )
    if wanted.kind in set(TrainingKind):
        query = query.where(TrainingSession.kind == wanted.kind)
    if wanted.text:
        like = f"%{wanted.text}%"
        query = query.where(or_(TrainingSession.topic.ilike(like), TrainingSession.trainer.ilike(like)))
    ordered: Select[Any] = query.order_by(TrainingSession.held_at.desc(), TrainingSession.id.desc())
    return ordered


def list_attendance(session: Session, actor: User, training_id: int) -> Sequence[Any]:
    """The list of a training, as far as one may see its agents."""
    return session.execute(attendance_query(actor).where(TrainingSession.id == training_id)).all()


def attendance_query(actor: User) -> Select[Any]:
    """Every place on every list, as far as one may see the agents: for the list of one training, and for the export."""
    query: Any = (
        select(
            TrainingSession.id,
            TrainingSession.kind,
            TrainingSession.topic,
            TrainingSession.held_at,
            TrainingSession.trainer,
            Agent.id.label("agent_id"),
            Agent.name.label("agent"),
            Agent.employee_number,
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
            Attendance.state,
        )
        .join(Attendance, Attendance.session_id == TrainingSession.id)
        .join(Agent, Agent.id == Attendance.agent_id)
        .join(Team, Team.id == Agent.team_id)
        .where(visible_agents(actor), _visible(actor))
        .order_by(TrainingSession.held_at.desc(), TrainingSession.id, Agent.name)
    )
    every: Select[Any] = query
    return every


def trainings_of_agent(session: Session, agent_id: int) -> Sequence[Any]:
    """Trainings of one agent, the newest first, for the person's page."""
    return session.execute(
        select(
            TrainingSession.id,
            TrainingSession.kind,
            TrainingSession.topic,
            TrainingSession.held_at,
            Attendance.state,
        )
        .join(Attendance, Attendance.session_id == TrainingSession.id)
        .where(Attendance.agent_id == agent_id)
        .order_by(TrainingSession.held_at.desc())
    ).all()
