"""A transcript is put beside a call, on the page and by command; speech recognition says what it lacks."""

import io

import numpy as np
import pytest
from sqlalchemy import select

from qa_app.conversations import recognition
from qa_app.conversations.measuring import ensure_measured
from qa_app.conversations.recognition import NotAvailable, State, find_recognition, load_recogniser, recognise_call
from qa_app.conversations.transcripts import NoSuchCall, find_call_of_file, import_transcript
from qa_app.doctor.checks import check_recordings, check_speech_recognition
from qa_app.models import AuditEvent, CallFeatures, JobRun, RoleName, TranscriptSegment
from tests.factories.calls import create_call
from tests.factories.people import create_agent

SRT = """1
00:00:01,000 --> 00:00:04,000
[Agent] Good morning.

2
00:00:04,500 --> 00:00:09,000
[Customer] Hello, my number is 13812345678.
"""


@pytest.fixture
def call(app, session):
    return create_call(session, create_agent(session), external_id="c-1", source="hotline")


def upload(client, call, content, agent="", name="talk.srt"):
    data = {"file": (io.BytesIO(content.encode()), name), "agent": agent}
    return client.post(f"/conversations/{call.id}/transcript", data=data, follow_redirects=True)


def words(session, call):
    query = select(TranscriptSegment).where(TranscriptSegment.conversation_id == call.id)
    return [one.text for one in session.scalars(query.order_by(TranscriptSegment.sequence))]


@pytest.mark.both_databases
def test_a_transcript_takes_the_place_of_the_one_before(session, call):
    ensure_measured(session, call)
    before = call.updated_at

    assert import_transcript(session, None, call, SRT.encode(), name="talk.srt") == 2

    session.commit()
    assert words(session, call) == ["Good morning.", "Hello, my number is 13812345678."]
    assert session.get(CallFeatures, call.id) is None
    assert call.updated_at > before
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "conversation.transcript")).one()
    assert (event.data["file"], event.data["turns"]) == ("talk.srt", 2)


def test_the_page_takes_it_masked_and_has_the_call_measured_anew(session, sign_in, call):
    lead = sign_in(RoleName.qa_lead)

    page = upload(lead, call, SRT)

    assert "2 turns are in." in page.text
    assert "Good morning." in page.text
    assert "13812345678" not in page.text
    assert 'data-start="4.5"' in page.text
    assert session.scalars(select(JobRun.kind)).all() == ["conversations.measure"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("0:01 Ann: hi\n0:02 Bob: yo", "It is not clear who is the agent: the file names Ann, Bob."),
        ("hello", "Line 1: “hello” has no time that can be read"),
        ('{"a"', "Line 1 is no valid JSON"),
        ("", "There are no spoken words in the file."),
    ],
)
def test_a_transcript_that_cannot_be_read_changes_nothing_and_says_why(session, sign_in, call, content, said):
    before = words(session, call)

    page = upload(sign_in(RoleName.qa_lead), call, content)

    assert said in page.text
    assert words(session, call) == before


def test_who_is_the_agent_can_be_said(session, sign_in, call):
    upload(sign_in(RoleName.qa_lead), call, "0:01 Ann: hi\n0:02 Bob: yo", agent="bob")

    speakers = session.scalars(select(TranscriptSegment.speaker).order_by(TranscriptSegment.sequence)).all()
    assert speakers == ["customer", "agent"]


def test_a_form_without_a_file_asks_for_one(sign_in, call):
    page = sign_in(RoleName.qa_lead).post(f"/conversations/{call.id}/transcript", follow_redirects=True)

    assert "Choose a file." in page.text


def test_who_imports_nothing_is_not_offered_it(session, sign_in, call):
    client = sign_in(RoleName.agent)
    client.user.agent = call.agent
    session.commit()

    assert "Replace the transcript" not in client.get(f"/conversations/{call.id}").text
    assert upload(client, call, SRT).status_code == 404


def test_commands_find_the_call_by_the_name_of_its_recording(app, session, call, tmp_path):
    call.recordings[0].original_name = "Call_01.wav"
    session.commit()
    good, bad = tmp_path / "Call_01.srt", tmp_path / "Call_01.txt"
    good.write_text(SRT)
    bad.write_text("nonsense")
    assert find_call_of_file(session, "Call_01.json") == call
    with pytest.raises(NoSuchCall):
        find_call_of_file(session, "CallX01.json")

    result = app.test_cli_runner().invoke(args=["import", "transcripts", str(good), str(bad)])

    assert result.exit_code == 3
    assert "Call_01.srt: 2 turns for hotline:c-1" in result.output
    assert "Call_01.txt: Line 1: “nonsense” has no time" in result.output
    assert words(session, call)[0] == "Good morning."
    named = ["import", "transcripts", str(good), "--conversation", "hotline:c-1"]
    assert app.test_cli_runner().invoke(args=named).exit_code == 0
    assert app.test_cli_runner().invoke(args=["import", "transcripts", str(bad)]).exit_code == 1


def test_the_command_measures_and_names_what_it_cannot(app, session, call):
    from qa_app.conversations.storage import recording_path

    runner = app.test_cli_runner()
    assert "1 calls measured, 0 failed" in runner.invoke(args=["recordings", "measure"]).output
    path = recording_path(call.recordings[0].file)
    kept = path.read_bytes()
    path.unlink()
    session.query(CallFeatures).delete()
    session.commit()

    result = runner.invoke(args=["recordings", "measure"])

    assert result.exit_code == 3
    assert "hotline:c-1: missing: call.wav" in result.output
    finding = check_recordings()
    assert finding.values["count"] == "1"
    assert "recordings measure --again" in finding.remedy
    path.write_bytes(kept)
    assert runner.invoke(args=["recordings", "measure", "--again"]).exit_code == 0
    assert check_recordings().is_well


# Speech recognition: no model comes with the product, so its port, its refusals and "off" are what can be tested.


@pytest.fixture
def configure(app, monkeypatch):
    def configure(folder, kind="paraformer", *, is_installed=True):
        monkeypatch.setitem(app.config, "ASR_MODEL", str(folder))
        monkeypatch.setitem(app.config, "ASR_KIND", kind)
        monkeypatch.setattr(recognition.importlib.util, "find_spec", lambda name: object() if is_installed else None)

    return configure


def test_recognition_is_off_until_somebody_sets_it_up(session, sign_in, call):
    assert find_recognition().state is State.off
    assert check_speech_recognition().is_well
    with pytest.raises(NotAvailable):
        load_recogniser()
    lead = sign_in(RoleName.qa_lead)

    assert "Speech recognition is off: no model is set up." in lead.get(f"/conversations/{call.id}").text
    page = lead.post(f"/conversations/{call.id}/recognise", follow_redirects=True)
    assert "Speech recognition is off" in page.text
    assert session.scalars(select(JobRun)).all() == []


def test_half_a_set_up_says_what_is_missing(app, session, configure, tmp_path):
    configure(tmp_path, is_installed=False)
    assert (find_recognition().state, check_speech_recognition().is_well) == (State.no_library, False)
    configure(tmp_path / "nowhere")
    assert find_recognition().state is State.no_folder
    configure(tmp_path)
    assert find_recognition().lacks == "tokens.txt"
    (tmp_path / "tokens.txt").write_text("a 0\n")
    assert find_recognition().lacks == "model*.onnx"
    configure(tmp_path, "whisper")
    (tmp_path / "tiny-encoder.int8.onnx").write_bytes(b"x")
    assert find_recognition().lacks == "*decoder*.onnx"
    with app.test_request_context():
        assert str(tmp_path) in find_recognition().reason
    (tmp_path / "tiny-decoder.onnx").write_bytes(b"x")
    assert find_recognition().is_on
    assert check_speech_recognition().is_well


class Listener:
    """A recogniser that knows nothing of words: it says how long and how loud what it was given is."""

    def __init__(self):
        self.heard = []

    def recognise(self, samples, sample_rate):
        self.heard.append(len(samples) / sample_rate)
        return f"{len(samples) / sample_rate:.0f} s" if np.abs(samples).max() > 0.1 else ""


def test_the_port_is_given_each_stretch_of_speech_of_each_side(session, call):
    listener = Listener()

    turns = recognise_call(session, call, listener)

    assert [turn.speaker for turn in turns] == ["agent", "customer", "agent", "agent", "customer"]
    assert [turn.start_seconds for turn in turns] == pytest.approx([0.5, 4.5, 8.2, 31.0, 34.5], abs=0.2)
    assert max(listener.heard) < 5


def test_a_long_speech_is_cut(session, app):
    listener = Listener()
    call = create_call(session, create_agent(session), [("agent", 0.0, 60.0, "…")], seconds=70.0)

    turns = recognise_call(session, call, listener)

    assert len(turns) == 3
    assert turns[0].end_seconds == turns[1].start_seconds


def test_a_job_writes_the_transcript(app, session, sign_in, call, configure, tmp_path, monkeypatch):
    from qa_app.conversations import sound_jobs

    (tmp_path / "tokens.txt").write_text("a 0\n")
    (tmp_path / "model.int8.onnx").write_bytes(b"x")
    configure(tmp_path)
    monkeypatch.setattr(sound_jobs, "load_recogniser", Listener)
    lead = sign_in(RoleName.qa_lead)
    assert "Recognise the speech" in lead.get(f"/conversations/{call.id}").text

    lead.post(f"/conversations/{call.id}/recognise")

    run = session.scalars(select(JobRun).where(JobRun.kind == sound_jobs.RECOGNISE)).one()
    from qa_app.jobs import NoProgress

    result = sound_jobs.run_recognition(session, run, NoProgress())
    assert result == {"turns": 5, "url": f"/conversations/{call.id}"}
    assert words(session, call)[0] == "4 s"
