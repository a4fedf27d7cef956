"""Conversations come in from files: once, again, corrected, half broken, by every worked mapping."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.conversations.import_errors import ErrorsFile
from qa_app.conversations.import_texts import describe_problem
from qa_app.conversations.importers.mapping import load_mapping
from qa_app.conversations.importing import (
    ImportReport,
    ImportRequest,
    import_conversations,
    new_run,
    reading_options,
)
from qa_app.conversations.storage import recording_path
from qa_app.jobs import NoProgress
from qa_app.models import (
    UNASSIGNED_TEAM,
    Agent,
    Conversation,
    ImportRejection,
    Message,
    Recording,
    SurveyResponse,
    TranscriptSegment,
)
from tests.factories.calls import HOLD_CALL, make_sound
from tests.factories.people import create_agent

pytestmark = pytest.mark.both_databases

MAPPINGS = Path(__file__).parents[2] / "docs" / "mappings"
Import = Callable[..., ImportReport]


@pytest.fixture
def bring_in(session: Session) -> Import:
    """Import files as the command does."""

    def run(*paths: Path, mapping: str | None = None, dry_run: bool = False, **request: Any) -> ImportReport:
        spec = load_mapping(MAPPINGS / f"{mapping}.toml") if mapping else None
        options = reading_options(mapping=spec, preset=None, timezone=None, organisation_zone="UTC")
        run_row = new_run(session, None, paths, {}, is_dry_run=dry_run)
        session.commit()
        return import_conversations(
            session, None, run_row, ImportRequest(paths, options, **request), checkpoint=session.commit,
            progress=NoProgress(),
        )  # fmt: skip

    return run


def own(number: int, **values: object) -> dict[str, object]:
    """Return a record of our own: a chat with two messages and a rating."""
    return {
        "source": "desk",
        "external_id": f"T{number}",
        "channel": "chat",
        "agent_id": "ann",
        "opened_at": "2026-10-05T09:00:00Z",
        "topic": "delivery",
        "messages": [
            {"speaker": "customer", "text": "您好", "sent_at": "2026-10-05T09:00:00Z"},
            {"speaker": "agent", "text": "Hello", "sent_at": "2026-10-05T09:00:20Z", "scripted": True},
        ],
        "surveys": [{"scale": "ten", "score": 10}],
    } | values


def write(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def one(session: Session, external_id: str) -> Conversation:
    session.expire_all()
    return session.scalars(select(Conversation).where(Conversation.external_id == external_id)).one()


def test_a_record_goes_in_with_what_is_derived_from_it(session: Session, bring_in: Import, tmp_path: Path) -> None:
    report = bring_in(write(tmp_path / "a.ndjson", [own(1)]))

    found = one(session, "T1")
    assert (report.created, report.agents_created) == (1, 1)
    assert (found.answered, found.first_response_seconds, found.handle_seconds) == (True, 20.0, 20.0)
    assert (found.response_gaps, found.csat, found.survey_count) == ([20.0], 5.0, 1)
    assert (found.message_count, found.agent_message_count, found.scripted_message_count) == (2, 1, 1)
    assert found.agent is not None
    assert (found.agent.employee_number, found.agent.team.name) == ("ann", UNASSIGNED_TEAM)
    assert [(message.sequence, message.text) for message in found.messages] == [(0, "您好"), (1, "Hello")]


def test_the_same_file_twice_changes_nothing(session: Session, bring_in: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", [own(number) for number in range(5)])
    bring_in(path)

    again = bring_in(path)

    assert (again.created, again.updated, again.unchanged) == (0, 0, 5)
    assert session.scalar(select(func.count()).select_from(Message)) == 10


def test_a_corrected_file_changes_what_it_names_and_says_so(session: Session, bring_in: Import, tmp_path: Path) -> None:
    bring_in(write(tmp_path / "a.ndjson", [own(1, notes="kept"), own(2)]))
    corrected = own(1, topic="refund")
    corrected["messages"][1]["sent_at"] = "2026-10-05T09:00:50Z"  # type: ignore[index]

    report = bring_in(write(tmp_path / "b.ndjson", [corrected, own(2)]))

    found = one(session, "T1")
    assert (report.updated, report.unchanged) == (1, 1)
    assert report.changed == {"topic": 1, "messages": 1}
    assert (found.topic, found.notes, found.first_response_seconds, found.handle_seconds) == (
        "refund",
        "kept",
        50.0,
        50.0,
    )
    assert (found.csat, len(found.surveys)) == (5.0, 1)


def test_what_the_source_gave_outlives_a_later_file_that_does_not_name_it(
    session: Session, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write(tmp_path / "a.ndjson", [own(1, handle_seconds=300)]))

    bring_in(write(tmp_path / "b.ndjson", [own(1, topic="refund")]))

    assert one(session, "T1").handle_seconds == 300


def test_a_conversation_twice_in_one_file_is_noted(bring_in: Import, tmp_path: Path) -> None:
    report = bring_in(write(tmp_path / "a.ndjson", [own(1), own(1, topic="refund")]))

    assert (report.created, report.updated, report.notes) == (1, 1, {"repeated": 1})


def test_a_dry_run_counts_and_writes_nothing(session: Session, bring_in: Import, tmp_path: Path) -> None:
    bring_in(write(tmp_path / "a.ndjson", [own(1), own(2)]))

    report = bring_in(
        write(tmp_path / "b.ndjson", [own(1), own(2, topic="refund"), own(3, agent_id="bob"), own(4, channel="x")]),
        dry_run=True,
    )

    assert (report.created, report.updated, report.unchanged, report.rejected) == (1, 1, 1, 1)
    assert report.agents_created == 1
    assert session.scalar(select(func.count()).select_from(Conversation)) == 2
    assert one(session, "T2").topic == "delivery"


def test_all_or_nothing_takes_everything_back(session: Session, bring_in: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", [own(1), own(2, channel="pigeon"), own(3)])

    report = bring_in(path, all_or_nothing=True)

    assert (report.taken, report.rejected, report.is_taken_back) == (0, 1, True)
    assert session.scalar(select(func.count()).select_from(Conversation)) == 0
    kept = session.scalars(select(ImportRejection)).all()
    assert [(row.line, row.field, row.value, row.reason) for row in kept] == [(2, "channel", "pigeon", "not_a_choice")]


def test_a_killed_import_goes_on_without_duplicates(
    session: Session, bring_in: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.ndjson", [own(number) for number in range(10)])
    monkeypatch.setattr("qa_app.conversations.importing.BATCH_CONVERSATIONS", 4)

    class Killed(Exception):
        pass

    class KilledAtTheSecondBatch:
        def step(self, done: int, total: int | None = None, *, failed: int = 0, message: str = "") -> None:
            if done > 5:
                raise Killed

    monkeypatch.setattr("tests.integration.test_import_conversations.NoProgress", KilledAtTheSecondBatch)
    with pytest.raises(Killed):
        bring_in(path)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Conversation)) == 8
    monkeypatch.undo()

    report = bring_in(path)

    assert (report.created, report.unchanged) == (2, 8)


def test_agents_are_found_by_their_number_and_others_made(session: Session, bring_in: Import, tmp_path: Path) -> None:
    known = create_agent(session, "Ann Bell", employee_number="ann")
    two_agents = own(1)
    two_agents["messages"] = [{"speaker": "agent", "author_id": name, "text": "hi"} for name in ("ann", "bob", "bob")]

    report = bring_in(write(tmp_path / "a.ndjson", [two_agents]))

    found = one(session, "T1")
    assert report.agents_created == 1
    assert found.assigned_agent_id == known.id
    assert found.agent is not None
    assert (found.agent.employee_number, found.transfer_count) == ("bob", 1)


def test_failed_rows_come_back_with_their_reason_and_go_in_once_mended(
    session: Session, bring_in: Import, tmp_path: Path
) -> None:
    table = tmp_path / "calls.csv"
    table.write_text("Call Id,Agent,Start time,Rating\n1,ann,2026-10-05 09:00,5\n2,ann,2026-13-02,5\n", encoding="gbk")
    errors = ErrorsFile(tmp_path / "errors.csv", describe_problem)

    with force_locale("en"):
        report = bring_in(table, on_refused=errors.add)
    errors.close()

    text = errors.path.read_text("utf-8-sig")
    assert (report.created, report.rejected) == (1, 1)
    assert text.splitlines()[0] == "Call Id,Agent,Start time,Rating,import_source,reason"
    assert "“2026-13-02” is not a date. Expected like 2024-05-01 14:30." in text
    mended = tmp_path / "calls_mended.csv"
    mended.write_text(text.replace("2026-13-02,5", "2026-10-02 08:00,5"), encoding="utf-8")
    assert bring_in(mended).created == 1


@pytest.mark.parametrize(
    ("mapping", "file", "created", "undated", "agents"),
    [
        ("star_chat", "star_chat/dialogues.jsonl.gz", 4439, 93, 115),
        ("call_center_5000", "call_center_5000/calls_2021-01_2021-02.csv", 3388, 0, 8),
        ("call_center_5000", "call_center_5000/calls_2021-01_2021-02.xlsx", 3388, 0, 8),
        ("crosswoz_zh", "crosswoz_zh/val.json.zip", 500, 500, 59),
        ("itsm_incidents", "itsm_incidents/incidents_opened_2016-02-29_2016-04-30.csv.gz", 17136, 0, 179),
        ("vcon_calls", "vcon_calls/calls", 30, 0, 26),
    ],
)
def test_a_worked_mapping_brings_in_its_data_and_again_nothing(
    session: Session, bring_in: Import, data_dir: Path, mapping: str, file: str, created: int, undated: int, agents: int
) -> None:
    path = data_dir / file

    first, second = bring_in(path, mapping=mapping), bring_in(path, mapping=mapping)

    assert (first.created, first.rejected, first.undated, first.agents_created) == (created, 0, undated, agents)
    assert (second.created, second.updated, second.unchanged) == (0, 0, created)


def test_calls_bring_their_recordings_along(session: Session, bring_in: Import, data_dir: Path) -> None:
    bring_in(data_dir / "vcon_calls" / "calls", mapping="vcon_calls")

    recordings = session.scalars(select(Recording)).all()
    assert len(recordings) == 30
    assert all(recording_path(recording.file).exists() for recording in recordings)
    call = one(session, "05cec3d4-0561-4010-9fb8-23cc7edef146")
    assert call.audio_seconds == pytest.approx(57.168, abs=0.1)
    assert (call.topic, call.need_type) == ("Gas Station", "inventory")
    assert session.scalar(select(func.count()).select_from(TranscriptSegment)) == 363


def test_a_recording_that_is_not_the_one_of_its_checksum_is_refused(
    session: Session, bring_in: Import, data_dir: Path, tmp_path: Path
) -> None:
    name = "05cec3d4-0561-4010-9fb8-23cc7edef146"
    calls = data_dir / "vcon_calls" / "calls"
    (tmp_path / f"{name}.vcon.json").write_bytes((calls / f"{name}.vcon.json").read_bytes())
    (tmp_path / f"{name}.mp3").write_bytes((calls / f"{name}.mp3").read_bytes()[:-10])

    report = bring_in(tmp_path / f"{name}.vcon.json")

    assert report.problems == {"checksum_mismatch": 1}


def test_a_recording_that_comes_later_is_taken_when_the_file_comes_again(
    session: Session, bring_in: Import, data_dir: Path, tmp_path: Path
) -> None:
    name = "05cec3d4-0561-4010-9fb8-23cc7edef146"
    calls = data_dir / "vcon_calls" / "calls"
    container = tmp_path / f"{name}.vcon.json"
    container.write_bytes((calls / f"{name}.vcon.json").read_bytes())
    first = bring_in(container)
    (tmp_path / f"{name}.mp3").write_bytes((calls / f"{name}.mp3").read_bytes())

    second = bring_in(container)

    assert (first.created, first.notes["recording_missing"]) == (1, 1)
    assert (second.updated, second.changed) == (1, {"recordings": 1})
    assert bring_in(container).unchanged == 1


def call_with_sound(folder: Path, **values: object) -> Path:
    """Write one call with two files, one a side, and its import file beside them."""
    for side in ("agent", "customer"):
        (folder / f"C1-{side}.wav").write_bytes(make_sound(HOLD_CALL, 40.0))
    recordings = [
        {"file": "C1-agent.wav", "side": "agent"},
        {"file": "C1-customer.wav", "side": "customer", "offset_seconds": 2.0},
    ]
    record = own(1, channel="phone", messages=[], surveys=[], recordings=recordings, **values)
    return write(folder / "calls.ndjson", [record])


def spoken(session: Session) -> list[tuple[str, float | None, str]]:
    columns = (TranscriptSegment.speaker, TranscriptSegment.start_seconds, TranscriptSegment.text)
    return [tuple(row) for row in session.execute(select(*columns).order_by(TranscriptSegment.sequence))]


def test_a_transcript_beside_a_recording_comes_along(session: Session, bring_in: Import, tmp_path: Path) -> None:
    file = call_with_sound(tmp_path)
    assert bring_in(file).created == 1
    assert spoken(session) == []
    (tmp_path / "C1-agent.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nGood morning.\n")
    (tmp_path / "C1-customer.txt").write_text("00:03 My lamp is broken.\n")

    second = bring_in(file)

    assert (second.updated, second.changed) == (1, {"transcript": 1})
    assert spoken(session) == [("agent", 1.0, "Good morning."), ("customer", 5.0, "My lamp is broken.")]
    assert bring_in(file).unchanged == 1
    (tmp_path / "C1-agent.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nGood evening.\n")
    assert bring_in(file).changed == {"transcript": 1}
    assert spoken(session)[0][2] == "Good evening."


def test_a_public_call_comes_with_the_transcript_beside_it(
    session: Session, bring_in: Import, data_dir: Path, tmp_path: Path
) -> None:
    for name in ("Call01.wav", "Call01.srt"):
        (tmp_path / name).write_bytes((data_dir / "callytics_calls" / name).read_bytes())
    record = own(1, channel="phone", messages=[], surveys=[], recordings=[{"file": "Call01.wav"}])

    report = bring_in(write(tmp_path / "calls.ndjson", [record]))

    assert (report.created, report.notes) == (1, {})
    turns = spoken(session)
    assert {speaker for speaker, _, _ in turns} == {"agent", "customer"}
    assert len(turns) == (tmp_path / "Call01.srt").read_text(encoding="utf-8").count(" --> ")


def test_a_record_keeps_its_own_transcript(session: Session, bring_in: Import, tmp_path: Path) -> None:
    (tmp_path / "C1-agent.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nGood morning.\n")
    turn = {"speaker": "agent", "text": "Hello", "start_seconds": 0.5}

    bring_in(call_with_sound(tmp_path, transcript=[turn]))

    assert spoken(session) == [("agent", 0.5, "Hello")]


def test_the_next_ending_is_read_where_one_cannot_be(session: Session, bring_in: Import, tmp_path: Path) -> None:
    file = call_with_sound(tmp_path)
    (tmp_path / "C1-agent.srt").write_bytes(b"")
    (tmp_path / "C1-agent.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:03.000\nGood morning.\n")

    report = bring_in(file)

    assert (report.created, report.notes) == (1, {"transcript_unread": 1})
    assert [text for *_place, text in spoken(session)] == ["Good morning."]
    assert bring_in(file).unchanged == 1
    (tmp_path / "C1-agent.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nGood evening.\n")
    assert bring_in(file).changed == {"transcript": 1}, "mended, it comes first"


def test_a_transcript_that_cannot_be_opened_is_named(
    session: Session, bring_in: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = call_with_sound(tmp_path)
    locked = tmp_path / "C1-agent.srt"
    locked.write_text("1\n00:00:01,000 --> 00:00:03,000\nGood evening.\n")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        # Permissions do not stop root, as which tests may run.
        if path.name == locked.name:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)

    report = bring_in(file)

    assert (report.created, report.notes) == (1, {"transcript_unread": 1})


def test_what_lies_beside_a_recording_and_is_no_transcript_is_named(
    session: Session, bring_in: Import, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nNo.\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "C1-customer.srt").symlink_to(tmp_path / "elsewhere.srt")
    (tmp_path / "in" / "C1-agent.json").write_text('{"bitrate": 64}')

    report = bring_in(call_with_sound(tmp_path / "in"), dry_run=True)

    assert (report.created, report.notes) == (1, {"transcript_unread": 1})
    bring_in(tmp_path / "in" / "calls.ndjson")
    assert spoken(session) == []


def test_a_recording_outside_the_folder_is_refused(bring_in: Import, tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"x")
    (tmp_path / "in").mkdir()
    record = own(1, channel="phone", recordings=[{"file": "../secret.wav"}])

    report = bring_in(write(tmp_path / "in" / "a.ndjson", [record]))

    assert report.problems == {"recording_outside": 1}


def test_star_chats_carry_scripts_ratings_and_results(session: Session, bring_in: Import, data_dir: Path) -> None:
    bring_in(data_dir / "star_chat" / "dialogues.jsonl.gz", mapping="star_chat")

    verdicts = dict(session.execute(select(Conversation.resolved, func.count()).group_by(Conversation.resolved)).all())
    assert verdicts[True] + verdicts[False] == 1919
    assert session.scalar(select(func.count()).where(SurveyResponse.metric == "csat")) == 3900
    first = one(session, "1")
    assert (first.agent_message_count, first.scripted_message_count) == (4, 3)
    assert (first.handle_seconds, first.first_response_seconds) == (301.0, 17.0)
    assert session.scalar(select(func.count()).select_from(Agent)) == 115


def test_a_risk_between_0_and_1_comes_with_the_table(session: Session, bring_in: Import, tmp_path: Path) -> None:
    table = tmp_path / "calls.csv"
    head = "Call Id,Agent,Start time,Risk\n"
    table.write_text(
        head + "1,ann,2026-10-05 09:00,0.75\n2,ann,2026-10-05 10:00,\n3,ann,2026-10-05 11:00,75\n", "utf-8"
    )

    report = bring_in(table)

    assert (report.created, report.problems) == (2, {"out_of_range": 1})
    assert [row.risk for row in session.scalars(select(Conversation).order_by(Conversation.external_id))] == [
        0.75,
        None,
    ]
    table.write_text(head + "1,ann,2026-10-05 09:00,0.5\n", "utf-8")
    assert bring_in(table).changed == {"risk": 1}
    session.expire_all()
    assert one(session, "1").risk == 0.5
