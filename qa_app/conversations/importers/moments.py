"""Dates and times as people write them, brought to UTC.

Year-first forms are read without being told (`2024-05-01 14:30`, `2024/5/1 14:30:05`, `2024年5月1日 14:30`, ISO 8601);
others need the mapping's `format`, because `03/04/2024` has two readings. A time without a zone is local: an hour that
happened twice is taken as the earlier one, one that was skipped moves forward, and both are noted.
"""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from qa_app.conversations.importers.problems import FieldError, FieldNote, NoteCode, ProblemCode, shorten

_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:(?P<gap>[\sT]*)(?P<hour>\d{1,2})[:：时](?P<minute>\d{2})(?:[:：分](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?[秒分]?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_EXPECTED = "2024-05-01 14:30"


def read_moment(value: object, zone: ZoneInfo, formats: tuple[str, ...], notes: list[FieldNote]) -> datetime:
    """Return the moment in UTC; anything doubtful about it is added to `notes`."""
    if isinstance(value, datetime):
        return to_utc(value, zone, notes)
    if isinstance(value, date):
        notes.append(FieldNote(NoteCode.date_without_time, value.isoformat()))
        return to_utc(datetime.combine(value, time()), zone, notes)
    if not isinstance(value, str):
        raise FieldError(ProblemCode.not_a_date, shorten(value), formats[0] if formats else _EXPECTED)
    text = value.strip()
    return to_utc(_by_format(text, formats) if formats else _year_first(text, notes), zone, notes)


def to_utc(moment: datetime, zone: ZoneInfo, notes: list[FieldNote]) -> datetime:
    """Bring an aware or a local time to UTC, noting hours that clocks repeat or leave out."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, fold=0)
        early, late = moment.utcoffset(), moment.replace(fold=1).utcoffset()
        if early != late and early is not None and late is not None:
            code = NoteCode.skipped_hour if early < late else NoteCode.doubtful_hour
            notes.append(FieldNote(code, moment.replace(tzinfo=None).isoformat(" ")))
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise FieldError(ProblemCode.not_a_date, shorten(moment), _EXPECTED) from error


def read_unix(value: object, units_per_second: int) -> datetime:
    """Return the moment that a count of seconds or milliseconds since 1970 names."""
    try:
        if isinstance(value, bool):
            raise TypeError  # noqa: TRY301 - `True` is no moment, and joins the refusals below
        return datetime.fromtimestamp(float(value) / units_per_second, UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise FieldError(ProblemCode.not_a_date, shorten(value), "1589375664") from error


def _by_format(text: str, formats: tuple[str, ...]) -> datetime:
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - `to_utc` gives it its zone
        except ValueError:
            continue
    raise FieldError(ProblemCode.not_a_date, shorten(text), formats[0])


def _year_first(text: str, notes: list[FieldNote]) -> datetime:
    if len(text) >= 16 and text[4] == "-":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    found = _YEAR_FIRST.fullmatch(text)
    if found is None:
        has_two_readings = re.match(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", text)
        code = ProblemCode.ambiguous_date if has_two_readings else ProblemCode.not_a_date
        raise FieldError(code, shorten(text), _EXPECTED)
    return _from_parts(found, text, notes)


def _from_parts(found: re.Match[str], text: str, notes: list[FieldNote]) -> datetime:
    parts = found.groupdict()
    if parts["hour"] is None:
        notes.append(FieldNote(NoteCode.date_without_time, text))
    elif parts["gap"] == "" and not text[found.start("hour") - 1].isascii():
        pass  # `2024年5月1日14:30` is complete: Chinese needs no space here.
    elif parts["gap"] == "":
        if len(parts["day"]) != 2 or len(parts["hour"]) != 2:
            raise FieldError(ProblemCode.ambiguous_date, shorten(text), _EXPECTED)
        notes.append(FieldNote(NoteCode.space_restored, text))
    try:
        moment = datetime(  # noqa: DTZ001 - the zone follows below or in `to_utc`
            int(parts["year"]), int(parts["month"]), int(parts["day"]),
            int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0),
            int((parts["fraction"] or "").ljust(6, "0")[:6]),
        )  # fmt: skip
    except ValueError as error:
        raise FieldError(ProblemCode.not_a_date, shorten(text), _EXPECTED) from error
    if parts["zone"] is None:
        return moment
    return datetime.fromisoformat(moment.isoformat() + parts["zone"].replace("UTC", "Z"))
