"""Sound for invented calls: two channels that speak where the transcript says so, as FLAC. No voice of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

__all__ = ["SAMPLE_RATE", "Utterance", "write_call"]

SAMPLE_RATE = 8000
PITCH = {"agent": 165.0, "customer": 115.0}
Utterance = tuple[str, float, float]  # speaker, start and end in seconds


def _babble(seconds: float, pitch: float, random: np.random.Generator) -> np.ndarray:
    """Return something with the rhythm of speech: harmonics of a wavering pitch, swelling four times a second."""
    count = max(1, int(seconds * SAMPLE_RATE))
    time = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    wobble = pitch * (1 + 0.06 * np.sin(2 * np.pi * 0.7 * time + random.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(wobble) / SAMPLE_RATE
    tone = sum(np.sin(phase * harmonic) / harmonic for harmonic in (1, 2, 3))
    syllables = 0.15 + 0.85 * np.abs(np.sin(2 * np.pi * 2.1 * time + random.uniform(0, 3))) ** 0.7
    fade = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / (0.02 * SAMPLE_RATE))
    return np.asarray(0.16 * tone * syllables * fade)


def write_call(path: Path, turns: Sequence[Utterance], seconds: float, seed: int) -> None:
    """Write one call: channel 1 the customer, channel 2 the agent, a faint line noise on both."""
    random = np.random.default_rng(seed)
    sound = random.standard_normal((int(seconds * SAMPLE_RATE), 2), dtype=np.float32) * 0.0015
    for speaker, start, end in turns:
        first = int(start * SAMPLE_RATE)
        voice = _babble(end - start, PITCH[speaker], random)[: len(sound) - first]
        sound[first : first + len(voice), 1 if speaker == "agent" else 0] += voice
    soundfile.write(path, np.clip(sound, -1, 1), SAMPLE_RATE, format="FLAC", subtype="PCM_16")
