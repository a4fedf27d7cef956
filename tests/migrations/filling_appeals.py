"""An appealed inspection with its older revision, for the databases that migrations go up and down on."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    Appeal,
    AppealAnswer,
    AppealEvidence,
    AppealKind,
    AppealRecheck,
    AppealState,
    Conversation,
    InspectionRevision,
    User,
)
from tests.factories.months import create_inspection
from tests.factories.rubrics import create_published

__all__ = ["fill_appeal"]


def fill_appeal(session: Session, user: User, conversation: Conversation) -> Appeal:
    """Write one decided appeal with everything that hangs on it."""
    version = create_published(session)
    inspection = create_inspection(session, conversation, user, version, state="decided", shown_at=now())
    create_inspection(session, conversation, user, version, waits_for_month=True)
    appeal = Appeal(
        inspection_id=inspection.id,
        agent_id=conversation.agent_id,
        filed_by_id=user.id,
        kind=AppealKind.disagree,
        state=AppealState.accepted,
        filed_at=now(),
        due_at=now(),
    )
    point = AppealAnswer(criterion="greeting", given={"level": "no"}, proposed={"level": "yes"}, reason="我问候了。")
    point.evidence = [AppealEvidence(kind="message", message_sequence=1, quote="您好", created_at=now())]
    appeal.answers = [point]
    appeal.rechecks = [
        AppealRecheck(
            inspection_id=inspection.id,
            criterion="greeting",
            cause="same_rubric",
            asked_at=now(),
            asked_by_id=user.id,
            due_at=now(),
        )
    ]
    session.add(appeal)
    session.add(
        InspectionRevision(
            inspection_id=inspection.id,
            number=0,
            is_random=True,
            is_critical=False,
            critical_classes=[],
            facts={},
            answers=[{"criterion": "greeting", "value": {"level": "no"}}],
            stood_until=now(),
            reason="appeal",
            cause="appeal:1",
        )
    )
    session.flush()
    return appeal
