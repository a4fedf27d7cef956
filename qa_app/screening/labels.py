"""What people found, one line a conversation: the scores a model learns from and is measured by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, and_, func, select, true
from sqlalchemy.orm import Session

from qa_app.models import (
    Agent,
    Conversation,
    Inspection,
    Sample,
    counts_in_estimates,
    ruled_critical,
    settle_critical,
)

__all__ = ["Label", "count_labels", "number_groups", "read_labels"]


@dataclass(frozen=True, slots=True)
class Label:
    """An inspected conversation; scored twice, it stands here once with the mean.

    `quality` is none where there is a critical error: what remains of such a conversation is no example of quality.
    """

    conversation_id: int
    name: str
    agent: str
    hired_on: date | None
    channel: str
    opened_at: datetime
    quality: float | None
    is_critical: bool

    def month(self, zone: ZoneInfo) -> str:
        """The month it belongs to, as YYYY-MM."""
        return self.opened_at.astimezone(zone).strftime("%Y-%m")


def read_labels(session: Session, *, since: datetime | None = None, until: datetime | None = None) -> list[Label]:
    """Read the submitted inspections of random samples, as the month reads them; sorted by the conversation's name.

    Targeted checks, drafts and replaced samples stay out. Where two inspectors disagree about "critical" the lead's
    ruling holds; until there is one the conversation counts as not critical.
    """
    opened = Conversation.opened_at
    window = and_(opened >= since if since else true(), opened < until if until else true())
    rows = session.execute(_query(window)).all()
    return sorted((_label(list(group)) for _, group in groupby(rows, key=lambda row: row.id)), key=lambda one: one.name)


def count_labels(session: Session, *, since: datetime | None = None) -> int:
    """Count the conversations a training would learn from."""
    query = _query(Conversation.opened_at >= since if since else true())
    return session.scalar(select(func.count(func.distinct(query.order_by(None).subquery().c.id)))) or 0


def number_groups(labels: Iterable[Label], zone: ZoneInfo) -> NDArray[np.intp]:
    """Number of the agent-month of each label."""
    keys = [f"{one.agent}\x1f{one.month(zone)}" for one in labels]
    return np.unique(np.array(keys, dtype=np.str_), return_inverse=True)[1]


def _query(window: ColumnElement[bool]) -> Any:
    return (
        select(
            Conversation.id,
            Conversation.source,
            Conversation.external_id,
            Conversation.channel,
            Conversation.opened_at,
            Agent.employee_number,
            Agent.hired_on,
            Inspection.quality,
            Inspection.is_critical,
            Sample.ruling,
        )
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .join(Agent, Agent.id == Inspection.agent_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(
            window,
            Conversation.opened_at.is_not(None),
            # Where retention took the words, there is nothing to learn from.
            Conversation.erased_at.is_(None),
            counts_in_estimates(),
        )
        .order_by(Conversation.id, Inspection.id)
    )


def _label(rows: Sequence[Row[Any]]) -> Label:
    first = rows[0]
    is_critical = settle_critical((row.is_critical for row in rows), (ruled_critical(row.ruling) for row in rows))
    return Label(
        conversation_id=first.id,
        name=f"{first.source}:{first.external_id}",
        agent=first.employee_number,
        hired_on=first.hired_on,
        channel=first.channel,
        opened_at=first.opened_at,
        quality=None if is_critical else math.fsum(row.quality for row in rows) / len(rows),
        is_critical=is_critical,
    )
