"""A centre with inspected chats from which a machine can learn: what agents say tells the score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from qa_app.models import Agent, Conversation, Inspection, InspectionState, RoleName, User
from tests.factories.conversations import create_chat
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published, small_rubric

__all__ = ["create_inspected_centre"]

STARTS_AT = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
GOOD = ("gladly solved for you, thanks", "welcome, I will check at once", "您好，马上为您解决，感谢")
BAD = ("cannot help, just wait", "whatever, not our fault", "没法处理，您等着吧")
ASKED = ("where is my lamp", "the invoice is wrong", "订单什么时候发货")


def create_inspected_centre(
    session: Session, *, agents: int = 8, inspected: int = 20, others: int = 4, seed: int = 1, critical: int = 0
) -> tuple[list[Agent], list[Conversation]]:
    """Return agents and their chats of October 2026; of each agent the first `inspected` are inspected at random.

    The last agents serve in Chinese. Of every agent's inspected chats the first `critical` hold a critical error.
    """
    random = Random(seed)
    inspector = create_user(session, RoleName.inspector, name="Priya")
    version = create_published(session, small_rubric())
    made: list[Agent] = []
    chats: list[Conversation] = []
    for number in range(agents):
        # Half of them are new: the audit compares time in the job.
        hired_on = (STARTS_AT - timedelta(days=30 if number % 2 else 900)).date()
        agent = create_agent(session, team=create_team(session, "Live chat"), hired_on=hired_on)
        made.append(agent)
        for place in range(inspected + others):
            tone = random.gauss(0, 1)
            lines = _lines(random, tone, is_chinese=number >= agents * 3 // 4)
            chat = create_chat(
                session,
                agent,
                lines,
                opened_at=STARTS_AT + timedelta(hours=place * 5 + number),
                closed_at=STARTS_AT + timedelta(days=20),
                created_at=STARTS_AT,
                updated_at=STARTS_AT,
            )
            chats.append(chat)
            if place < inspected:
                score = min(100.0, max(0.0, 84 + number % 5 + 8 * tone + random.gauss(0, 5)))
                _inspect(session, chat, inspector, version.id, score, is_critical=place < critical)
    session.flush()
    return made, chats


def _lines(random: Random, tone: float, *, is_chinese: bool) -> Sequence[tuple[str, int, str]]:
    lines = []
    for turn in range(4):
        book = GOOD if random.random() < 1 / (1 + 2.718 ** (-2 * tone)) else BAD
        said = book[2] if is_chinese else random.choice(book[:2])
        asked = ASKED[2] if is_chinese else random.choice(ASKED[:2])
        lines += [("customer", 60 * turn, asked), ("agent", 60 * turn + round(20 - 4 * tone), said)]
    return lines


def _inspect(
    session: Session, chat: Conversation, inspector: User, version_id: int, score: float, *, is_critical: bool
) -> Inspection:
    inspection = Inspection(
        conversation=chat,
        agent_id=chat.agent_id,
        inspector=inspector,
        rubric_version_id=version_id,
        state=InspectionState.final,
        is_random=True,
        quality=score,
        score=0.0 if is_critical else score,
        is_critical=is_critical,
        critical_classes=["compliance"] if is_critical else [],
        started_at=STARTS_AT,
        submitted_at=STARTS_AT + timedelta(days=25),
        final_at=STARTS_AT + timedelta(days=32),
        source="import",
    )
    session.add(inspection)
    return inspection
