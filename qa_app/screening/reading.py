"""Conversations as the library reads them: both sides' words and the figures beside them, some hundreds at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from qa_app.conversations.sound_figures import find_features
from qa_app.models import Agent, Channel, Conversation, Message, Speaker, TranscriptSegment
from scoring.screening.sound import sound_figures
from scoring.screening.transcripts import Transcript, make_transcript
from scoring.screening.words import language_of

__all__ = ["BATCH", "ReadConversation", "read_conversations"]

BATCH = 500
"""Bound variables per query: SQLite allows some tens of thousands, PostgreSQL plans short lists better."""
_SIDES = (Speaker.agent.value, Speaker.customer.value)
_AS_THEY_ARE = (
    "first_response_seconds",
    "handle_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_up_seconds",
    "wait_seconds",
    "transfer_count",
)


@dataclass(frozen=True, slots=True)
class ReadConversation:
    """A conversation ready to be scored."""

    conversation_id: int
    transcript: Transcript
    language: str


def read_conversations(session: Session, ids: Sequence[int]) -> list[ReadConversation]:
    """Read conversations in the order of their ids; what is gone is missing in the answer."""
    found: list[ReadConversation] = []
    for start in range(0, len(ids), BATCH):
        found += _read_batch(session, ids[start : start + BATCH])
    return found


def _read_batch(session: Session, ids: Sequence[int]) -> list[ReadConversation]:
    rows = session.execute(_facts().where(Conversation.id.in_(ids)).order_by(Conversation.id)).all()
    said = _said(session, Message, ids, Message.kind == "message")
    silent = [row.id for row in rows if row.id not in said]
    said |= _said(session, TranscriptSegment, silent)
    measured = find_features(session, [row.id for row in rows if row.channel == Channel.phone])
    sound = {key: sound_figures(features) for key, features in measured.items()}
    return [_read(row, said.get(row.id, ()), sound.get(row.id, {})) for row in rows]


def _facts() -> Any:
    return select(
        Conversation.id,
        Conversation.source,
        Conversation.external_id,
        Conversation.channel,
        Conversation.agent_message_count,
        Conversation.scripted_message_count,
        Conversation.response_gaps,
        Agent.employee_number,
        *(getattr(Conversation, name) for name in _AS_THEY_ARE),
    ).outerjoin(Agent, Agent.id == Conversation.agent_id)


def _said(session: Session, table: Any, ids: Sequence[int], *conditions: Any) -> dict[int, list[tuple[str, str]]]:
    """Who said what, by conversation; only the two sides, without notes, drafts and automatic messages."""
    if not ids:
        return {}
    query = select(table.conversation_id, table.speaker, table.text).where(
        table.conversation_id.in_(ids), table.speaker.in_(_SIDES), *conditions
    )
    said: dict[int, list[tuple[str, str]]] = {}
    for conversation_id, speaker, text in session.execute(query.order_by(table.conversation_id, table.sequence)):
        said.setdefault(conversation_id, []).append((speaker, text))
    return said


def _read(row: Row[Any], said: Sequence[tuple[str, str]], sound: dict[str, float]) -> ReadConversation:
    given = {name: float(value) for name in _AS_THEY_ARE if (value := getattr(row, name)) is not None}
    gaps = [gap for gap in row.response_gaps or () if gap is not None]
    if gaps:
        given |= {"response_gap_mean_seconds": sum(gaps) / len(gaps), "response_gap_max_seconds": max(gaps)}
    if row.agent_message_count:
        given["scripted_share"] = row.scripted_message_count / row.agent_message_count
    transcript = make_transcript(
        f"{row.source}:{row.external_id}",
        said,
        group=row.employee_number or "",
        given=given | sound,
        tags=(f"channel={row.channel}",),
    )
    return ReadConversation(row.id, transcript, language_of(transcript.agent or transcript.customer))
