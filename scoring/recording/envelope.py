"""The outline of a recording: its length and one peak per short stretch of every channel.

For the import, which keeps the outline beside the file, so that a page draws the waveform and finds silence without
touching the sound. The file is read block by block: memory does not grow with the length of the call.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from scoring.errors import RecordingError
from scoring.recording.opening import open_sound

PEAKS_PER_CHANNEL = 4000
"""At most so many; an hour then has one peak in 0.9 s."""
_SHORTEST_STRETCH_SECONDS = 0.02
_BLOCK_FRAMES = 1 << 17
_FULL_SCALE = 255


@dataclass(frozen=True, slots=True)
class Outline:
    """Length and waveform of a recording; `peaks` holds channel after channel, one byte (0–255) a stretch.

    `format` is the container by its content, in the sound library's own word: WAV, MP3, OGG, FLAC.
    """

    duration_seconds: float
    channels: int
    sample_rate: int
    peaks: bytes
    format: str = ""

    def lanes(self) -> list[NDArray[np.float64]]:
        """The peaks of each channel as loudness from 0 to 1."""
        return read_lanes(self.peaks, self.channels)


def read_lanes(peaks: bytes, channels: int) -> list[NDArray[np.float64]]:
    """Turn stored peaks back into one array per channel, 0 to 1.

    Parameters
    ----------
    peaks : bytes
        As in `Outline.peaks`.
    channels : int
        How many channels they hold.

    Returns
    -------
    list of array
        Arrays of equal length.
    """
    levels = np.frombuffer(peaks, dtype=np.uint8).astype(np.float64) / _FULL_SCALE
    return list(levels.reshape(channels, -1))


def outline_recording(file: Path | BinaryIO) -> Outline:
    """Read a sound file once and outline it.

    Parameters
    ----------
    file : path or binary file
        WAV (PCM, A-law, µ-law, GSM 6.10), MP3, OGG Vorbis or Opus, FLAC.

    Returns
    -------
    Outline
        With at most `PEAKS_PER_CHANNEL` peaks a channel, each the largest amplitude of its stretch.

    Raises
    ------
    RecordingError
        If this is no sound that can be read, or there is none in it.
    """
    with open_sound(file) as sound:
        if sound.frames <= 0:
            raise RecordingError("the recording is empty")
        return _outline(sound)


def _outline(sound: soundfile.SoundFile) -> Outline:
    stretch = max(-(-sound.frames // PEAKS_PER_CHANNEL), int(sound.samplerate * _SHORTEST_STRETCH_SECONDS), 1)
    block = stretch * max(1, _BLOCK_FRAMES // stretch)
    parts = []
    frames = 0
    # Not `blocks`: GSM cannot be sought in, and that asks for it.
    while len(samples := sound.read(block, dtype="float32", always_2d=True)):
        frames += len(samples)
        parts.append(np.maximum.reduceat(np.abs(samples), np.arange(0, len(samples), stretch), axis=0))
    levels = np.clip(np.concatenate(parts), 0.0, 1.0)
    peaks = np.round(levels.T * _FULL_SCALE).astype(np.uint8).tobytes()
    return Outline(frames / sound.samplerate, sound.channels, sound.samplerate, peaks, sound.format)
