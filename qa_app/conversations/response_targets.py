"""Which conversations met the target of the first response: the same verdict as in the month, for lists.

No verdict is stored: the source's own goes first, else opening time, target and calendar decide, as they are now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import numpy as np
from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, bindparam, func, select
from sqlalchemy.orm import Session

from qa_app.conversations.month_reading import read_month
from qa_app.models import Conversation
from qa_app.people.organisation import working_calendar
from scoring.timing.targets import Targets

__all__ = ["find_judged"]


def find_judged(
    session: Session, conditions: Iterable[ColumnElement[bool]], verdict: str, *, at: datetime
) -> ColumnElement[bool]:
    """Condition for those of some conversations whose first response was `in_time`, `late`, or `judged` at all.

    Every one of them is read: the caller narrows them, to those of one agent above all.
    """
    rows = read_month(session, Conversation.external_id, select().where(*conditions))
    met, _ = rows.judge(calendar=working_calendar(session), targets=Targets(), at=at)
    wanted = {"in_time": met == 1, "late": met == 0}.get(verdict, ~np.isnan(met))
    return _among(session, rows.ids[wanted].tolist())


def _among(session: Session, keys: list[int]) -> ColumnElement[bool]:
    """Condition of being one of many, in one value: databases take only so many of them."""
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_each(json.dumps(keys)).table_valued("value")
        return Conversation.id.in_(select(listed.c.value))
    return Conversation.id == any_(bindparam("judged", keys, type_=ARRAY(BigInteger), unique=True))
