"""The agent's own sheets, and what is known before the next one comes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from qa_app.access import NotFound
from qa_app.models import (
    AssessmentPeriod,
    Conversation,
    Inspection,
    PeriodRevision,
    Sheet,
    SheetComment,
    SheetState,
    User,
)

__all__ = ["count_inspected_since", "get_own_sheet", "list_own_months", "newest_sheet"]

_HIDDEN = (SheetState.draft, SheetState.superseded)


def list_own_months(session: Session, actor: User) -> Sequence[str]:
    """Months of which the actor has a published sheet, the newest first."""
    if actor.agent_id is None:
        return []
    return session.scalars(
        select(AssessmentPeriod.month)
        .join(PeriodRevision, PeriodRevision.period_id == AssessmentPeriod.id)
        .join(Sheet, Sheet.revision_id == PeriodRevision.id)
        .where(Sheet.agent_id == actor.agent_id, Sheet.state.not_in(_HIDDEN))
        .group_by(AssessmentPeriod.month)
        .order_by(AssessmentPeriod.month.desc())
    ).all()


def get_own_sheet(session: Session, actor: User, month: str) -> Sheet:
    """The actor's own published sheet of a month in its latest revision, or `NotFound`."""
    found = session.scalar(
        select(Sheet)
        .join(Sheet.revision)
        .join(PeriodRevision.period)
        .where(Sheet.agent_id == actor.agent_id, Sheet.state.not_in(_HIDDEN), AssessmentPeriod.month == month)
        .options(
            undefer(Sheet.content),
            joinedload(Sheet.agent),
            selectinload(Sheet.comments).joinedload(SheetComment.author),
        )
        .order_by(PeriodRevision.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def newest_sheet(session: Session) -> Sheet | None:
    """A sheet of the latest published month: its policy and its centre are the same for everybody."""
    return session.scalar(
        select(Sheet)
        .join(Sheet.revision)
        .join(PeriodRevision.period)
        .where(Sheet.state.not_in(_HIDDEN))
        .options(undefer(Sheet.content))
        .order_by(AssessmentPeriod.month.desc(), PeriodRevision.number.desc(), Sheet.id)
        .limit(1)
    )


def count_inspected_since(session: Session, actor: User, last_month: str | None) -> int:
    """How many of the actor's conversations were inspected after the last month with a sheet."""
    query = (
        select(func.count(Inspection.conversation_id.distinct()))
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(
            Inspection.agent_id == actor.agent_id,
            Inspection.submitted_at.is_not(None),
            Inspection.waits_for_month.is_(False),
        )
    )
    if last_month:
        end = select(func.max(PeriodRevision.ends_at)).join(PeriodRevision.period)
        query = query.where(Conversation.opened_at >= end.where(AssessmentPeriod.month == last_month).scalar_subquery())
    return session.scalar(query) or 0
