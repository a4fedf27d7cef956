"""How numbers, times and durations are written on pages, in one place for both languages.

Figures are rounded once, here, half away from zero; nothing is computed from a written figure.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext, to_user_timezone

from reports.formats import round_half_away

__all__ = ["NONE", "configure_filters", "format_duration", "format_moment", "format_month"]

NONE = "–"
MINUS = "−"
FINE_SHARE_FROM = 200


def _is_chinese() -> bool:
    locale = get_locale()
    return bool(locale and locale.language == "zh")


def format_number(value: float | None, places: int = 0) -> str:
    """Write a number with grouping: 18,946; none gives a dash."""
    if value is None:
        return NONE
    return _write_number(value + 0, places, get_locale())  # minus nought is nought


@lru_cache(maxsize=4096)
def _write_number(value: float, places: int, locale: Locale | None) -> str:
    """Few numbers make up most pages: weights, points, counts; Babel reads its pattern anew for each."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(round_half_away(value, places), pattern, locale=locale).replace("-", MINUS)


def format_score(value: float | None) -> str:
    """Write a score of one inspection: one decimal."""
    return format_number(value, 1)


def format_percent(value: float | None, n: int = 0) -> str:
    """Write a fraction as percent, with one decimal where it rests on 200 cases or more."""
    return NONE if value is None else f"{format_number(value * 100, 1 if n >= FINE_SHARE_FROM else 0)}%"


def format_day(value: date | datetime | None) -> str:
    """Write a day: 17 Nov 2026, 2026年11月17日."""
    if value is None:
        return NONE
    if isinstance(value, datetime):
        value = to_user_timezone(value).date()
    return format_date(value, "y年M月d日" if _is_chinese() else "d MMM y", locale=get_locale())


def format_short_day(value: date | datetime | None) -> str:
    """Write a day without its year: 17 Nov, 11月17日."""
    if value is None:
        return NONE
    if isinstance(value, datetime):
        value = to_user_timezone(value).date()
    return format_date(value, "M月d日" if _is_chinese() else "d MMM", locale=get_locale())


def format_moment(value: datetime | None) -> str:
    """Write a day with weekday and minute: Tue 17 Nov 2026, 14:02."""
    if value is None:
        return NONE
    local = to_user_timezone(value)
    if _is_chinese():
        return f"{format_date(local, 'y年M月d日 EEE', locale=get_locale())} {local:%H:%M}"
    return f"{format_date(local, 'EEE d MMM y', locale=get_locale())}, {local:%H:%M}"


def format_stamp(value: datetime | None) -> str:
    """Write a moment as logs and exports do: 2026-11-17 14:02:11."""
    return NONE if value is None else f"{to_user_timezone(value):%Y-%m-%d %H:%M:%S}"


def format_clock(value: datetime | None) -> str:
    """Write the time of day with seconds: 14:02:11."""
    return "" if value is None else f"{to_user_timezone(value):%H:%M:%S}"


def format_month(value: str | None) -> str:
    """Write a month given as YYYY-MM: October 2026, 2026年10月."""
    if not value:
        return NONE
    first = date.fromisoformat(f"{value}-01")
    return format_date(first, "y年M月" if _is_chinese() else "MMMM y", locale=get_locale())


def format_month_short(value: str) -> str:
    """Write a month given as YYYY-MM under a chart: Oct, 10月."""
    first = date.fromisoformat(f"{value}-01")
    return format_date(first, "M月" if _is_chinese() else "MMM", locale=get_locale())


def format_duration(seconds: float | None) -> str:
    """Write a duration with its two largest units: 23 s · 3 min 16 s · 2 h 05 min."""
    if seconds is None:
        return NONE
    whole = int(round_half_away(seconds))
    if whole < 60:
        return str(gettext("%(seconds)s s", seconds=whole))
    if whole < 3600:
        return str(gettext("%(minutes)s min %(seconds)s s", minutes=whole // 60, seconds=whole % 60))
    return str(gettext("%(hours)s h %(minutes)s min", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}"))


def format_position(seconds: float | None) -> str:
    """Write a position in a recording: 02:08 or 1:02:08."""
    if seconds is None:
        return NONE
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60:02d}:{rest % 60:02d}"


def format_bytes(size: float | None) -> str:
    """Write a file's size: 340 KB, 1.2 MB."""
    if size is None:
        return NONE
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{format_number(size, 1 if unit == 'MB' else 0)} {unit}"
        size /= 1000
    return f"{format_number(size, 1)} GB"


def configure_filters(app: Flask) -> None:
    """Give templates the formats under the names used in them."""
    app.jinja_env.filters.update(
        number=format_number,
        score=format_score,
        percent=format_percent,
        day=format_day,
        short_day=format_short_day,
        moment=format_moment,
        stamp=format_stamp,
        clock=format_clock,
        month_name=format_month,
        month_short=format_month_short,
        duration=format_duration,
        position=format_position,
        file_size=format_bytes,
    )
