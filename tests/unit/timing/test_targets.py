"""Targets by channel and priority, due times, verdicts."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scoring.timing.targets import Targets, first_response_due, judge_targets, resolution_due
from scoring.timing.working import WorkingCalendar, WorkingTimeline

UTC = ZoneInfo("UTC")
LINE = WorkingTimeline(WorkingCalendar(UTC), date(2026, 11, 1), date(2026, 11, 30))
OPEN = datetime(2026, 11, 17, 10, 0, tzinfo=UTC).timestamp()
CLOSED = datetime(2026, 11, 17, 20, 0, tzinfo=UTC).timestamp()
NEXT_OPENING = datetime(2026, 11, 18, 9, 0, tzinfo=UTC).timestamp()
NAN = float("nan")


def seconds_to_answer(opened, channel, priority=""):
    due = first_response_due(np.array([opened]), np.array([channel]), np.array([priority]), Targets(), LINE)
    return due[0] - opened


@pytest.mark.parametrize(("channel", "seconds"), [("phone", 15), ("chat", 30), ("email", 43_200), ("social", 14_400)])
def test_channels_have_the_targets_of_the_field(channel, seconds):
    assert seconds_to_answer(OPEN, channel) == seconds


def test_stricter_of_channel_and_priority_holds():
    assert seconds_to_answer(OPEN, "chat", "high") == 30
    assert seconds_to_answer(OPEN, "email", "urgent") == 300


def test_outside_working_hours_the_opening_counts():
    assert seconds_to_answer(CLOSED, "chat") == NEXT_OPENING - CLOSED + 600
    assert seconds_to_answer(CLOSED, "email") == NEXT_OPENING - CLOSED + 43_200


def test_without_target_nothing_falls_due():
    assert np.isnan(seconds_to_answer(OPEN, "other"))


def test_ordinary_issues_have_three_working_days():
    thursday = datetime(2026, 11, 19, 10, 0, tzinfo=UTC).timestamp()

    due = resolution_due(np.array([thursday]), np.array(["medium"]), Targets(), LINE)

    assert due == [datetime(2026, 11, 24, 10, 0, tzinfo=UTC).timestamp()]


@pytest.mark.parametrize(
    ("own", "due", "done", "verdict"),
    [
        (NAN, 100, 100, 1),
        (NAN, 100, 101, 0),
        (NAN, 100, NAN, 0),
        (NAN, 900, NAN, NAN),
        (NAN, NAN, 50, NAN),
        (1, 100, 101, 1),
        (0, NAN, NAN, 0),
    ],
)
def test_late_is_late_and_the_source_goes_first(own, due, done, verdict):
    judged = judge_targets(np.array([own]), np.array([due]), np.array([done]), now=500)

    assert judged[0] == pytest.approx(verdict, nan_ok=True)
