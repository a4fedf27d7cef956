"""What can be wrong with a file, a record or a field: codes and data, no sentences.

For readers, mappings and the service that writes. The words, in the reader's language, stand in
`qa_app/conversations/import_texts.py`; a `Problem` travels as plain data through jobs and reports.

    ImportFileError          the whole file cannot be read
    └── MappingError         the mapping file is wrong or does not fit the file
    FieldError               one value cannot be understood; becomes a `Problem`
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

VALUE_SHOWN = 120
REASON = "reason"
"""Name of the column (or key) that a file of refused records has more; it is ignored when read again."""
OTHER_REASON = "import_reason"
"""Its name beside a column `reason` of people's own."""
SOURCE_MARK = "import_source"
"""The other one: the source a refused record would stand under. Read again, it is the record's source."""


class ProblemCode(StrEnum):
    """Why a record was not taken."""

    missing = "missing"
    not_a_date = "not_a_date"
    ambiguous_date = "ambiguous_date"
    not_a_number = "not_a_number"
    out_of_range = "out_of_range"
    not_yes_no = "not_yes_no"
    not_a_duration = "not_a_duration"
    not_a_choice = "not_a_choice"
    pattern_not_found = "pattern_not_found"
    too_long = "too_long"
    control_character = "control_character"
    wrong_type = "wrong_type"
    unknown_field = "unknown_field"
    malformed_json = "malformed_json"
    undecodable = "undecodable"
    too_many_cells = "too_many_cells"
    score_off_scale = "score_off_scale"
    recording_outside = "recording_outside"
    recording_unreadable = "recording_unreadable"
    checksum_mismatch = "checksum_mismatch"
    vcon_no_uuid = "vcon_no_uuid"
    vcon_bad_parties = "vcon_bad_parties"
    vcon_bad_dialog = "vcon_bad_dialog"
    vcon_no_dialog = "vcon_no_dialog"
    vcon_bad_party_index = "vcon_bad_party_index"
    vcon_bad_media_type = "vcon_bad_media_type"
    vcon_bad_url = "vcon_bad_url"
    vcon_bad_body = "vcon_bad_body"
    unexpected = "unexpected"


class NoteCode(StrEnum):
    """What was mended or doubtful in a record that was taken."""

    space_restored = "space_restored"
    date_without_time = "date_without_time"
    doubtful_hour = "doubtful_hour"
    skipped_hour = "skipped_hour"
    vcon_version_missing = "vcon_version_missing"
    vcon_role_guessed = "vcon_role_guessed"
    vcon_analysis_ignored = "vcon_analysis_ignored"
    recording_elsewhere = "recording_elsewhere"
    checksum_unusable = "checksum_unusable"
    recording_missing = "recording_missing"
    transcript_unread = "transcript_unread"
    erased = "erased"
    repeated = "repeated"


class FileProblemCode(StrEnum):
    """Why a file, or a mapping, cannot be used at all."""

    not_found = "not_found"
    empty = "empty"
    unknown_format = "unknown_format"
    damaged_archive = "damaged_archive"
    archive_needs_one_file = "archive_needs_one_file"
    damaged_workbook = "damaged_workbook"
    no_headings = "no_headings"
    headings_not_understood = "headings_not_understood"
    column_missing = "column_missing"
    unknown_preset = "unknown_preset"
    mapping_not_toml = "mapping_not_toml"
    mapping_invalid = "mapping_invalid"
    unknown_timezone = "unknown_timezone"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why one record was refused, with the place to look at."""

    file: str
    line: int | None
    field: str | None
    value: str
    code: ProblemCode
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was mended or is doubtful; the record went in."""

    file: str
    line: int | None
    field: str | None
    value: str
    code: NoteCode


@dataclass(frozen=True, slots=True)
class FieldNote:
    """A note before its place in the file is known."""

    code: NoteCode
    value: str
    field: str | None = None


class ImportFileError(Exception):
    """The file as a whole cannot be read; `code` says why, `params` fill the sentence."""

    def __init__(self, code: FileProblemCode, params: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.params = dict(params or {})
        super().__init__(f"{code}: {self.params}")


class MappingError(ImportFileError):
    """The mapping is wrong in itself or does not fit the file."""


@dataclass(slots=True)
class FieldError(Exception):
    """A value that cannot be understood; the caller adds file and line."""

    code: ProblemCode
    value: str
    expected: str = ""
    field: str | None = field(default=None)


def find_marks(names: Collection[str]) -> frozenset[str]:
    """Find our marks among the headings (or keys): without that of the source, a `reason` is people's own."""
    if SOURCE_MARK not in names:
        return frozenset()
    return frozenset({SOURCE_MARK, OTHER_REASON if OTHER_REASON in names else REASON})


def reason_mark(own: Collection[str]) -> str:
    """Name the mark of the reason so that none of the headings (or keys) of people's own is lost."""
    return OTHER_REASON if any(name.casefold() == REASON for name in own) else REASON


def shorten(value: object) -> str:
    """Return the value as one short line of text, for a report."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= VALUE_SHOWN else text[: VALUE_SHOWN - 1] + "…"
