"""The inspections that say as much about each conversation: those of draws with equal chances, and random history."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from qa_app.models import Draw, Inspection, Sample, SamplingPlan, counts_in_estimates
from qa_app.sampling.design import Chances

__all__ = ["counts_by_equal_draws"]


def counts_by_equal_draws(session: Session) -> ColumnElement[bool]:
    """An agent's, submitted, and not drawn by risk; `Sample` has to be joined from outside."""
    by_risk = [
        draw_id
        for draw_id, design in session.execute(select(Draw.id, SamplingPlan.design).join(SamplingPlan))
        if design.get("chances") == Chances.risk
    ]
    return and_(
        counts_in_estimates(),
        Inspection.agent_id.is_not(None),
        Inspection.submitted_at.is_not(None),
        or_(Inspection.sample_id.is_(None), Sample.draw_id.not_in(by_risk)),
    )
