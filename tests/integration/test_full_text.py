"""The index over conversations: what is found, what is hidden, and that it keeps up; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from qa_app.conversations.full_text import mentions
from qa_app.conversations.index_jobs import start_indexing
from qa_app.conversations.indexing import count_behind, index_behind
from qa_app.jobs import NoProgress
from qa_app.models import Conversation, JobRun, MutedRange, SearchEntry, SurveyResponse, TranscriptSegment
from tests.factories.conversations import OPENED_AT, create_chat, create_conversation

pytestmark = pytest.mark.both_databases
Find = Callable[[str], set[str]]


@pytest.fixture
def find(session: Session) -> Find:
    """Index what is behind, then ask; returns the numbers of the conversations found."""

    def ask(question: str) -> set[str]:
        session.flush()
        index_behind(session, checkpoint=session.flush, progress=NoProgress())
        return set(session.scalars(select(Conversation.external_id).where(mentions(session, question))))

    return ask


def test_two_characters_are_found_in_a_sentence_and_in_mixed_text(session: Session, find: Find) -> None:
    create_chat(session, lines=[("customer", 0, "客户要求退款处理")], external_id="zh")
    create_chat(session, lines=[("customer", 0, "我的iPhone15坏了，要换货OK?")], external_id="mixed")
    create_chat(session, lines=[("customer", 0, "I want my money back")], external_id="en")

    assert find("退款") == {"zh"}
    assert find("求退") == {"zh"}
    assert find("换货") == {"mixed"}
    assert find("iphone15 坏了") == {"mixed"}
    assert find("理") == {"zh"}
    assert find("mone") == {"en"}
    assert find("款退") == set()
    assert find("money 退款") == set()


def test_facts_and_comments_are_found_too(session: Session, find: Find) -> None:
    chat = create_chat(
        session, lines=[("customer", 0, "hello")], external_id="LH-2026-17", customer_id="C00042", topic="Late delivery"
    )
    chat.surveys = [SurveyResponse(sequence=0, metric="csat", scale="stars", score="5", comment="非常耐心")]

    for question in ("lh-2026-17", "c00042", "late deliv", "耐心"):
        assert find(question) == {"LH-2026-17"}, question


def test_what_a_pill_hides_is_found_by_nobody(session: Session, find: Find) -> None:
    chat = create_chat(session, lines=[("customer", 0, "Mara Lindqvist, 13812345678")], external_id="1")
    chat.personal = [["name", "Mara Lindqvist"]]
    chat.customer_id = "13812345678"

    for question in ("13812345678", "138", "mara", "Lindqvist"):
        assert find(question) == set(), question


@pytest.mark.parametrize("question", ["", "  ", "'", '"', "a' OR 1=1 --", "NEAR(", "a:*", "& | !", "-", "\\", "\x00"])
def test_odd_questions_break_nothing(session: Session, find: Find, question: str) -> None:
    create_chat(session, lines=[("customer", 0, "quite ordinary")], external_id="1")

    assert find(question) <= {"1"}


def test_the_index_follows_changes_and_deletions(session: Session, find: Find) -> None:
    chat = create_chat(session, lines=[("customer", 0, "broken kettle")], external_id="1")
    assert find("kettle") == {"1"}

    chat.messages[0].text = "broken teapot"
    chat.updated_at = OPENED_AT + timedelta(days=1)
    assert find("kettle") == set()
    assert find("teapot") == {"1"}

    session.expunge_all()
    session.execute(delete(Conversation))
    assert find("teapot") == set()
    assert session.scalar(select(func.count()).select_from(SearchEntry)) == 0
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('integrity-check')"))


def test_only_what_is_behind_is_read(session: Session) -> None:
    create_chat(session, lines=[("customer", 0, "one")])
    create_chat(session, lines=[("customer", 0, "two")])

    first = index_behind(session, checkpoint=session.flush, progress=NoProgress())
    second = index_behind(session, checkpoint=session.flush, progress=NoProgress())

    assert (first, second, count_behind(session)) == (2, 0, 0)


def test_a_job_is_started_once_and_only_where_something_waits(session: Session) -> None:
    nothing = start_indexing(session)
    create_chat(session, lines=[("customer", 0, "one")])
    started, again = start_indexing(session), start_indexing(session)

    assert nothing is None
    assert started is not None
    assert again is None
    assert session.scalar(select(func.count()).select_from(JobRun).where(JobRun.kind == "conversations.index")) == 1


def test_the_pass_mutes_what_is_said_in_a_call(session: Session) -> None:
    call = create_conversation(session, channel="phone")
    call.transcript = [
        TranscriptSegment(sequence=0, speaker="agent", text="Your phone number?", start_seconds=0.0, end_seconds=2.0),
        TranscriptSegment(
            sequence=1, speaker="customer", text="x" * 40 + " 13812345678 " + "x" * 47, start_seconds=10, end_seconds=20
        ),
    ]
    session.add(MutedRange(conversation_id=call.id, start_seconds=1, end_seconds=2, kind="by hand"))
    session.flush()

    index_behind(session, checkpoint=session.flush, progress=NoProgress())

    ranges = session.scalars(select(MutedRange).order_by(MutedRange.start_seconds)).all()
    # Characters 41 to 52 of 100 in ten seconds, and a margin of two on both sides.
    assert [(one.start_seconds, one.end_seconds, one.kind) for one in ranges] == [
        (1.0, 2.0, "by hand"),
        (12.1, 17.2, "phone"),
    ]
