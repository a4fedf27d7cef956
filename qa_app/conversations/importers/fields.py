"""Compiles one field of a mapping into a function from a row (or a JSON record) to the value of the record.

Everything that can be decided once per file is decided here: which cell, which expression, which conversion. Plain
paths are read directly; only the others go through JMESPath, which is a hundred times slower.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import jmespath
from jmespath.exceptions import JMESPathError

from qa_app.conversations.importers.choices import CHOICES, to_choice
from qa_app.conversations.importers.conversions import Conversion, ValueType, conversion_for, to_text
from qa_app.conversations.importers.mapping import KEY, FieldSpec
from qa_app.conversations.importers.problems import (
    FieldError,
    FieldNote,
    FileProblemCode,
    MappingError,
    ProblemCode,
    shorten,
)
from qa_app.conversations.importers.record import TIMES

Getter = Callable[[Any], object]
FieldReader = Callable[[Any, list[FieldNote]], object]
Access = Callable[[str], Getter | None]

_PLAIN = re.compile(r"[A-Za-z_]\w*")
_BOOLS = {"answered", "resolved", "first_response_target_met", "resolution_target_met", "scripted"}
_NUMBERS = {"reopen_count", "transfer_count", "risk", "sequence"}
ANY_OTHER = "*"


def table_access(headings: Sequence[str]) -> Access:
    """Return how a heading becomes a getter of cells; `None` for a heading the table does not have."""
    places = {name.casefold(): place for place, name in reversed(list(enumerate(headings)))}

    def find(column: str) -> Getter | None:
        place = places.get(" ".join(column.split()).casefold())
        if place is None:
            return None
        return lambda cells: cells[place]

    return find


def json_access(path: str) -> Getter:
    """Return the getter of a JMESPath expression.

    Raises
    ------
    MappingError
        If it is no expression.
    """
    if path == KEY:
        return lambda record: record[KEY]
    names = path.split(".")
    if all(_PLAIN.fullmatch(name) for name in names):
        return _dict_getter(names)
    try:
        return jmespath.compile(path).search  # type: ignore[no-any-return]
    except JMESPathError as error:
        raise MappingError(FileProblemCode.mapping_invalid, {"place": path, "expected": str(error)}) from error


def compile_field(name: str, spec: FieldSpec, access: Access, zone: ZoneInfo) -> FieldReader | None:
    """Return the function that reads one field; `None` where the table has no such column.

    Parameters
    ----------
    name : str
        Name of the record's field: it decides how a value is read when the mapping gives no type.
    spec : FieldSpec
        What the mapping says.
    access : callable
        From a path or heading to a getter: `table_access(headings)` or `json_access`.
    zone : ZoneInfo
        Zone of times that have none.
    """
    getter = _origin(spec, access)
    if getter is None:
        return None
    get, changes, conversion = getter, _changes(spec), _conversion(name, spec, zone)
    missing, default = spec.missing, spec.default

    def read(record: Any, notes: list[FieldNote]) -> object:
        value = get(record)
        try:
            for change in changes:
                if _is_empty(value, missing):
                    break
                value = change(value, notes)
            if _is_empty(value, missing):
                value = default
            return value if value is None or conversion is None else conversion(value, notes)
        except FieldError as error:
            error.field = name
            raise

    return read


def _is_empty(value: object, missing: frozenset[str]) -> bool:
    if value is None:
        return True
    return isinstance(value, str) and (not value.strip() or value.strip() in missing)


def _changes(spec: FieldSpec) -> list[Conversion]:
    """List what happens to a value that is there before it is read: cut, translate."""
    changes: list[Conversion] = []
    if spec.pattern is not None:
        changes.append(_cutter(spec.pattern, spec.default is not None))
    if spec.values:
        changes.append(_translator(spec.values))
    return changes


def _conversion(name: str, spec: FieldSpec, zone: ZoneInfo) -> Conversion | None:
    """Return how a value, or the default, is read; `None` leaves it as it is."""
    if name in CHOICES:
        return lambda value, _notes: to_choice(name, value)
    kind = spec.type or _default_type(name)
    return conversion_for(kind, zone, spec.formats) if kind is not None else None


def _default_type(name: str) -> ValueType | None:
    """Return how a field is read when the mapping does not say; the score of a survey is kept as it is."""
    if name in TIMES or name in {"sent_at", "answered_at"}:
        return ValueType.datetime
    if name.endswith("_seconds"):
        return ValueType.seconds
    if name in _BOOLS:
        return ValueType.bool
    if name in _NUMBERS:
        return ValueType.number
    return None if name == "score" else ValueType.text


def _origin(spec: FieldSpec, access: Access) -> Getter | None:
    if spec.constant is not None:
        constant = spec.constant
        return lambda _record: constant
    if spec.join:
        return _joined([access(part) for part in spec.join])
    if spec.columns:
        return next((getter for column in spec.columns if (getter := access(column)) is not None), None)
    if spec.path is not None:
        return access(spec.path)
    return lambda _record: None


def _joined(getters: Sequence[Getter | None]) -> Getter | None:
    """Put values together with a blank; empty ones leave no second blank."""
    if any(getter is None for getter in getters):
        return None
    parts = [getter for getter in getters if getter is not None]

    def join(record: Any) -> str:
        return " ".join(_joinable(value) for get in parts if (value := get(record)) not in (None, ""))

    return join


def _joinable(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_joinable(item) for item in value if item not in (None, ""))
    # A workbook keeps a day as midnight of that day: joined to a time, only the day is meant.
    return to_text(value).removesuffix(" 00:00:00")


def _cutter(pattern: re.Pattern[str], has_default: bool) -> Conversion:
    def cut(value: object, _notes: list[FieldNote]) -> object:
        found = pattern.search(to_text(value))
        if found is None and not has_default:
            raise FieldError(ProblemCode.pattern_not_found, shorten(value), pattern.pattern)
        return None if found is None else found[1]

    return cut


def _translator(values: Mapping[str, Any]) -> Conversion:
    fallback = values.get(ANY_OTHER)

    def translate(value: object, _notes: list[FieldNote]) -> object:
        return values.get(to_text(value).casefold(), value if fallback is None else fallback)

    return translate


def _dict_getter(names: Sequence[str]) -> Getter:
    if len(names) == 1:
        name = names[0]
        return lambda record: record.get(name) if isinstance(record, dict) else None

    def get(record: Any) -> object:
        for name in names:
            if not isinstance(record, dict):
                return None
            record = record.get(name)
        return record

    return get
