"""The filter of the conversation list: what the address says, and the conditions it stands for.

OR inside one field, AND between fields. Words are looked for in identifiers, people, topics and in what was said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from qa_app.models import Agent, Conversation, Inspection, Message, SamplePurpose, TranscriptSegment

__all__ = ["SORTS", "ConversationFilter", "like_pattern"]

SORTS: dict[str, InstrumentedAttribute[object]] = {
    "opened": Conversation.opened_at,
    "first_response": Conversation.first_response_seconds,
    "handle": Conversation.handle_seconds,
    "csat": Conversation.csat,
}
_LIKE_ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """What is asked for; an empty field asks for nothing. `zone` says whose midnight the days begin at."""

    words: str = ""
    channels: tuple[str, ...] = ()
    team_id: int | None = None
    agent_id: int | None = None
    topic: str = ""
    opened_from: date | None = None
    opened_to: date | None = None
    resolved_from: date | None = None
    resolved_to: date | None = None
    outcome: str = ""
    rating: str = ""
    inspected: str = ""
    sort: str = "opened"
    order: str = "desc"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    said: ColumnElement[bool] | None = None
    """What "the words were said" means for those who may not see personal data: what they cannot read, they cannot
    look for. None: the words are looked for in the texts themselves."""
    seen: ColumnElement[bool] | None = None
    """Which inspections its reader may see: only those make a conversation an inspected one. None: all of them."""
    judged: ColumnElement[bool] | None = None
    """What the target of the first response says, where it was asked for: no column holds it."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Give the conditions, all of which a conversation has to meet."""
        if self.words:
            yield _mentions(self.words) if self.said is None else _mentions_masked(self.words, self.said)
        if self.channels:
            yield Conversation.channel.in_(self.channels)
        if self.team_id is not None:
            yield Conversation.agent_id.in_(select(Agent.id).where(Agent.team_id == self.team_id))
        if self.agent_id is not None:
            yield Conversation.agent_id == self.agent_id
        if self.topic:
            yield Conversation.topic == self.topic
        yield from self._days()
        yield from self._results()
        if self.judged is not None:
            yield self.judged

    def _days(self) -> Iterator[ColumnElement[bool]]:
        for moment, first, last in (
            (Conversation.opened_at, self.opened_from, self.opened_to),
            (Conversation.resolved_at, self.resolved_from, self.resolved_to),
        ):
            if first is not None:
                yield moment >= self._midnight(first)
            if last is not None:
                yield moment < self._midnight(last + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def _results(self) -> Iterator[ColumnElement[bool]]:
        outcomes: dict[str, ColumnElement[bool]] = {
            "resolved": Conversation.resolved.is_(True),
            "unresolved": Conversation.resolved.is_(False),
            "answered": Conversation.answered.is_(True),
            # What handle times are compared of.
            "handled": and_(Conversation.answered.is_(True), Conversation.handle_seconds > 0),
            "abandoned": Conversation.answered.is_(False),
            "undated": Conversation.opened_at.is_(None),
        }
        if self.outcome in outcomes:
            yield outcomes[self.outcome]
        ratings: dict[str, ColumnElement[bool]] = {
            "high": Conversation.csat >= 4,
            "low": Conversation.csat < 3,
            "any": Conversation.csat.is_not(None),
            "none": Conversation.csat.is_(None),
        }
        if self.rating in ratings:
            yield ratings[self.rating]
        if self.inspected in ("yes", "no"):
            done = exists().where(
                Inspection.conversation_id == Conversation.id,
                Inspection.purpose == SamplePurpose.work,
                Inspection.submitted_at.is_not(None),
                true() if self.seen is None else self.seen,
            )
            yield done if self.inspected == "yes" else ~done

    def ordering(self) -> tuple[UnaryExpression[object], UnaryExpression[int]]:
        """Give the order; what is unknown comes last, ties stay as they were imported."""
        column = SORTS.get(self.sort, Conversation.opened_at)
        chosen = column.asc() if self.order == "asc" else column.desc()
        return chosen.nulls_last(), Conversation.id.desc()


def _agents_named(pattern: str) -> Select[int]:
    columns = (Agent.name, Agent.employee_number)
    return select(Agent.id).where(or_(*(column.ilike(pattern, escape=_LIKE_ESCAPE) for column in columns)))


def _mentions_masked(words: str, said: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same by the index of masked words, and by facts that are no personal data."""
    pattern = like_pattern(words)
    plain = (Conversation.external_id, Conversation.topic)
    return or_(
        *(column.ilike(pattern, escape=_LIKE_ESCAPE) for column in plain),
        Conversation.agent_id.in_(_agents_named(pattern)),
        said,
    )


def like_pattern(words: str) -> str:
    """Write words as a pattern of ILIKE that finds them anywhere; its escape is the backslash."""
    escaped = words.replace(_LIKE_ESCAPE, _LIKE_ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def _mentions(words: str) -> ColumnElement[bool]:
    """Whether a conversation, or what was said in it, holds these words in this order, in any case of letters."""
    pattern = like_pattern(words)
    written = exists().where(
        Message.conversation_id == Conversation.id, Message.text.ilike(pattern, escape=_LIKE_ESCAPE)
    )
    spoken = exists().where(
        TranscriptSegment.conversation_id == Conversation.id,
        TranscriptSegment.text.ilike(pattern, escape=_LIKE_ESCAPE),
    )
    facts = (Conversation.external_id, Conversation.customer_id, Conversation.topic, Conversation.description)
    return or_(
        *(column.ilike(pattern, escape=_LIKE_ESCAPE) for column in facts),
        Conversation.agent_id.in_(_agents_named(pattern)),
        written,
        spoken,
    )
