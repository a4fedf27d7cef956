"""One pass through a sound file: power, peaks, clipping and K-weighted energy of every channel, in short steps.

For the figures of a recording (`features`) and for the fine levels of its waveform. The file is read block by block:
what is kept is a few numbers in each 20 ms, some 4 MB a channel for two hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from scoring.errors import RecordingError
from scoring.recording.loudness import HOP_SECONDS, k_weighted_power
from scoring.recording.opening import open_sound

__all__ = ["CLIP_LEVEL", "CLIP_RUN", "STEP_SECONDS", "ChannelMeter", "SoundMeter", "meter_recording"]

STEP_SECONDS = 0.02
CLIP_LEVEL = 0.98
"""Of full scale: the largest value that A-law and µ-law can write lies just above."""
CLIP_RUN = 2
"""Samples at that level one after the other: a voice that just touches full scale does so with one."""
_BLOCK_SECONDS = 10.0

Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ChannelMeter:
    """One channel, step by step.

    Attributes
    ----------
    power : array of float32
        Mean square of the samples (full scale 1) in each step.
    peaks : array of float32
        Largest amplitude in each step, 0 to 1.
    hops : array of float32
        Mean square after K-weighting in each 100 ms, for the loudness.
    clipped : int
        Samples that stand at full scale, `CLIP_RUN` or more one after the other.
    """

    power: Levels
    peaks: Levels
    hops: Levels
    clipped: int


@dataclass(frozen=True, slots=True)
class SoundMeter:
    """A whole file. `step_seconds` and `hop_seconds` are whole numbers of samples, so 20 and 100 ms only nearly."""

    frames: int
    sample_rate: int
    step_seconds: float
    hop_seconds: float
    channels: tuple[ChannelMeter, ...]

    @property
    def duration_seconds(self) -> float:
        """Length by the samples that were really there, not by the header."""
        return self.frames / self.sample_rate


def meter_recording(file: Path | BinaryIO) -> SoundMeter:
    """Read a sound file once and meter every channel.

    Parameters
    ----------
    file : path or binary file
        WAV (PCM, A-law, µ-law, GSM 6.10), MP3, OGG Vorbis or Opus, FLAC.

    Returns
    -------
    SoundMeter
        With equally many steps in every channel; the last one may be shorter.

    Raises
    ------
    RecordingError
        If this is no sound that can be read, or there is none in it.
    """
    with open_sound(file) as sound:
        return _meter(sound)


def _meter(sound: soundfile.SoundFile) -> SoundMeter:
    rate, count = sound.samplerate, sound.channels
    step, hop = max(1, round(STEP_SECONDS * rate)), max(1, round(HOP_SECONDS * rate))
    clips = _ClipCounter(count)
    steps, hops = _Chunks(step), _Chunks(hop)
    power, peaks, energies = [], [], []
    frames = 0
    for samples in _blocks(sound):
        frames += len(samples)
        clips.add(samples)
        for chunk in steps.cut(samples):
            power.append(_means(chunk, step))
            peaks.append(np.maximum.reduceat(np.abs(chunk), np.arange(0, len(chunk), step), axis=0))
        energies += [k_weighted_power(chunk.reshape(-1, hop, count), rate) for chunk in hops.cut(samples)]
    if not frames:
        raise RecordingError("the recording is empty")
    for chunk in steps.rest():
        power.append(np.mean(chunk**2, axis=0, keepdims=True))
        peaks.append(np.max(np.abs(chunk), axis=0, keepdims=True))
    power_of, peaks_of, hops_of = (_lanes_of(parts, count) for parts in (power, peaks, energies))
    clipped = clips.total()
    channels = tuple(
        ChannelMeter(_lane(power_of, place), _lane(peaks_of, place), _lane(hops_of, place), clipped[place])
        for place in range(count)
    )
    return SoundMeter(frames, rate, step / rate, hop / rate, channels)


def _lanes_of(parts: list[Levels], count: int) -> Levels:
    return np.concatenate(parts).T if parts else np.zeros((count, 0), dtype=np.float32)


def _lane(levels: NDArray[np.floating], place: int) -> Levels:
    return np.ascontiguousarray(levels[place], dtype=np.float32)


def _blocks(sound: soundfile.SoundFile) -> Iterator[Levels]:
    blocksize = int(_BLOCK_SECONDS * sound.samplerate)
    while len(samples := sound.read(blocksize, dtype="float32", always_2d=True)):
        yield samples


def _means(chunk: Levels, size: int) -> Levels:
    squares: Levels = np.mean((chunk**2).reshape(-1, size, chunk.shape[1]), axis=1)
    return squares


class _Chunks:
    """Cuts a stream of samples into pieces whose length is a multiple of a step."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._left: Levels | None = None

    def cut(self, samples: Levels) -> Iterator[Levels]:
        if self._left is not None and len(self._left):
            samples = np.concatenate((self._left, samples))
        whole = len(samples) // self._size * self._size
        self._left = samples[whole:].copy()
        if whole:
            yield samples[:whole]

    def rest(self) -> Iterator[Levels]:
        if self._left is not None and len(self._left):
            yield self._left


class _ClipCounter:
    """Counts samples in runs at full scale, over the borders of blocks too."""

    def __init__(self, channels: int) -> None:
        self._counts = [0] * channels
        self._open = [0] * channels

    def add(self, samples: Levels) -> None:
        high = np.abs(samples) >= CLIP_LEVEL
        for place in range(len(self._counts)):
            self._add_channel(place, high[:, place])

    def _add_channel(self, place: int, high: NDArray[np.bool_]) -> None:
        if not self._open[place] and not high.any():
            return
        edges = np.flatnonzero(np.diff(np.concatenate(([False], high, [False])).astype(np.int8))).reshape(-1, 2)
        runs = [(int(start), int(end)) for start, end in edges]
        if self._open[place] and (not runs or runs[0][0] > 0):
            self._close(place)
        for start, end in runs:
            self._open[place] = end - start + (self._open[place] if start == 0 else 0)
            if end < len(high):
                self._close(place)

    def _close(self, place: int) -> None:
        if self._open[place] >= CLIP_RUN:
            self._counts[place] += self._open[place]
        self._open[place] = 0

    def total(self) -> list[int]:
        for place in range(len(self._counts)):
            self._close(place)
        return self._counts
