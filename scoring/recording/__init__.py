"""What the sound of a call shows without understanding a word: length, waveform, silence, loudness, who talks."""

from scoring.recording.features import (
    METHOD,
    ChannelFeatures,
    HeardLane,
    RecordingFeatures,
    measure_features,
)
from scoring.recording.meter import SoundMeter, meter_recording
from scoring.recording.silence import Lane, Stretch

__all__ = [
    "METHOD",
    "ChannelFeatures",
    "HeardLane",
    "Lane",
    "RecordingFeatures",
    "SoundMeter",
    "Stretch",
    "measure_features",
    "meter_recording",
]
