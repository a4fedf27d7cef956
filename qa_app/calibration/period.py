"""The half year that the figures about inspectors look back on, and its weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["HalfYear", "half_year_until", "week_of", "weeks_after"]

WEEKS = 26


@dataclass(frozen=True, slots=True)
class HalfYear:
    """26 weeks, the running one among them, cut on Mondays in the organisation's zone."""

    starts_at: datetime
    zone: ZoneInfo


def half_year_until(moment: datetime, zone: ZoneInfo) -> HalfYear:
    """Return the 26 weeks that end with the week of `moment`."""
    today = moment.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    return HalfYear(datetime.combine(monday, time(), tzinfo=zone), zone)


def week_of(moment: datetime, zone: ZoneInfo) -> str:
    """Name the week as ISO 8601 does, so that names sort in time: 2026-W07."""
    year, week, _day = moment.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def weeks_after(earlier: str, later: str) -> int:
    """How many weeks `later` comes after `earlier`, both named as `week_of` does."""
    return (_monday(later) - _monday(earlier)).days // 7


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
