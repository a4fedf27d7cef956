"""Values of cells and JSON, type by type."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from qa_app.conversations.importers.choices import to_choice
from qa_app.conversations.importers.conversions import (
    to_bool,
    to_clock_seconds,
    to_minutes_dot_seconds,
    to_number,
    to_seconds,
    to_text,
)
from qa_app.conversations.importers.problems import FieldError


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("00:02:23", 143), ("4:02", 242), ("1:00:05", 3605), (time(0, 2, 23), 143), (timedelta(seconds=90), 90),
     ("3 分 16 秒", 196), ("2小时5分", 7500), (109, 109), ("109.5", 109.5)],
)  # fmt: skip
def test_durations_are_read_in_every_form(value: object, seconds: float) -> None:
    assert to_seconds(value) == seconds


@pytest.mark.parametrize("value", ["00:61:00", "1:75", "long", "", "12 apples"])
def test_what_is_no_duration_is_refused(value: str) -> None:
    with pytest.raises(FieldError):
        to_clock_seconds(value)


def test_minutes_dot_seconds_count_the_digits_after_the_point_as_seconds() -> None:
    assert to_minutes_dot_seconds(1.13) == 73
    assert to_minutes_dot_seconds("1.7") == 67
    with pytest.raises(FieldError):
        to_minutes_dot_seconds("1.75")


@pytest.mark.parametrize(("value", "answer"), [("Y", True), ("是", True), ("No", False), (0.0, False), ("未知", None)])
def test_yes_and_no_are_read_in_both_languages(value: object, answer: bool | None) -> None:
    assert to_bool(value) is answer


def test_whole_numbers_of_a_workbook_lose_their_point() -> None:
    assert to_text(3.0) == "3"
    assert to_number("12") == 12
    with pytest.raises(FieldError):
        to_number("NaN")


def test_closed_lists_are_read_in_both_languages() -> None:
    assert to_choice("channel", "在线客服") == "chat"
    assert to_choice("priority", "紧急") == "urgent"
    with pytest.raises(FieldError) as refused:
        to_choice("channel", "pigeon")
    assert refused.value.expected == "phone, chat, email, social, other"
