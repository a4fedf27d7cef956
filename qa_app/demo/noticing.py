"""Leaves the notices of Lantern Home as they stand on an ordinary working day: the latest unread, all others read."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_app.appeals.reminders import remind_of_appeals
from qa_app.assessment.watch import tell_below_standard
from qa_app.calibration.notices import remind_members
from qa_app.clock import travel
from qa_app.coaching.reminders import remind_of_coaching
from qa_app.inspections.reminders import remind_inspectors
from qa_app.models import Notice
from qa_app.people.organisation import working_calendar

__all__ = ["tell_notices"]

_REMINDERS = (remind_inspectors, remind_of_appeals, remind_of_coaching, remind_members, tell_below_standard)
UNREAD_FOR = timedelta(days=2)
READ_AFTER = timedelta(hours=3)


def tell_notices(session: Session, *, latest: datetime) -> None:
    """Remind everybody as the worker would have done on the last working day, and let them have read the rest."""
    for moment in (_last_working_moment(session, latest), latest):  # the second time closes what ended since
        with travel(moment):
            for remind in _REMINDERS:
                remind(session)
    read = update(Notice).where(Notice.read_at.is_(None), Notice.created_at < latest - UNREAD_FOR)
    session.execute(read.values(read_at=latest - READ_AFTER).execution_options(synchronize_session=False))


def _last_working_moment(session: Session, latest: datetime) -> datetime:
    """The latest moment on which people are at work: nobody is reminded on a Sunday."""
    calendar = working_calendar(session)
    here = latest.astimezone(calendar.zone)
    day, minute = here.date(), here.hour * 60 + here.minute
    while not (hours := calendar.hours_of(day)) or minute < hours[0][0]:
        day, minute = day - timedelta(days=1), 24 * 60 - 1
    if day == here.date():
        return latest
    return datetime.combine(day, time(17), calendar.zone)
