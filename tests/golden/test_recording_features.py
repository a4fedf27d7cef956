"""Recording features on public calls, beside a second computation that shares no code with the first.

Samples are read by the standard library where it can, speech is found by a plain loop over 20 ms, loudness by the
filters that ITU-R BS.1770-5 prints for 48 kHz on sound brought to that rate.
"""

from __future__ import annotations

import json
import wave
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import lfilter, resample_poly

from scoring.recording import HeardLane, RecordingFeatures, measure_features, meter_recording

SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])

MIXED = "phone_calls_aws/Auto0_CUST_12345_GUID_000_AGENT_ChrisL_DT_2021-12-01T06-01-22_Mono.wav"
SIDES = {
    "agent": "phone_calls_aws/Auto_Repairs_40_UTC_agent.wav",
    "customer": "phone_calls_aws/Auto_Repairs_40_UTC_caller.wav",
}
READ_ALOUD = "callytics_calls/Call01.wav"


def measure(data_dir: Path, files: dict[str, str]) -> RecordingFeatures:
    lanes = []
    for side, name in files.items():
        meter = meter_recording(data_dir / name)
        lanes += [HeardLane(side, 0.0, meter, channel) for channel in meter.channels]
    return measure_features(lanes)


def read_wave(path: Path) -> tuple[np.ndarray, int]:
    """Samples of a mono PCM file, full scale 1, by the standard library."""
    with wave.open(str(path)) as file:
        raw, rate, width = file.readframes(file.getnframes()), file.getframerate(), file.getsampwidth()
    if width == 1:
        return (np.frombuffer(raw, dtype=np.uint8).astype(float) - 128) / 128, rate
    return np.frombuffer(raw, dtype="<i2").astype(float) / 32_768, rate


def speech_flags(samples: np.ndarray, rate: int) -> list[bool]:
    """Whether somebody speaks in each 20 ms, by the definition in words and a loop."""
    size = rate // 50
    levels = []
    for start in range(0, len(samples), size):
        part = samples[start : start + size]
        levels.append(10 * np.log10(max(float(np.dot(part, part)) / len(part), 1e-10)))
    ordered = sorted(levels)
    at = lambda share: float(np.interp(share * (len(ordered) - 1), range(len(ordered)), ordered))  # noqa: E731
    bar = max(-50.0, min(at(0.1) + 9, at(0.95) - 12))
    flags = [bool(level > bar) for level in levels]
    for wanted, shortest in ((True, 3), (False, 15)):
        runs = [(value, len(list(run))) for value, run in groupby(flags)]
        flags = []
        for place, (value, length) in enumerate(runs):
            is_edge = place in (0, len(runs) - 1)
            turned = value is wanted and length < shortest and (wanted or not is_edge)
            flags += [(not value) if turned else value] * length
    return flags


def stretches(flags: list[bool], wanted: bool, at_least: int) -> list[tuple[float, float]]:
    found, at = [], 0
    for value, run in groupby(flags):
        length = len(list(run))
        if value is wanted and length >= at_least:
            found.append((at * 0.02, (at + length) * 0.02))
        at += length
    return found


def loudness_at_48_khz(channels: list[np.ndarray], rate: int) -> float:
    power = 0.0
    for samples in channels:
        raised = resample_poly(samples, 48_000 // rate, 1)
        weighted = lfilter(*HIGH_PASS, lfilter(*SHELF, raised))
        starts = range(0, len(weighted) - 19_200 + 1, 4_800)
        power = power + np.array([np.mean(weighted[start : start + 19_200] ** 2) for start in starts])
    loud = power[-0.691 + 10 * np.log10(power) > -70]
    gate = 10 * np.log10(loud.mean()) - 10
    return float(-0.691 + 10 * np.log10(loud[10 * np.log10(loud) > gate].mean()))


def clipped(samples: np.ndarray) -> int:
    runs = [len(list(run)) for value, run in groupby((np.abs(samples) >= 0.98).tolist()) if value]
    return sum(length for length in runs if length >= 2)


def clarity(samples: np.ndarray, rate: int, flags: list[bool]) -> float:
    speaking = np.repeat(flags, rate // 50)[: len(samples)]
    noise = float(np.mean(samples[~speaking] ** 2))
    return 10 * np.log10((float(np.mean(samples[speaking] ** 2)) - noise) / noise)


@pytest.mark.parametrize("name", [MIXED, READ_ALOUD])
def test_mixed_calls_equal_an_independent_computation(data_dir: Path, name: str) -> None:
    samples, rate = read_wave(data_dir / name)
    flags = speech_flags(samples, rate)
    silences = stretches(flags, wanted=False, at_least=100)

    found = measure(data_dir, {"": name})

    assert found.duration_seconds == len(samples) / rate
    assert [(one.start_seconds, one.end_seconds) for one in found.silences] == [
        pytest.approx(pair, abs=0.021) for pair in silences
    ]
    assert found.silence_seconds == pytest.approx(sum(end - start for start, end in silences), abs=0.021)
    assert found.channels[0].talk_seconds == pytest.approx(sum(flags) * 0.02, abs=0.021)
    assert found.loudness_lufs == pytest.approx(loudness_at_48_khz([samples], rate), abs=0.1)
    assert found.clipping_share == clipped(samples) / len(samples)
    assert found.clarity_db == pytest.approx(clarity(samples, rate, flags), abs=0.01)
    assert found.overlap_share is None


def test_two_sides_equal_an_independent_computation(data_dir: Path) -> None:
    sides = {side: read_wave(data_dir / name) for side, name in SIDES.items()}
    flags = {side: speech_flags(*sound) for side, sound in sides.items()}
    nobody = [not (one or other) for one, other in zip(*flags.values(), strict=True)]
    both = [one and other for one, other in zip(*flags.values(), strict=True)]
    silences, overlaps = stretches(nobody, wanted=True, at_least=100), stretches(both, wanted=True, at_least=25)
    talk = {side: sum(found) * 0.02 for side, found in flags.items()}

    found = measure(data_dir, SIDES)

    assert found.duration_seconds == pytest.approx(245.38)
    assert spans_of(found.silences) == [pytest.approx(pair, abs=0.001) for pair in silences]
    assert spans_of(found.overlaps) == [pytest.approx(pair, abs=0.001) for pair in overlaps]
    assert found.silence_share == pytest.approx(sum(end - start for start, end in silences) / 245.38)
    assert found.overlap_seconds == pytest.approx(sum(end - start for start, end in overlaps), abs=0.001)
    assert found.agent_talk_share == pytest.approx(talk["agent"] / (talk["agent"] + talk["customer"]))
    for channel in found.channels:
        samples, rate = sides[channel.side]
        assert channel.talk_seconds == pytest.approx(talk[channel.side], abs=0.001)
        assert channel.loudness_lufs == pytest.approx(loudness_at_48_khz([samples], rate), abs=0.1)
        assert channel.clipping_share == clipped(samples) / len(samples)
        assert channel.clarity_db == pytest.approx(clarity(samples, rate, flags[channel.side]), abs=0.01)
        assert channel.peak_dbfs == pytest.approx(20 * np.log10(np.abs(samples).max()), abs=1e-4)
    together = loudness_at_48_khz([samples for samples, _ in sides.values()], 8000)
    assert found.loudness_lufs == pytest.approx(together, abs=0.1)


def test_all_thirty_generated_calls_have_the_stated_length_and_the_same_figures(data_dir: Path) -> None:
    calls = sorted((data_dir / "vcon_calls" / "calls").glob("*.mp3"))
    assert len(calls) == 30
    for path in calls:
        stated = json.loads(path.with_name(f"{path.stem}.vcon.json").read_text())["dialog"][0]["duration"]
        samples, rate = soundfile.read(path)
        flags = speech_flags(samples, rate)

        found = measure(data_dir, {"": str(path.relative_to(data_dir))})

        # Whole MP3 frames of 24 ms, and a header that rounds to them.
        assert found.duration_seconds == pytest.approx(stated, abs=0.1), path.name
        assert found.channels[0].talk_seconds == pytest.approx(sum(flags) * 0.02, abs=0.021)
        assert spans_of(found.silences) == [
            pytest.approx(pair, abs=0.021) for pair in stretches(flags, wanted=False, at_least=100)
        ]
        assert found.loudness_lufs == pytest.approx(loudness_at_48_khz([samples], rate), abs=0.1)


def spans_of(found: tuple) -> list[tuple[float, float]]:
    return [(one.start_seconds, one.end_seconds) for one in found]
