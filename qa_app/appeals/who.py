"""Who has to do with an appeal: who scored its sample, and who may therefore not decide it; who may."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from qa_app.models import Appeal, AppealState, Assignment, AssignmentState, Inspection, Role, RoleName, User

__all__ = ["can_go_up", "find_possible_deciders", "inspectors_of", "scorers_of", "who_may_decide"]


def inspectors_of(session: Session, inspection: Inspection) -> set[int]:
    """Everybody who scored the sample: the other half of a double scoring too."""
    found = {inspection.inspector_id}
    if inspection.sample_id is not None:
        others = select(Assignment.inspector_id).where(
            Assignment.sample_id == inspection.sample_id, Assignment.state != AssignmentState.withdrawn
        )
        found |= set(session.scalars(others))
        found |= set(
            session.scalars(select(Inspection.inspector_id).where(Inspection.sample_id == inspection.sample_id))
        )
    return found


def find_possible_deciders(session: Session) -> list[User]:
    """Everybody who may decide some appeal: QA leads, and HR once one is escalated."""
    wanted = User.roles.any(Role.name.in_([RoleName.qa_lead.value, RoleName.hr.value]))
    return list(session.scalars(select(User).where(User.active.is_(True), wanted).order_by(User.id)).unique())


def scorers_of(session: Session, inspection_ids: Sequence[int]) -> dict[int, set[int]]:
    """Who scored the samples of some inspections, in one query."""
    own = aliased(Inspection)
    rows = session.execute(
        select(Inspection.id, own.inspector_id)
        .join(own, or_(own.id == Inspection.id, own.sample_id == Inspection.sample_id))
        .where(Inspection.id.in_(inspection_ids))
    )
    found: dict[int, set[int]] = {}
    for inspection_id, inspector_id in rows:
        found.setdefault(inspection_id, set()).add(inspector_id)
    return found


def who_may_decide(row: Any, people: Sequence[User], scorers: set[int]) -> tuple[int, ...]:
    """As `deciding.refuse_decider` has it; whoever took it over is told alone."""
    escalated = row.state == AppealState.escalated
    may = [
        user.id
        for user in people
        if user.id not in scorers
        and user.agent_id != row.agent_id
        and (RoleName.qa_lead in user.role_names or escalated)
        and not (escalated and user.id == row.escalated_by_id)
    ]
    return (row.decider_id,) if row.decider_id in may else tuple(may)


def can_go_up(session: Session, appeal: Appeal, by: User | None) -> bool:
    """Whether somebody could decide an appeal once it is escalated, by a lead or by nobody."""
    escalated = SimpleNamespace(
        state=AppealState.escalated,
        agent_id=appeal.agent_id,
        decider_id=None,
        escalated_by_id=None if by is None else by.id,
    )
    return bool(who_may_decide(escalated, find_possible_deciders(session), inspectors_of(session, appeal.inspection)))
