"""The import record: one conversation, with exactly the names of our own NDJSON.

Every reader and mapping ends here; the service that writes starts here. A name that the source did not give stays
`UNSET`, so that an upsert changes only what was named; `None` means "named, and empty".
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Identifier = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Line = Annotated[str, Meta(max_length=300)]
LongText = Annotated[str, Meta(max_length=100_000)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


# Plain texts, not enums: a driver binds them without looking at their class, twelve times a conversation.
Channel = Literal["phone", "chat", "email", "social", "other"]
Priority = Literal["urgent", "high", "medium", "low"]
Speaker = Literal["agent", "customer", "bot", "system"]
MessageKind = Literal["message", "note", "draft", "automatic"]
RecordingSide = Literal["agent", "customer", "both"]
SurveyMetric = Literal["csat", "nps", "other"]
SurveyScale = Literal["stars", "words", "yes_no", "ten", "nps", "text"]
PersonalKind = Literal["name", "address", "phone", "email", "id_card", "bank_card"]


class MessageRecord(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One message of a chat."""

    speaker: Speaker
    text: LongText = ""
    sequence: Count | None = None
    author_id: Identifier | None = None
    sent_at: datetime | None = None
    kind: MessageKind = "message"
    scripted: bool = False


class RecordingRecord(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One sound file of a call, beside the import file or (vCon) inside it."""

    file: Annotated[str, Meta(min_length=1, max_length=1_000)]
    checksum: Annotated[str, Meta(max_length=300)] | None = None
    side: RecordingSide = "both"
    offset_seconds: float = 0.0


class TurnRecord(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One stretch of speech in a transcript."""

    speaker: Speaker
    text: LongText
    start_seconds: Seconds | None = None
    end_seconds: Seconds | None = None


class SurveyRecord(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One question to the customer, answered or not (`score` empty: asked, not answered)."""

    metric: SurveyMetric = "csat"
    scale: SurveyScale = "stars"
    question: Annotated[str, Meta(max_length=1_000)] | None = None
    score: bool | float | str | None = None
    comment: LongText | None = None
    answered_at: datetime | None = None


class PersonalRecord(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A string that the source calls personal: it is masked wherever the conversation says it."""

    kind: PersonalKind
    text: Line


class ConversationRecord(Struct, kw_only=True, forbid_unknown_fields=True):
    """One conversation as it comes from outside."""

    source: Identifier
    external_id: Identifier
    channel: Channel
    agent_id: Identifier | UnsetType | None = UNSET
    agent_name: Line | UnsetType | None = UNSET
    customer_id: Line | UnsetType | None = UNSET
    customer_type: Line | UnsetType | None = UNSET
    topic: Line | UnsetType | None = UNSET
    need_type: Line | UnsetType | None = UNSET
    priority: Priority | UnsetType | None = UNSET
    description: LongText | UnsetType | None = UNSET
    notes: LongText | UnsetType | None = UNSET
    opened_at: datetime | UnsetType | None = UNSET
    first_event_at: datetime | UnsetType | None = UNSET
    first_response_at: datetime | UnsetType | None = UNSET
    first_response_seconds: Seconds | UnsetType | None = UNSET
    resolved_at: datetime | UnsetType | None = UNSET
    closed_at: datetime | UnsetType | None = UNSET
    last_event_at: datetime | UnsetType | None = UNSET
    handle_seconds: Seconds | UnsetType | None = UNSET
    talk_seconds: Seconds | UnsetType | None = UNSET
    hold_seconds: Seconds | UnsetType | None = UNSET
    wrap_up_seconds: Seconds | UnsetType | None = UNSET
    wait_seconds: Seconds | UnsetType | None = UNSET
    answered: bool | UnsetType | None = UNSET
    resolved: bool | Literal["unknown"] | UnsetType | None = UNSET
    reopen_count: Count | UnsetType | None = UNSET
    transfer_count: Count | UnsetType | None = UNSET
    risk: Share | UnsetType | None = UNSET
    first_response_target_met: bool | UnsetType | None = UNSET
    resolution_target_met: bool | UnsetType | None = UNSET
    messages: list[MessageRecord] | UnsetType = UNSET
    recordings: list[RecordingRecord] | UnsetType = UNSET
    transcript: list[TurnRecord] | UnsetType = UNSET
    surveys: list[SurveyRecord] | UnsetType = UNSET
    personal: list[PersonalRecord] | UnsetType = UNSET


LISTS = ("messages", "recordings", "transcript", "surveys", "personal")
TIMES = ("opened_at", "first_event_at", "first_response_at", "resolved_at", "closed_at", "last_event_at")
