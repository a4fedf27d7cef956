"""The sound of calls is measured after import: figures kept, broken files named, what changed measured again."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from sqlalchemy import select

from qa_app.conversations.listening import read_waveform
from qa_app.conversations.measuring import count_unmeasured, levels_path, measure_calls
from qa_app.conversations.sound_figures import find_features
from qa_app.conversations.sound_jobs import MEASURE, measure_hourly
from qa_app.conversations.storage import recording_path, store_recording
from qa_app.jobs import NoProgress, Stopped
from qa_app.models import AuditEvent, CallFeatures, Conversation, JobRun, JobState, Recording, RoleName
from tests.factories.calls import HOLD_CALL, create_call, make_sound
from tests.factories.people import create_agent

pytestmark = pytest.mark.both_databases


def measure(session, **options):
    return measure_calls(session, None, checkpoint=session.flush, progress=NoProgress(), **options)


@pytest.fixture
def call(app, session):
    return create_call(session, create_agent(session), hold_seconds=20.0)


def test_a_call_of_two_channels_gets_its_figures(session, call):
    assert count_unmeasured(session) == 1

    assert measure(session).calls == 1

    found = find_features(session, [call.id])[call.id]
    assert [channel.side for channel in found.channels] == ["agent", "customer"]
    assert found.longest_silence_seconds == pytest.approx(20, abs=0.2)
    assert found.overlap_seconds == pytest.approx(0.5, abs=0.1)
    row = session.get(CallFeatures, call.id)
    assert row.agent_loudness_lufs == found.channels[0].loudness_lufs
    assert row.agent_talk_share == pytest.approx(10.3 / 17.3, abs=0.05)
    assert count_unmeasured(session) == 0
    session.commit()
    assert session.scalars(select(AuditEvent.action)).all()[-1] == "recording.measure"


def test_measuring_twice_does_nothing_the_second_time(session, call):
    measure(session)

    assert measure(session).calls == 0


def test_the_waveform_then_has_finer_levels_and_the_measured_silence(session, call):
    guessed = read_waveform(session, call.id)
    measure(session)

    coarse, fine = read_waveform(session, call.id), read_waveform(session, call.id, points=2000)

    assert len(coarse.voices[0].peaks) == 1600
    assert len(fine.voices[0].peaks) == 2000
    assert np.load(levels_path(call.recordings[0].checksum)).shape == (2, 2000)
    assert fine.voices[0].side == "agent"
    assert max(fine.voices[0].peaks) == max(coarse.voices[0].peaks)
    (silence,) = coarse.silences
    assert (silence.start_seconds, silence.end_seconds) == pytest.approx((11.0, 31.0), abs=0.15)
    assert guessed.silences[0].start_seconds == pytest.approx(silence.start_seconds, abs=0.3)
    # A point is the largest level of its stretch: nothing loud falls between two points.
    assert max(read_waveform(session, call.id, points=7).voices[0].peaks) == max(fine.voices[0].peaks)


def test_files_that_are_gone_or_broken_are_named_and_tried_again_when_asked(session, call):
    broken = create_call(session, call.agent, [(*HOLD_CALL[0][:2], 3.0, "Hello")], seconds=6.0)
    kept = {one: recording_path(one.recordings[0].file).read_bytes() for one in (call, broken)}
    recording_path(call.recordings[0].file).unlink()
    recording_path(broken.recordings[0].file).write_bytes(b"RIFF no sound")

    done = measure(session)

    rows = {row.conversation_id: row for row in session.scalars(select(CallFeatures))}
    assert (done.calls, done.failed) == (2, 2)
    assert rows[call.id].problem == "missing"
    assert rows[broken.id].problem == "unreadable"
    assert call.recordings[0].file in rows[call.id].detail
    assert find_features(session, [call.id, broken.id]) == {}
    assert measure(session).calls == 0
    for one, content in kept.items():
        recording_path(one.recordings[0].file).write_bytes(content)
    assert measure(session, again=True).failed == 0
    assert len(find_features(session, [call.id, broken.id])) == 2


def test_a_run_that_is_stopped_goes_on_where_it_was(session, call, monkeypatch):
    monkeypatch.setattr("qa_app.conversations.measuring.BATCH", 1)
    create_call(session, call.agent)

    class Impatient:
        def step(self, done, total=None, **_):
            if done == 2:
                raise Stopped

    with pytest.raises(Stopped):
        measure_calls(session, None, checkpoint=session.flush, progress=Impatient())

    assert count_unmeasured(session) == 1
    assert measure(session).calls == 1


def test_two_files_are_one_call(session, app):
    call = create_call(session, create_agent(session))
    agent = store_recording(make_sound([("agent", 0.0, 4.0, "")], 10.0), "agent.wav")
    customer = store_recording(make_sound([("customer", 5.0, 8.0, "")], 9.0), "customer.wav")
    call.recordings = [
        Recording(**asdict(agent), side="agent", offset_seconds=0.0),
        Recording(**asdict(customer), side="customer", offset_seconds=2.0),
    ]
    session.flush()

    measure(session)

    assert find_features(session, [call.id])[call.id].duration_seconds == pytest.approx(11)


def test_an_import_is_followed_and_another_file_is_measured_again(app, session, sign_in, tmp_path):
    sign_in(RoleName.qa_lead)
    record = {"source": "calls", "external_id": "1", "channel": "phone", "agent_id": "7", "answered": True}
    record["recordings"] = [{"file": "one.wav"}]
    (tmp_path / "one.wav").write_bytes(make_sound(HOLD_CALL, 40.0))
    path = tmp_path / "calls.ndjson"
    path.write_text(json.dumps(record))
    run = lambda: app.test_cli_runner().invoke(args=["import", "conversations", str(path)])  # noqa: E731
    assert run().exit_code == 0
    measure(session)
    before = session.scalars(select(CallFeatures)).one().longest_silence_seconds

    record["recordings"] = [{"file": "two.wav"}]
    (tmp_path / "two.wav").write_bytes(make_sound(HOLD_CALL[:3], 20.0))
    path.write_text(json.dumps(record))
    assert run().exit_code == 0

    session.expire_all()
    assert count_unmeasured(session) == 1
    assert session.scalars(select(JobRun.id).where(JobRun.kind == MEASURE)).all()
    measure(session)
    session.expire_all()
    assert session.scalars(select(CallFeatures)).one().longest_silence_seconds < before
    assert session.scalars(select(Conversation)).one().sound is not None


def test_the_duty_starts_one_job_and_none_where_nothing_waits(session, call):
    assert "job" in measure_hourly(session)
    assert measure_hourly(session) == ""
    (run,) = session.scalars(select(JobRun).where(JobRun.kind == MEASURE))
    run.state = JobState.done
    measure(session)

    assert measure_hourly(session) == ""
