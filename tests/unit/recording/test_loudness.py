"""Loudness against ITU-R BS.1770-5 and EBU Tech 3341: the printed filters, and the values of their test signals."""

import io

import numpy as np
import pytest
import soundfile
from scipy.signal import sosfreqz

from scoring.recording.loudness import integrated_loudness, k_response
from scoring.recording.meter import meter_recording

# ITU-R BS.1770-5, annex 1, tables 1 and 2: the filters at 48 kHz.
SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585)
HIGH_PASS = (1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621)


def sine(seconds, decibels, *, hertz=1000.0, rate=48_000, channels=1):
    wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1)


def loudness(samples, rate=48_000):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="FLOAT")
    file.seek(0)
    return integrated_loudness([channel.hops for channel in meter_recording(file).channels])


def test_weights_are_the_response_of_the_printed_filters():
    clock = np.array([0.0, 20.0, 100.0, 1000.0, 3400.0, 12_000.0, 24_000.0])
    sections = np.array([SHELF, HIGH_PASS])
    _, response = sosfreqz(sections, clock, fs=48_000)

    assert k_response(clock) == pytest.approx(np.abs(response) ** 2, abs=1e-9)


def test_full_scale_sine_in_one_channel_is_minus_3_01():
    # BS.1770-5, annex 1: a 0 dB FS, 997 Hz sine in the left, centre or right channel reads −3.01 LKFS.
    assert loudness(sine(5, 0.0, hertz=997)) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([(20, -23)], -23.0, id="case 1"),
        pytest.param([(20, -33)], -33.0, id="case 2"),
        pytest.param([(10, -36), (60, -23), (10, -36)], -23.0, id="case 3"),
        pytest.param([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23.0, id="case 4"),
        pytest.param([(20, -26), (20.1, -20), (20, -26)], -23.0, id="case 5"),
    ],
)
def test_signals_of_ebu_tech_3341(parts, expected):
    samples = np.concatenate([sine(seconds, level, channels=2) for seconds, level in parts])

    assert loudness(samples) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 24_000, 44_100])
def test_other_rates_hear_alike(rate):
    assert loudness(sine(5, -23.0, rate=rate, channels=2), rate) == pytest.approx(-23.0, abs=0.05)


def test_silence_has_no_loudness():
    assert loudness(np.zeros((48_000, 1))) is None
    assert integrated_loudness([]) is None
    assert loudness(sine(0.2, -10)) is None
