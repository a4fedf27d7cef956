"""From a conversation record to the rows of its tables, derived columns included.

Rows are plain tuples in the order of the column lists below: the driver takes them as they are. A million
conversations pass through here, so the code is flat on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from qa_app.conversations.importers.record import ConversationRecord, MessageRecord, SurveyRecord
from qa_app.conversations.importers.validation import survey_value
from qa_app.conversations.storage import StoredRecording
from scoring.timing.conversation import ConversationTiming, GivenTiming, derive_timing
from scoring.timing.facts import case_number, pack_facts

__all__ = [
    "CONVERSATION_COLUMNS",
    "DERIVABLE",
    "MESSAGE_COLUMNS",
    "PLAIN_FIELDS",
    "RECORDING_COLUMNS",
    "SURVEY_COLUMNS",
    "TURN_COLUMNS",
    "Binding",
    "ConversationRows",
    "KeptRecording",
    "RowBuilder",
    "given_names",
]

DERIVABLE = (
    "first_event_at",
    "last_event_at",
    "first_response_at",
    "first_response_seconds",
    "handle_seconds",
    "answered",
    "transfer_count",
)
"""Columns that the source may give and that are derived from the messages otherwise."""

PLAIN_FIELDS = (
    "customer_id", "customer_type", "topic", "need_type", "priority", "description", "notes",
    "talk_seconds", "hold_seconds", "wrap_up_seconds", "wait_seconds", "risk",
)  # fmt: skip
"""Columns that hold what the source says, as it says it."""

_read_plain, _read_derivable = attrgetter(*PLAIN_FIELDS), attrgetter(*DERIVABLE)
_TIME_FIELDS = (
    "opened_at", "first_event_at", "first_response_at", "resolved_at", "closed_at", "last_event_at",
)  # fmt: skip
CONVERSATION_COLUMNS = (
    "id", "source", "external_id", "channel", "agent_id", "assigned_agent_id", *PLAIN_FIELDS,
    "first_response_target_met", "resolution_target_met", *_TIME_FIELDS,
    "first_response_seconds", "handle_seconds", "answered", "resolved", "reopen_count", "transfer_count",
    "message_count", "agent_message_count", "scripted_message_count", "response_gaps", "csat", "nps", "survey_count",
    "audio_seconds", "packed_facts", "personal", "record_digest", "given_fields", "import_id", "created_at",
    "updated_at",
)  # fmt: skip
MESSAGE_COLUMNS = (
    "conversation_id", "sequence", "speaker", "author_id", "sent_at", "text", "kind", "scripted",
)  # fmt: skip
SURVEY_COLUMNS = (
    "conversation_id", "sequence", "metric", "question", "scale", "score", "value", "comment", "answered_at",
)  # fmt: skip
TURN_COLUMNS = ("conversation_id", "sequence", "speaker", "start_seconds", "end_seconds", "text")
RECORDING_COLUMNS = (
    "conversation_id", "file", "original_name", "checksum", "media_type", "side", "offset_seconds",
    "duration_seconds", "channels", "sample_rate", "peaks",
)  # fmt: skip


class Binding(Protocol):
    """How a driver stores what SQL has no own literal for everywhere."""

    @property
    def yes(self) -> object:
        """True, as the driver takes it."""

    @property
    def no(self) -> object:
        """False, as the driver takes it."""

    def moments(self, moments: list[datetime | None]) -> list[Any]:
        """Return aware moments as the driver stores them."""


@dataclass(frozen=True, slots=True)
class KeptRecording:
    """A stored recording with its place in the call."""

    stored: StoredRecording
    side: str | None
    offset_seconds: float


@dataclass(frozen=True, slots=True)
class ConversationRows:
    """All rows of one conversation."""

    conversation: tuple[Any, ...]
    messages: list[tuple[Any, ...]]
    surveys: list[tuple[Any, ...]]
    turns: list[tuple[Any, ...]]
    recordings: list[tuple[Any, ...]]


class RowBuilder:
    """Builds rows for one database.

    Parameters
    ----------
    bind : Binding
        How its driver stores moments and booleans.
    find_agent : callable
        From (source, name of the agent there, display name) to the agent's key; makes unknown agents.
    import_id, at
        The run, and the moment that it writes.
    """

    def __init__(
        self,
        bind: Binding,
        find_agent: Callable[[str, str, str | None], int],
        import_id: int,
        at: datetime,
    ) -> None:
        self._bind = bind
        self._find_agent = find_agent
        self._import_id = import_id
        (self._at,) = bind.moments([at])

    def build(
        self, key: int, record: ConversationRecord, digest: str, recordings: list[KeptRecording]
    ) -> ConversationRows:
        """Return the rows of a conversation whose key is `key`."""
        messages = record.messages or []
        _number(messages)
        ratings = [(survey, survey_value(survey)) for survey in record.surveys or ()]
        yes, no = self._bind.yes, self._bind.no
        stamps = self._bind.moments([message.sent_at for message in messages])
        return ConversationRows(
            self._conversation(key, record, messages, ratings, digest, recordings),
            [
                (key, m.sequence, m.speaker, m.author_id, stamp, m.text, m.kind, yes if m.scripted else no)
                for m, stamp in zip(messages, stamps, strict=True)
            ],
            self._surveys(key, ratings) if ratings else [],
            [
                (key, place, turn.speaker, turn.start_seconds, turn.end_seconds, turn.text)
                for place, turn in enumerate(record.transcript or ())
            ],
            [_recording(key, kept) for kept in recordings],
        )

    def _surveys(self, key: int, ratings: list[tuple[SurveyRecord, float | None]]) -> list[tuple[Any, ...]]:
        stamps = self._bind.moments([survey.answered_at for survey, _ in ratings])
        return [
            (key, place, s.metric, s.question, s.scale, s.score, value, s.comment, stamps[place])
            for place, (s, value) in enumerate(ratings)
        ]

    def _conversation(
        self,
        key: int,
        record: ConversationRecord,
        messages: list[MessageRecord],
        ratings: list[tuple[SurveyRecord, float | None]],
        digest: str,
        recordings: list[KeptRecording],
    ) -> tuple[Any, ...]:
        source, agent_name = record.source, _set(record.agent_name)
        assigned = _set(record.agent_id) or agent_name
        timing = derive_timing(messages, _given(record, assigned))
        assigned_id = self._find_agent(source, assigned, agent_name) if assigned else None
        answering = timing.answering_agent_id
        agent_id = assigned_id
        if answering and answering != assigned:
            agent_id = self._find_agent(source, answering, None)
        csat, nps, asked = _ratings(ratings)
        boolean = self._boolean
        return (
            key, source, record.external_id, record.channel, agent_id, assigned_id,
            *[None if value is UNSET else value for value in _read_plain(record)],
            boolean(record.first_response_target_met), boolean(record.resolution_target_met),
            *self._bind.moments([
                _set(record.opened_at), timing.first_event_at, timing.first_response_at, _set(record.resolved_at),
                _set(record.closed_at), timing.last_event_at,
            ]),
            timing.first_response_seconds, timing.handle_seconds, boolean(timing.answered), boolean(record.resolved),
            _set(record.reopen_count) or 0, timing.transfer_count,
            len(messages), timing.agent_messages, timing.scripted_messages,
            msgspec.json.encode(timing.response_gaps).decode() if timing.response_gaps else None,
            csat, nps, asked, _audio_seconds(record, recordings), _packed(record, timing, csat, asked), _marks(record),
            digest, given_names(record), self._import_id, self._at, self._at,
        )  # fmt: skip

    def _boolean(self, value: object) -> object:
        """Bind yes and no; anything else ("unknown", not named, empty) is none."""
        if value is True:
            return self._bind.yes
        return self._bind.no if value is False else None


def given_names(record: ConversationRecord) -> str:
    """Name the derivable columns that the source gave by itself."""
    stated = zip(DERIVABLE, _read_derivable(record), strict=True)
    return " ".join([name for name, value in stated if value is not UNSET and value is not None])


def _packed(record: ConversationRecord, timing: ConversationTiming, csat: float | None, asked: int) -> str:
    """Pack what the month's pass reads, from the values that go into the columns."""
    verdict = record.first_response_target_met
    return pack_facts(
        opened_at=_set(record.opened_at),
        first_response_at=timing.first_response_at,
        first_response_seconds=timing.first_response_seconds,
        handle_seconds=timing.handle_seconds,
        answered=timing.answered,
        first_response_target_met=verdict if isinstance(verdict, bool) else None,
        csat=csat,
        survey_count=asked,
        case=case_number(record.channel, _set(record.priority), _set(record.topic)),
    )


def _marks(record: ConversationRecord) -> str | None:
    if not record.personal:
        return None
    return msgspec.json.encode([(mark.kind, mark.text) for mark in record.personal]).decode()


def _given(record: ConversationRecord, assigned: str | None) -> GivenTiming:
    return GivenTiming(
        channel=record.channel,
        agent_id=assigned,
        opened_at=_set(record.opened_at),
        first_event_at=_set(record.first_event_at),
        last_event_at=_set(record.last_event_at),
        first_response_at=_set(record.first_response_at),
        first_response_seconds=_set(record.first_response_seconds),
        handle_seconds=_set(record.handle_seconds),
        talk_seconds=_set(record.talk_seconds),
        hold_seconds=_set(record.hold_seconds),
        wrap_up_seconds=_set(record.wrap_up_seconds),
        answered=_set(record.answered),
        transfer_count=_set(record.transfer_count),
    )


def _number(messages: list[MessageRecord]) -> None:
    """Give messages their place where the source gives none, or gives one twice."""
    stated = {message.sequence for message in messages}
    if None in stated or len(stated) != len(messages):
        for place, message in enumerate(messages):
            message.sequence = place
    else:
        messages.sort(key=_place)


def _place(message: MessageRecord) -> int:
    return message.sequence or 0


def _ratings(ratings: list[tuple[SurveyRecord, float | None]]) -> tuple[float | None, float | None, int]:
    """Return the last CSAT on 1–5, the last NPS on 0–10, and how often the customer was asked for a CSAT."""
    csat = nps = None
    asked = 0
    for survey, value in ratings:
        if survey.metric == "csat":
            asked += 1
            csat = csat if value is None else value
        elif survey.metric == "nps":
            nps = nps if value is None else value
    return csat, nps, asked


def _audio_seconds(record: ConversationRecord, recordings: list[KeptRecording]) -> float | None:
    lengths = [kept.offset_seconds + kept.stored.duration_seconds for kept in recordings]
    lengths.extend(turn.end_seconds for turn in record.transcript or () if turn.end_seconds is not None)
    return max(lengths, default=None)


def _recording(key: int, kept: KeptRecording) -> tuple[Any, ...]:
    stored = kept.stored
    return (
        key, stored.file, stored.original_name, stored.checksum, stored.media_type, kept.side, kept.offset_seconds,
        stored.duration_seconds, stored.channels, stored.sample_rate, stored.peaks,
    )  # fmt: skip


def _set(value: Any) -> Any:
    return None if value is UNSET else value
