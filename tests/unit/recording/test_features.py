"""Figures of recordings whose truth is known because they were made so."""

import io

import numpy as np
import pytest
import soundfile

from scoring.errors import RecordingError
from scoring.recording import HeardLane, measure_features, meter_recording
from scoring.recording.meter import CLIP_LEVEL

RATE = 8000


def voice(*parts, rate=RATE, noise=0.0):
    """Stretches of (seconds, loudness), with noise all along."""
    clock = np.arange(round(sum(seconds for seconds, _ in parts) * rate))
    levels = np.concatenate([np.full(round(seconds * rate), level) for seconds, level in parts])[: clock.size]
    return levels * np.sin(clock * 2 * np.pi * 300 / rate) + noise * np.random.default_rng(5).standard_normal(
        clock.size
    )


def meter(*channels, rate=RATE, subtype="FLOAT", container="WAV"):
    file = io.BytesIO()
    soundfile.write(file, np.stack(channels, axis=1), rate, format=container, subtype=subtype)
    file.seek(0)
    return meter_recording(file)


def lanes(meter, *sides, offset=0.0):
    return [HeardLane(side, offset, meter, channel) for side, channel in zip(sides, meter.channels, strict=True)]


def spans(stretches):
    return [(round(one.start_seconds, 1), round(one.end_seconds, 1)) for one in stretches]


AGENT = voice((5, 0.4), (15, 0.0), (5, 0.4), (5, 0.0))
CUSTOMER = voice((5, 0.0), (5, 0.4), (13, 0.0), (4, 0.4), (3, 0.0))


def test_two_sides_tell_silence_overlap_and_who_talks():
    found = measure_features(lanes(meter(AGENT, CUSTOMER), "agent", "customer"))

    assert found.duration_seconds == 30
    assert spans(found.silences) == [(10, 20), (27, 30)]
    assert (found.silence_seconds, found.longest_silence_seconds) == pytest.approx((13, 10), abs=0.05)
    assert found.silence_share == pytest.approx(13 / 30, abs=0.002)
    assert spans(found.overlaps) == [(23, 25)]
    assert found.overlap_seconds == pytest.approx(2, abs=0.05)
    assert found.interruptions == 0
    assert found.agent_talk_share == pytest.approx(10 / 19, abs=0.005)
    assert [channel.side for channel in found.channels] == ["agent", "customer"]


def test_agent_who_begins_while_the_customer_speaks_interrupts():
    turned = measure_features(lanes(meter(CUSTOMER, AGENT), "agent", "customer"))

    assert turned.interruptions == 1


def test_sides_in_two_files_are_laid_on_one_clock():
    agent = lanes(meter(voice((6, 0.4), (4, 0.0))), "agent", offset=100.0)
    customer = lanes(meter(voice((4, 0.4)), rate=RATE), "customer", offset=108.0)

    found = measure_features([*customer, *agent])

    assert found.duration_seconds == 12
    assert spans(found.silences) == [(6, 8)]
    assert found.channels[0].side == "agent"
    assert found.agent_talk_share == pytest.approx(0.6, abs=0.01)


def test_one_channel_with_both_voices_says_what_it_cannot_know():
    found = measure_features(lanes(meter(AGENT), ""))

    assert (found.overlap_share, found.overlap_seconds) == (None, None)
    assert (found.interruptions, found.agent_talk_share) == (None, None)
    assert found.of_side("agent") is None


@pytest.mark.parametrize(("noise", "decibels"), [(0.01, 29.0), (0.03, 19.5), (0.001, 49.0)])
def test_clarity_is_the_voice_above_the_noise(noise, decibels):
    found = measure_features(lanes(meter(voice((10, 0.4), (10, 0.0), noise=noise)), ""))

    assert found.clarity_db == pytest.approx(decibels, abs=0.5)
    assert spans(found.silences) == [(10, 20)]


def test_a_channel_without_noise_is_as_clear_as_can_be_and_silence_is_nothing():
    assert measure_features(lanes(meter(voice((5, 0.4), (5, 0.0))), "")).clarity_db == 60

    silent = measure_features(lanes(meter(np.zeros(10 * RATE)), ""))

    assert (silent.clarity_db, silent.loudness_lufs, silent.silence_share) == (None, None, 1.0)
    assert silent.channels[0].peak_dbfs is None


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "ALAW", "ULAW"])
def test_clipping_is_found_in_every_encoding(subtype):
    clean = meter(voice((60, 0.9)), subtype=subtype)
    cut = meter(np.clip(voice((60, 1.6)), -1, 1), subtype=subtype)

    assert measure_features(lanes(clean, "")).clipping_share == 0
    # A sine 1.6 times too loud stays above 0.98 / 1.6 of its amplitude for 58 % of the time.
    expected = 2 / np.pi * np.arccos(CLIP_LEVEL / 1.6)
    assert measure_features(lanes(cut, "")).clipping_share == pytest.approx(expected, abs=0.05)


def test_runs_at_full_scale_are_counted_over_the_borders_of_blocks():
    samples = np.zeros(30 * RATE)
    samples[10 * RATE - 3 : 10 * RATE + 4] = 1.0
    samples[20 * RATE - 1] = 1.0
    samples[25 * RATE : 25 * RATE + 2] = -1.0

    assert meter(samples).channels[0].clipped == 9


@pytest.mark.parametrize(("container", "subtype"), [("WAV", "GSM610"), ("MP3", "MPEG_LAYER_III"), ("OGG", "OPUS")])
def test_lossy_encodings_measure_nearly_alike(container, subtype):
    exact = measure_features(lanes(meter(voice((5, 0.4), (5, 0.0), (5, 0.4), noise=0.003)), ""))

    found = measure_features(
        lanes(meter(voice((5, 0.4), (5, 0.0), (5, 0.4), noise=0.003), subtype=subtype, container=container), "")
    )

    assert found.duration_seconds == pytest.approx(exact.duration_seconds, abs=0.15)
    assert found.silence_seconds == pytest.approx(exact.silence_seconds, abs=0.2)
    assert found.loudness_lufs == pytest.approx(exact.loudness_lufs, abs=1.0)


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100])
def test_steps_are_whole_samples_and_the_clock_does_not_drift(rate):
    found = measure_features(lanes(meter(voice((200, 0.0), (5, 0.4), (5, 0.0), rate=rate), rate=rate), ""))

    assert [pytest.approx((200, 205), abs=0.03)] == [(found.silences[0].end_seconds, found.silences[1].start_seconds)]


def test_what_is_no_sound_is_refused():
    with pytest.raises(RecordingError, match="not a recording"):
        meter_recording(io.BytesIO(b"hello"))
    with pytest.raises(RecordingError, match="empty"):
        meter(np.zeros(0))
