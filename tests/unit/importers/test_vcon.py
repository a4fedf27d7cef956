"""vCons of every draft, whole and broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_app.conversations.importers.presets import load_preset
from qa_app.conversations.importers.problems import ProblemCode
from qa_app.conversations.importers.stream import ReadOptions, Taken, open_records
from tests.unit.importers.reading import UTC, read_file

# Every broken vCon of the public data, and what becomes of it: refused, with the place and the reason.
INVALID = {
    "bad_dialog_types": ("dialog[0].duration", ProblemCode.not_a_duration),
    "bad_duration": ("dialog[0].duration", ProblemCode.not_a_duration),
    "bad_mimetype": ("dialog[0].mediatype", ProblemCode.vcon_bad_media_type),
    "bad_party_ref": ("dialog[0].parties", ProblemCode.vcon_bad_party_index),
    "bad_url": ("dialog[0].url", ProblemCode.vcon_bad_url),
    "empty_vcon": ("uuid", ProblemCode.vcon_no_uuid),
    "invalid_dialog_url": ("dialog[0].url", ProblemCode.vcon_bad_url),
    "missing_uuid_and_vcon_version": ("uuid", ProblemCode.vcon_no_uuid),
    "null_dialog_string_analysis": ("dialog", ProblemCode.vcon_bad_dialog),
    "null_parties": ("parties", ProblemCode.vcon_bad_parties),
    "out_of_range_party_indices": ("dialog[0].parties", ProblemCode.vcon_bad_party_index),
}


@pytest.mark.parametrize("name", INVALID)
def test_a_broken_vcon_is_refused_with_the_place_and_the_reason(data_dir: Path, name: str) -> None:
    read = read_file(data_dir / "vcon_calls" / "invalid" / f"{name}.json", load_preset("vcon"))

    assert read.records == []
    assert [(problem.field, problem.code) for problem in read.problems] == [INVALID[name]]


def test_the_table_of_broken_vcons_is_complete(data_dir: Path) -> None:
    assert {path.stem for path in (data_dir / "vcon_calls" / "invalid").glob("*.json")} == set(INVALID)


def test_a_missing_version_alone_is_repaired(data_dir: Path) -> None:
    paths = sorted((data_dir / "vcon_calls" / "calls").glob("*.vcon.json"))

    reads = [read_file(path) for path in paths]

    assert len(reads) == 30
    assert all(read.notes == ["vcon_version_missing"] for read in reads)
    assert len({read.records[0].agent_id for read in reads}) == 26


def test_roles_come_from_the_parties_and_turns_from_the_transcript(data_dir: Path) -> None:
    record = read_file(data_dir / "vcon_calls/calls/05cec3d4-0561-4010-9fb8-23cc7edef146.vcon.json").records[0]

    assert (record.channel, record.answered, record.talk_seconds) == ("phone", True, 57.168)
    assert [turn.speaker for turn in record.transcript[:3]] == ["agent", "customer", "agent"]
    assert record.recordings[0].checksum.startswith("sha512-O52Zdl4y")


def test_a_recording_inside_the_container_comes_out(data_dir: Path) -> None:
    path = data_dir / "export_formats" / "vcon_ietf" / "ab_call_int_rec.vcon"

    outcome = next(open_records(path, ReadOptions(zone=UTC)).outcomes())

    assert isinstance(outcome, Taken)
    assert [(file.name, file.content[:4]) for file in outcome.files] == [("ab_call.wav", b"RIFF")]


def test_a_mail_thread_becomes_messages_with_their_plain_text(data_dir: Path) -> None:
    record = read_file(data_dir / "export_formats" / "vcon_ietf" / "ab_email_acct_prob_thread.vcon").records[0]

    assert record.channel == "email"
    assert [message.speaker for message in record.messages] == ["customer", "agent"]
    assert not any("Content-Type" in message.text for message in record.messages)


def test_turns_with_moments_become_seconds_of_the_call(data_dir: Path) -> None:
    record = read_file(data_dir / "export_formats" / "vcon_ietf" / "ab_call_ext_rec_redacted.vcon").records[0]

    assert (record.transcript[0].start_seconds, record.transcript[0].end_seconds) == (1.2, 6.18)


def test_text_that_is_no_json_is_refused(data_dir: Path) -> None:
    read = read_file(data_dir / "export_formats" / "vcon_ietf" / "simple-vcon.vcon", load_preset("vcon"))

    assert [problem.code for problem in read.problems] == [ProblemCode.malformed_json]
