"""A month's conversations read agent by agent, in blocks of columns.

No conversation becomes a Python object: the database joins the packed facts of each agent's conversations, which stand
in the index it walks along, to one text. Memory holds a block at a time, whatever the month's size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, String, and_, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.models import Agent, Conversation
from scoring.timing.facts import PACKED_LENGTH, Facts, case_number, unpack_facts

__all__ = ["Block", "Case", "NotPacked", "Span", "read_blocks"]

Floats = NDArray[np.float64]
_BLOCK = 1 << 16  # conversations; a block's columns stay in the processor's cache
_AGENTS_AT_A_TIME = 50
_NOT_PACKED = "!"  # in no packed facts and in no moment
_MOMENT_LENGTH = len("2026-11-22 01:10:00.000000")
_NAMED_AT_A_TIME = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotPacked(Exception):
    """A conversation without packed facts: `conversations.packing` mends it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which conversations are meant: `moment` is the column that puts one into the month."""

    moment: InstrumentedAttribute[datetime | None]
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo

    @property
    def is_of_opening(self) -> bool:
        """Whether the opening puts a conversation into the month."""
        return self.moment.key == Conversation.opened_at.key

    def holds(self) -> ColumnElement[bool]:
        """Condition of the month, in the order of its index."""
        return (self.moment >= self.starts_at) & (self.moment < self.ends_at)


class Case(NamedTuple):
    """What alike conversations share; empty where unknown."""

    channel: str
    priority: str
    topic: str


@dataclass(frozen=True, slots=True)
class Block:
    """All conversations of some agents, agent after agent."""

    agents: tuple[str, ...]
    sizes: NDArray[np.intp]
    facts: Facts
    moments: Floats
    case: NDArray[np.intp]  # place in `cases`
    cases: tuple[Case, ...]

    @property
    def agent(self) -> NDArray[np.intp]:
        """Place of each conversation's agent."""
        return np.repeat(np.arange(len(self.agents)), self.sizes)

    def per_agent(self, flags: NDArray[np.bool_]) -> NDArray[np.intp]:
        """How many of each agent's conversations are flagged."""
        starts = np.cumsum(self.sizes) - self.sizes
        return np.add.reduceat(flags, starts, dtype=np.intp)


def read_blocks(session: Session, span: Span) -> Iterator[Block]:
    """Read the month; agents in the order of their employee numbers' keys, each in one block.

    Raises
    ------
    NotPacked
        At the first agent with a conversation that has no packed facts.
    """
    names: dict[int, Case] = {}
    waiting: list[Any] = []
    size = 0
    statement = _query(session, span).execution_options(yield_per=_AGENTS_AT_A_TIME)
    with session.execute(statement) as rows:
        for row in rows:
            if not row.joined:
                continue
            if _NOT_PACKED in row.joined:
                raise NotPacked
            waiting.append(row)
            size += len(row.joined) // _width(span)
            if size >= _BLOCK:
                yield _make_block(session, span, waiting, names)
                waiting, size = [], 0
    if waiting:
        yield _make_block(session, span, waiting, names)


def _query(session: Session, span: Span) -> Select[int, str, str | None]:
    """One row per agent: its conversations joined to one text, `_width` characters each."""
    packed = func.coalesce(Conversation.packed_facts, literal_column(f"'{_NOT_PACKED}'"))
    if span.is_of_opening:
        # A join would leave the way to the planner; this one walks along the agent's stretch of the index.
        joined = (
            select(func.aggregate_strings(packed, ""))
            .where(Conversation.agent_id == Agent.id, span.holds())
            .correlate(Agent)
            .scalar_subquery()
        )
        return select(Agent.id, Agent.employee_number, joined.label("joined")).order_by(Agent.id)
    text = func.aggregate_strings(packed.concat(_moment_text(session, span.moment)), "")
    grouped = select(Agent.id, Agent.employee_number, text.label("joined")).join(
        Conversation, Conversation.agent_id == Agent.id
    )
    return grouped.where(span.holds()).group_by(Agent.id).order_by(Agent.id)


def _moment_text(session: Session, moment: InstrumentedAttribute[datetime | None]) -> ColumnElement[str]:
    """A moment in UTC as text of `_MOMENT_LENGTH`, which is how SQLite keeps it."""
    if session.get_bind().dialect.name == "sqlite":
        return type_coerce(moment, String)
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD HH24:MI:SS.US")


def _width(span: Span) -> int:
    return PACKED_LENGTH + (0 if span.is_of_opening else _MOMENT_LENGTH)


def _make_block(session: Session, span: Span, rows: Sequence[Any], names: dict[int, Case]) -> Block:
    facts, moments = _read_text("".join([row.joined for row in rows]), span)
    sizes = np.array([len(row.joined) // _width(span) for row in rows], dtype=np.intp)
    numbers, case = _number_cases(facts.case, names)
    unnamed = [place for place, number in enumerate(numbers.tolist()) if number not in names]
    if unnamed:
        examples = np.zeros(numbers.size, dtype=np.intp)
        examples[case] = np.arange(case.size)
        owners = np.searchsorted(np.cumsum(sizes), examples, side="right")
        names |= _name_cases(
            session,
            span,
            {int(numbers[place]): (rows[owners[place]].id, float(moments[examples[place]])) for place in unnamed},
        )
    cases = tuple(names[number] for number in numbers.tolist())
    return Block(tuple(row.employee_number for row in rows), sizes, facts, moments, case, cases)


def _read_text(text: str, span: Span) -> tuple[Facts, Floats]:
    """Facts, and the moments that put the conversations into the month."""
    if span.is_of_opening:
        facts = unpack_facts(text)
        return facts, facts.opened
    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).reshape(-1, _width(span))
    facts = unpack_facts(letters[:, :PACKED_LENGTH].tobytes().decode("ascii"))
    moments = np.frombuffer(letters[:, PACKED_LENGTH:].tobytes(), dtype=f"S{_MOMENT_LENGTH}")
    return facts, moments.astype("datetime64[us]").astype(np.int64) / 1e6


def _number_cases(
    numbers: NDArray[np.uint64], names: Mapping[int, Case]
) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """The different case numbers, sorted, and the place of each conversation's among them."""
    known = np.array(sorted(names), dtype=np.uint64)
    if known.size:
        place = np.minimum(np.searchsorted(known, numbers), known.size - 1)
        if (known[place] == numbers).all():
            return known, place
    different, place = np.unique(numbers, return_inverse=True)
    return different, place


def _name_cases(session: Session, span: Span, examples: Mapping[int, tuple[int, float]]) -> dict[int, Case]:
    """Read the words behind case numbers from one conversation of each, known by its agent and moment."""
    found: dict[int, Case] = {}
    wanted = list(examples.values())
    columns = select(
        Conversation.channel, func.coalesce(Conversation.priority, ""), func.coalesce(Conversation.topic, "")
    )
    for start in range(0, len(wanted), _NAMED_AT_A_TIME):
        these = or_(
            *(
                and_(Conversation.agent_id == agent, span.moment == _EPOCH + timedelta(microseconds=round(at * 1e6)))
                for agent, at in wanted[start : start + _NAMED_AT_A_TIME]
            )
        )
        for row in session.execute(columns.where(these)):
            found[case_number(*row)] = Case(*row)
    if missing := examples.keys() - found.keys():
        raise LookupError(f"packed facts that do not fit their conversation: agent, moment {examples[missing.pop()]}")
    return found
