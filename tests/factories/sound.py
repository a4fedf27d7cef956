"""Short recordings made of tones."""

from __future__ import annotations

import io

import numpy as np
import soundfile

__all__ = ["RATE", "make_tone"]

RATE = 8000


def make_tone(*parts: tuple[float, float]) -> bytes:
    """Return a WAV file of stretches given as (seconds, loudness)."""
    samples = np.concatenate([level * np.sin(np.arange(int(seconds * RATE)) * 0.3) for seconds, level in parts])
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
