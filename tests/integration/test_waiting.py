"""A date as people say it: in the organisation's zone, in working days, and under the right heading."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from qa_app.web.waiting import DueState, Task, count_pressing, day_of, due_state, end_of_day, make_agenda
from scoring.timing.working import WorkingCalendar

SHANGHAI = WorkingCalendar(ZoneInfo("Asia/Shanghai"))
# Wednesday 18 November 2026, 00:30 in Shanghai: still Tuesday in UTC.
NOW = datetime(2026, 11, 17, 16, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)


def task(due_at: datetime | None = None, **values: object) -> Task:
    return Task(**{"count": 1, "title": "a thing", "url": "/x", "action": "Go", "due_at": due_at, **values})


@pytest.fixture
def said(app: Flask):
    """Return a function that says the agenda of some tasks at a moment, as (heading, dates) pairs."""

    def say(*tasks: Task, at: datetime = NOW, language: str = "en", calendar: WorkingCalendar = SHANGHAI):
        with app.test_request_context(headers={"Accept-Language": language}):
            agenda = make_agenda(tasks, calendar, at)
            return [(group.title, [entry.due for entry in group.entries]) for group in agenda.groups], agenda.summary

    return say


@pytest.mark.parametrize(
    ("due_at", "state"),
    [
        (None, DueState.undated),
        (MIDNIGHT, DueState.overdue),  # the end of Tuesday, half an hour ago
        (MIDNIGHT - timedelta(seconds=1), DueState.overdue),
        (NOW, DueState.overdue),  # the very moment is late
        (NOW + timedelta(seconds=1), DueState.today),
        (MIDNIGHT + timedelta(days=1), DueState.today),  # midnight ends Wednesday
        (MIDNIGHT + timedelta(days=1, seconds=1), DueState.week),
        (MIDNIGHT + timedelta(days=5), DueState.week),  # the end of Sunday
        (MIDNIGHT + timedelta(days=5, seconds=1), DueState.later),
    ],
)
def test_days_are_cut_at_local_midnight(due_at: datetime | None, state: DueState) -> None:
    assert due_state(due_at, SHANGHAI, NOW) is state


def test_a_deadline_at_midnight_belongs_to_the_day_before() -> None:
    assert day_of(MIDNIGHT, SHANGHAI) == date(2026, 11, 17)
    assert day_of(MIDNIGHT + timedelta(seconds=1), SHANGHAI) == date(2026, 11, 18)
    assert end_of_day(date(2026, 11, 17), SHANGHAI) == MIDNIGHT


def test_a_day_of_25_hours_ends_at_its_own_midnight() -> None:
    berlin = WorkingCalendar(ZoneInfo("Europe/Berlin"))
    end = end_of_day(date(2026, 10, 25), berlin)

    assert end.astimezone(UTC) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
    assert due_state(end, berlin, datetime(2026, 10, 25, 22, 59, tzinfo=UTC)) is DueState.today


def test_dates_are_said_with_working_days_and_grouped(said) -> None:
    groups, summary = said(
        task(MIDNIGHT + timedelta(days=8)),
        task(MIDNIGHT + timedelta(days=2)),
        task(MIDNIGHT - timedelta(days=4)),
        task(MIDNIGHT),
        task(),
        task(MIDNIGHT + timedelta(days=1)),
        task(MIDNIGHT + timedelta(hours=14, minutes=5), count=3, pressing=3),
        task(is_urgent=True),
    )

    assert groups == [
        ("Overdue", ["was due Fri 13 Nov, 3 working days ago", "was due yesterday, Tue 17 Nov"]),
        ("Today", ["due today, 14:05", "due today"]),
        ("As soon as you can", [""]),
        ("This week", ["due tomorrow, Thu 19 Nov"]),
        ("Later", ["due Wed 25 Nov, in 5 working days"]),
        ("No date", [""]),
    ]
    assert summary == "2 are overdue. 4 are for today."


def test_of_a_bundle_only_those_that_are_late_are_said_to_be_late(said) -> None:
    tomorrow = MIDNIGHT + timedelta(days=2)

    assert said(task(MIDNIGHT, count=10))[1] == "1 is overdue.", "nobody counted them"
    assert said(task(MIDNIGHT, count=10, pressing=4), task(MIDNIGHT))[1] == "5 are overdue."
    assert count_pressing([(tomorrow, 7), (MIDNIGHT, 2), (None, 1), (NOW, 1)], SHANGHAI, NOW) == 3
    assert count_pressing([(tomorrow, 7), (None, 1)], SHANGHAI, NOW) == 7
    assert count_pressing([(None, 2)], SHANGHAI, NOW) is None


def test_an_offer_is_listed_and_counted_with_nothing(said) -> None:
    assert said(task(NOW + timedelta(minutes=5), pressing=0)) == ([("Today", ["due today, 00:35"])], "")
    assert said(task(MIDNIGHT + timedelta(days=2), pressing=0))[1] == ""


def test_in_a_group_what_is_urgent_comes_first_then_what_is_due_first(said) -> None:
    late, later = MIDNIGHT - timedelta(days=6), MIDNIGHT - timedelta(days=5)
    groups, _ = said(task(later), task(late), task(MIDNIGHT, is_urgent=True))

    assert [due[:17] for due in groups[0][1]] == ["was due yesterday", "was due Wed 11 No", "was due Thu 12 No"]


def test_weekends_and_holidays_are_no_working_days(said) -> None:
    off = WorkingCalendar(ZoneInfo("Asia/Shanghai"), overrides={date(2026, 11, 19): False, date(2026, 11, 21): True})

    groups, _ = said(task(MIDNIGHT + timedelta(days=6)), task(end_of_day(date(2026, 11, 22), off)), calendar=off)

    # Thursday is off, Saturday is worked: Friday, Saturday, Monday.
    assert groups == [
        ("This week", ["due Sun 22 Nov, in 2 working days"]),
        ("Later", ["due Mon 23 Nov, in 3 working days"]),
    ]


def test_what_is_far_is_told_in_days(said) -> None:
    assert said(task(MIDNIGHT + timedelta(days=100)))[0] == [("Later", ["due Thu 25 Feb, in 99 days"])]


def test_with_nothing_for_today_the_next_date_is_said(said) -> None:
    assert said(task(MIDNIGHT + timedelta(days=8)), task())[1] == (
        "Nothing is due today. What comes next: Wed 25 Nov, in 5 working days."
    )
    assert said(task())[1] == ""
    assert said(task(MIDNIGHT, count=0)) == ([], "")


def test_what_takes_place_has_its_time_and_is_not_late_on_its_day(said) -> None:
    groups, _ = said(
        task(MIDNIGHT, is_event=True),
        task(MIDNIGHT + timedelta(days=2, hours=9), is_event=True),
        at=MIDNIGHT + timedelta(hours=3),
    )

    assert groups == [("Today", ["today, 00:00"]), ("This week", ["Fri 20 Nov, 09:00, in 2 working days"])]


def test_the_same_in_chinese(said) -> None:
    groups, summary = said(task(MIDNIGHT - timedelta(days=4)), task(MIDNIGHT + timedelta(days=2)), language="zh-CN")

    assert [title for title, _ in groups] == ["超时", "本周"]
    assert "11月13日" in groups[0][1][0]
    assert "工作日" in groups[0][1][0]
    assert "超期" in summary
