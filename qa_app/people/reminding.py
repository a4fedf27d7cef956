"""When people are reminded: on working days of the organisation, once its day has begun, one working day ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.people.organisation import working_calendar

__all__ = ["Reminding", "reminding"]


@dataclass(frozen=True, slots=True)
class Reminding:
    """The day as reminders see it.

    `tomorrow` is the next working day: on a Friday what is due on Monday is due tomorrow.
    """

    today: date
    tomorrow: date
    is_time: bool
    zone: ZoneInfo

    @property
    def horizon(self) -> datetime:
        """The end of the next working day."""
        return self.end_of(self.tomorrow)

    def end_of(self, day: date) -> datetime:
        """The midnight after a day."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def day_of(self, moment: datetime) -> date:
        """The day on which something is due; what is due at midnight is due on the day that ends with it."""
        return (moment - timedelta(microseconds=1)).astimezone(self.zone).date()


def reminding(session: Session) -> Reminding:
    """Return the day it is where the organisation is."""
    calendar = working_calendar(session)
    here = now().astimezone(calendar.zone)
    hours = calendar.hours_of(here.date())
    has_begun = bool(hours) and here.hour * 60 + here.minute >= hours[0][0]
    return Reminding(here.date(), calendar.add_working_days(here.date(), 1), has_begun, calendar.zone)
