"""Outlines of recordings, and the silence found in them."""

import io

import numpy as np
import pytest
import soundfile

from scoring.errors import RecordingError
from scoring.recording.envelope import PEAKS_PER_CHANNEL, outline_recording
from scoring.recording.silence import Lane, find_overlaps, find_silences

RATE = 8000


def tone(*parts):
    """Stretches of (seconds, loudness) after each other."""
    return np.concatenate([level * np.sin(np.arange(int(seconds * RATE)) * 0.3) for seconds, level in parts])


def wav(*channels, subtype="PCM_16"):
    file = io.BytesIO()
    soundfile.write(file, np.stack(channels, axis=1), RATE, format="WAV", subtype=subtype)
    file.seek(0)
    return file


def lane(*parts, offset=0.0):
    outline = outline_recording(wav(tone(*parts)))
    return Lane(outline.lanes()[0], offset, outline.duration_seconds)


def spans(stretches):
    return [(round(one.start_seconds, 1), round(one.end_seconds, 1)) for one in stretches]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_U8", "ALAW", "ULAW"])
def test_outline_gives_length_and_loudness_per_channel(subtype):
    outline = outline_recording(wav(tone((10, 0.5)), tone((10, 0.0)), subtype=subtype))

    loud, quiet = outline.lanes()
    assert outline.duration_seconds == 10
    assert (outline.channels, outline.sample_rate) == (2, RATE)
    assert loud.max() == pytest.approx(0.5, abs=0.02)
    assert quiet.max() < 0.02


def test_long_recordings_keep_a_bounded_outline():
    outline = outline_recording(wav(tone((300, 0.3))))

    assert PEAKS_PER_CHANNEL / 2 < len(outline.peaks) <= PEAKS_PER_CHANNEL


def test_other_files_are_refused():
    with pytest.raises(RecordingError, match="not a recording"):
        outline_recording(io.BytesIO(b"hello"))


def test_empty_recording_is_refused():
    with pytest.raises(RecordingError, match="empty"):
        outline_recording(wav(np.zeros(0)))


def test_silence_needs_every_lane_to_be_quiet():
    agent = lane((5, 0.4), (25, 0.0))
    customer = lane((15, 0.0), (5, 0.4), (10, 0.0))

    assert spans(find_silences([agent, customer], at_least_seconds=5)) == [(5, 15), (20, 30)]


def test_noise_on_the_line_is_silence():
    noisy = lane((10, 0.015), (10, 0.5))

    assert spans(find_silences([noisy], at_least_seconds=5)) == [(0, 10)]


def test_offset_moves_a_side_of_the_call():
    late = lane((5, 0.4), offset=10)

    assert spans(find_silences([late], at_least_seconds=5)) == [(0, 10)]


def test_overlap_is_where_two_speak():
    assert spans(find_overlaps([lane((6, 0.4), (6, 0)), lane((4, 0), (8, 0.4))])) == [(4, 6)]


def test_call_without_sound_has_nothing():
    assert find_silences([]) == []
    assert find_overlaps([]) == []
