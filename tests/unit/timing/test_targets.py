"""Targets by channel and priority, due times, verdicts."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scoring.timing.targets import (
    Target,
    Targets,
    first_response_due,
    first_response_due_of_cases,
    judge_targets,
    resolution_due,
)
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


def test_due_moments_of_cases_are_those_of_their_words():
    words = [("chat", ""), ("chat", "high"), ("email", "urgent"), ("other", ""), ("", "low"), ("phone", "vip")]
    case = np.arange(len(words)).repeat(2)
    opened = np.tile([OPEN, CLOSED], len(words))
    promised = Targets(first_response_by_priority={"low": Target(working_days=1), "urgent": Target(60)})

    by_case = first_response_due_of_cases(opened, case, words, promised, LINE)

    channels, priorities = np.array(words)[case].T
    by_words = first_response_due(opened, channels, priorities, promised, LINE)
    np.testing.assert_array_equal(by_case, by_words)
    assert by_case[8] == OPEN + 86_400  # the next working day, at the same hour


def test_the_sooner_of_seconds_and_working_days_holds():
    promised = Targets(first_response_by_priority={"low": Target(working_days=1)})

    due = first_response_due(np.array([OPEN] * 2), np.array(["chat", "email"]), np.array(["low"] * 2), promised, LINE)

    assert due.tolist() == [OPEN + 30, OPEN + 43_200]


def test_rounding_of_microseconds_decides_nothing():
    opened = np.array([OPEN + number / 1e6 for number in range(200_000, 203_000)])
    microseconds = np.round(opened * 1e6) + 30e6
    due = first_response_due(opened, np.full(opened.size, "chat"), np.full(opened.size, ""), Targets(), LINE)
    none = np.full(opened.size, NAN)

    assert (judge_targets(none, due, microseconds / 1e6, now=0) == 1).all()
    assert (judge_targets(none, due, (microseconds + 1) / 1e6, now=0) == 0).all()
