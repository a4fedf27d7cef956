"""A month with agents, work, surveys and inspections, for the assessment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from qa_app.models import (
    Agent,
    Answer,
    Conversation,
    Evidence,
    Inspection,
    InspectionState,
    RoleName,
    RubricVersion,
    SurveyResponse,
    User,
)
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published, small_rubric

__all__ = ["MONTH", "create_inspection", "create_month", "create_work"]

MONTH = "2026-10"
STARTS_AT = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def create_work(session: Session, agent: Agent, count: int, *, happy: int = 0, asked: int = 0) -> list[Conversation]:
    """Return answered chats spread over October; the first `asked` were rated, `happy` of them with 5."""
    made = []
    for place in range(count):
        opened_at = STARTS_AT + timedelta(hours=4 * place)
        rating = None if place >= asked else 5.0 if place < happy else 2.0
        made.append(
            create_conversation(
                session,
                agent,
                opened_at=opened_at,
                first_response_at=opened_at + timedelta(seconds=20 if place % 5 else 90),
                first_response_seconds=20.0 if place % 5 else 90.0,
                handle_seconds=300.0 + 10 * (place % 7),
                topic="refund" if place % 3 else "delivery",
                csat=rating,
                survey_count=int(place < asked),
            )
        )
    return made


def create_inspection(
    session: Session,
    conversation: Conversation,
    inspector: User,
    version: RubricVersion,
    *,
    greeting: bool = True,
    answer: bool = True,
    is_critical: bool = False,
    **values: object,
) -> Inspection:
    """Return a submitted inspection made with the small rubric (greeting 60, answer 40)."""
    quality = 60.0 * greeting + 40.0 * answer
    defaults = {
        "state": InspectionState.submitted,
        "is_random": True,
        "quality": quality,
        "score": 0.0 if is_critical else quality,
        "is_critical": is_critical,
        "critical_classes": ["compliance"] if is_critical else [],
        "started_at": STARTS_AT,
        "submitted_at": STARTS_AT + timedelta(days=20),
    }
    inspection = Inspection(
        conversation=conversation,
        agent_id=conversation.agent_id,
        inspector=inspector,
        rubric_version=version,
        **{**defaults, **values},
    )
    for criterion, weight, is_met in (("greeting", 60.0, greeting), ("answer", 40.0, answer)):
        inspection.answers.append(
            Answer(
                criterion=criterion,
                value={"level": "yes" if is_met else "no"},
                points=weight * is_met,
                lost_points=weight * (not is_met),
                answered_at=STARTS_AT,
            )
        )
        if not is_met:
            inspection.evidence.append(
                Evidence(criterion=criterion, kind="none", quote=f"missed: {criterion}", created_at=STARTS_AT)
            )
    session.add(inspection)
    session.flush()
    return inspection


def create_month(session: Session, *, agents: int = 10, inspections: int = 5) -> Sequence[Agent]:
    """Return the agents of an October with 40 chats, 10 ratings and some inspections each."""
    team = create_team(session, "Live chat", name_zh="在线")
    version = create_published(session, small_rubric())
    inspectors = [create_user(session, RoleName.inspector, name=name) for name in ("Amara Diallo", "Wei Lan")]
    made = []
    for number in range(agents):
        agent = create_agent(session, f"Agent {number}", team=team, employee_number=f"M{number:03d}")
        work = create_work(session, agent, 40, happy=7 + number % 3, asked=10)
        session.execute(
            insert(SurveyResponse),
            [
                {
                    "conversation_id": work[0].id,
                    "sequence": 1,
                    "metric": "csat",
                    "scale": "stars",
                    "score": "5",
                    "value": 5.0,
                    "comment": "Solved at once, thank you.",
                }
            ],
        )
        for place, conversation in enumerate(work[:inspections]):
            create_inspection(
                session,
                conversation,
                inspectors[place % 2],
                version,
                answer=(place + number) % 4 != 0,
                greeting=(place + number) % 6 != 0,
            )
        made.append(agent)
    session.flush()
    return made
