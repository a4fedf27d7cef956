"""What trends are made from, as column rows: one query each, whatever the centre's size.

Inspections count as they do in a month's sheets: submitted, of random draws or random history, not replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from qa_app.models import (
    Agent,
    Answer,
    Conversation,
    Draw,
    Evidence,
    Inspection,
    RubricVersion,
    Sample,
    Team,
    counts_in_estimates,
)
from qa_app.trends.scope import Scope, Span

__all__ = [
    "count_topics",
    "list_agents",
    "list_answers",
    "list_definitions",
    "list_draws",
    "list_evidence",
    "list_failures",
    "list_inspections",
    "list_teams",
    "newest_inspected",
    "select_losses",
]

Rows = Sequence[Any]
"""Rows of columns, named as in the query."""


def newest_inspected(session: Session, scope: Scope) -> datetime | None:
    """When the newest conversation that was inspected was opened."""
    query = select(func.max(Conversation.opened_at)).select_from(Inspection).join(Inspection.conversation)
    query = query.outerjoin(Sample, Sample.id == Inspection.sample_id).join(Agent, Agent.id == Inspection.agent_id)
    return session.scalar(query.where(counts_in_estimates(), scope.agents()))


def list_teams(session: Session, watched: frozenset[int] | None) -> Rows:
    """Teams to choose from, by name."""
    query = select(Team.id, Team.name, Team.name_zh).order_by(Team.name)
    return session.execute(query if watched is None else query.where(Team.id.in_(sorted(watched)))).all()


def list_agents(session: Session, scope: Scope) -> Rows:
    """Agents whose figures are shown, with their teams, by name."""
    return session.execute(
        select(
            Agent.id,
            Agent.employee_number,
            Agent.name,
            Team.id.label("team_id"),
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
        )
        .join(Team, Team.id == Agent.team_id)
        .where(scope.agents())
        .order_by(Agent.name, Agent.employee_number)
    ).all()


def list_inspections(session: Session, scope: Scope, span: Span) -> Rows:
    """Inspections of a time, of one conversation together and in the order in which they were made."""
    query = select(
        Inspection.id,
        Inspection.conversation_id,
        Inspection.rubric_version_id,
        Inspection.quality,
        Inspection.is_critical,
        Conversation.opened_at,
        Sample.ruling,
        Sample.weight,
        Sample.inclusion_probability,
        Sample.stratum,
        Sample.draw_id,
    )
    return session.execute(_inspected(query, scope, span).order_by(Inspection.conversation_id, Inspection.id)).all()


def list_draws(session: Session, ids: Sequence[int]) -> Rows:
    """Sizes of the strata of draws, for samples from before chances were kept."""
    return session.execute(select(Draw.id, Draw.populations, Draw.sizes).where(Draw.id.in_(ids))).all()


def list_answers(session: Session, scope: Scope, span: Span) -> Rows:
    """Answers that counted, of the inspections of a time."""
    query = select(Answer.inspection_id, Answer.criterion, Answer.lost_points).join(Answer.inspection)
    return session.execute(_inspected(query, scope, span, base=False).where(Answer.points.is_not(None))).all()


def list_definitions(session: Session, ids: Sequence[int]) -> Rows:
    """Rubric versions as they are written, the older ones first."""
    query = select(RubricVersion.id, RubricVersion.rubric_id, RubricVersion.number, RubricVersion.definition)
    return session.execute(query.where(RubricVersion.id.in_(ids)).order_by(RubricVersion.number)).all()


def list_failures(session: Session, scope: Scope, span: Span) -> Rows:
    """Answers that lost points: the inspector's reason, and a row for each piece of evidence, in a fixed order."""
    of_answer = and_(
        Evidence.inspection_id == Answer.inspection_id,
        Evidence.criterion == Answer.criterion,
        Evidence.is_praise.is_(False),
    )
    query = (
        select(
            Answer.inspection_id,
            Answer.criterion,
            Inspection.rubric_version_id,
            Answer.reason,
            Evidence.quote,
            Evidence.note,
        )
        .join(Answer.inspection)
        .outerjoin(Evidence, of_answer)
        .where(Answer.lost_points > 0)
    )
    ordered = _inspected(query, scope, span, base=False).order_by(Answer.inspection_id, Answer.criterion, Evidence.id)
    return session.execute(ordered).all()


def list_evidence(session: Session, inspections: Sequence[int], criterion: str) -> Rows:
    """Evidence of one criterion in some inspections, and the inspector's reason."""
    of_answer = and_(Answer.inspection_id == Inspection.id, Answer.criterion == criterion)
    of_place = and_(
        Evidence.inspection_id == Inspection.id, Evidence.criterion == criterion, Evidence.is_praise.is_(False)
    )
    query = select(Inspection.id.label("inspection_id"), Evidence.quote, Evidence.note, Answer.reason)
    query = query.outerjoin(Answer, of_answer).outerjoin(Evidence, of_place)
    return session.execute(query.where(Inspection.id.in_(inspections)).order_by(Inspection.id, Evidence.id)).all()


def count_topics(session: Session, scope: Scope) -> Rows:
    """How many conversations had each topic in the month and in the one before."""
    now, before = scope.span, scope.before
    both = Span(before.start, now.end)
    is_now = Conversation.opened_at >= now.start
    columns = (
        Conversation.topic,
        func.sum(case((is_now, 0), else_=1)).label("before"),
        func.sum(case((is_now, 1), else_=0)).label("now"),
    )
    return session.execute(select(*columns).where(scope.conversations(both)).group_by(Conversation.topic)).all()


def select_losses(
    scope: Scope, span: Span, *, rubric_id: int | None = None, criterion: str = ""
) -> Select[*tuple[Any, ...]]:
    """Inspections of a time, the costliest first; with a criterion those that lost points in it."""
    lost = func.coalesce(func.sum(Answer.lost_points), 0.0)
    shown = and_(Answer.inspection_id == Inspection.id, Answer.lost_points > 0)
    if criterion:
        shown = and_(shown, Answer.criterion == criterion)
    query: Any = select(
        Inspection.id,
        Inspection.score,
        Inspection.is_critical,
        Inspection.submitted_at,
        Conversation.channel,
        Conversation.external_id,
        Conversation.opened_at,
        Agent.name.label("agent_name"),
        lost.label("lost"),
    )
    query = _inspected(query, scope, span).outerjoin(Answer, shown)
    if rubric_id is not None:
        query = query.join(RubricVersion, RubricVersion.id == Inspection.rubric_version_id)
        query = query.where(RubricVersion.rubric_id == rubric_id)
    query = query.group_by(Inspection.id, Conversation.id, Agent.id)
    narrowed: Select[*tuple[Any, ...]] = query.having(lost > 0) if criterion else query
    return narrowed.order_by(lost.desc(), Inspection.id)


def _inspected(query: Any, scope: Scope, span: Span, *, base: bool = True) -> Any:
    """Keep to the inspections that count; `base`: the query begins at the inspections themselves."""
    if base:
        query = query.select_from(Inspection)
    query = (
        query.join(Conversation, Conversation.id == Inspection.conversation_id)
        .join(Agent, Agent.id == Inspection.agent_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(span.holds(), scope.agents(), counts_in_estimates())
    )
    return query.where(Conversation.channel == scope.channel) if scope.channel else query
