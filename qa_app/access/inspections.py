"""Plans, draws and samples; who scores them, daily and in calibration sessions; and the inspections made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from qa_app.access.fetching import any_of, fetch, of_oneself, of_team, only_if
from qa_app.models import (
    Assignment,
    CalibrationConversation,
    CalibrationMember,
    CalibrationSession,
    Draw,
    Inspection,
    RoleName,
    Sample,
    SamplePurpose,
    SamplingPlan,
    User,
)
from qa_app.permissions import Permission, has_permission

__all__ = [
    "get_assignment",
    "get_calibration",
    "get_draw",
    "get_inspection",
    "get_own_assignment",
    "get_own_inspection",
    "get_plan",
    "get_sample",
    "visible_assignments",
    "visible_calibrations",
    "visible_inspections",
]


def visible_inspections(actor: User) -> ColumnElement[bool]:
    """Inspections the actor may read: all for the lead, one's own work, and submitted ones of the team or oneself.

    By the organisation's choice agents read their own only once the month is published.

    What others scored in a calibration session is closed to everybody, the lead too, until it is revealed.
    """
    if RoleName.qa_lead in actor.role_names:
        revealed = (
            select(CalibrationConversation.sample_id)
            .join(CalibrationConversation.session)
            .where(CalibrationSession.revealed_at.is_not(None))
        )
        return or_(
            Inspection.purpose == SamplePurpose.work,
            Inspection.inspector_id == actor.id,
            Inspection.sample_id.in_(revealed),
        )
    own = [Inspection.inspector_id == actor.id] if RoleName.inspector in actor.role_names else []
    submitted, agent = Inspection.submitted_at.is_not(None), Inspection.agent_id
    shown = submitted & Inspection.waits_for_month.is_(False)
    of_agents = [
        *(submitted & one for one in of_team(actor, agent)),
        *(shown & one for one in of_oneself(actor, agent)),
    ]
    return any_of([*own, *of_agents])


def get_inspection(
    session: Session, actor: User, inspection_id: int, options: Sequence[ExecutableOption] = ()
) -> Inspection:
    """Return the inspection, with what `options` load beside it; `NotFound` where the actor may not see it."""
    return fetch(session, Inspection, inspection_id, visible_inspections(actor), options)


def get_own_inspection(
    session: Session, actor: User, inspection_id: int, options: Sequence[ExecutableOption] = ()
) -> Inspection:
    """Return the actor's own inspection, or raise `NotFound`: nobody scores in another's name.

    `options` say what to load with it: the desk's every request begins here.
    """
    return fetch(session, Inspection, inspection_id, Inspection.inspector_id == actor.id, options)


def visible_assignments(actor: User) -> ColumnElement[bool]:
    """Assignments the actor may see: all for the lead who hands them out, one's own for anybody else."""
    return true() if RoleName.qa_lead in actor.role_names else Assignment.inspector_id == actor.id


def get_assignment(session: Session, actor: User, assignment_id: int) -> Assignment:
    """Return any assignment to the lead who hands them out, one's own to anybody else."""
    return fetch(session, Assignment, assignment_id, visible_assignments(actor))


def get_own_assignment(session: Session, actor: User, assignment_id: int) -> Assignment:
    """Return the actor's own assignment, or raise `NotFound`."""
    return fetch(session, Assignment, assignment_id, Assignment.inspector_id == actor.id)


def get_sample(session: Session, actor: User, sample_id: int) -> Sample:
    """Return any sample to the lead, or raise `NotFound`."""
    return fetch(session, Sample, sample_id, only_if(RoleName.qa_lead in actor.role_names))


def get_plan(session: Session, actor: User, plan_id: int) -> SamplingPlan:
    """Return a sampling plan to who makes them, or raise `NotFound`."""
    return fetch(session, SamplingPlan, plan_id, only_if(has_permission(actor, Permission.manage_sampling)))


def get_draw(session: Session, actor: User, draw_id: int) -> Draw:
    """Return a draw to everyone who may check draws, or raise `NotFound`."""
    return fetch(session, Draw, draw_id, only_if(has_permission(actor, Permission.view_draws)))


def visible_calibrations(actor: User) -> ColumnElement[bool]:
    """Calibration sessions the actor may open: all for the lead, for inspectors those they are in."""
    if RoleName.qa_lead in actor.role_names:
        return true()
    if RoleName.inspector not in actor.role_names:
        return false()
    mine = select(CalibrationMember.session_id).where(CalibrationMember.user_id == actor.id)
    return CalibrationSession.id.in_(mine)


def get_calibration(session: Session, actor: User, session_id: int) -> CalibrationSession:
    """Return the calibration session, or raise `NotFound` where the actor may not see it."""
    return fetch(session, CalibrationSession, session_id, visible_calibrations(actor))
