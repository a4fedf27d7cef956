"""From a cell or a JSON value to the value a record field holds, one function per type of a mapping.

Each conversion takes a value that is there (emptiness is settled before) and returns it, or raises `FieldError` with
what would have been right.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from qa_app.conversations.importers.moments import read_moment, read_unix
from qa_app.conversations.importers.problems import FieldError, FieldNote, ProblemCode, shorten

Conversion = Callable[[object, list[FieldNote]], object]

_YES = frozenset({"true", "yes", "y", "t", "1", "on", "是", "已解决", "对", "有"})
_NO = frozenset({"false", "no", "n", "f", "0", "off", "否", "未解决", "不是", "无"})
_UNKNOWN = frozenset({"unknown", "未知", "不详"})
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2})(?:\.(\d+))?")
_CHINESE_DURATION = re.compile(r"(?:(\d+)\s*小?时)?\s*(?:(\d+)\s*分钟?)?\s*(?:(\d+(?:\.\d+)?)\s*秒)?")


class ValueType(StrEnum):
    """The types a mapping may name."""

    text = "text"
    bool = "bool"
    number = "number"
    datetime = "datetime"
    unix_seconds = "unix_seconds"
    unix_millis = "unix_millis"
    seconds = "seconds"
    hms = "hms"
    minutes_dot_seconds = "minutes_dot_seconds"


def conversion_for(kind: ValueType, zone: ZoneInfo, formats: tuple[str, ...]) -> Conversion:
    """Return the function that turns a value into `kind`, local times being those of `zone`."""
    if kind is ValueType.datetime:
        return lambda value, notes: read_moment(value, zone, formats, notes)
    if kind is ValueType.unix_seconds:
        return lambda value, _notes: read_unix(value, 1)
    if kind is ValueType.unix_millis:
        return lambda value, _notes: read_unix(value, 1000)
    plain = _PLAIN[kind]
    return lambda value, _notes: plain(value)


def to_text(value: object) -> str:
    """Return the value as text; whole numbers that a workbook keeps as 3.0 lose their point."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, int | float | date | time | timedelta):
        return str(value)
    raise FieldError(ProblemCode.wrong_type, shorten(value), "text")


def to_bool(value: object) -> bool | None:
    """Return yes or no; `None` for a value that says "unknown"."""
    if isinstance(value, bool):
        return value
    text = to_text(value).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    if text in _UNKNOWN:
        return None
    raise FieldError(ProblemCode.not_yes_no, shorten(value), "yes / no")


def to_number(value: object) -> int | float:
    """Return a number; whole ones as `int`."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldError(ProblemCode.not_a_number, shorten(value), "12.5")
    try:
        number = float(value)
    except ValueError as error:
        raise FieldError(ProblemCode.not_a_number, shorten(value), "12.5") from error
    if number != number or number in {float("inf"), float("-inf")}:
        raise FieldError(ProblemCode.not_a_number, shorten(value), "12.5")
    return int(number) if number.is_integer() else number


def to_seconds(value: object) -> float:
    """Return a duration: a number of seconds, `H:MM:SS`, `M:SS`, a time cell, or `3 分 16 秒`."""
    if isinstance(value, time | timedelta) or (isinstance(value, str) and not _is_numeral(value)):
        return to_clock_seconds(value)
    try:
        return float(to_number(value))
    except FieldError as error:
        raise FieldError(ProblemCode.not_a_duration, shorten(value), "00:02:23") from error


def to_clock_seconds(value: object) -> float:
    """Return the seconds of `HH:MM:SS`, `MM:SS` or a time cell of a workbook."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    text = value.strip() if isinstance(value, str) else ""
    found = _CLOCK.fullmatch(text)
    if found is not None and int(found[3]) < 60 and (found[1] is None or int(found[2]) < 60):
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(f"{found[3]}.{found[4] or 0}")
    spoken = _CHINESE_DURATION.fullmatch(text)
    if text and spoken is not None:
        return int(spoken[1] or 0) * 3600 + int(spoken[2] or 0) * 60 + float(spoken[3] or 0)
    raise FieldError(ProblemCode.not_a_duration, shorten(value), "00:02:23")


def to_minutes_dot_seconds(value: object) -> float:
    """Return the seconds of `1.13` read as 1 min 13 s; `1.7` is 1 min 7 s."""
    minutes, _, seconds = to_text(value).partition(".")
    if not minutes.isdecimal() or (seconds and (not seconds.isdecimal() or int(seconds) > 59)):
        raise FieldError(ProblemCode.not_a_duration, shorten(value), "1.13")
    return int(minutes) * 60.0 + int(seconds or 0)


def _is_numeral(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_PLAIN: dict[ValueType, Callable[[object], object]] = {
    ValueType.text: to_text,
    ValueType.bool: to_bool,
    ValueType.number: to_number,
    ValueType.seconds: to_seconds,
    ValueType.hms: to_clock_seconds,
    ValueType.minutes_dot_seconds: to_minutes_dot_seconds,
}
