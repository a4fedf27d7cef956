"""People of the organisation, and what is one person's alone: notices, kept filters, jobs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from qa_app.access.fetching import any_of, fetch, of_oneself, only_if, teams_of
from qa_app.models import Agent, JobRun, Notice, RoleName, SavedFilter, Team, User
from qa_app.permissions import Permission, has_permission

__all__ = ["get_agent", "get_job", "get_notice", "get_saved_filter", "get_team", "get_user", "visible_agents"]


def visible_agents(actor: User) -> ColumnElement[bool]:
    """Agents whose figures the actor may see."""
    if not actor.role_names.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        return true()
    teams = teams_of(actor)
    return any_of([*([Agent.team_id.in_(teams)] if teams else []), *of_oneself(actor, Agent.id)])


def get_user(session: Session, actor: User, user_id: int) -> User:
    """Return the user; people are seen by those who may see people."""
    return fetch(session, User, user_id, _if_sees_people(actor))


def get_agent(session: Session, actor: User, agent_id: int) -> Agent:
    """Return the agent as a person of the organisation; figures have conditions of their own."""
    return fetch(session, Agent, agent_id, _if_sees_people(actor))


def get_team(session: Session, actor: User, team_id: int) -> Team:
    """Return the team."""
    return fetch(session, Team, team_id, _if_sees_people(actor))


def _if_sees_people(actor: User) -> ColumnElement[bool]:
    return only_if(has_permission(actor, Permission.view_people))


def get_saved_filter(session: Session, actor: User, filter_id: int) -> SavedFilter:
    """Return the actor's own filter, or raise `NotFound`: it is nobody else's."""
    return fetch(session, SavedFilter, filter_id, SavedFilter.user_id == actor.id)


def get_notice(session: Session, actor: User, notice_id: int) -> Notice:
    """Return one's own notice: what somebody is told is for nobody else."""
    return fetch(session, Notice, notice_id, Notice.user_id == actor.id)


def get_job(session: Session, actor: User, job_id: int) -> JobRun:
    """Return the job: one's own, or any for the administrator."""
    mine = true() if RoleName.administrator in actor.role_names else JobRun.actor_id == actor.id
    return fetch(session, JobRun, job_id, mine)
