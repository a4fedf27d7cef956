"""Which notices are to be mailed now: at once, and in the digests that are due by the organisation's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, false, literal_column, or_, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Delivery, Notice, User
from scoring.timing.working import WorkingCalendar

__all__ = [
    "HOURS",
    "LONGEST_WAIT",
    "MOST_ATTEMPTS",
    "WAITS",
    "Digests",
    "digests_now",
    "digests_on_time",
    "does_anything_wait",
    "is_due",
    "is_wanted",
    "list_recipients",
]

Digests = Mapping[int, datetime]
"""Hour of the day -> the moment of its last digest: what was told before belongs into it."""

HOURS: Final = range(24)
LONGEST_WAIT: Final = timedelta(days=14)
"""Mail of what is older says nothing new: it stands in the page. A digest waits as long over the longest holidays."""
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
"""From one attempt to the next."""
MOST_ATTEMPTS: Final = len(WAITS) + 1


def digests_on_time(calendar: WorkingCalendar, moment: datetime) -> Digests:
    """Return the last digest of every hour of the day that has had one in the last two weeks."""
    found = {hour: _last_digest(calendar, hour, moment) for hour in HOURS}
    return {hour: due for hour, due in found.items() if due is not None}


def digests_now(moment: datetime) -> Digests:
    """Return digests that are due at this moment whatever the hour: somebody asked for them."""
    return dict.fromkeys(HOURS, moment)


def does_anything_wait(session: Session) -> bool:
    """Tell whether any mail may be due; asked every minute, so it looks into one small index."""
    return session.scalar(select(Notice.id).where(is_wanted(), Notice.mail_after <= now()).limit(1)) is not None


def list_recipients(session: Session, moment: datetime, digests: Digests) -> list[int]:
    """Return who is to get a mail, in the order of their numbers; nobody who cannot sign in any more."""
    digest_due = or_(
        false(), *(and_(User.digest_hour == hour, Notice.created_at < due) for hour, due in digests.items())
    )
    query = select(Notice.user_id).join(User, User.id == Notice.user_id).distinct().order_by(Notice.user_id)
    return list(session.scalars(query.where(User.active.is_(True), _is_due(moment, digest_due))))


def is_due(moment: datetime, digest: datetime | None) -> ColumnElement[bool]:
    """Say of one person's notices which are to be mailed, given the moment of that person's last digest."""
    return _is_due(moment, Notice.created_at < digest if digest is not None else false())


def is_wanted() -> ColumnElement[bool]:
    """Mail that has not gone out, of what nobody has read yet; in the index's own words, or it could not be used."""
    return and_(Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.delivery != literal_column("'none'"))


def _is_due(moment: datetime, digest_due: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(
        is_wanted(),
        Notice.mail_after <= moment,
        Notice.mail_attempts < MOST_ATTEMPTS,
        Notice.created_at > moment - LONGEST_WAIT,
        or_(Notice.delivery == Delivery.at_once, and_(Notice.delivery == Delivery.digest, digest_due)),
    )


def _last_digest(calendar: WorkingCalendar, hour: int, moment: datetime) -> datetime | None:
    """The last working day's hour by the organisation's clock; where spring skips it, an hour later."""
    today = moment.astimezone(calendar.zone).date()
    for days in range(LONGEST_WAIT.days):
        day = today - timedelta(days=days)
        due = datetime.combine(day, time(hour), calendar.zone).astimezone(moment.tzinfo)
        if due <= moment and calendar.is_working_day(day):
            return due
    return None
