"""Rows of coaching for the migrations to carry up and down."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    Attendance,
    CoachingAction,
    CoachingExcerpt,
    CoachingMaterial,
    LibraryCase,
    Rating,
    RatingRound,
    TestResult,
    TrainingSession,
    User,
)

__all__ = ["fill_coaching"]


def fill_coaching(session: Session, user: User) -> None:
    """Write one measured action with what hangs on it."""
    action = CoachingAction(
        agent=user.agent,
        owner_id=user.id,
        source="trend",
        title="QA score",
        due_on=date(2026, 11, 30),
        opened_at=now(),
        prediction={"mean": 80.0},
        effect={"verdict": "cannot_tell"},
    )
    action.materials = [CoachingMaterial(kind="script", title="请稍等", added_at=now())]
    action.excerpts = [CoachingExcerpt(label="test:1", quote="您好")]
    session.add(action)
    case = LibraryCase(
        kind="excellent",
        title="A calm answer",
        lesson="Say what happens next",
        channel="chat",
        lines=[{"speaker": "agent", "text": "您好"}],
        searched="您好",
        proposed_at=now(),
    )
    result = TestResult(agent=user.agent, quarter="2026-Q3", kind="written", points=8, points_max=10, entered_at=now())
    asked = RatingRound(
        name="Q3",
        first_month="2026-07",
        last_month="2026-09",
        opens_on=date(2026, 9, 1),
        closes_on=date(2026, 9, 20),
        peers_each=3,
        opened_at=now(),
    )
    asked.ratings = [Rating(rater_id=user.id, agent=user.agent, kind="own", value=4.0, submitted_at=now())]
    training = TrainingSession(kind="monthly", topic="Refunds", held_at=now(), trainer="M. L.", created_at=now())
    training.attendance = [Attendance(agent=user.agent, state="present")]
    session.add_all([case, result, asked, training])
    session.flush()
    action.materials[0].case_id = case.id
