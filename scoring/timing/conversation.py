"""What the messages of one conversation say about time: first response, gaps, handle time, who answered.

For the import, which calls `derive_timing` once per conversation and keeps the result beside the messages, so
that tables of a month never read a message again. Working hours and targets live in `working`, the figures of a
group in `indicators`.

The rules are plain Python over a dozen messages on purpose: an array would cost more than it saves, and a million
conversations pass through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import Protocol

HANDLED_WHILE_OPEN = frozenset({"chat", "phone"})
"""Channels whose span from first to last event is work; an e-mail lies in a queue for most of its span."""


class TimedMessage(Protocol):
    """What is read of a message; any object with these attributes will do."""

    @property
    def speaker(self) -> str:
        """``agent``, ``customer``, ``bot`` or ``system``."""

    @property
    def kind(self) -> str:
        """``message``, ``note``, ``draft`` or ``automatic``; only the first can be a reply."""

    @property
    def author_id(self) -> str | None:
        """The agent who wrote it; `None`: the one the conversation was assigned to."""

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent; `None` if the source does not say."""

    @property
    def scripted(self) -> bool | None:
        """Taken from the script library; `None` if the source does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTiming:
    """What the source says by itself; it goes before what the messages say. `None`: the source says nothing."""

    channel: str = "other"
    agent_id: str | None = None
    opened_at: datetime | None = None
    first_event_at: datetime | None = None
    last_event_at: datetime | None = None
    first_response_at: datetime | None = None
    first_response_seconds: float | None = None
    handle_seconds: float | None = None
    talk_seconds: float | None = None
    hold_seconds: float | None = None
    wrap_up_seconds: float | None = None
    answered: bool | None = None
    transfer_count: int | None = None


@dataclass(frozen=True, slots=True)
class ConversationTiming:
    """Times and counts of one conversation, as `derive_timing` found them."""

    answering_agent_id: str | None
    answered: bool
    first_event_at: datetime | None
    last_event_at: datetime | None
    first_customer_at: datetime | None
    first_response_at: datetime | None
    first_response_seconds: float | None
    response_gaps: tuple[float, ...]
    handle_seconds: float | None
    agent_messages: int
    customer_messages: int
    scripted_messages: int
    transfer_count: int | None


def derive_timing(messages: Sequence[TimedMessage], given: GivenTiming) -> ConversationTiming:
    """Times, counts and the answering agent of one conversation.

    A *reply* is a message of kind ``message`` by an agent: notes, drafts and automatic messages are none.

    Parameters
    ----------
    messages : sequence of TimedMessage
        In order of their sequence. Messages without a time count as messages but open and close no interval.
    given : GivenTiming
        What the source says by itself. Its `handle_seconds`, `first_response_seconds`, `answered` and
        `transfer_count` are taken as they are.

    Returns
    -------
    ConversationTiming
        `answering_agent_id`: who sent most replies, on a tie whoever of them replied last, without any reply the
        assigned agent. `answered`: as given, otherwise at least one reply, or a response or talk time (calls).
        `first_response_seconds`: first reply at or after the first customer message minus that message; without
        timed messages the given `first_response_at` minus `opened_at`. `response_gaps`: at each reply that follows
        at least one customer message, seconds since the first of those. `handle_seconds`: as given or
        talk + hold + wrap-up, otherwise last event − first event for chat and phone. `scripted_messages`: replies
        known to come from the script library. `transfer_count`: as given, else how often the next reply came from
        another agent, `None` without messages. Seconds are ≥ 0; `None` is "no value".

    Examples
    --------
    >>> derive_timing([], GivenTiming(channel="email", answered=False)).handle_seconds is None
    True
    """
    timed = sorted([message for message in messages if message.sent_at is not None], key=attrgetter("sent_at"))
    first_customer_at, first_response_at, gaps = _follow_turns(timed)
    first_event_at = given.first_event_at or (timed[0].sent_at if timed else None)
    last_event_at = given.last_event_at or (timed[-1].sent_at if timed else None)
    replies = [message for message in messages if message.speaker == "agent" and message.kind == "message"]
    authors = [message.author_id or given.agent_id for message in replies]
    # Nearly every conversation has one agent: then nobody need be counted.
    has_one_author = len(set(authors)) == 1
    first_response_at = first_response_at or given.first_response_at
    first_response_seconds = _first_response_seconds(given, first_customer_at, first_response_at)
    transfers = given.transfer_count
    if transfers is None and messages:
        transfers = 0 if has_one_author else _count_changes(authors)
    return ConversationTiming(
        answering_agent_id=(authors[0] if has_one_author else _most_active(authors)) or given.agent_id,
        answered=_is_answered(given, len(replies), first_response_seconds),
        first_event_at=first_event_at,
        last_event_at=last_event_at,
        first_customer_at=first_customer_at,
        first_response_at=first_response_at,
        first_response_seconds=first_response_seconds,
        response_gaps=gaps,
        handle_seconds=_handle_seconds(given, first_event_at, last_event_at),
        agent_messages=len(replies),
        customer_messages=len(
            [1 for message in messages if message.speaker == "customer" and message.kind == "message"]
        ),
        scripted_messages=len([1 for message in replies if message.scripted is True]),
        transfer_count=transfers,
    )


def _follow_turns(
    timed: Sequence[TimedMessage],
) -> tuple[datetime | None, datetime | None, tuple[float, ...]]:
    """First customer message, first reply to it, and the wait before each reply, in one walk."""
    first_customer_at = first_response_at = waiting_since = None
    gaps = []
    for message in timed:
        if message.kind != "message":
            continue
        if message.speaker == "customer":
            waiting_since = waiting_since or message.sent_at
            first_customer_at = first_customer_at or message.sent_at
        elif message.speaker == "agent" and waiting_since and message.sent_at:
            gaps.append((message.sent_at - waiting_since).total_seconds())
            first_response_at = first_response_at or message.sent_at
            waiting_since = None
    return first_customer_at, first_response_at, tuple(gaps)


def _first_response_seconds(
    given: GivenTiming, first_customer_at: datetime | None, first_response_at: datetime | None
) -> float | None:
    """As given, else since the first customer message, else since the opening."""
    if given.first_response_seconds is not None:
        return given.first_response_seconds
    return _span_seconds(first_customer_at or given.opened_at, first_response_at)


def _handle_seconds(
    given: GivenTiming, first_event_at: datetime | None, last_event_at: datetime | None
) -> float | None:
    """As given, else talk + hold + wrap-up, else the span of the events where that span is work."""
    if given.handle_seconds is not None:
        return given.handle_seconds
    if given.talk_seconds is not None:
        return given.talk_seconds + (given.hold_seconds or 0.0) + (given.wrap_up_seconds or 0.0)
    if given.channel in HANDLED_WHILE_OPEN:
        return _span_seconds(first_event_at, last_event_at)
    return None


def _span_seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds between two moments; `None` where one is missing or they stand in the wrong order."""
    if start is None or end is None or end < start:
        return None
    return (end - start).total_seconds()


def _is_answered(given: GivenTiming, replies: int, first_response_seconds: float | None) -> bool:
    """As given, else by a reply; a call without a transcript shows it by a response or talk time."""
    if given.answered is not None:
        return given.answered
    return replies > 0 or first_response_seconds is not None or bool(given.talk_seconds)


def _most_active(authors: Sequence[str | None]) -> str | None:
    """The author of most replies; of several, the one who replied last."""
    counts: dict[str, int] = {}
    for author in authors:
        if author is not None:
            counts[author] = counts.pop(author, 0) + 1  # popped: the order of the keys is that of the last replies
    most = max(counts.values(), default=0)
    return next((author for author in reversed(counts) if counts[author] == most), None)


def _count_changes(authors: Sequence[str | None]) -> int:
    """How often a reply came from another agent than the one before it."""
    known = [author for author in authors if author is not None]
    return sum(before != after for before, after in pairwise(known))
