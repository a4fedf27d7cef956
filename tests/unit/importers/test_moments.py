"""Dates as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from qa_app.conversations.importers.moments import read_moment, read_unix
from qa_app.conversations.importers.problems import FieldError, FieldNote, NoteCode, ProblemCode

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HALF_PAST_TWO = datetime(2024, 5, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01 14:30", "2024-05-01T14:30:00", "2024/5/1 14:30", "2024.05.01 14:30:00", "2024年5月1日 14:30",
        "2024年5月1日14:30", "2024年05月01日 14时30分", "2024-05-01 14:30:00.000", "2024-05-01T06:30:00Z",
        "2024-05-01 07:30:00+01:00", "2024/05/01 14:30:00+0800",
    ],
)  # fmt: skip
def test_year_first_forms_are_read_without_being_told(text: str) -> None:
    notes: list[FieldNote] = []

    assert read_moment(text, SHANGHAI, (), notes) == HALF_PAST_TWO
    assert notes == []


def test_a_lost_blank_is_restored_and_noted() -> None:
    notes: list[FieldNote] = []

    moment = read_moment("2024-05-0114:30", SHANGHAI, (), notes)

    assert moment == HALF_PAST_TWO
    assert notes == [FieldNote(NoteCode.space_restored, "2024-05-0114:30")]


@pytest.mark.parametrize("text", ["2024-05-114:30", "2024-5-0114:3"])
def test_a_lost_blank_that_could_stand_in_two_places_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        read_moment(text, SHANGHAI, (), [])


def test_a_day_alone_is_midnight_and_noted() -> None:
    notes: list[FieldNote] = []

    assert read_moment(date(2024, 5, 1), BERLIN, (), notes) == datetime(2024, 4, 30, 22, 0, tzinfo=UTC)
    assert read_moment("2024-05-01", BERLIN, (), notes) == datetime(2024, 4, 30, 22, 0, tzinfo=UTC)
    assert [note.code for note in notes] == [NoteCode.date_without_time] * 2


def test_an_hour_that_happened_twice_is_the_earlier_one() -> None:
    notes: list[FieldNote] = []

    moment = read_moment("2024-10-27 02:30", BERLIN, (), notes)

    assert moment == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert notes == [FieldNote(NoteCode.doubtful_hour, "2024-10-27 02:30:00")]


def test_an_hour_that_was_skipped_moves_forward() -> None:
    notes: list[FieldNote] = []

    moment = read_moment("2024-03-31 02:30", BERLIN, (), notes)

    assert moment.astimezone(BERLIN) == datetime(2024, 3, 31, 3, 30, tzinfo=BERLIN)
    assert notes == [FieldNote(NoteCode.skipped_hour, "2024-03-31 02:30:00")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-13-02", ProblemCode.not_a_date),
        ("2026-02-30 10:00", ProblemCode.not_a_date),
        ("yesterday", ProblemCode.not_a_date),
        ("03/04/2024 10:00", ProblemCode.ambiguous_date),
    ],
)
def test_what_is_no_date_is_refused_with_an_example(text: str, code: ProblemCode) -> None:
    with pytest.raises(FieldError) as refused:
        read_moment(text, SHANGHAI, (), [])

    assert (refused.value.code, refused.value.value, refused.value.expected) == (code, text, "2024-05-01 14:30")


def test_day_first_needs_a_format_and_takes_the_first_that_fits() -> None:
    formats = ("%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M")

    assert read_moment("29-02-2016 01:16", ZoneInfo("UTC"), formats, []) == datetime(2016, 2, 29, 1, 16, tzinfo=UTC)


def test_unix_times_are_utc_whatever_the_zone() -> None:
    assert read_unix(1589375664, 1) == read_unix("1589375664000", 1000) == datetime(2020, 5, 13, 13, 14, 24, tzinfo=UTC)
    with pytest.raises(FieldError):
        read_unix("soon", 1)
