"""Time that counts: opening hours, working days, and what lies between two moments of them.

For targets that stop overnight, for the business-hours version of response times, for windows such as "five working
days". The calendar comes in as data: weekly hours, the country whose public holidays (and, in China, make-up
working weekends) hold, and the days on which the organisation differs from them. Nothing here knows what day it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
OpenMinutes = tuple[tuple[int, int], ...]
"""Spans of one day in minutes after local midnight, in order, ``0 <= from < to <= 1440``."""

ALWAYS_OPEN: tuple[OpenMinutes, ...] = (((0, 1440),),) * 7
OFFICE_HOURS: tuple[OpenMinutes, ...] = (((9 * 60, 18 * 60),),) * 5 + ((),) * 2


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When the centre is open.

    `weekly` holds the hours of Monday to Sunday. `country` is an ISO 3166 code, empty for no public holidays.
    `overrides` says of single days whether they are worked, against what the rest says; a worked day on which the
    week has no hours takes those of the first day that has some.
    """

    zone: ZoneInfo
    weekly: tuple[OpenMinutes, ...] = OFFICE_HOURS
    country: str = ""
    overrides: Mapping[date, bool] = field(default_factory=dict)

    def hours_of(self, day: date) -> OpenMinutes:
        """Hours of one day; empty on a day off."""
        usual = self.weekly[day.weekday()]
        worked = self.overrides.get(day)
        if worked is None and self.country:
            worked = _public_verdict(self.country, day)
        if worked is None:
            return usual
        return (usual or next((hours for hours in self.weekly if hours), ())) if worked else ()

    def is_working_day(self, day: date) -> bool:
        """Whether the centre is open at any time of this day."""
        return bool(self.hours_of(day))

    def add_working_days(self, day: date, days: int) -> date:
        """The last day of a window of so many working days that begins after `day`."""
        if not any(self.weekly):
            raise ValueError("a calendar without opening hours has no working days")
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return day


def _public_verdict(country: str, day: date) -> bool | None:
    """Whether public holidays take or give this day; `None` where they say nothing."""
    calendar = _public_calendar(country, day.year)
    if day in calendar:
        return False
    return True if day in calendar.weekend_workdays else None


_calendars: dict[tuple[str, int], holidays.HolidayBase] = {}


def _public_calendar(country: str, year: int) -> holidays.HolidayBase:
    """The public calendar of a year; filling one takes milliseconds, so each is kept."""
    if (country, year) not in _calendars:
        _calendars[country, year] = holidays.country_holidays(country, years=year)
    return _calendars[country, year]


class WorkingTimeline:
    """A calendar laid out over a range of days, for arrays of moments in Unix seconds.

    Parameters
    ----------
    calendar : WorkingCalendar
        When the centre is open.
    first, last : date
        Days of the calendar's zone that the moments and the due times asked for lie in; outside, nothing is open.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, last: date) -> None:
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        spans = [span for day in days for span in _open_spans(calendar, day)]
        self._opens: Seconds = np.array([start for start, _ in spans], dtype=np.float64)
        self._closes: Seconds = np.array([end for _, end in spans], dtype=np.float64)
        self._worked_before = np.concatenate(([0.0], np.cumsum(self._closes - self._opens)))
        lengths = [sum(end - start for start, end in calendar.hours_of(day)) for day in days]
        worked = [length for length in lengths if length]
        self.day_seconds = 60.0 * float(np.median(worked)) if worked else 0.0

    def elapsed(self, start: Seconds, end: Seconds) -> Seconds:
        """Working seconds between moments; NaN where either is NaN."""
        return self._worked_until(end) - self._worked_until(start)

    def after(self, start: Seconds, seconds: Seconds) -> Seconds:
        """The moments at which so many working seconds have passed; NaN beyond the range of days."""
        wanted = self._worked_until(start) + seconds
        span = np.searchsorted(self._worked_before[1:], wanted, side="left")
        known = (span < self._opens.size) & ~np.isnan(wanted)
        span = np.where(known, span, 0)
        if not self._opens.size:
            return np.full_like(start, np.nan)
        return np.where(known, self._opens[span] + wanted - self._worked_before[span], np.nan)

    def opened_since(self, moments: Seconds) -> Seconds:
        """Each moment itself where the centre is open, otherwise its next opening; NaN beyond the range."""
        if not self._opens.size:
            return np.full_like(moments, np.nan)
        span = np.searchsorted(self._closes, moments, side="right")
        known = (span < self._opens.size) & ~np.isnan(moments)
        return np.where(known, np.maximum(moments, self._opens[np.where(known, span, 0)]), np.nan)

    def _worked_until(self, moments: Seconds) -> Seconds:
        span = np.searchsorted(self._closes, moments, side="right")
        if not self._opens.size:
            return np.where(np.isnan(moments), np.nan, 0.0)
        inside = np.minimum(span, self._opens.size - 1)
        part = np.where(span < self._opens.size, np.maximum(moments - self._opens[inside], 0.0), 0.0)
        return np.where(np.isnan(moments), np.nan, self._worked_before[span] + part)


def _open_spans(calendar: WorkingCalendar, day: date) -> Sequence[tuple[float, float]]:
    """Opening hours of a day in Unix seconds; a day on which the clocks change keeps its wall-clock hours."""
    return [
        (_unix_seconds(calendar.zone, day, opens), _unix_seconds(calendar.zone, day, closes))
        for opens, closes in calendar.hours_of(day)
    ]


def _unix_seconds(zone: ZoneInfo, day: date, minute: int) -> float:
    wall_clock = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minute)
    return wall_clock.astimezone(UTC).timestamp()
