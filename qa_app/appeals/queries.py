"""Lists of this room, what waits for whom, and what is due: rows of columns, a fixed number of queries each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from qa_app.access import visible_appeals
from qa_app.appeals.due import WAITING, AppealDue, WindowEnding, appeals_due, windows_ending
from qa_app.clock import now
from qa_app.inspections.queries import mentions_sample
from qa_app.models import (
    Agent,
    Appeal,
    AppealAnswer,
    AppealRecheck,
    AppealState,
    AssessmentPeriod,
    Assignment,
    AssignmentState,
    Conversation,
    Inspection,
    InspectionState,
    PeriodRevision,
    PeriodState,
    RecheckState,
    Role,
    RoleName,
    RubricVersion,
    Sample,
    SampleState,
    Team,
    User,
)
from qa_app.people.appeal_rules import appeal_clock

MOST_AT_ONCE = 100

__all__ = [
    "MOST_AT_ONCE",
    "WAITING",
    "AppealDue",
    "AppealFilter",
    "OpenWindow",
    "ToDecide",
    "WindowEnding",
    "appeals_due",
    "appeals_to_decide",
    "count_decided_unread",
    "count_rechecks",
    "count_to_decide",
    "disputed_criteria",
    "find_deciders",
    "load_appeal",
    "month_since",
    "open_windows",
    "select_appeals",
    "select_rechecks",
    "teams_of_appeals",
    "windows_ending",
]


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """What the list is narrowed to; empty means all."""

    state: str = ""
    kind: str = ""
    agent_id: int | None = None
    team_id: int | None = None
    inspector_id: int | None = None
    criterion: str = ""
    only: str = ""
    words: str = ""
    sort: str = "due"
    order: str = "asc"


_decider, _inspector = aliased(User), aliased(User)

_LISTED = (
    Appeal.id,
    Appeal.state,
    Appeal.kind,
    Appeal.filed_at,
    Appeal.due_at,
    Appeal.decided_at,
    Appeal.seen_at,
    Appeal.score_before,
    Appeal.score_after,
    Conversation.channel,
    Conversation.external_id,
    Conversation.opened_at,
    Agent.name.label("agent_name"),
    Agent.employee_number,
    Team.name.label("team_name"),
    Team.name_zh.label("team_name_zh"),
    _decider.name.label("decider_name"),
    _inspector.name.label("inspector_name"),
)


def select_appeals(
    actor: User, wanted: AppealFilter, start: datetime | None = None, end: datetime | None = None
) -> Select[*tuple[Any, ...]]:
    """The appeals the actor may see: what waits first, by its due day; `start` and `end` bound the conversation."""
    disputed = (
        select(func.count()).where(AppealAnswer.appeal_id == Appeal.id).correlate(Appeal).scalar_subquery()
    ).label("disputed")
    query: Select[*tuple[Any, ...]] = (
        select(*_LISTED, disputed)
        .join(Inspection, Inspection.id == Appeal.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .join(Agent, Agent.id == Appeal.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .outerjoin(_decider, _decider.id == func.coalesce(Appeal.decided_by_id, Appeal.decider_id))
        .join(_inspector, _inspector.id == Inspection.inspector_id)
        .where(visible_appeals(actor))
        .order_by(*_ordering(wanted), Appeal.id.desc())
    )
    if start is not None and end is not None:
        query = query.where(Conversation.opened_at >= start, Conversation.opened_at < end)
    return _narrow(query, wanted)


def _ordering(wanted: AppealFilter) -> tuple[ColumnElement[Any], ...]:
    """By what waits: its due day first, then what was settled last; or by a plain column."""
    if wanted.sort == "due" and wanted.order == "asc":
        settled_at = func.coalesce(Appeal.decided_at, Appeal.withdrawn_at)
        return Appeal.state.not_in(WAITING), settled_at.desc(), Appeal.due_at.asc()
    columns = {"due": Appeal.due_at, "filed": Appeal.filed_at, "score": Appeal.score_before}
    column = columns[wanted.sort]
    return (column.asc() if wanted.order == "asc" else column.desc(),)


def _narrow(query: Select[*tuple[Any, ...]], wanted: AppealFilter) -> Select[*tuple[Any, ...]]:
    if wanted.state == "waiting":
        query = query.where(Appeal.state.in_(WAITING))
    elif wanted.state:
        query = query.where(Appeal.state == wanted.state)
    if wanted.kind:
        query = query.where(Appeal.kind == wanted.kind)
    if wanted.agent_id is not None:
        query = query.where(Appeal.agent_id == wanted.agent_id)
    if wanted.team_id:
        query = query.where(Agent.team_id == wanted.team_id)
    if wanted.inspector_id:
        query = query.where(Inspection.inspector_id == wanted.inspector_id)
    if wanted.criterion:
        disputes_it = exists().where(AppealAnswer.appeal_id == Appeal.id, AppealAnswer.criterion == wanted.criterion)
        query = query.where(disputes_it)
    if wanted.words:
        query = query.where(mentions_sample(wanted.words))
    if wanted.only == "overdue":
        query = query.where(Appeal.state.in_(WAITING), Appeal.due_at <= now())
    return query


def load_appeal(session: Session, appeal_id: int) -> Appeal:
    """Load an appeal with all that its page shows."""
    return (
        session.scalars(
            select(Appeal)
            .where(Appeal.id == appeal_id)
            .options(
                selectinload(Appeal.answers).selectinload(AppealAnswer.evidence),
                selectinload(Appeal.rechecks),
                joinedload(Appeal.agent).joinedload(Agent.team),
                joinedload(Appeal.right_agent),
                joinedload(Appeal.decider),
                joinedload(Appeal.decided_by),
                joinedload(Appeal.escalated_by),
                joinedload(Appeal.inspection).options(
                    selectinload(Inspection.answers),
                    selectinload(Inspection.evidence),
                    joinedload(Inspection.rubric_version),
                    joinedload(Inspection.inspector),
                    joinedload(Inspection.agent).joinedload(Agent.team),
                    joinedload(Inspection.sample).joinedload(Sample.draw),
                    joinedload(Inspection.conversation).selectinload(Conversation.recordings),
                ),
            )
            .execution_options(populate_existing=True)
        )
        .unique()
        .one()
    )


def _scored_by(user_id: int) -> Any:
    """Whether a person scored the sample of an appeal, the other half of a double scoring too."""
    own = aliased(Inspection)
    sibling = and_(Inspection.sample_id.is_not(None), own.sample_id == Inspection.sample_id)
    scored = exists().where(own.inspector_id == user_id, or_(own.id == Inspection.id, sibling))
    assigned = exists().where(
        Assignment.sample_id == Inspection.sample_id,
        Assignment.inspector_id == user_id,
        Assignment.state != AssignmentState.withdrawn,
    )
    return or_(scored, assigned)


def teams_of_appeals(session: Session, actor: User) -> Sequence[Any]:
    """The teams whose appeals one may see, for the filter."""
    shown = select(Agent.team_id).join(Appeal, Appeal.agent_id == Agent.id).where(visible_appeals(actor))
    return session.execute(select(Team.id, Team.name, Team.name_zh).where(Team.id.in_(shown)).order_by(Team.name)).all()


@dataclass(frozen=True, slots=True)
class ToDecide:
    """Appeals that wait for one person: how many, how many of them late, and when the first is due."""

    count: int
    overdue: int
    first_due_at: datetime | None


def count_to_decide(session: Session, actor: User) -> int:
    """How many appeals wait for this person: not those they scored, escalated, or that another took over."""
    return appeals_to_decide(session, actor).count


def appeals_to_decide(session: Session, actor: User) -> ToDecide:
    """The same with their due days; one query."""
    roles = actor.role_names
    allowed = []
    if RoleName.qa_lead in roles:
        allowed.append(Appeal.state == AppealState.open)
    if not roles.isdisjoint({RoleName.qa_lead, RoleName.hr}):
        others = or_(Appeal.escalated_by_id.is_(None), Appeal.escalated_by_id != actor.id)
        allowed.append(and_(Appeal.state == AppealState.escalated, others))
    if not allowed:
        return ToDecide(0, 0, None)
    late = func.count(Appeal.id).filter(Appeal.due_at <= now())
    query = (
        select(func.count(Appeal.id), late, func.min(Appeal.due_at))
        .join(Inspection, Inspection.id == Appeal.inspection_id)
        .where(
            or_(*allowed),
            or_(Appeal.decider_id.is_(None), Appeal.decider_id == actor.id),
            ~_scored_by(actor.id),
        )
    )
    if actor.agent_id is not None:
        query = query.where(Appeal.agent_id != actor.agent_id)
    return ToDecide(*session.execute(query).one())


def count_decided_unread(session: Session, actor: User) -> int:
    """How many decisions the agent has not read yet."""
    if actor.agent_id is None:
        return 0
    return (
        session.scalar(
            select(func.count(Appeal.id)).where(
                Appeal.agent_id == actor.agent_id, Appeal.decided_at.is_not(None), Appeal.seen_at.is_(None)
            )
        )
        or 0
    )


def count_rechecks(session: Session) -> int:
    """How many siblings wait to be looked at."""
    return session.scalar(select(func.count(AppealRecheck.id)).where(AppealRecheck.state == RecheckState.open)) or 0


def find_deciders(session: Session) -> Sequence[User]:
    """The QA leads to whom an appeal can be handed."""
    return (
        session.scalars(
            select(User)
            .where(User.active.is_(True), User.roles.any(Role.name == RoleName.qa_lead.value))
            .order_by(User.name)
        )
        .unique()
        .all()
    )


def select_rechecks(state: str = RecheckState.open) -> Select[Any]:
    """Siblings to look at, or those that were settled so; what is due first on top."""
    query = (
        select(AppealRecheck)
        .options(
            joinedload(AppealRecheck.inspection).options(
                selectinload(Inspection.answers),
                joinedload(Inspection.rubric_version),
                joinedload(Inspection.inspector),
                joinedload(Inspection.agent),
                joinedload(Inspection.conversation),
            ),
            joinedload(AppealRecheck.appeal).selectinload(Appeal.answers),
        )
        .order_by(AppealRecheck.due_at, AppealRecheck.id)
    )
    return query.where(AppealRecheck.state == state)


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """An inspection the agent may still appeal, until `ends_at`."""

    id: int
    channel: str
    external_id: str
    score: float
    ends_at: datetime


def open_windows(session: Session, actor: User) -> list[OpenWindow]:
    """The actor's own inspections whose window is open, those that end first on top."""
    if actor.agent_id is None:
        return []
    clock, moment = appeal_clock(session), now()
    shown_at = func.coalesce(Inspection.shown_at, Inspection.submitted_at).label("shown_at")
    rows = session.execute(
        select(Inspection.id, Conversation.channel, Conversation.external_id, Inspection.score, shown_at)
        .join(Inspection.conversation)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(
            Inspection.agent_id == actor.agent_id,
            Inspection.state == InspectionState.submitted,
            Inspection.score.is_not(None),
            Inspection.waits_for_month.is_(False),
            or_(Inspection.sample_id.is_(None), Sample.state != SampleState.replaced),
        )
        .order_by(shown_at)
    )
    windows = (
        OpenWindow(row.id, row.channel, row.external_id, row.score, clock.window_ends_at(row.shown_at)) for row in rows
    )
    return [window for window in windows if window.ends_at > moment]


def month_since(session: Session, month: str, moment: datetime) -> PeriodState | None:
    """How far a month is that was computed before `moment` and not since; none where it knows of it, or is open."""
    row = session.execute(
        select(AssessmentPeriod.state, func.max(PeriodRevision.computed_at))
        .join(PeriodRevision, PeriodRevision.period_id == AssessmentPeriod.id)
        .where(AssessmentPeriod.month == month)
        .group_by(AssessmentPeriod.state)
    ).first()
    return None if row is None or row[1] >= moment else PeriodState(row[0])


def disputed_criteria(session: Session, actor: User) -> list[tuple[str, RubricVersion]]:
    """The criteria that were ever disputed, each with a version that has it, for the filter."""
    rows = session.execute(
        select(AppealAnswer.criterion, func.max(Inspection.rubric_version_id))
        .join(Appeal, Appeal.id == AppealAnswer.appeal_id)
        .join(Inspection, Inspection.id == Appeal.inspection_id)
        .where(visible_appeals(actor))
        .group_by(AppealAnswer.criterion)
    ).all()
    wanted = {version for _code, version in rows}
    versions = {one.id: one for one in session.scalars(select(RubricVersion).where(RubricVersion.id.in_(wanted)))}
    return [(code, versions[version]) for code, version in rows]
