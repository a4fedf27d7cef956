"""Conversations with their messages, recordings and survey answers, times derived as the import derives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from qa_app.models import Agent, Channel, Conversation, Message
from scoring.timing.conversation import GivenTiming, derive_timing

__all__ = ["OPENED_AT", "create_chat", "create_conversation"]

OPENED_AT = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
_numbers = count(20001)


def create_conversation(session: Session, agent: Agent | None = None, **values: object) -> Conversation:
    """Return an answered, resolved chat of 12 October 2026 without messages; any column can be given."""
    number = next(_numbers)
    defaults = {
        "source": "test",
        "external_id": str(number),
        "channel": Channel.chat.value,
        "agent_id": agent.id if agent else None,
        "assigned_agent_id": agent.id if agent else None,
        "opened_at": OPENED_AT,
        "answered": True,
        "resolved": True,
        "created_at": OPENED_AT,
        "updated_at": OPENED_AT,
    }
    conversation = Conversation(**{**defaults, **values})
    session.add(conversation)
    session.flush()
    return conversation


def create_chat(
    session: Session, agent: Agent | None = None, lines: Sequence[tuple[str, int, str]] = (), **values: object
) -> Conversation:
    """Return a chat with messages given as (speaker, seconds after opening, text) and times derived from them."""
    conversation = create_conversation(session, agent, **values)
    opened_at = conversation.opened_at or OPENED_AT
    messages = [
        Message(
            sequence=place, speaker=speaker, sent_at=opened_at + timedelta(seconds=second), text=text, kind="message"
        )
        for place, (speaker, second, text) in enumerate(lines, start=1)
    ]
    conversation.messages = messages
    timing = derive_timing(messages, GivenTiming(channel=conversation.channel, opened_at=opened_at))
    conversation.answered = timing.answered
    conversation.first_response_at = timing.first_response_at
    conversation.first_response_seconds = timing.first_response_seconds
    conversation.handle_seconds = timing.handle_seconds
    conversation.response_gaps = list(timing.response_gaps)
    conversation.message_count = len(messages)
    conversation.agent_message_count = timing.agent_messages
    conversation.last_event_at = timing.last_event_at
    session.flush()
    return conversation
