"""The words for what an import found: reason and remedy of every problem, in the reader's language.

The importers speak in codes; pages, commands and the errors file come here.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from qa_app.conversations.importers.problems import FileProblemCode, ImportFileError, NoteCode, Problem, ProblemCode

__all__ = [
    "describe_elsewhere",
    "describe_file_error",
    "describe_file_problem",
    "describe_problem",
    "field_name",
    "place_of",
    "reason_of",
]

_REASONS: dict[str, LazyString] = {
    ProblemCode.missing: _l("is empty, but is needed. Fill it in."),
    ProblemCode.not_a_date: _l("“%(value)s” is not a date. Expected like %(expected)s."),
    ProblemCode.ambiguous_date: _l(
        "“%(value)s” can be read in two ways. Write the year first, like %(expected)s, or give the mapping a format."
    ),
    ProblemCode.not_a_number: _l("“%(value)s” is not a number. Expected like %(expected)s."),
    ProblemCode.out_of_range: _l("“%(value)s” is outside what is possible. Expected: %(expected)s."),
    ProblemCode.not_yes_no: _l("“%(value)s” is neither yes nor no. Expected: %(expected)s."),
    ProblemCode.not_a_duration: _l(
        "“%(value)s” is not a duration. Expected like %(expected)s, or a number of seconds."
    ),
    ProblemCode.not_a_choice: _l(
        "“%(value)s” is not in the list. Expected one of: %(expected)s. The mapping can translate it under “values”."
    ),
    ProblemCode.pattern_not_found: _l(
        "The pattern %(expected)s is not found in “%(value)s”. Mend the value or the mapping."
    ),
    ProblemCode.too_long: _l("“%(value)s” is too long. Expected: %(expected)s."),
    ProblemCode.control_character: _l("“%(value)s” contains a line break or a control character. Remove it."),
    ProblemCode.wrong_type: _l("“%(value)s” is of the wrong kind. Expected: %(expected)s."),
    ProblemCode.unknown_field: _l(
        "“%(value)s” is not a name of the import record. Rename or remove it, or use a mapping."
    ),
    ProblemCode.malformed_json: _l("This is not valid JSON (%(expected)s). Export the file again or mend the line."),
    ProblemCode.undecodable: _l(
        "“%(value)s” contains bytes that are no text in this encoding. Save the file as UTF-8, or state its encoding."
    ),
    ProblemCode.too_many_cells: _l(
        "The row has %(value)s cells under %(expected)s headings. Put text that contains the delimiter in quotes."
    ),
    ProblemCode.score_off_scale: _l(
        "“%(value)s” is no answer on the scale “%(expected)s”. Mend the answer, or state another scale."
    ),
    ProblemCode.recording_outside: _l(
        "The recording “%(value)s” lies outside the folder of the file. Put it beside the file."
    ),
    ProblemCode.recording_unreadable: _l(
        "The recording “%(value)s” cannot be read (%(expected)s). Use WAV, MP3, OGG or FLAC."
    ),
    ProblemCode.checksum_mismatch: _l(
        "The recording “%(value)s” is not the one its checksum speaks of. Fetch the recording again."
    ),
    ProblemCode.vcon_no_uuid: _l("The vCon has no uuid, so it would come in twice. Export it again with its uuid."),
    ProblemCode.vcon_bad_parties: _l(
        "The list of parties is “%(value)s”. A vCon needs a list, if need be an empty one."
    ),
    ProblemCode.vcon_bad_dialog: _l("The dialog is “%(value)s”. A vCon needs a list of dialogs."),
    ProblemCode.vcon_no_dialog: _l("The vCon has no dialog: there is nothing to import."),
    ProblemCode.vcon_bad_party_index: _l("Party %(value)s does not exist. The parties of this vCon are %(expected)s."),
    ProblemCode.vcon_bad_media_type: _l("“%(value)s” is not a media type. Expected like %(expected)s."),
    ProblemCode.vcon_bad_url: _l(
        "“%(value)s” is not an address. Expected like %(expected)s, or the recording inside the vCon."
    ),
    ProblemCode.vcon_bad_body: _l("The recording inside the vCon cannot be decoded. Expected: %(expected)s."),
    ProblemCode.unexpected: _l("Reading this record failed (%(value)s). Report it together with the record."),
}
_NOTES: dict[str, LazyString] = {
    NoteCode.space_restored: _l("“%(value)s” has lost the blank between date and time; it was read with one."),
    NoteCode.date_without_time: _l("“%(value)s” has no time of day; midnight was taken."),
    NoteCode.doubtful_hour: _l("%(value)s happened twice when the clocks went back; the earlier hour was taken."),
    NoteCode.skipped_hour: _l("%(value)s was skipped when the clocks went forward; it was moved forward."),
    NoteCode.vcon_version_missing: _l("The vCon does not say its version; it was read all the same."),
    NoteCode.vcon_role_guessed: _l(
        "The vCon does not say who the agent is; the first party was taken as the customer."
    ),
    NoteCode.vcon_analysis_ignored: _l(
        "The analysis “%(value)s” is not a transcript that can be read; it was left out."
    ),
    NoteCode.recording_elsewhere: _l(
        "The recording lies at %(value)s and was not fetched. Put the file beside the vCon."
    ),
    NoteCode.recording_missing: _l(
        "The recording “%(value)s” is not there; the conversation came in without it. Add the file and import again."
    ),
    NoteCode.transcript_unread: _l(
        "“%(value)s” beside the recording is no transcript that can be read; the call came in without it."
    ),
    NoteCode.checksum_unusable: _l("“%(value)s” is no SHA-512 checksum; the recording was not compared with it."),
    NoteCode.erased: _l("The content of “%(value)s” was deleted when its time was over; it stays deleted."),
    NoteCode.repeated: _l("“%(value)s” stands in the file more than once; the later record changed the earlier one."),
}
_FILE_PROBLEMS: dict[str, LazyString] = {
    FileProblemCode.not_found: _l("%(file)s is not there or cannot be read."),
    FileProblemCode.empty: _l("%(file)s is empty."),
    FileProblemCode.unknown_format: _l(
        "%(file)s is none of the formats that can be imported: CSV, TSV, XLSX, JSON, NDJSON or vCon."
    ),
    FileProblemCode.damaged_archive: _l("The archive %(file)s is damaged. Pack or download it again."),
    FileProblemCode.archive_needs_one_file: _l("%(file)s holds %(count)s files. Pack each file by itself."),
    FileProblemCode.damaged_workbook: _l("The workbook %(file)s cannot be opened. Save it again as XLSX or CSV."),
    FileProblemCode.no_headings: _l("%(file)s has no row of headings."),
    FileProblemCode.headings_not_understood: _l(
        "No heading names the conversation: %(headings)s. Use a mapping that says which column is which."
    ),
    FileProblemCode.column_missing: _l("“%(field)s” needs the column %(column)s, which the file does not have."),
    FileProblemCode.unknown_preset: _l("There is no preset “%(name)s”. There are: %(known)s."),
    FileProblemCode.mapping_not_toml: _l("The mapping is not valid TOML: %(reason)s."),
    FileProblemCode.mapping_invalid: _l("The mapping is wrong at “%(place)s”. Expected: %(expected)s."),
    FileProblemCode.unknown_timezone: _l(
        "“%(name)s” is not a time zone. Expected like Europe/Berlin or Asia/Shanghai."
    ),
}
_FIELDS: dict[str, LazyString] = {
    "external_id": _l("conversation number"),
    "channel": _l("channel"),
    "agent_id": _l("agent"),
    "agent_name": _l("agent's name"),
    "customer_id": _l("customer number"),
    "customer_type": _l("customer type"),
    "topic": _l("topic"),
    "need_type": _l("need type"),
    "priority": _l("priority"),
    "description": _l("description"),
    "notes": _l("notes"),
    "opened_at": _l("opened"),
    "opened_day": _l("day of opening"),
    "opened_time": _l("time of opening"),
    "first_event_at": _l("first event"),
    "first_response_at": _l("first response"),
    "first_response_seconds": _l("first response, seconds"),
    "resolved_at": _l("resolved at"),
    "closed_at": _l("closed at"),
    "last_event_at": _l("last event"),
    "handle_seconds": _l("handle time"),
    "talk_seconds": _l("talk time"),
    "hold_seconds": _l("hold time"),
    "wrap_up_seconds": _l("wrap-up time"),
    "wait_seconds": _l("wait time"),
    "answered": _l("answered"),
    "resolved": _l("resolved"),
    "reopen_count": _l("times reopened"),
    "transfer_count": _l("times transferred"),
    "risk": _l("risk, 0 to 1"),
    "messages": _l("messages"),
    "transcript": _l("transcript"),
    "recordings": _l("recordings"),
    "surveys": _l("ratings"),
    "personal": _l("personal data"),
    "personal.name": _l("customer's name, to be hidden"),
    "personal.address": _l("customer's address, to be hidden"),
    "personal.phone": _l("customer's telephone, to be hidden"),
    "surveys.score": _l("rating"),
    "surveys.comment": _l("comment on the rating"),
}


def field_name(field: str | None) -> str:
    """Return a field of the record in the reader's words; places inside lists keep their name."""
    return str(_FIELDS.get(field or "", field or ""))


def reason_of(code: str, value: str, expected: str = "") -> str:
    """Return reason and remedy of a problem or a note in one sentence or two."""
    texts: Mapping[str, LazyString] = _REASONS | _NOTES
    sentence: str = str(texts[code]) % {"value": value, "expected": expected}
    return sentence


def place_of(file: str, line: int | None, field: str | None) -> str:
    """Return where a problem is: line and field."""
    if line is None:
        return file
    if not field:
        return str(gettext("%(file)s, line %(line)s", file=file, line=line))
    return str(gettext("%(file)s, line %(line)s, “%(field)s”", file=file, line=line, field=field_name(field)))


def describe_problem(problem: Problem) -> str:
    """Return the whole sentence for a refused record."""
    place = place_of(problem.file, problem.line, problem.field)
    reason = reason_of(problem.code, problem.value, problem.expected)
    return str(gettext("%(place)s: %(reason)s", place=place, reason=reason))


def describe_elsewhere(source: str, count: int) -> str:
    """Return the warning that numbers of new conversations stand under another source, and what to do about it."""
    found = ngettext(
        "%(num)s of the new conversations has a number that stands under the source “%(source)s” already.",
        "%(num)s of the new conversations have a number that stands under the source “%(source)s” already.",
        count,
        source=source,
    )
    remedy = gettext(
        "If they are the same conversations, import the file under the name of that source, “%(source)s”; what came in "
        "under another name can be taken back.",
        source=source,
    )
    return f"{found} {remedy}"


def describe_file_problem(code: str, params: Mapping[str, str]) -> str:
    """Return the sentence for a file that cannot be read at all."""
    sentence: str = str(_FILE_PROBLEMS[code]) % params
    return sentence


def describe_file_error(error: ImportFileError) -> str:
    """Return the sentence for an error of a file."""
    return describe_file_problem(error.code, error.params)
