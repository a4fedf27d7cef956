"""Lists of calibration sessions, what waits for an inspector, and what was called not scoreable as written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qa_app.access import visible_calibrations
from qa_app.calibration.service import RUNNING
from qa_app.models import (
    Answer,
    Assignment,
    AssignmentState,
    CalibrationConversation,
    CalibrationMember,
    CalibrationSession,
    Conversation,
    Inspection,
    InspectionState,
    RoleName,
    Rubric,
    RubricVersion,
    Sample,
    SamplePurpose,
    User,
    VersionState,
)

__all__ = [
    "count_waiting",
    "find_next_open",
    "list_inspectors",
    "list_own",
    "list_progress",
    "list_published",
    "list_scored",
    "list_sessions",
    "list_unscoreable",
]

_STATE_OF_WORK = (
    func.count(Assignment.id).filter(Assignment.state != AssignmentState.withdrawn).label("all"),
    func.count(Assignment.id).filter(Assignment.state == AssignmentState.done).label("done"),
)


def _members() -> ScalarSelect[int]:
    """How many score in a session: whoever was taken out and had submitted nothing is none of it."""
    return (
        select(func.count())
        .where(CalibrationMember.session_id == CalibrationSession.id)
        .correlate(CalibrationSession)
        .scalar_subquery()
    )


def list_sessions(session: Session, actor: User, *, limit: int = 100) -> list[Any]:
    """The sessions the actor may open with how far they are, running ones first; own work apart."""
    own = Assignment.inspector_id == actor.id
    query = (
        select(
            CalibrationSession.id,
            CalibrationSession.name,
            CalibrationSession.due_at,
            CalibrationSession.revealed_at,
            CalibrationSession.cancelled_at,
            Rubric.name.label("rubric_name"),
            Rubric.name_zh.label("rubric_name_zh"),
            RubricVersion.number,
            func.count(CalibrationConversation.id.distinct()).label("conversations"),
            _members().label("inspectors"),
            *_STATE_OF_WORK,
            func.count(Assignment.id).filter(own & (Assignment.state == AssignmentState.open)).label("own_open"),
        )
        .join(CalibrationSession.rubric_version)
        .join(RubricVersion.rubric)
        .join(CalibrationConversation, CalibrationConversation.session_id == CalibrationSession.id)
        .join(Assignment, Assignment.sample_id == CalibrationConversation.sample_id)
        .where(visible_calibrations(actor))
        .group_by(CalibrationSession.id, Rubric.name, Rubric.name_zh, RubricVersion.number)
        .order_by(~and_(*RUNNING), CalibrationSession.due_at.desc(), CalibrationSession.id)
        .limit(limit)
    )
    return list(session.execute(query))


def count_waiting(session: Session, inspector: User) -> int:
    """How many sessions wait for this inspector's scores."""
    query = (
        select(func.count(CalibrationConversation.session_id.distinct()))
        .join(Assignment, Assignment.sample_id == CalibrationConversation.sample_id)
        .where(Assignment.inspector_id == inspector.id, Assignment.state == AssignmentState.open)
    )
    return session.scalar(query) or 0


def list_progress(session: Session, session_id: int) -> list[Any]:
    """Per inspector how many conversations are submitted."""
    query = (
        select(
            User.id,
            User.name,
            *_STATE_OF_WORK,
            func.count(Assignment.id).filter(Assignment.state == AssignmentState.open).label("open"),
        )
        .select_from(CalibrationConversation)
        .join(Assignment, Assignment.sample_id == CalibrationConversation.sample_id)
        .join(User, User.id == Assignment.inspector_id)
        .where(CalibrationConversation.session_id == session_id, Assignment.state != AssignmentState.withdrawn)
        .group_by(User.id, User.name)
        .order_by(User.name)
    )
    return list(session.execute(query))


def list_own(session: Session, actor: User, session_id: int) -> list[Any]:
    """The conversations of a session with the actor's own work on them; nobody else's is read."""
    mine = (Assignment.sample_id == CalibrationConversation.sample_id) & (Assignment.inspector_id == actor.id)
    query = (
        select(
            CalibrationConversation.sample_id,
            CalibrationConversation.position,
            CalibrationConversation.why,
            Conversation.id.label("conversation_id"),
            Conversation.channel,
            Conversation.external_id,
            Conversation.topic,
            Assignment.id.label("assignment_id"),
            Assignment.state,
            Inspection.id.label("inspection_id"),
            func.coalesce(Inspection.revision, 0).label("revision"),
        )
        .join(Sample, Sample.id == CalibrationConversation.sample_id)
        .join(Conversation, Conversation.id == Sample.conversation_id)
        .outerjoin(Assignment, mine)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(CalibrationConversation.session_id == session_id)
        .order_by(CalibrationConversation.position)
    )
    return list(session.execute(query))


def find_next_open(session: Session, actor: User, session_id: int) -> Assignment | None:
    """The first conversation of a session that waits for the actor."""
    return session.scalar(
        select(Assignment)
        .join(CalibrationConversation, CalibrationConversation.sample_id == Assignment.sample_id)
        .where(
            CalibrationConversation.session_id == session_id,
            Assignment.inspector_id == actor.id,
            Assignment.state == AssignmentState.open,
        )
        .order_by(CalibrationConversation.position)
        .limit(1)
    )


def list_scored(session: Session, sample_ids: Sequence[int]) -> list[Inspection]:
    """What was submitted on these samples, with answers and evidence."""
    return list(
        session.scalars(
            select(Inspection)
            .where(Inspection.sample_id.in_(sample_ids), Inspection.state != InspectionState.draft)
            .options(
                selectinload(Inspection.answers),
                selectinload(Inspection.evidence),
                joinedload(Inspection.inspector),
                joinedload(Inspection.rubric_version),
            )
            .order_by(Inspection.inspector_id)
        ).unique()
    )


def list_published(session: Session) -> list[RubricVersion]:
    """The rubric versions in force, by the name of their rubric."""
    return list(
        session.scalars(
            select(RubricVersion)
            .join(RubricVersion.rubric)
            .where(RubricVersion.state == VersionState.published)
            .options(joinedload(RubricVersion.rubric))
            .order_by(Rubric.id, RubricVersion.number.desc())
        )
    )


def list_inspectors(session: Session) -> list[User]:
    """Active users who inspect, by name."""
    users = session.scalars(select(User).where(User.active.is_(True)).order_by(User.name, User.id)).unique()
    return [user for user in users if RoleName.inspector in user.role_names]


def list_unscoreable(session: Session, since: datetime, *, limit: int = 2000) -> list[Any]:
    """Answers "not scoreable as written" with their reasons, newest first: daily work, and sessions once revealed."""
    revealed = (
        select(CalibrationConversation.sample_id)
        .join(CalibrationConversation.session)
        .where(CalibrationSession.revealed_at.is_not(None))
    )
    is_open: ColumnElement[bool] = or_(Inspection.purpose == SamplePurpose.work, Inspection.sample_id.in_(revealed))
    query = (
        select(
            Rubric.id.label("rubric_id"),
            Inspection.rubric_version_id,
            RubricVersion.number,
            Answer.criterion,
            Answer.reason,
            Inspection.id.label("inspection_id"),
            Inspection.purpose,
            Inspection.submitted_at,
            User.name.label("inspector_name"),
            Conversation.channel,
            Conversation.external_id,
        )
        .join(Answer.inspection)
        .join(Inspection.rubric_version)
        .join(RubricVersion.rubric)
        .join(User, User.id == Inspection.inspector_id)
        .join(Inspection.conversation)
        .where(
            Answer.value["unscoreable"].as_boolean().is_(True),
            Inspection.state != InspectionState.draft,
            Inspection.submitted_at >= since,
            is_open,
        )
        .order_by(Inspection.submitted_at.desc(), Answer.criterion)
        .limit(limit)
    )
    return list(session.execute(query))


def is_member(session: Session, actor: User, session_id: int) -> bool:
    """Whether the actor scores in this session."""
    query = select(CalibrationMember.user_id).where(
        CalibrationMember.session_id == session_id, CalibrationMember.user_id == actor.id
    )
    return session.scalar(query) is not None
