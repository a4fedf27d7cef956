"""Days and hours on the clocks of a zone, over changes of the clock and odd offsets."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import InputError
from scoring.timing.local import LocalClock

ZONES = ("UTC", "Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")
STARTS, ENDS = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)


@given(
    st.sampled_from(
        ["UTC", "Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"]
    ),
    st.datetimes(datetime(2026, 10, 1), datetime(2026, 10, 31, 23, 59, 59, 999_999), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_clock_shows_what_the_zone_shows(name, moment):
    zone = ZoneInfo(name)
    clock = LocalClock(zone, STARTS, ENDS)
    quarters = clock.quarters(np.array([STARTS.timestamp(), moment.timestamp()]))

    shown = moment.astimezone(zone)
    first, day = clock.day_of(quarters).tolist()
    assert first == 0
    assert day == (shown.date() - STARTS.astimezone(zone).date()).days
    assert clock.hour_of(quarters)[1] == shown.hour
    assert day < clock.days


def test_month_cut_in_its_own_zone_has_its_own_days():
    berlin = ZoneInfo("Europe/Berlin")

    clock = LocalClock(berlin, datetime(2026, 10, 1, tzinfo=berlin), datetime(2026, 11, 1, tzinfo=berlin))

    assert clock.days == 31


def test_stretch_that_begins_within_a_quarter_is_covered():
    starts = STARTS + timedelta(minutes=7)
    clock = LocalClock(ZoneInfo("UTC"), starts, starts + timedelta(minutes=9))

    quarters = clock.quarters(np.array([starts.timestamp(), (starts + timedelta(minutes=8)).timestamp()]))

    assert clock.hour_of(quarters).tolist() == [0, 0]


def test_no_time_has_no_clock():
    with pytest.raises(InputError):
        LocalClock(ZoneInfo("UTC"), STARTS, STARTS)
