"""Rights: which role may do what, one gate per blueprint, and the one way to fetch each owned thing.

A view that lacks the right answers exactly as if the thing did not exist. Rooms add their `get_x` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_security import current_user
from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from qa_app.models import Agent as AgentModel
from qa_app.models import (
    Assignment,
    Conversation,
    Draw,
    ExportFile,
    ImportRun,
    Inspection,
    JobRun,
    RoleName,
    Rubric,
    RubricVersion,
    Sample,
    SamplingPlan,
    Sheet,
    SheetState,
    Team,
    User,
    VersionState,
)
from qa_app.permissions import ROLE_PERMISSIONS, Permission, has_permission, permissions_of

__all__ = [
    "ROLE_PERMISSIONS",
    "NotFound",
    "Permission",
    "acting_user",
    "allow",
    "gate",
    "get_agent",
    "get_assignment",
    "get_conversation",
    "get_draw",
    "get_export",
    "get_import",
    "get_inspection",
    "get_job",
    "get_own_assignment",
    "get_own_inspection",
    "get_plan",
    "get_rubric",
    "get_rubric_version",
    "get_sample",
    "get_sheet",
    "get_team",
    "get_user",
    "has_permission",
    "permissions_of",
    "public",
    "requires",
    "visible_agents",
    "visible_conversations",
    "visible_inspections",
    "visible_rubrics",
    "visible_sheets",
]

P = ParamSpec("P")
R = TypeVar("R")


def acting_user() -> User:
    """Return the signed-in user of this request; only behind a gate."""
    user: User = current_user._get_current_object()
    return user


def _refuse_or_pass(wanted: Iterable[Permission]) -> Response | None:
    if not current_user.is_authenticated:
        # What is sent cannot be led to a page and back: the answer keeps it instead.
        if request.method not in {"GET", "HEAD"} or request.headers.get("HX-Request"):
            abort(401)
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    if not has_permission(acting_user(), *wanted):
        abort(404)
    return None


def gate(blueprint: Blueprint, *permissions: Permission) -> None:
    """Put one gate before every view of a blueprint: at least one of `permissions` is needed."""

    def check() -> Response | None:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "assay_public", False):
            return None
        return _refuse_or_pass(getattr(view, "assay_permissions", permissions))

    blueprint.before_request(check)
    blueprint.assay_gate = permissions  # type: ignore[attr-defined]


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Ask a stricter (or other) permission for one view than its blueprint's gate does."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def marked(*args: P.args, **kwargs: P.kwargs) -> R:
            return view(*args, **kwargs)

        marked.assay_permissions = permissions  # type: ignore[attr-defined]
        return marked

    return mark


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open one view to everybody, signed in or not; the list of them is tested."""
    view.assay_public = True  # type: ignore[attr-defined]
    return view


def allow(permission: Permission) -> bool:
    """Tell a template whether the person at the screen may do something."""
    return bool(current_user.is_authenticated) and has_permission(acting_user(), permission)


# What a person may see, as conditions that lists and single look-ups share.


def _teams_of(actor: User) -> list[int]:
    return [team.id for team in actor.supervised_teams] if RoleName.supervisor in actor.role_names else []


def visible_agents(actor: User) -> ColumnElement[bool]:
    """Agents whose figures the actor may see."""
    if not actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        return true()
    conditions: list[ColumnElement[bool]] = []
    if teams := _teams_of(actor):
        conditions.append(AgentModel.team_id.in_(teams))
    if RoleName.agent in actor.role_names and actor.agent_id is not None:
        conditions.append(AgentModel.id == actor.agent_id)
    return or_(*conditions) if conditions else false()


def visible_conversations(actor: User) -> ColumnElement[bool]:
    """Conversations the actor may open: all for the lead, the team's, one's own, or the samples assigned to one."""
    if RoleName.qa_lead in actor.role_names:
        return true()
    conditions: list[ColumnElement[bool]] = []
    if teams := _teams_of(actor):
        conditions.append(Conversation.agent_id.in_(select(AgentModel.id).where(AgentModel.team_id.in_(teams))))
    if RoleName.agent in actor.role_names and actor.agent_id is not None:
        conditions.append(Conversation.agent_id == actor.agent_id)
    if RoleName.inspector in actor.role_names:
        mine = select(Sample.conversation_id).join(Assignment).where(Assignment.inspector_id == actor.id)
        conditions.append(Conversation.id.in_(mine))
    return or_(*conditions) if conditions else false()


def visible_inspections(actor: User) -> ColumnElement[bool]:
    """Inspections the actor may read: all for the lead, one's own work, and submitted ones of the team or oneself."""
    if RoleName.qa_lead in actor.role_names:
        return true()
    conditions: list[ColumnElement[bool]] = []
    if RoleName.inspector in actor.role_names:
        conditions.append(Inspection.inspector_id == actor.id)
    submitted = Inspection.submitted_at.is_not(None)
    if teams := _teams_of(actor):
        team_agents = select(AgentModel.id).where(AgentModel.team_id.in_(teams))
        conditions.append(submitted & Inspection.agent_id.in_(team_agents))
    if RoleName.agent in actor.role_names and actor.agent_id is not None:
        conditions.append(submitted & (Inspection.agent_id == actor.agent_id))
    return or_(*conditions) if conditions else false()


def visible_sheets(actor: User) -> ColumnElement[bool]:
    """Sheets the actor may read: all for HR and the lead, the team's, and one's own once published."""
    if not actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        return true()
    conditions: list[ColumnElement[bool]] = []
    if teams := _teams_of(actor):
        conditions.append(Sheet.agent_id.in_(select(AgentModel.id).where(AgentModel.team_id.in_(teams))))
    if RoleName.agent in actor.role_names and actor.agent_id is not None:
        conditions.append((Sheet.agent_id == actor.agent_id) & (Sheet.state != SheetState.draft))
    return or_(*conditions) if conditions else false()


def visible_rubrics(actor: User) -> ColumnElement[bool]:
    """Rubrics the actor may read: drafts are for those who edit, all others see what was published once."""
    if has_permission(actor, Permission.edit_rubrics):
        return true()
    if not has_permission(actor, Permission.view_rubrics):
        return false()
    return Rubric.versions.any(RubricVersion.state != VersionState.draft)


def _get(session: Session, model: type[Any], thing_id: int, condition: ColumnElement[bool]) -> Any:
    found = session.scalar(select(model).where(model.id == thing_id, condition))
    if found is None:
        raise NotFound
    return found


def get_conversation(session: Session, actor: User, conversation_id: int) -> Conversation:
    """Return the conversation, or raise `NotFound` where the actor may not see it."""
    found: Conversation = _get(session, Conversation, conversation_id, visible_conversations(actor))
    return found


def get_inspection(session: Session, actor: User, inspection_id: int) -> Inspection:
    """Return the inspection, or raise `NotFound` where the actor may not see it."""
    found: Inspection = _get(session, Inspection, inspection_id, visible_inspections(actor))
    return found


def get_rubric(session: Session, actor: User, rubric_id: int) -> Rubric:
    """Return the rubric, or raise `NotFound` where the actor may not see it."""
    found: Rubric = _get(session, Rubric, rubric_id, visible_rubrics(actor))
    return found


def get_rubric_version(session: Session, actor: User, rubric_id: int, number: int) -> RubricVersion:
    """Return one version of a rubric; a draft is there for those who edit rubrics only."""
    rubric = get_rubric(session, actor, rubric_id)
    sees_drafts = has_permission(actor, Permission.edit_rubrics)
    readable = (version for version in rubric.versions if sees_drafts or version.state != VersionState.draft)
    found = next((version for version in readable if version.number == number), None)
    if found is None:
        raise NotFound
    return found


def get_own_inspection(session: Session, actor: User, inspection_id: int) -> Inspection:
    """Return the actor's own inspection, or raise `NotFound`: nobody scores in another's name."""
    found: Inspection = _get(session, Inspection, inspection_id, Inspection.inspector_id == actor.id)
    return found


def get_assignment(session: Session, actor: User, assignment_id: int) -> Assignment:
    """Return any assignment to the lead who hands them out, one's own to anybody else."""
    mine = true() if RoleName.qa_lead in actor.role_names else Assignment.inspector_id == actor.id
    found: Assignment = _get(session, Assignment, assignment_id, mine)
    return found


def get_sample(session: Session, actor: User, sample_id: int) -> Sample:
    """Return any sample to the lead, or raise `NotFound`."""
    found: Sample = _get(session, Sample, sample_id, true() if RoleName.qa_lead in actor.role_names else false())
    return found


def get_plan(session: Session, actor: User, plan_id: int) -> SamplingPlan:
    """Return a sampling plan to who makes them, or raise `NotFound`."""
    allowed = has_permission(actor, Permission.manage_sampling)
    found: SamplingPlan = _get(session, SamplingPlan, plan_id, true() if allowed else false())
    return found


def get_draw(session: Session, actor: User, draw_id: int) -> Draw:
    """Return a draw to everyone who may check draws, or raise `NotFound`."""
    allowed = has_permission(actor, Permission.view_draws)
    found: Draw = _get(session, Draw, draw_id, true() if allowed else false())
    return found


def get_own_assignment(session: Session, actor: User, assignment_id: int) -> Assignment:
    """Return the actor's own assignment, or raise `NotFound`."""
    found: Assignment = _get(session, Assignment, assignment_id, Assignment.inspector_id == actor.id)
    return found


def get_sheet(session: Session, actor: User, sheet_id: int) -> Sheet:
    """Return the sheet, or raise `NotFound` where the actor may not see it."""
    found: Sheet = _get(session, Sheet, sheet_id, visible_sheets(actor))
    return found


def get_export(session: Session, actor: User, export_id: int) -> ExportFile:
    """Return a file of the exports to who may make them, or raise `NotFound`."""
    allowed = has_permission(actor, Permission.export_sheets)
    found: ExportFile = _get(session, ExportFile, export_id, true() if allowed else false())
    return found


def get_user(session: Session, actor: User, user_id: int) -> User:
    """Return the user; people are seen by those who may see people."""
    found: User = _get(session, User, user_id, _if_sees_people(actor))
    return found


def get_agent(session: Session, actor: User, agent_id: int) -> AgentModel:
    """Return the agent as a person of the organisation; figures have conditions of their own."""
    found: AgentModel = _get(session, AgentModel, agent_id, _if_sees_people(actor))
    return found


def get_team(session: Session, actor: User, team_id: int) -> Team:
    """Return the team."""
    found: Team = _get(session, Team, team_id, _if_sees_people(actor))
    return found


def _if_sees_people(actor: User) -> ColumnElement[bool]:
    return true() if has_permission(actor, Permission.view_people) else false()


def get_import(session: Session, actor: User, import_id: int) -> ImportRun:
    """Return a run of an import to who may import, or raise `NotFound`."""
    allowed = has_permission(actor, Permission.import_data)
    found: ImportRun = _get(session, ImportRun, import_id, true() if allowed else false())
    return found


def get_job(session: Session, actor: User, job_id: int) -> JobRun:
    """Return the job: one's own, or any for the administrator."""
    mine = true() if RoleName.administrator in actor.role_names else JobRun.actor_id == actor.id
    found: JobRun = _get(session, JobRun, job_id, mine)
    return found
