"""What follows from inspections: appeals, coaching, the month's sheets and the files made of them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from qa_app.access.fetching import any_of, fetch, of_oneself, of_team, only_if
from qa_app.models import Appeal, CoachingAction, ExportFile, Inspection, RoleName, Sheet, SheetState, User
from qa_app.permissions import Permission, has_permission

__all__ = [
    "get_action",
    "get_appeal",
    "get_export",
    "get_sheet",
    "visible_actions",
    "visible_appeals",
    "visible_sheets",
]


def visible_appeals(actor: User) -> ColumnElement[bool]:
    """Appeals the actor may read: all for the lead, escalated ones for HR, the team's, one's own, and decided ones
    of one's own inspections.
    """
    if RoleName.qa_lead in actor.role_names:
        return true()
    conditions: list[ColumnElement[bool]] = []
    if RoleName.hr in actor.role_names:
        conditions.append(Appeal.escalated_at.is_not(None))
    conditions += [*of_team(actor, Appeal.agent_id), *of_oneself(actor, Appeal.agent_id)]
    if RoleName.inspector in actor.role_names:
        own = select(Inspection.id).where(Inspection.inspector_id == actor.id)
        conditions.append(Appeal.decided_at.is_not(None) & Appeal.inspection_id.in_(own))
    return any_of(conditions)


def get_appeal(session: Session, actor: User, appeal_id: int) -> Appeal:
    """Return the appeal, or raise `NotFound` where the actor may not see it."""
    return fetch(session, Appeal, appeal_id, visible_appeals(actor))


def visible_actions(actor: User) -> ColumnElement[bool]:
    """Coaching the actor may read: all for HR and the lead, the team's, what one sees to, and one's own."""
    if not actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        return true()
    agent = CoachingAction.agent_id
    return any_of([*of_team(actor, agent), *of_oneself(actor, agent)])


def get_action(session: Session, actor: User, action_id: int) -> CoachingAction:
    """Return the coaching action, or raise `NotFound` where the actor may not see it."""
    return fetch(session, CoachingAction, action_id, visible_actions(actor))


def visible_sheets(actor: User) -> ColumnElement[bool]:
    """Sheets the actor may read: all for HR and the lead, the team's, and one's own once published."""
    if not actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        return true()
    published = Sheet.state != SheetState.draft
    own = [one & published for one in of_oneself(actor, Sheet.agent_id)]
    return any_of([*of_team(actor, Sheet.agent_id), *own])


def get_sheet(session: Session, actor: User, sheet_id: int) -> Sheet:
    """Return the sheet, or raise `NotFound` where the actor may not see it."""
    return fetch(session, Sheet, sheet_id, visible_sheets(actor))


def get_export(session: Session, actor: User, export_id: int) -> ExportFile:
    """Return a file of the exports to who may make them, or raise `NotFound`."""
    return fetch(session, ExportFile, export_id, only_if(has_permission(actor, Permission.export_sheets)))
