"""Rows of a draw and a standard for the migrations to carry up and down."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Conversation, Draw, PerformanceStandard, RubricVersion, Sample, SamplingPlan

__all__ = ["fill_draws"]


def fill_draws(session: Session, conversation: Conversation) -> None:
    """Write a draw with the learned scores of its freeze, and a standard of quality."""
    conversation.risk = 0.75
    learned = {"version": 1, "slope": 0.8, "agents": {"1": {"mean": 80.0, "offset": 0.1, "room": 0.05}}}
    plan = SamplingPlan(
        name="October",
        month="2026-10",
        filters={},
        design={},
        seed=b"x",
        commitment="x",
        committed_at=now(),
        is_committed_late=False,
    )
    draw = Draw(public_id="2026-10-xxxx", plan=plan, learned=learned)
    session.add(draw)
    version = session.scalars(select(RubricVersion)).first()
    if version is not None:
        draw.samples = [
            Sample(
                conversation=conversation,
                rubric_version_id=version.id,
                learned_shift=2.5,
                learned_room=0.05,
                created_at=now(),
            )
        ]
    session.add(
        PerformanceStandard(
            score=70.0,
            quality_score=72.0,
            critical_rate=0.05,
            months_running=3,
            who_decides="HR",
            trial={},
            in_force=True,
            switched_on_at=now(),
        )
    )
