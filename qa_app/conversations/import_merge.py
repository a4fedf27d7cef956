"""Conversations that are already here: read back as import records, compared, and changed field by field.

An upsert changes only the fields that the source names; the derived columns follow from the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.import_agents import AgentDirectory
from qa_app.conversations.import_rows import DERIVABLE, KeptRecording
from qa_app.conversations.importers.record import (
    ConversationRecord,
    MessageRecord,
    PersonalRecord,
    SurveyRecord,
    TurnRecord,
)
from qa_app.conversations.storage import StoredRecording
from qa_app.models import Conversation, Message, Recording, SurveyResponse, TranscriptSegment

__all__ = ["StoredConversation", "changed_fields", "load_stored", "merge"]

_DIRECT = (
    "source", "external_id", "channel", "customer_id", "customer_type", "topic", "need_type", "priority",
    "description", "notes", "opened_at", "resolved_at", "closed_at", "talk_seconds", "hold_seconds",
    "wrap_up_seconds", "wait_seconds", "risk", "resolved", "reopen_count", "first_response_target_met",
    "resolution_target_met",
)  # fmt: skip
_NOT_COMPARED = {"source", "external_id", "agent_name", "recordings"}


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation as the database has it."""

    id: int
    record: ConversationRecord
    recordings: list[KeptRecording]
    created_at: datetime
    import_id: int | None
    is_erased: bool = False


def load_stored(session: Session, keys: Sequence[int], agents: AgentDirectory) -> dict[int, StoredConversation]:
    """Read conversations back as the records they came from, in five queries whatever their number."""
    rows = session.execute(select(Conversation.__table__).where(Conversation.id.in_(keys))).mappings().all()
    messages, turns, surveys = _messages(session, keys), _turns(session, keys), _surveys(session, keys)
    recordings = _recordings(session, keys)
    stored = {}
    for row in rows:
        given = set(row["given_fields"].split())
        values = {name: row[name] for name in _DIRECT} | {name: row[name] for name in DERIVABLE if name in given}
        if row["assigned_agent_id"] is not None:
            values["agent_id"] = agents.name_of(row["source"], row["assigned_agent_id"])
        record = ConversationRecord(
            **values,
            messages=messages[row["id"]],
            transcript=turns[row["id"]],
            surveys=surveys[row["id"]],
            personal=[PersonalRecord(kind=kind, text=text) for kind, text in row["personal"] or ()],
        )
        stored[row["id"]] = StoredConversation(
            row["id"], record, recordings[row["id"]], row["created_at"], row["import_id"], row["erased_at"] is not None
        )
    return stored


def merge(stored: ConversationRecord, named: ConversationRecord) -> ConversationRecord:
    """Return the stored record with everything that the new one names."""
    values = {
        name: getattr(named, name) if getattr(named, name) is not UNSET else getattr(stored, name)
        for name in ConversationRecord.__struct_fields__
    }
    return ConversationRecord(**values)


def changed_fields(
    stored: StoredConversation, merged: ConversationRecord, recordings: Sequence[KeptRecording] | None
) -> list[str]:
    """Name the fields in which the merged record differs; `recordings` is `None` where the source names none."""
    before = stored.record
    changed = [
        name
        for name in ConversationRecord.__struct_fields__
        if name not in _NOT_COMPARED and _plain(getattr(before, name)) != _plain(getattr(merged, name))
    ]
    if recordings is not None and _identity(recordings) != _identity(stored.recordings):
        changed.append("recordings")
    return changed


def _plain(value: object) -> object:
    """Make values comparable: nothing named is nothing stored, a moment is a moment in any zone."""
    if value is UNSET or value == "unknown" or value == []:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, list):
        return [_item(item, place) for place, item in enumerate(value)]
    return value


def _item(item: Any, place: int) -> dict[str, object]:
    values = {name: _plain(getattr(item, name)) for name in item.__struct_fields__}
    if isinstance(item, MessageRecord) and item.sequence is None:
        values["sequence"] = place
    return values


def _identity(recordings: Sequence[KeptRecording]) -> set[tuple[str, str | None, float]]:
    return {(kept.stored.checksum, kept.side, kept.offset_seconds) for kept in recordings}


def _messages(session: Session, keys: Sequence[int]) -> Mapping[int, list[MessageRecord]]:
    found: dict[int, list[MessageRecord]] = defaultdict(list)
    statement = select(Message.__table__).where(Message.conversation_id.in_(keys)).order_by(Message.sequence)
    for row in session.execute(statement).mappings():
        names = ("sequence", "speaker", "author_id", "sent_at", "text", "kind")
        record = MessageRecord(**{name: row[name] for name in names}, scripted=bool(row["scripted"]))
        found[row["conversation_id"]].append(record)
    return found


def _turns(session: Session, keys: Sequence[int]) -> Mapping[int, list[TurnRecord]]:
    found: dict[int, list[TurnRecord]] = defaultdict(list)
    table = TranscriptSegment
    statement = select(table.__table__).where(table.conversation_id.in_(keys)).order_by(table.sequence)
    for row in session.execute(statement).mappings():
        record = TurnRecord(**{name: row[name] for name in TurnRecord.__struct_fields__})
        found[row["conversation_id"]].append(record)
    return found


def _surveys(session: Session, keys: Sequence[int]) -> Mapping[int, list[SurveyRecord]]:
    found: dict[int, list[SurveyRecord]] = defaultdict(list)
    table = SurveyResponse
    statement = select(table.__table__).where(table.conversation_id.in_(keys)).order_by(table.sequence)
    for row in session.execute(statement).mappings():
        record = SurveyRecord(**{name: row[name] for name in SurveyRecord.__struct_fields__})
        found[row["conversation_id"]].append(record)
    return found


def _recordings(session: Session, keys: Sequence[int]) -> Mapping[int, list[KeptRecording]]:
    found: dict[int, list[KeptRecording]] = defaultdict(list)
    statement = select(Recording.__table__).where(Recording.conversation_id.in_(keys)).order_by(Recording.id)
    for row in session.execute(statement).mappings():
        stored = StoredRecording(**{name: row[name] for name in StoredRecording.__slots__})
        found[row["conversation_id"]].append(KeptRecording(stored, row["side"], row["offset_seconds"]))
    return found
