"""Working time: hours, holidays, make-up weekends, and arithmetic with them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.timing.working import ALWAYS_OPEN, WorkingCalendar, WorkingTimeline

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = WorkingCalendar(SHANGHAI, country="CN")
HOUR = 3600.0


def at(text, zone=SHANGHAI):
    return np.array([datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()])


def timeline(calendar=OFFICE):
    return WorkingTimeline(calendar, date(2026, 9, 20), date(2026, 11, 30))


def hours_between(start, end, calendar=OFFICE):
    return timeline(calendar).elapsed(at(start), at(end))[0] / HOUR


def test_make_up_weekend_is_worked_and_golden_week_is_not():
    assert OFFICE.is_working_day(date(2026, 10, 10))
    assert not OFFICE.is_working_day(date(2026, 10, 1))
    assert not OFFICE.is_working_day(date(2026, 10, 11))


def test_overrides_go_before_the_public_calendar():
    calendar = WorkingCalendar(SHANGHAI, country="CN", overrides={date(2026, 10, 1): True, date(2026, 10, 12): False})

    assert calendar.hours_of(date(2026, 10, 1)) == ((540, 1080),)
    assert not calendar.is_working_day(date(2026, 10, 12))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-17T10:00", "2026-11-17T11:30", 1.5),
        ("2026-11-17T17:00", "2026-11-18T10:00", 2),
        ("2026-11-17T20:00", "2026-11-18T06:00", 0),
        ("2026-11-20T17:00", "2026-11-23T10:00", 2),
        ("2026-09-30T17:00", "2026-10-08T10:00", 2),
    ],
)
def test_only_opening_hours_count(start, end, hours):
    assert hours_between(start, end) == pytest.approx(hours)


def test_always_open_counts_every_hour():
    assert hours_between("2026-11-14T00:00", "2026-11-16T00:00", WorkingCalendar(SHANGHAI, ALWAYS_OPEN)) == 48


def test_clock_change_shortens_the_day():
    berlin = ZoneInfo("Europe/Berlin")
    line = WorkingTimeline(WorkingCalendar(berlin, ALWAYS_OPEN), date(2026, 3, 28), date(2026, 3, 31))

    assert line.elapsed(at("2026-03-29T00:00", berlin), at("2026-03-30T00:00", berlin))[0] == 23 * HOUR


def test_three_working_days_skip_the_weekend():
    line = timeline()

    due = line.after(at("2026-11-19T10:00"), np.array([3 * line.day_seconds]))

    assert due == at("2026-11-24T10:00")


def test_window_of_working_days_ends_on_a_working_day():
    assert OFFICE.add_working_days(date(2026, 11, 19), 5) == date(2026, 11, 26)
    assert OFFICE.add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)


def test_closed_moment_waits_for_the_next_opening():
    line = timeline()

    assert line.opened_since(at("2026-11-20T19:00")) == at("2026-11-23T09:00")
    assert line.opened_since(at("2026-11-20T12:00")) == at("2026-11-20T12:00")


def test_unknown_moments_and_empty_calendars_give_no_value():
    never = WorkingCalendar(SHANGHAI, ((),) * 7)

    assert np.isnan(timeline().elapsed(np.array([np.nan]), at("2026-11-20T12:00")))[0]
    assert np.isnan(timeline(never).after(at("2026-11-20T12:00"), np.array([1.0])))[0]
    with pytest.raises(ValueError, match="no working days"):
        never.add_working_days(date(2026, 11, 20), 1)


@settings(deadline=None)
@given(st.floats(0, 20 * 24 * HOUR), st.floats(1, 60 * HOUR))
def test_adding_working_time_undoes_measuring_it(start, seconds):
    line = timeline()
    begin = at("2026-10-12T09:00") + start

    assert line.elapsed(begin, line.after(begin, np.array([seconds])))[0] == pytest.approx(seconds, abs=1e-3)
