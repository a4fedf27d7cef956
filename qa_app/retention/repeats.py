"""Keeps whether a conversation repeats an earlier contact, before the customer reference that tells it goes.

The metric compares a conversation with the one before it of the same customer on the same topic. So its answer is
written down for what is erased, and for a later conversation that repeats something erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.models import Conversation
from scoring.timing.repeats import mark_repeats

__all__ = ["keep_repeats"]


def keep_repeats(session: Session, keys: Sequence[int]) -> None:
    """Write `repeats_earlier` where erasing these conversations would lose it."""
    going = set(keys)
    known = Conversation.customer_id.is_not(None) & (Conversation.customer_id != "")
    subjects = known & Conversation.topic.is_not(None) & (Conversation.topic != "")
    customers = select(Conversation.customer_id).where(Conversation.id.in_(keys), subjects)
    columns = (Conversation.id, Conversation.customer_id, Conversation.topic, Conversation.opened_at)
    rows = session.execute(
        select(*columns, Conversation.repeats_earlier)
        .where(Conversation.customer_id.in_(customers), subjects, Conversation.opened_at.is_not(None))
        .order_by(Conversation.id)
    ).all()
    if not rows:
        return
    number = {subject: place for place, subject in enumerate({(row.customer_id, row.topic) for row in rows})}
    subject = np.array([number[row.customer_id, row.topic] for row in rows], dtype=np.intp)
    opened = np.array([row.opened_at.timestamp() for row in rows if row.opened_at is not None])
    repeats = mark_repeats(subject, opened)
    before = _predecessors(subject, opened)
    kept: dict[bool, list[int]] = {True: [], False: []}
    for place, row in enumerate(rows):
        if row.repeats_earlier is not None:
            continue
        follows_one = before[place] >= 0 and rows[before[place]].id in going
        if row.id in going or (repeats[place] and follows_one):
            kept[bool(repeats[place])].append(row.id)
    for answer, ids in kept.items():
        if ids:
            changed = update(Conversation.__table__).where(Conversation.id.in_(ids))  # type: ignore[arg-type]
            session.execute(changed.values(repeats_earlier=answer))


def _predecessors(
    subject: np.ndarray[tuple[int], np.dtype[np.intp]], opened: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> list[int]:
    """Place of the conversation before on the same subject, -1 where there is none."""
    order = np.lexsort((opened, subject)).tolist()
    before = [-1] * len(order)
    for earlier, later in pairwise(order):
        if subject[earlier] == subject[later]:
            before[later] = earlier
    return before
