"""Sound as it is served: every encoding playable, in ranges, silent where muted, written down once a listening."""

import io
import os
import time
from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from qa_app.conversations.playable import clear_old_copies
from qa_app.conversations.storage import forget_recording, recording_path, store_recording
from qa_app.home_folder import home_folder
from qa_app.models import AuditEvent, MutedRange, Recording, RoleName
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent

RATE = 8000
ENCODINGS = {
    "PCM_U8": ("WAV", "audio/wav"),
    "PCM_16": ("WAV", "audio/wav"),
    "ALAW": ("WAV", "audio/wav"),
    "ULAW": ("WAV", "audio/wav"),
    "GSM610": ("WAV", "audio/wav"),
    "MPEG_LAYER_III": ("MP3", "audio/mpeg"),
    "OPUS": ("OGG", "audio/ogg"),
    "VORBIS": ("OGG", "audio/ogg"),
}


def tone(seconds=4.0, level=0.5, pitch=400.0):
    return (level * np.sin(np.arange(int(seconds * RATE)) * 2 * np.pi * pitch / RATE)).astype(np.float32)


def encode(samples, subtype="PCM_16", container="WAV"):
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format=container, subtype=subtype)
    return file.getvalue()


def store(call, content, name="call.wav", side=None, offset=0.0):
    recording = Recording(**asdict(store_recording(content, name)), side=side, offset_seconds=offset)
    call.recordings.append(recording)
    return recording


def fetch(client, address, **options):
    """Fetch to the end and close the file."""
    response = client.get(address, **options)
    response.get_data()
    response.close()
    return response


def heard(response):
    return soundfile.read(io.BytesIO(response.data), dtype="float32")


@pytest.fixture
def call(app, session):
    return create_conversation(session, create_agent(session), channel="phone")


@pytest.fixture
def recording(session, call):
    kept = store(call, encode(tone()))
    session.flush()
    return kept


@pytest.fixture
def lead(sign_in):
    return sign_in(RoleName.qa_lead)


def openings(session):
    return [event for event in session.scalars(select(AuditEvent)) if event.action == "recording.open"]


@pytest.mark.parametrize("subtype", ENCODINGS)
def test_every_encoding_is_served_as_browsers_play_it(session, lead, call, subtype):
    container, media_type = ENCODINGS[subtype]
    recording = store(call, encode(tone(), subtype, container), "call.bin")
    session.commit()

    response = fetch(lead, f"/recordings/{recording.id}")

    assert response.status_code == 200
    assert response.mimetype == media_type
    info = soundfile.info(io.BytesIO(response.data))
    assert info.subtype == ("PCM_16" if subtype in ("ALAW", "ULAW", "GSM610") else subtype)
    samples, rate = heard(response)
    assert len(samples) / rate == pytest.approx(4.0, abs=0.15)
    middle = samples[rate : 3 * rate].astype(float)
    assert np.sqrt(2 * np.mean(middle**2)) == pytest.approx(0.5, abs=0.05)


def test_a_copy_is_made_once(session, lead, call):
    recording = store(call, encode(tone(pitch=230.0), "ALAW"))
    session.commit()
    fetch(lead, f"/recordings/{recording.id}")
    (copy,) = home_folder().folder("recordings").glob(f"playable/*/{recording.checksum}*.wav")
    made = copy.stat().st_mtime_ns

    fetch(lead, f"/recordings/{recording.id}")

    assert copy.stat().st_mtime_ns == made


def test_a_range_is_a_part_and_the_parts_are_the_whole(lead, recording):
    address = f"/recordings/{recording.id}"
    whole = fetch(lead, address)

    parts = [
        fetch(lead, address, headers={"Range": f"bytes={start}-{start + 19_999}"}) for start in (0, 20_000, 40_000)
    ]

    assert [part.status_code for part in parts] == [206, 206, 206]
    assert parts[1].headers["Content-Range"] == f"bytes 20000-39999/{len(whole.data)}"
    assert b"".join(part.data for part in parts) == whole.data[:60_000]
    last = fetch(lead, address, headers={"Range": "bytes=-500"})
    assert last.data == whole.data[-500:]


def test_a_range_beyond_the_end_is_refused_with_the_length(lead, recording):
    whole = fetch(lead, f"/recordings/{recording.id}")

    response = fetch(lead, f"/recordings/{recording.id}", headers={"Range": "bytes=9999999-"})

    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(whole.data)}"


def test_a_range_of_something_that_changed_is_the_whole(session, lead, recording):
    address = f"/recordings/{recording.id}"
    tag = fetch(lead, address).headers["ETag"]
    wanted = {"Range": "bytes=100-199", "If-Range": tag}
    assert fetch(lead, address, headers=wanted).status_code == 206

    session.add(MutedRange(conversation_id=recording.conversation_id, start_seconds=1.0, end_seconds=2.0))
    session.commit()

    changed = fetch(lead, address, headers=wanted)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_a_listening_is_written_down_once_however_many_pieces_it_takes(session, lead, recording, time_machine):
    address = f"/recordings/{recording.id}"
    time_machine.move_to(datetime.now(UTC), tick=False)
    for start in range(0, 50_000, 10_000):
        fetch(lead, address, headers={"Range": f"bytes={start}-{start + 9_999}"})
        time_machine.shift(400)
    assert len(openings(session)) == 1

    time_machine.shift(3600)
    fetch(lead, address)

    assert len(openings(session)) == 2


@pytest.mark.parametrize("subtype", ["PCM_16", "MPEG_LAYER_III"])
def test_muted_stretches_are_silent_in_the_bytes(session, lead, call, subtype):
    recording = store(call, encode(tone(), subtype, ENCODINGS[subtype][0]))
    session.add(MutedRange(conversation_id=call.id, start_seconds=1.0, end_seconds=1.5, kind="card"))
    session.add(MutedRange(conversation_id=call.id, start_seconds=3.5, end_seconds=99.0))
    session.commit()

    samples, rate = heard(fetch(lead, f"/recordings/{recording.id}"))

    assert not samples[int(1.0 * rate) : int(1.5 * rate)].any()
    assert not samples[int(3.5 * rate) :].any()
    assert np.abs(samples[int(0.5 * rate) : int(0.9 * rate)]).max() > 0.3
    assert np.abs(samples[int(2.0 * rate) : int(3.0 * rate)]).max() > 0.3
    assert openings(session)[0].data["muted"] == 2


def test_who_may_and_asks_hears_everything_and_that_is_a_listening_of_its_own(session, lead, recording):
    session.add(MutedRange(conversation_id=recording.conversation_id, start_seconds=1.0, end_seconds=2.0))
    session.commit()
    address = f"/recordings/{recording.id}"
    muted, _ = heard(fetch(lead, address))

    lead.post(f"/conversations/{recording.conversation_id}/unmask")
    plain, _ = heard(fetch(lead, address))

    assert not muted[RATE : 2 * RATE].any()
    assert plain[RATE : 2 * RATE].any()
    assert [event.data["muted"] for event in openings(session)] == [1, 0]


def test_who_may_not_unmask_never_hears_it(session, sign_in, call, recording):
    session.add(MutedRange(conversation_id=call.id, start_seconds=1.0, end_seconds=2.0))
    user = sign_in(RoleName.agent)
    user.user.agent = call.agent
    session.commit()
    user.post(f"/conversations/{call.id}/unmask")
    with user.session_transaction() as kept:
        kept["unmasked"] = [call.id, 4102444800.0]

    samples, _ = heard(fetch(user, f"/recordings/{recording.id}"))

    assert not samples[RATE : 2 * RATE].any()


def test_both_sides_are_muted_on_the_clock_of_the_call(session, lead, call):
    agent = store(call, encode(tone(6)), side="agent", offset=100.0)
    customer = store(call, encode(tone(5, pitch=300.0)), "b.wav", side="customer", offset=102.0)
    session.add(MutedRange(conversation_id=call.id, start_seconds=3.0, end_seconds=4.0))
    session.commit()

    first, _ = heard(fetch(lead, f"/recordings/{agent.id}"))
    second, _ = heard(fetch(lead, f"/recordings/{customer.id}"))

    assert not first[3 * RATE : 4 * RATE].any()
    assert first[: 3 * RATE].any()
    assert not second[1 * RATE : 2 * RATE].any()
    assert second[: 1 * RATE].any()


def test_the_longest_side_is_filled_up_to_the_whole_call(session, lead, call):
    late = store(call, encode(tone(6)), side="agent", offset=2.0)
    early = store(call, encode(tone(3, pitch=300.0)), "b.wav", side="customer", offset=0.0)
    session.commit()

    samples, _ = heard(fetch(lead, f"/recordings/{late.id}"))

    assert len(samples) == 8 * RATE
    assert not samples[: 2 * RATE].any()
    assert np.abs(samples[2 * RATE : 3 * RATE]).max() > 0.4
    page = lead.get(f"/conversations/{call.id}").text
    assert 'data-duration="8.0"' in page
    assert len(heard(fetch(lead, f"/recordings/{early.id}"))[0]) == 3 * RATE


def test_a_file_that_is_gone_or_broken_is_not_found(session, lead, call):
    recording = store(call, encode(tone(pitch=210.0)))
    session.commit()
    recording_path(recording.file).unlink()
    assert fetch(lead, f"/recordings/{recording.id}").status_code == 404

    recording_path(recording.file).write_bytes(b"no sound at all")

    assert fetch(lead, f"/recordings/{recording.id}").status_code == 404


def test_copies_nobody_asks_for_go_and_a_forgotten_recording_leaves_nothing(session, lead, call):
    recording = store(call, encode(tone(pitch=220.0), "ULAW"))
    session.commit()
    fetch(lead, f"/recordings/{recording.id}")
    folder = home_folder().folder("recordings") / "playable"
    mine = list(folder.rglob(f"{recording.checksum}*"))
    assert clear_old_copies(folder) == 0
    assert len(mine) == 1

    long_ago = time.time() - 8 * 86_400
    os.utime(mine[0], (long_ago, long_ago))
    fetch(lead, f"/recordings/{recording.id}")
    assert clear_old_copies(folder) == 0
    os.utime(mine[0], (long_ago, long_ago))
    assert clear_old_copies(folder) == 1
    fetch(lead, f"/recordings/{recording.id}")
    forget_recording(recording.file, recording.checksum)

    assert not list(home_folder().folder("recordings").rglob(f"{recording.checksum}*"))


def test_the_player_is_told_what_is_muted_and_where_each_voice_comes_from(session, lead, call):
    store(call, encode(tone(6)), side="agent", offset=2.0)
    store(call, encode(tone(3, pitch=300.0)), "b.wav", side="customer", offset=0.0)
    session.add(MutedRange(conversation_id=call.id, start_seconds=3.0, end_seconds=4.0))
    session.add(MutedRange(conversation_id=call.id, start_seconds=3.5, end_seconds=5.0))
    session.commit()

    wave = lead.get(f"/conversations/{call.id}/waveform").json

    assert [(one["start"], one["end"]) for one in wave["muted"]] == [(3.0, 5.0)]
    assert [(one["side"], one["track"], one["channel"]) for one in wave["voices"]] == [
        ("agent", 0, 0),
        ("customer", 1, 0),
    ]
    assert len(wave["voices"][0]["peaks"]) == 1600
    assert wave["voices"][0]["peaks"][0] == 0
    assert wave["voices"][1]["peaks"][0] > 100
