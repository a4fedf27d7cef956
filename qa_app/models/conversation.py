"""Conversations as imported: facts, messages, recordings, transcripts, survey answers.

Column names are those of the import record. Columns marked "derived" are computed once at import by
`scoring.timing`, so that a month of a million conversations is one pass. None of them depends on a calendar, a zone or
a target, which may change afterwards.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, LargeBinary, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, deferred, mapped_column, relationship

from qa_app.db import Base, BigKey, PrimaryKey
from qa_app.models.agent import Agent
from qa_app.models.recording_features import CallFeatures
from scoring.timing.facts import case_number, pack_facts

__all__ = ["Channel", "Conversation", "Message", "Recording", "Speaker", "SurveyResponse", "TranscriptSegment"]


class Channel(enum.StrEnum):
    """How the customer reached us."""

    phone = "phone"
    chat = "chat"
    email = "email"
    social = "social"
    other = "other"


class Speaker(enum.StrEnum):
    """Who said it."""

    agent = "agent"
    customer = "customer"
    bot = "bot"
    system = "system"


class Conversation(Base):
    """One interaction between a customer and the centre; `source` and `external_id` together are its name."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix__conversations_month", "opened_at", "agent_id"),
        # A month is computed from this index alone, agent by agent (see docs/architecture.md).
        Index("ix__conversations_agent_opened", "agent_id", "opened_at", "packed_facts"),
        Index("ix__conversations_resolved", "resolved_at"),
        Index("ix__conversations_customer", "customer_id", "topic"),
    )

    id: Mapped[PrimaryKey]
    source: Mapped[str]
    external_id: Mapped[str]
    channel: Mapped[str]
    agent_id: Mapped[int | None] = mapped_column(
        BigKey,
        ForeignKey("agents.id"),
        comment="who answered: most replies, on a tie the last; else whom it was assigned to",
    )
    assigned_agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agents.id"), comment="as the source says")
    customer_id: Mapped[str | None]
    customer_type: Mapped[str | None]
    topic: Mapped[str | None]
    need_type: Mapped[str | None]
    priority: Mapped[str | None]
    description: Mapped[str | None]
    notes: Mapped[str | None]
    opened_at: Mapped[datetime | None] = mapped_column(comment="none: belongs to no month and no draw")
    first_event_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    first_response_seconds: Mapped[float | None] = mapped_column(comment="derived, unless the source gives it")
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    last_event_at: Mapped[datetime | None]
    handle_seconds: Mapped[float | None] = mapped_column(
        comment="derived for chat and phone, unless the source gives it"
    )
    talk_seconds: Mapped[float | None]
    hold_seconds: Mapped[float | None]
    wrap_up_seconds: Mapped[float | None]
    wait_seconds: Mapped[float | None]
    answered: Mapped[bool] = mapped_column(default=False, comment="derived, unless the source gives it")
    resolved: Mapped[bool | None] = mapped_column(comment="none: unknown")
    reopen_count: Mapped[int] = mapped_column(default=0)
    transfer_count: Mapped[int | None]
    first_response_target_met: Mapped[bool | None] = mapped_column(comment="the source's own verdict")
    resolution_target_met: Mapped[bool | None] = mapped_column(comment="the source's own verdict")
    message_count: Mapped[int] = mapped_column(default=0, comment="derived")
    agent_message_count: Mapped[int] = mapped_column(default=0, comment="derived; notes, drafts and automatic ones not")
    scripted_message_count: Mapped[int] = mapped_column(default=0, comment="derived")
    response_gaps: Mapped[list[Any] | None] = mapped_column(
        comment="derived: seconds at each reply (response_gap_seconds)"
    )
    csat: Mapped[float | None] = mapped_column(comment="derived: last csat answer on 1-5")
    nps: Mapped[float | None] = mapped_column(comment="derived: last NPS answer 0-10")
    survey_count: Mapped[int] = mapped_column(default=0, comment="derived: surveys asked")
    risk: Mapped[float | None] = mapped_column(
        comment="0-1, given with the import: chances of a draw by risk; never part of a score"
    )
    audio_seconds: Mapped[float | None] = mapped_column(comment="derived: longest recording or transcript")
    packed_facts: Mapped[str | None] = mapped_column(
        comment="derived: what the month's pass reads, by scoring.timing.facts; none: packed when it is first needed"
    )
    record_digest: Mapped[str] = mapped_column(
        default="", comment="of the imported record: the same file changes nothing"
    )
    given_fields: Mapped[str] = mapped_column(
        default="", comment="which of the derived columns the source gave by itself, parted by blanks"
    )
    import_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("import_runs.id"), index=True)
    personal: Mapped[list[Any] | None] = mapped_column(
        comment="[kind, text] that the source marks; masked where it is said"
    )
    erased_at: Mapped[datetime | None] = mapped_column(comment="when retention took its content")
    repeats_earlier: Mapped[bool | None] = mapped_column(
        comment="kept when a customer reference went: whether it repeats a contact; none: worked out from them"
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    agent: Mapped[Agent | None] = relationship(foreign_keys=[agent_id])
    messages: Mapped[list[Message]] = relationship(order_by="Message.sequence", cascade="all, delete-orphan")
    recordings: Mapped[list[Recording]] = relationship(order_by="Recording.id", cascade="all, delete-orphan")
    transcript: Mapped[list[TranscriptSegment]] = relationship(
        order_by="TranscriptSegment.sequence", cascade="all, delete-orphan"
    )
    surveys: Mapped[list[SurveyResponse]] = relationship(
        order_by="SurveyResponse.sequence", cascade="all, delete-orphan"
    )

    sound: Mapped[CallFeatures | None] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def public_id(self) -> str:
        """The id a draw knows it by: `source:external_id`."""
        return f"{self.source}:{self.external_id}"


@event.listens_for(Conversation, "before_insert")
@event.listens_for(Conversation, "before_update")
def _pack_facts(_mapper: Mapper[Conversation], _connection: Connection, conversation: Conversation) -> None:
    """Keep the packed facts in step; whoever writes past the mapper packs them too, or sets them to none."""
    conversation.packed_facts = pack_facts(
        opened_at=conversation.opened_at,
        first_response_at=conversation.first_response_at,
        first_response_seconds=conversation.first_response_seconds,
        handle_seconds=conversation.handle_seconds,
        answered=conversation.answered,
        first_response_target_met=conversation.first_response_target_met,
        csat=conversation.csat,
        survey_count=conversation.survey_count,
        case=case_number(conversation.channel, conversation.priority, conversation.topic),
    )


class Message(Base):
    """One message of a chat or e-mail."""

    __tablename__ = "messages"

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int] = mapped_column(primary_key=True)
    speaker: Mapped[str]
    author_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(default="message", comment="message, note, draft or automatic")
    scripted: Mapped[bool | None]


class Recording(Base):
    """One sound file of a call, mixed or one side of it."""

    __tablename__ = "recordings"

    id: Mapped[PrimaryKey]
    conversation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    file: Mapped[str] = mapped_column(comment="path below ASSAY_HOME/recordings, named by checksum")
    original_name: Mapped[str]
    checksum: Mapped[str] = mapped_column(comment="SHA-256 of the file, hexadecimal")
    media_type: Mapped[str]
    side: Mapped[str | None] = mapped_column(comment="agent, customer, or none for both")
    offset_seconds: Mapped[float] = mapped_column(default=0.0)
    duration_seconds: Mapped[float]
    channels: Mapped[int]
    sample_rate: Mapped[int]
    peaks: Mapped[bytes | None] = deferred(
        mapped_column(LargeBinary, comment="per channel, one byte a peak; scoring.recording")
    )


class TranscriptSegment(Base):
    """One stretch of speech as text; times are none where the source has none."""

    __tablename__ = "transcript_segments"

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int] = mapped_column(primary_key=True)
    speaker: Mapped[str]
    start_seconds: Mapped[float | None]
    end_seconds: Mapped[float | None]
    text: Mapped[str]


class SurveyResponse(Base):
    """A question the customer was asked, answered or not."""

    __tablename__ = "survey_responses"

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(comment="csat, nps or other")
    question: Mapped[str | None]
    scale: Mapped[str] = mapped_column(comment="stars, words, yes_no, ten, nps or text")
    score: Mapped[str | None] = mapped_column(comment="as answered; none: asked, not answered")
    value: Mapped[float | None] = mapped_column(comment="derived: on 1-5 for csat, 0-10 for nps")
    comment: Mapped[str | None]
    answered_at: Mapped[datetime | None]
