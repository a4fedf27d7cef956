"""The last check of a record: types, lengths and ranges by msgspec, the meaning of survey scores by `scoring.timing`.

Also turns msgspec's sentences into our problem codes, so that a report names field, value and mend.
"""

import re
from datetime import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import msgspec

from qa_app.conversations.importers.choices import CHOICES, choices_of
from qa_app.conversations.importers.moments import read_moment, to_utc
from qa_app.conversations.importers.problems import REASON, FieldError, FieldNote, ProblemCode, shorten
from qa_app.conversations.importers.record import TIMES, ConversationRecord, SurveyRecord
from scoring.errors import SurveyAnswerError
from scoring.timing.ratings import csat_value, nps_value

_DECODER = msgspec.json.Decoder(ConversationRecord)
_ESCAPED_NUL = rb"\u0000"
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_PLACE = re.compile(r" - at `\$\.?(.*?)`$")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`")
_INDEX = re.compile(r"\[(\d+)\]")
_WORDS = {
    "满意": "satisfied", "非常满意": "satisfied", "very satisfied": "satisfied", "一般": "neutral", "中立": "neutral",
    "不满意": "dissatisfied", "非常不满意": "dissatisfied", "unsatisfied": "dissatisfied", "是": "yes", "否": "no",
}  # fmt: skip


def decode_record(line: bytes, zone: ZoneInfo, notes: list[FieldNote]) -> ConversationRecord:
    """Decode one line of our own NDJSON, typed, in one pass.

    Raises
    ------
    FieldError
        If it is no such record; the field and the value are named.
    """
    try:
        record = _DECODER.decode(line if _ESCAPED_NUL not in line else _NUL.sub(rb"\1", line))
    except msgspec.ValidationError:
        # Slower, and only for lines that the strict decoder refuses: times as people write them are still good.
        return convert_record(msgspec.json.decode(line), zone, notes)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FieldError(
            ProblemCode.malformed_json, shorten(line.decode("utf-8", "replace")), shorten(str(error))
        ) from error
    return finish_record(record, zone, notes)


def convert_record(data: Any, zone: ZoneInfo, notes: list[FieldNote]) -> ConversationRecord:
    """Check a record given as plain values (from JSON, or from a mapping) and return it typed."""
    if isinstance(data, dict):
        data = _read_times(data, zone, notes)
        data.pop(REASON, None)
    try:
        record = msgspec.convert(data, ConversationRecord, strict=True)
    except msgspec.ValidationError as error:
        _explain(str(error), data)
    return finish_record(_without_nul(record), zone, notes)


def finish_record(record: ConversationRecord, zone: ZoneInfo, notes: list[FieldNote]) -> ConversationRecord:
    """Give local times their zone and check what types cannot: survey scores."""
    for name in TIMES:
        moment = getattr(record, name)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            setattr(record, name, _localised(moment, zone, name, notes))
    for message in record.messages or ():
        if message.sent_at is not None and message.sent_at.tzinfo is None:
            message.sent_at = _localised(message.sent_at, zone, "messages.sent_at", notes)
    for survey in record.surveys or ():
        if survey.answered_at is not None and survey.answered_at.tzinfo is None:
            survey.answered_at = _localised(survey.answered_at, zone, "surveys.answered_at", notes)
        survey.score = _normal_score(survey)
    return record


def _without_nul(record: ConversationRecord) -> ConversationRecord:
    """Take NUL characters out of every text: PostgreSQL cannot keep them, and nobody can read them."""
    encoded = msgspec.json.encode(record)
    return record if _ESCAPED_NUL not in encoded else _DECODER.decode(_NUL.sub(rb"\1", encoded))


def survey_value(survey: SurveyRecord) -> float | None:
    """Return the value of a checked answer on its common scale; `None` for other questions and unanswered ones."""
    if survey.score is None or survey.metric == "other":
        return None
    if survey.metric == "nps":
        return nps_value(str(survey.score))
    return csat_value(survey.scale, str(survey.score))


def _normal_score(survey: SurveyRecord) -> str | None:
    """Return the answer as text in the words of its scale, refusing one that the scale does not have."""
    score = survey.score
    if score is None or score == "":
        return None
    if isinstance(score, bool):
        survey.score = "yes" if score else "no"
    elif isinstance(score, float):
        survey.score = str(int(score)) if score.is_integer() else str(score)
    else:
        survey.score = _WORDS.get(str(score).strip().casefold(), str(score).strip())
    if survey.scale == "yes_no":
        survey.score = {"y": "yes", "n": "no", "true": "yes", "false": "no", "1": "yes", "0": "no"}.get(
            survey.score.casefold(), survey.score
        )
    try:
        survey_value(survey)
    except SurveyAnswerError as error:
        raise FieldError(ProblemCode.score_off_scale, shorten(score), survey.scale, "surveys.score") from error
    return survey.score


def _localised(moment: datetime, zone: ZoneInfo, name: str, notes: list[FieldNote]) -> datetime:
    found: list[FieldNote] = []
    moment = to_utc(moment, zone, found)
    notes.extend(FieldNote(note.code, note.value, name) for note in found)
    return moment


def _read_times(data: dict[str, Any], zone: ZoneInfo, notes: list[FieldNote]) -> dict[str, Any]:
    """Read the times that came as text, in the record, its messages and its surveys."""
    data = _with_times(data, TIMES, "", zone, notes)
    for name, time_name in (("messages", "sent_at"), ("surveys", "answered_at")):
        if isinstance(data.get(name), list):
            data[name] = [
                _with_times(item, (time_name,), f"{name}.", zone, notes) if isinstance(item, dict) else item
                for item in data[name]
            ]
    return data


def _with_times(
    data: dict[str, Any], names: tuple[str, ...], place: str, zone: ZoneInfo, notes: list[FieldNote]
) -> dict[str, Any]:
    data = dict(data)
    for name in names:
        if isinstance(data.get(name), str):
            found: list[FieldNote] = []
            try:
                data[name] = read_moment(data[name], zone, (), found)
            except FieldError as error:
                error.field = place + name
                raise
            notes.extend(FieldNote(note.code, note.value, place + name) for note in found)
    return data


def _explain(message: str, data: Any) -> NoReturn:
    """Raise what msgspec found wrong as a `FieldError`."""
    place = _PLACE.search(message)
    path = place[1] if place else ""
    sentence = message[: place.start()] if place else message
    field = _INDEX.sub("", path).replace("...", "").strip(".") or None
    if found := _MISSING.match(sentence):
        raise FieldError(ProblemCode.missing, "", found[1], f"{field}.{found[1]}" if field else found[1])
    if found := _UNKNOWN.match(sentence):
        raise FieldError(ProblemCode.unknown_field, found[1], "", f"{field}.{found[1]}" if field else found[1])
    raise FieldError(_code(sentence), shorten(_value_at(data, path)), _expected(sentence, field), field)


def _code(sentence: str) -> ProblemCode:
    if sentence.startswith("Invalid enum value"):  # how msgspec names a text outside a Literal
        return ProblemCode.not_a_choice
    if "matching regex" in sentence:
        return ProblemCode.control_character
    if "of length >= 1" in sentence:
        return ProblemCode.missing
    if "of length" in sentence:
        return ProblemCode.too_long
    if re.search(r"[<>]=? ?-?[\d.]", sentence):
        return ProblemCode.out_of_range
    return ProblemCode.wrong_type


def _expected(sentence: str, field: str | None) -> str:
    last = (field or "").rpartition(".")[2]
    if last in CHOICES:
        return choices_of(last)
    return sentence.removeprefix("Expected ").replace("`", "").split(", got")[0]


def _value_at(data: Any, path: str) -> object:
    """Follow msgspec's path (`messages[3].text`) to the value it complains about."""
    for part in re.findall(r"[^.\[\]]+", path):
        try:
            data = data[int(part)] if isinstance(data, list) else data[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return ""
    return data
