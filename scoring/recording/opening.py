"""A sound file while it is read: what cannot be read is refused in one way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import soundfile

from scoring.errors import RecordingError

__all__ = ["open_sound"]


@contextmanager
def open_sound(file: Path | BinaryIO) -> Iterator[soundfile.SoundFile]:
    """Open a sound file for as long as it is read.

    Parameters
    ----------
    file : path or binary file
        WAV (PCM, A-law, µ-law, GSM 6.10), MP3, OGG Vorbis or Opus, FLAC.

    Yields
    ------
    soundfile.SoundFile
        The open file.

    Raises
    ------
    RecordingError
        If this is no sound that can be read, be it found at the beginning or in the midst.
    """
    try:
        with soundfile.SoundFile(file) as sound:
            yield sound
    except soundfile.LibsndfileError as error:
        raise RecordingError(f"not a recording that can be read: {error}") from error
