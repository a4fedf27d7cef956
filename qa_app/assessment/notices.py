"""Tells who takes the next step of a month, and agents and supervisors once their sheets are published."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    AssessmentPeriod,
    NoticeKind,
    PeriodRevision,
    PeriodState,
    RoleName,
    Sheet,
    SheetState,
    User,
)
from qa_app.notices.recipients import others, supervisors_of, users_of_agents, users_with
from qa_app.notices.service import Telling, notify, notify_each, resolve

__all__ = ["close_held_back", "close_seen", "tell_held_back", "tell_published", "tell_step"]

_WHAT_COMES: Mapping[PeriodState, tuple[str, tuple[RoleName, ...]]] = {
    PeriodState.computed: ("review", (RoleName.qa_lead,)),
    PeriodState.reviewed: ("approve", (RoleName.hr,)),
    PeriodState.approved: ("publish", (RoleName.hr,)),
    PeriodState.published: ("published", (RoleName.hr, RoleName.qa_lead)),
    PeriodState.locked: ("lock", (RoleName.hr, RoleName.qa_lead)),
}


def tell_step(session: Session, actor: User | None, period: AssessmentPeriod, revision: PeriodRevision) -> None:
    """Tell who takes the next step; what told of the step before is settled by this one."""
    step, roles = _WHAT_COMES[PeriodState(period.state)]
    thing, stage = f"month:{period.month}", f"{revision.number}:{step}"
    resolve(session, NoticeKind.month_step, (thing, _held_thing(period)), because="went on", but_stage=stage)
    told = others(users_with(session, *roles), actor)
    notify(session, told, NoticeKind.month_step, thing, stage=stage, month=period.month, step=step)


def tell_held_back(session: Session, actor: User, period: AssessmentPeriod, revision: PeriodRevision) -> None:
    """Tell that the month cannot go on, once however many sheets are held back, and again after all were released."""
    held = select(func.count()).where(Sheet.revision_id == revision.id, Sheet.is_held_back)
    if session.scalar(held) != 1:
        return
    told = others(users_with(session, RoleName.hr, RoleName.qa_lead), actor)
    thing, stage = _held_thing(period), f"{revision.number}:blocked:{now().isoformat()}"
    notify(session, told, NoticeKind.month_step, thing, stage=stage, month=period.month, step="blocked")


def close_held_back(session: Session, period: AssessmentPeriod, revision: PeriodRevision) -> None:
    """Close that once the last sheet is released."""
    left = select(func.count()).where(Sheet.revision_id == revision.id, Sheet.is_held_back)
    if not session.scalar(left):
        resolve(session, NoticeKind.month_step, _held_thing(period), because="released")


def tell_published(session: Session, actor: User | None, period: AssessmentPeriod, revision: PeriodRevision) -> None:
    """Tell every agent of their sheet, and every supervisor once with the number of their team's sheets."""
    of_revision = select(Sheet.agent_id).where(Sheet.revision_id == revision.id)
    agents = set(session.scalars(of_revision))
    users = users_of_agents(session)
    told = others((users[agent] for agent in agents if agent in users), actor)
    thing, stage = _sheet_thing(period), f"revision:{revision.number}"
    resolve(session, NoticeKind.sheet_published, thing, because="published anew", but_stage=stage)
    again = {"again": 1} if _was_published(session, period, revision) else {}
    tellings = [Telling(one, thing, {"month": period.month, **again}) for one in told]
    notify_each(session, NoticeKind.sheet_published, tellings, stage=stage)
    _tell_supervisors(session, actor, period, agents, stage)


def _tell_supervisors(
    session: Session, actor: User | None, period: AssessmentPeriod, agents: set[int], stage: str
) -> None:
    thing = f"team_sheets:{period.month}"
    resolve(session, NoticeKind.month_step, thing, because="published anew", but_stage=stage)
    led = {user_id: len(agents.intersection(own)) for user_id, own in supervisors_of(session).items()}
    tellings = [
        Telling(one, thing, {"month": period.month, "step": "team", "count": led[one]})
        for one in others(led, actor)
        if led[one]
    ]
    notify_each(session, NoticeKind.month_step, tellings, stage=stage)


def close_seen(session: Session, actor: User, sheet: Sheet) -> None:
    """The agent has opened the sheet."""
    thing = _sheet_thing(sheet.revision.period)
    resolve(session, NoticeKind.sheet_published, thing, because="", user_ids=[actor.id])


def _was_published(session: Session, period: AssessmentPeriod, revision: PeriodRevision) -> bool:
    """Whether agents saw a sheet of this month before."""
    earlier = (
        select(Sheet.id)
        .join(PeriodRevision, PeriodRevision.id == Sheet.revision_id)
        .where(
            PeriodRevision.period_id == period.id,
            PeriodRevision.number < revision.number,
            Sheet.state == SheetState.superseded,
            Sheet.published_at.is_not(None),
        )
    )
    return session.scalar(earlier.limit(1)) is not None


def _sheet_thing(period: AssessmentPeriod) -> str:
    return f"sheet:{period.month}"


def _held_thing(period: AssessmentPeriod) -> str:
    return f"held_back:{period.month}"
