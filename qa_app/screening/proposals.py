"""Who may see what the machine proposes for one conversation, and when: nobody before a person has scored it.

A plan may say otherwise; then its inspectors see the proposal while they score, and the page says what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import (
    Assignment,
    AssignmentState,
    Draw,
    Inspection,
    MachineScore,
    RoleName,
    Sample,
    SampleState,
    SamplingPlan,
    User,
)
from qa_app.screening.store import active_model

__all__ = ["SHOWN_BEFORE", "Proposal", "find_proposal"]

SHOWN_BEFORE = "proposals_shown"
"""Key of a plan's design: the machine's proposal may be seen before a person has scored."""
_WAITING = (SampleState.drawn.value, SampleState.assigned.value)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the machine proposes; `learned_without`: people scored the conversation, and this speaks without that."""

    score: float
    critical_probability: float
    version: int
    learned_without: bool


def find_proposal(session: Session, actor: User, conversation_id: int) -> Proposal | None:
    """Return the proposal if there is one and this person may see it now."""
    if not _may_see(session, actor, conversation_id):
        return None
    model = active_model(session)
    found = session.get(MachineScore, (conversation_id, model.id)) if model else None
    if found is None or model is None:
        return None
    return Proposal(found.score, found.critical_probability, model.version, found.fold is not None)


def _may_see(session: Session, actor: User, conversation_id: int) -> bool:
    """Inspectors after their own inspection, the lead when nobody has to score any more; earlier if a plan says so."""
    waiting = _plans_waiting(session, conversation_id)
    shown_before = bool(waiting) and all(design.get(SHOWN_BEFORE, False) for design in waiting)
    if RoleName.qa_lead in actor.role_names:
        return not waiting or shown_before
    if RoleName.inspector not in actor.role_names:
        return False
    is_mine = (
        select(Assignment.id)
        .join(Sample)
        .where(Sample.conversation_id == conversation_id, Assignment.inspector_id == actor.id)
    )
    if session.scalar(is_mine.where(Assignment.state == AssignmentState.open)) is not None:
        return shown_before
    mine = select(Inspection.id).where(
        Inspection.conversation_id == conversation_id,
        Inspection.inspector_id == actor.id,
        Inspection.submitted_at.is_not(None),
    )
    return session.scalar(mine) is not None


def _plans_waiting(session: Session, conversation_id: int) -> list[dict[str, object]]:
    """Designs of the plans whose sample of this conversation waits to be scored; empty ones for targeted checks."""
    rows = session.scalars(
        select(SamplingPlan.design)
        .select_from(Sample)
        .outerjoin(Draw, Draw.id == Sample.draw_id)
        .outerjoin(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(Sample.conversation_id == conversation_id, Sample.state.in_(_WAITING))
    )
    return [design or {} for design in rows]
