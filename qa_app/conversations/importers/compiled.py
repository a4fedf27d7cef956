"""A mapping made ready for one file: from a row, or a JSON record, to a checked conversation record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from qa_app.conversations.importers.conversions import to_text
from qa_app.conversations.importers.fields import Access, FieldReader, Getter, compile_field, json_access
from qa_app.conversations.importers.mapping import FieldSpec, ItemsSpec, MappingSpec
from qa_app.conversations.importers.problems import (
    SOURCE_MARK,
    FieldError,
    FieldNote,
    FileProblemCode,
    MappingError,
    ProblemCode,
)
from qa_app.conversations.importers.record import ConversationRecord
from qa_app.conversations.importers.validation import convert_record

_DERIVED_ID = ("customer_id", "opened_at")
_CHANNEL_DEFAULT = "other"
_LONGEST_MARK = 300


@dataclass(frozen=True, slots=True)
class _Items:
    """Readers of one list: the messages, or one block of surveys."""

    place: str
    readers: tuple[tuple[str, FieldReader], ...]
    find: Getter | None

    def read(self, items: Sequence[Any], notes: list[FieldNote]) -> list[dict[str, object]]:
        return [_read_fields(self.readers, item, notes, self.place) for item in items]

    def items_of(self, record: Any) -> list[Any]:
        """List what the expression finds; a single thing is a list of one, nothing an empty list."""
        found = self.find(record) if self.find is not None else record
        if self.find is not None and isinstance(found, list):
            return [item for item in found if item is not None]
        return [] if found is None else [found]


@dataclass(frozen=True, slots=True)
class SourceName:
    """What the source of a record is called: as a mended record says itself, else as the whole file is called."""

    name: str
    said: Getter | None = None

    def of(self, record: Any) -> str:
        """Return the name for one record."""
        return (said_name(self.said(record)) if self.said is not None else "") or self.name


def said_name(value: object) -> str:
    """Return the name that a record's mark holds; empty where it holds none."""
    return to_text(value) if isinstance(value, str | int | float) else ""


@dataclass(frozen=True, slots=True)
class Personal:
    """Which values of a record are personal: fields of it by name, and what is read for nothing but that."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    readers: tuple[tuple[str, FieldReader], ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether the mapping marks anything."""
        return bool(self.kinds or self.readers)

    def read(self, values: Mapping[str, Any], record: Any, notes: list[FieldNote]) -> list[dict[str, object]]:
        """List what is personal in this record, once each."""
        found = [(kind, values.get(name)) for name, kind in self.kinds.items()]
        found += [(kind, read(record, notes)) for kind, read in self.readers]
        texts = dict.fromkeys((kind, shown) for kind, value in found if (shown := str(value or "").strip()))
        return [{"kind": kind, "text": text[:_LONGEST_MARK]} for kind, text in texts]


class CompiledMapping:
    """Reads records of one file; made by `compile_mapping`."""

    def __init__(
        self,
        source: SourceName,
        zone: ZoneInfo,
        fields: Sequence[tuple[str, FieldReader]],
        messages: _Items | None,
        surveys: Sequence[_Items],
        personal: Personal,
    ) -> None:
        self._source = source
        self._zone = zone
        self._fields = tuple(fields)
        self._has_id = any(name == "external_id" for name, _ in fields)
        self._messages = messages
        self._surveys = tuple(surveys)
        self._personal = personal

    @property
    def zone(self) -> ZoneInfo:
        """Zone of the times that have none."""
        return self._zone

    def read(self, record: Any, notes: list[FieldNote], members: Sequence[Any] = ()) -> ConversationRecord:
        """Return the conversation that a row (or a JSON record) holds; `members` are the rows of its messages.

        Raises
        ------
        FieldError
            If a value cannot be understood, or a required one is missing.
        """
        return convert_record(self.read_values(record, notes, members), self._zone, notes)

    def read_values(self, record: Any, notes: list[FieldNote], members: Sequence[Any] = ()) -> dict[str, Any]:
        """Return the values by name, not yet checked as a whole."""
        values: dict[str, Any] = {"source": self._source.of(record)}
        values.update(_read_fields(self._fields, record, notes, ""))
        values.setdefault("channel", _CHANNEL_DEFAULT)
        if not self._has_id:
            values["external_id"] = _derived_id(values)
        for name in ("external_id", "channel"):
            if values[name] is None:
                raise FieldError(ProblemCode.missing, "", "", name)
        if self._personal.is_asked:
            values["personal"] = self._personal.read(values, record, notes)
        if self._messages is not None:
            values["messages"] = self._messages.read(members or self._messages.items_of(record), notes)
        if self._surveys:
            values["surveys"] = [
                survey
                for block in self._surveys
                for survey in block.read(block.items_of(record), notes)
                # A table has a column for the answer whether or not anybody was asked; a list says who was.
                if block.find is not None or survey.get("score") is not None or survey.get("comment")
            ]
        return values


def compile_mapping(
    mapping: MappingSpec, access: Access, zone: ZoneInfo, *, lenient: bool = False, source: str | None = None
) -> CompiledMapping:
    """Make a mapping ready for one file.

    Parameters
    ----------
    mapping : MappingSpec
        What the mapping file, the preset or the wizard says.
    access : callable
        `table_access(headings)` or `json_access`.
    zone : ZoneInfo
        Zone of times that have none.
    lenient : bool, default=False
        Leave out fields whose columns the file does not have (presets), instead of refusing the file.
    source : str, optional
        Name of the source that stands before the mapping's and before what a mended record says itself.

    Raises
    ------
    MappingError
        If a column is missing, or nothing names the conversation.
    """

    def readers(fields: dict[str, FieldSpec], find: Access) -> list[tuple[str, FieldReader]]:
        compiled = []
        for name, spec in fields.items():
            reader = compile_field(name, spec, find, zone)
            if reader is not None:
                compiled.append((name, reader))
            elif not lenient:
                raise MappingError(FileProblemCode.column_missing, {"field": name, "column": _columns(spec)})
        return compiled

    def items(spec: ItemsSpec, place: str) -> _Items:
        find = json_access(spec.records) if spec.records is not None else None
        inner = json_access if find is not None else access
        return _Items(place, tuple(readers(dict(spec.fields), inner)), find)

    fields = readers(dict(mapping.fields), access)
    names = {name for name, _ in fields}
    if "external_id" not in names and not names.issuperset(_DERIVED_ID):
        raise MappingError(FileProblemCode.column_missing, {"field": "external_id", "column": "external_id"})
    surveys = [items(spec, "surveys.") for spec in mapping.surveys]
    return CompiledMapping(
        SourceName(source) if source else SourceName(mapping.name, access(SOURCE_MARK)),
        zone,
        fields,
        items(mapping.messages, "messages.") if mapping.messages is not None else None,
        [block for block in surveys if any(name in {"score", "comment"} for name, _ in block.readers)],
        Personal(
            {name: spec.personal for name, spec in mapping.fields.items() if spec.personal},
            tuple(reader for spec in mapping.personal for reader in readers({spec.personal or "": spec}, access)),
        ),
    )


def _read_fields(
    readers: Sequence[tuple[str, FieldReader]], record: Any, notes: list[FieldNote], place: str
) -> dict[str, object]:
    """Read every field; notes and errors get the field's name."""
    values = {}
    for name, read in readers:
        before = len(notes)
        try:
            values[name] = read(record, notes)
        except FieldError as error:
            error.field = place + name
            raise
        for index in range(before, len(notes)):
            notes[index] = FieldNote(notes[index].code, notes[index].value, place + name)
    return values


def _derived_id(values: dict[str, Any]) -> str | None:
    """Name a conversation whose table has no number for it: by customer and opening time, in UTC."""
    customer, opened_at = (values.get(name) for name in _DERIVED_ID)
    if customer is None or not isinstance(opened_at, datetime):
        return None
    return f"{customer} {opened_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _columns(spec: FieldSpec) -> str:
    return " / ".join(filter(None, (spec.path, *spec.columns, *spec.join)))
