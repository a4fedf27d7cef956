"""The mapping file: from TOML to checked, frozen values.

    [source]    name, format, encoding, delimiter, timezone, sheet, records
    [rows]      key, order_by, keep = "last" | "first" | "all"       (tables with several rows per conversation)
    [fields]    name of the record = "heading" | "JMESPath" | {table}
    [messages]  records = "JMESPath of the list", then the fields of a message
    [surveys]   the same for surveys; several blocks as [[surveys]]
    [personal]  name, address, phone… = "heading": masked wherever the conversation says it

What a field may say stands in `FieldSpec`; `docs/import_formats.md` explains all of it with examples.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from qa_app.conversations.importers.conversions import ValueType
from qa_app.conversations.importers.problems import FileProblemCode, MappingError
from qa_app.conversations.importers.record import (
    LISTS,
    ConversationRecord,
    MessageRecord,
    PersonalKind,
    SurveyRecord,
)

ITEMS = "@items"
KEY = "@key"
_ORIGINS = ("path", "column", "constant", "join")
_SPEC_NAMES = {*_ORIGINS, "pattern", "type", "format", "values", "missing", "default", "personal"}
_SOURCE_NAMES = {"name", "format", "encoding", "delimiter", "timezone", "sheet", "records"}
_FORMATS = {"csv", "tsv", "xlsx", "json", "ndjson", "vcon"}
_FIELDS = frozenset(ConversationRecord.__struct_fields__) - set(LISTS) - {"source"}
_MESSAGE_FIELDS = frozenset(MessageRecord.__struct_fields__)
_SURVEY_FIELDS = frozenset(SurveyRecord.__struct_fields__)
PERSONAL_KINDS: frozenset[str] = frozenset(get_args(PersonalKind))


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Where one field comes from and how it is read.

    One origin: `path` (a column heading in a table, a JMESPath expression in JSON; a plain string means the same),
    `columns` (the first of them that the file has), `constant`, or `join` (put together with a blank). Then in this
    order: `pattern` cuts, `values` translate, `missing` values and blanks become `default`, `type` reads. `personal`
    names the kind of personal data that the value is, so that it is masked wherever the conversation says it.
    """

    path: str | None = None
    columns: tuple[str, ...] = ()
    constant: str | int | float | bool | None = None
    join: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    type: ValueType | None = None
    formats: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    default: str | int | float | bool | None = None
    personal: str | None = None


@dataclass(frozen=True, slots=True)
class ItemsSpec:
    """How the messages, or the surveys, of a record are found and read."""

    fields: Mapping[str, FieldSpec]
    records: str | None = None


@dataclass(frozen=True, slots=True)
class RowsSpec:
    """How several rows of a table make one conversation."""

    key: str
    order_by: str | None = None
    keep: str = "last"


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """A whole mapping file."""

    name: str
    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    timezone: str | None = None
    sheet: str | None = None
    records: str | None = None
    rows: RowsSpec | None = None
    fields: Mapping[str, FieldSpec] = field(default_factory=dict)
    messages: ItemsSpec | None = None
    surveys: tuple[ItemsSpec, ...] = ()
    personal: tuple[FieldSpec, ...] = ()
    """Fields that the record has no place for, read only to mask what they hold; each has its `personal` kind."""


def load_mapping(path: Path) -> MappingSpec:
    """Read a mapping from a TOML file.

    Raises
    ------
    MappingError
        If it is not there, not TOML, or says something that no mapping can say.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(FileProblemCode.not_found, {"file": str(path)}) from error
    return parse_mapping(text, default_name=path.stem)


def parse_mapping(text: str, *, default_name: str) -> MappingSpec:
    """Read a mapping from the text of a TOML file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(FileProblemCode.mapping_not_toml, {"reason": str(error)}) from error
    _refuse_unknown(data, {"source", "rows", "fields", "messages", "surveys", "personal"}, "")
    source = _table(data, "source")
    _refuse_unknown(source, _SOURCE_NAMES, "source.")
    _expect(source.get("format") in _FORMATS | {None}, "source.format", ", ".join(sorted(_FORMATS)))
    surveys = data.get("surveys", [])
    return MappingSpec(
        name=str(source.get("name", default_name)),
        **{name: _text(source, name) for name in _SOURCE_NAMES - {"name"}},
        rows=_rows(_table(data, "rows")) if "rows" in data else None,
        fields=_field_specs(_table(data, "fields"), _FIELDS, "fields."),
        messages=_items(_table(data, "messages"), _MESSAGE_FIELDS, "messages.") if "messages" in data else None,
        surveys=tuple(
            _items(block, _SURVEY_FIELDS, "surveys.") for block in (surveys if isinstance(surveys, list) else [surveys])
        ),
        personal=tuple(_personal(_table(data, "personal"))),
    )


def parse_field(value: object, place: str) -> FieldSpec:
    """Read one field: a string, or a table with an origin and ways to read it."""
    if isinstance(value, str):
        return FieldSpec(path=value)
    _expect(isinstance(value, dict), place, "a string or a table")
    table: dict[str, Any] = dict(value)  # type: ignore[call-overload]
    _refuse_unknown(table, _SPEC_NAMES, f"{place}.")
    origins = [name for name in _ORIGINS if name in table]
    _expect(len(origins) == 1 or (not origins and "default" in table), place, "one of path, column, constant, join")
    column = table.get("column", [])
    columns = [column] if isinstance(column, str) else column
    _expect("type" not in table or table["type"] in list(ValueType), f"{place}.type", ", ".join(ValueType))
    kinds = ", ".join(sorted(PERSONAL_KINDS))
    _expect(table.get("personal") in PERSONAL_KINDS | {None}, f"{place}.personal", kinds)
    return FieldSpec(
        path=table.get("path"),
        columns=_texts(columns, f"{place}.column"),
        constant=table.get("constant"),
        join=_texts(table.get("join", []), f"{place}.join"),
        pattern=_pattern(table["pattern"], place) if "pattern" in table else None,
        type=ValueType(table["type"]) if "type" in table else None,
        formats=_texts(_listed(table.get("format", [])), f"{place}.format"),
        values={_key(old): new for old, new in table.get("values", {}).items()},
        missing=frozenset(_texts(_listed(table.get("missing", [])), f"{place}.missing")),
        default=table.get("default"),
        personal=table.get("personal"),
    )


def _personal(table: dict[str, Any]) -> Iterator[FieldSpec]:
    """Read [personal]: a kind, and one field or a list of them."""
    _refuse_unknown(table, set(PERSONAL_KINDS), "personal.")
    for kind, value in table.items():
        for spec in _listed(value):
            yield replace(parse_field(spec, f"personal.{kind}"), personal=kind)


def _items(table: dict[str, Any], names: frozenset[str], place: str) -> ItemsSpec:
    fields = {name: value for name, value in table.items() if name != "records"}
    return ItemsSpec(fields=_field_specs(fields, names, place), records=_text(table, "records"))


def _rows(table: dict[str, Any]) -> RowsSpec:
    _refuse_unknown(table, {"key", "order_by", "keep"}, "rows.")
    _expect(isinstance(table.get("key"), str), "rows.key", "a column heading")
    keep = table.get("keep", "last")
    _expect(keep in {"first", "last", "all"}, "rows.keep", "first, last, all")
    return RowsSpec(key=table["key"], order_by=_text(table, "order_by"), keep=keep)


def _field_specs(table: dict[str, Any], names: frozenset[str], place: str) -> dict[str, FieldSpec]:
    _refuse_unknown(table, set(names), place)
    return {name: parse_field(value, place + name) for name, value in table.items()}


def _pattern(text: str, place: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise MappingError(FileProblemCode.mapping_invalid, {"place": place, "expected": str(error)}) from error
    _expect(pattern.groups >= 1, f"{place}.pattern", "a regular expression with a group in round brackets")
    return pattern


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    table = data.get(name, {})
    _expect(isinstance(table, dict), name, f"[{name}]")
    return dict(table)


def _text(table: dict[str, Any], name: str) -> str | None:
    value = table.get(name)
    _expect(value is None or isinstance(value, str), name, "text")
    return value


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _texts(values: object, place: str) -> tuple[str, ...]:
    _expect(isinstance(values, list) and all(isinstance(value, str) for value in values), place, "text")
    return tuple(values)  # type: ignore[arg-type]


def _key(old: str) -> str:
    return old.strip().casefold()


def _refuse_unknown(table: dict[str, Any], known: set[str], place: str) -> None:
    for name in table:
        _expect(name in known, place + name, ", ".join(sorted(known)))


def _expect(holds: bool, place: str, expected: str) -> None:
    if not holds:
        raise MappingError(FileProblemCode.mapping_invalid, {"place": place, "expected": expected})
