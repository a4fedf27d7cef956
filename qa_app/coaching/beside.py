"""Beside an inspection: which of its lost points are coached already, and a way to plan it for the others."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.coaching.queries import actions_about
from qa_app.models import Answer, Inspection, User
from qa_app.rubrics.queries import load_definition

__all__ = ["BesideLine", "lines_beside"]


@dataclass(frozen=True, slots=True)
class BesideLine:
    """One lost point and the action about its criterion, if there is one."""

    key: str
    title: str
    lost: float
    action_id: int | None


def lines_beside(session: Session, actor: User, inspection: Inspection, language: str) -> list[BesideLine]:
    """Lost points of a submitted inspection, the costliest first."""
    if inspection.agent_id is None or inspection.submitted_at is None:
        return []
    rubric = load_definition(inspection.rubric_version)
    known = actions_about(session, actor, inspection.agent_id)
    rows = session.execute(
        select(Answer.criterion, Answer.lost_points)
        .where(Answer.inspection_id == inspection.id, Answer.lost_points > 0)
        .order_by(Answer.lost_points.desc(), Answer.criterion)
    )
    lines = []
    for code, lost in rows:
        criterion, key = rubric.criterion(code), f"{rubric.code}.{code}"
        title = criterion.title.in_language(language) if criterion else code
        lines.append(BesideLine(key, title, lost or 0.0, known.get(key)))
    return lines
