"""Rights: which role may do what, one gate per blueprint, and the one way to fetch each owned thing.

A view that lacks the right answers exactly as if the thing did not exist. Rooms add their `get_x` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_security import current_user
from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.exceptions import NotFound

from qa_app.models import Agent as AgentModel
from qa_app.models import (
    Appeal,
    Assignment,
    CalibrationConversation,
    CalibrationMember,
    CalibrationSession,
    CheckRule,
    CoachingAction,
    Conversation,
    Draw,
    ExportFile,
    ImportRun,
    Inspection,
    JobRun,
    Notice,
    RoleName,
    Rubric,
    RubricVersion,
    RuleVersion,
    Sample,
    SamplePurpose,
    SamplingPlan,
    SavedFilter,
    Script,
    ScriptVersion,
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
    "get_action",
    "get_agent",
    "get_appeal",
    "get_assignment",
    "get_conversation",
    "get_draw",
    "get_export",
    "get_import",
    "get_inspection",
    "get_job",
    "get_notice",
    "get_own_assignment",
    "get_own_inspection",
    "get_plan",
    "get_rubric",
    "get_rubric_version",
    "get_rule",
    "get_rule_version",
    "get_sample",
    "get_saved_filter",
    "get_script",
    "get_script_version",
    "get_sheet",
    "get_team",
    "get_user",
    "has_permission",
    "permissions_of",
    "public",
    "requires",
    "visible_actions",
    "visible_agents",
    "visible_appeals",
    "visible_assignments",
    "visible_conversations",
    "visible_inspections",
    "visible_rubrics",
    "visible_scripts",
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
    """Inspections the actor may read: all for the lead, one's own work, and submitted ones of the team or oneself.

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


def visible_appeals(actor: User) -> ColumnElement[bool]:
    """Appeals the actor may read: all for the lead, escalated ones for HR, the team's, one's own, and decided ones
    of one's own inspections.
    """
    if RoleName.qa_lead in actor.role_names:
        return true()
    conditions: list[ColumnElement[bool]] = []
    if RoleName.hr in actor.role_names:
        conditions.append(Appeal.escalated_at.is_not(None))
    if teams := _teams_of(actor):
        conditions.append(Appeal.agent_id.in_(select(AgentModel.id).where(AgentModel.team_id.in_(teams))))
    if RoleName.agent in actor.role_names and actor.agent_id is not None:
        conditions.append(Appeal.agent_id == actor.agent_id)
    if RoleName.inspector in actor.role_names:
        own = select(Inspection.id).where(Inspection.inspector_id == actor.id)
        conditions.append(Appeal.decided_at.is_not(None) & Appeal.inspection_id.in_(own))
    return or_(*conditions) if conditions else false()


def visible_actions(actor: User) -> ColumnElement[bool]:
    """Coaching the actor may read: all for HR and the lead, the team's, what one sees to, and one's own."""
    if not actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        return true()
    conditions: list[ColumnElement[bool]] = []
    if teams := _teams_of(actor):
        conditions.append(CoachingAction.agent_id.in_(select(AgentModel.id).where(AgentModel.team_id.in_(teams))))
    if RoleName.agent in actor.role_names and actor.agent_id is not None:
        conditions.append(CoachingAction.agent_id == actor.agent_id)
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


def visible_scripts(actor: User) -> ColumnElement[bool]:
    """Scripts the actor may read: drafts are for those who edit, all others see what was published once."""
    if has_permission(actor, Permission.edit_rubrics):
        return true()
    if not has_permission(actor, Permission.view_rubrics):
        return false()
    return Script.versions.any(ScriptVersion.state != VersionState.draft)


def _get(
    session: Session,
    model: type[Any],
    thing_id: int,
    condition: ColumnElement[bool],
    options: Sequence[ExecutableOption] = (),
) -> Any:
    found = session.scalar(select(model).where(model.id == thing_id, condition).options(*options))
    if found is None:
        raise NotFound
    return found


def get_conversation(session: Session, actor: User, conversation_id: int) -> Conversation:
    """Return the conversation, or raise `NotFound` where the actor may not see it."""
    found: Conversation = _get(session, Conversation, conversation_id, visible_conversations(actor))
    return found


def get_inspection(
    session: Session, actor: User, inspection_id: int, options: Sequence[ExecutableOption] = ()
) -> Inspection:
    """Return the inspection, with what `options` load beside it; `NotFound` where the actor may not see it."""
    found: Inspection = _get(session, Inspection, inspection_id, visible_inspections(actor), options)
    return found


def get_appeal(session: Session, actor: User, appeal_id: int) -> Appeal:
    """Return the appeal, or raise `NotFound` where the actor may not see it."""
    found: Appeal = _get(session, Appeal, appeal_id, visible_appeals(actor))
    return found


def get_action(session: Session, actor: User, action_id: int) -> CoachingAction:
    """Return the coaching action, or raise `NotFound` where the actor may not see it."""
    found: CoachingAction = _get(session, CoachingAction, action_id, visible_actions(actor))
    return found


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
    found: CalibrationSession = _get(session, CalibrationSession, session_id, visible_calibrations(actor))
    return found


def get_rubric(session: Session, actor: User, rubric_id: int) -> Rubric:
    """Return the rubric, or raise `NotFound` where the actor may not see it."""
    found: Rubric = _get(session, Rubric, rubric_id, visible_rubrics(actor))
    return found


def get_rubric_version(session: Session, actor: User, rubric_id: int, number: int) -> RubricVersion:
    """Return one version of a rubric; a draft is there for those who edit rubrics only."""
    found: RubricVersion = _find_version(get_rubric(session, actor, rubric_id).versions, actor, number)
    return found


def _find_version(versions: Iterable[Any], actor: User, number: int) -> Any:
    """Pick one version of a rubric or a script; a draft is there for those who edit them only."""
    found = next((version for version in versions if version.number == number), None)
    if found is None or (found.state == VersionState.draft and not has_permission(actor, Permission.edit_rubrics)):
        raise NotFound
    return found


def get_script(session: Session, actor: User, script_id: int) -> Script:
    """Return the script, or raise `NotFound` where the actor may not see it."""
    found: Script = _get(session, Script, script_id, visible_scripts(actor))
    return found


def get_script_version(session: Session, actor: User, script_id: int, number: int) -> ScriptVersion:
    """Return one version of a script; a draft is there for those who edit scripts only."""
    found: ScriptVersion = _find_version(get_script(session, actor, script_id).versions, actor, number)
    return found


def get_rule(session: Session, actor: User, rule_id: int) -> CheckRule:
    """Return a rule to who writes them, or raise `NotFound`."""
    allowed = has_permission(actor, Permission.manage_screening)
    found: CheckRule = _get(session, CheckRule, rule_id, true() if allowed else false())
    return found


def get_rule_version(session: Session, actor: User, rule_id: int, number: int) -> RuleVersion:
    """Return one version of a rule, or raise `NotFound`."""
    rule = get_rule(session, actor, rule_id)
    found = next((version for version in rule.versions if version.number == number), None)
    if found is None:
        raise NotFound
    return found


def get_own_inspection(
    session: Session, actor: User, inspection_id: int, options: Sequence[ExecutableOption] = ()
) -> Inspection:
    """Return the actor's own inspection, or raise `NotFound`: nobody scores in another's name.

    `options` say what to load with it: the desk's every request begins here.
    """
    found: Inspection = _get(session, Inspection, inspection_id, Inspection.inspector_id == actor.id, options)
    return found


def visible_assignments(actor: User) -> ColumnElement[bool]:
    """Assignments the actor may see: all for the lead who hands them out, one's own for anybody else."""
    return true() if RoleName.qa_lead in actor.role_names else Assignment.inspector_id == actor.id


def get_assignment(session: Session, actor: User, assignment_id: int) -> Assignment:
    """Return any assignment to the lead who hands them out, one's own to anybody else."""
    found: Assignment = _get(session, Assignment, assignment_id, visible_assignments(actor))
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


def get_saved_filter(session: Session, actor: User, filter_id: int) -> SavedFilter:
    """Return the actor's own filter, or raise `NotFound`: it is nobody else's."""
    found: SavedFilter = _get(session, SavedFilter, filter_id, SavedFilter.user_id == actor.id)
    return found


def get_import(session: Session, actor: User, import_id: int) -> ImportRun:
    """Return a run of an import to who may import, or raise `NotFound`."""
    allowed = has_permission(actor, Permission.import_data)
    found: ImportRun = _get(session, ImportRun, import_id, true() if allowed else false())
    return found


def get_notice(session: Session, actor: User, notice_id: int) -> Notice:
    """Return one's own notice: what somebody is told is for nobody else."""
    found: Notice = _get(session, Notice, notice_id, Notice.user_id == actor.id)
    return found


def get_job(session: Session, actor: User, job_id: int) -> JobRun:
    """Return the job: one's own, or any for the administrator."""
    mine = true() if RoleName.administrator in actor.role_names else JobRun.actor_id == actor.id
    found: JobRun = _get(session, JobRun, job_id, mine)
    return found
