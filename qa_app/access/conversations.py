"""Conversations, and the imports they come by."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from qa_app.access.fetching import any_of, fetch, of_oneself, of_team, only_if
from qa_app.models import Assignment, Conversation, ImportRun, RoleName, Sample, User
from qa_app.permissions import Permission, has_permission

__all__ = ["get_conversation", "get_import", "visible_conversations"]


def visible_conversations(actor: User) -> ColumnElement[bool]:
    """Conversations the actor may open: all for the lead, the team's, one's own, or the samples assigned to one."""
    if RoleName.qa_lead in actor.role_names:
        return true()
    agent = Conversation.agent_id
    conditions = [*of_team(actor, agent), *of_oneself(actor, agent)]
    if RoleName.inspector in actor.role_names:
        mine = select(Sample.conversation_id).join(Assignment).where(Assignment.inspector_id == actor.id)
        conditions.append(Conversation.id.in_(mine))
    return any_of(conditions)


def get_conversation(session: Session, actor: User, conversation_id: int) -> Conversation:
    """Return the conversation, or raise `NotFound` where the actor may not see it."""
    return fetch(session, Conversation, conversation_id, visible_conversations(actor))


def get_import(session: Session, actor: User, import_id: int) -> ImportRun:
    """Return a run of an import to who may import, or raise `NotFound`."""
    return fetch(session, ImportRun, import_id, only_if(has_permission(actor, Permission.import_data)))
