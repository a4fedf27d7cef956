"""Notices as the page shows them: newest first, by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import to_user_timezone
from sqlalchemy import Row, Select, select

from qa_app.clock import now
from qa_app.models import Notice, NoticeGroup, User
from qa_app.notices.groups import GROUPS
from qa_app.notices.kinds import KINDS, kinds_of, sentence_of
from qa_app.notices.wording import over_in_words
from qa_app.web.filters import format_day

__all__ = ["Day", "NoticeFilter", "NoticeRow", "group_by_day", "notices_query"]


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """What the reader wants to see; none: every group."""

    group: NoticeGroup | None = None
    is_unread: bool = False

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return self.group is not None or self.is_unread


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice, finished for the page."""

    id: int
    sentence: str
    icon: str
    group: str
    told_at: datetime
    told_time: str
    is_unread: bool
    over: str


@dataclass(frozen=True, slots=True)
class Day:
    """The notices of one day by the organisation's clock."""

    on: date
    title: str
    rows: list[NoticeRow]


def notices_query(user: User, wanted: NoticeFilter) -> Select[*tuple[Any, ...]]:
    """Select one person's notices, newest first."""
    query = select(Notice.id, Notice.kind, Notice.params, Notice.created_at, Notice.read_at, Notice.over_because).where(
        Notice.user_id == user.id
    )
    if wanted.group is not None:
        query = query.where(Notice.kind.in_(kinds_of(wanted.group)))
    if wanted.is_unread:
        query = query.where(Notice.read_at.is_(None))
    return query.order_by(Notice.created_at.desc(), Notice.id.desc())


def group_by_day(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Day]:
    """Put rows under their days, in the language and the zone in force."""
    today = to_user_timezone(now()).date()
    days = groupby(rows, key=lambda row: to_user_timezone(row.created_at).date())
    return [Day(on, _day_title(on, today), [_present(row) for row in of_day]) for on, of_day in days]


def _day_title(on: date, today: date) -> str:
    if on == today:
        return str(_("Today"))
    if on == today - timedelta(days=1):
        return str(_("Yesterday"))
    return format_day(on)


def _present(row: Row[*tuple[Any, ...]]) -> NoticeRow:
    spec = KINDS.get(row.kind)
    return NoticeRow(
        row.id,
        sentence_of(row.kind, row.params),
        spec.icon if spec else "bell",
        str(GROUPS[spec.group].title) if spec else "",
        row.created_at,
        f"{to_user_timezone(row.created_at):%H:%M}",
        row.read_at is None,
        over_in_words(row.over_because),
    )
