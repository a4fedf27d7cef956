"""Sound as a browser can play it: the kept file itself, or a copy in plain PCM, made once and kept beside it.

For the page that serves sound. A copy is made where browsers cannot play the encoding (A-law, µ-law, GSM 6.10 …),
where stretches are muted for this listener, and where one side of a call must be filled up to the length of the whole.
A copy lies below `ASSAY_HOME/recordings/playable` under the checksum of its file; what nobody asked for in a week goes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from qa_app.conversations.storage import RecordingUnreadable, copies_folder, recording_path
from qa_app.models import Recording
from scoring.recording import Stretch

__all__ = ["KEPT_COPIES", "Served", "clear_old_copies", "make_playable"]

KEPT_COPIES = timedelta(days=7)
_VERSION = "1"
_BLOCK_FRAMES = 1 << 18
_FORMATS = {"WAV", "WAVEX", "MP3", "OGG", "FLAC"}
_WAV_ENCODINGS = {"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"}
_SHORTEST_FILL_SECONDS = 0.01

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Served:
    """A file to be sent, and the tag of its content."""

    path: Path
    media_type: str
    tag: str


def make_playable(
    recording: Recording,
    *,
    muted: Sequence[Stretch] = (),
    lead_seconds: float = 0.0,
    whole_seconds: float | None = None,
) -> Served:
    """Return a file that browsers play, silent where it is muted.

    Parameters
    ----------
    recording : Recording
        The kept file.
    muted : sequence of Stretch
        On the clock of the file; they hold zeros in what is returned, in every channel.
    lead_seconds : float
        Silence to put before the sound.
    whole_seconds : float, optional
        Length to fill up to with silence, the lead included.

    Raises
    ------
    FileNotFoundError
        If the kept file is gone.
    RecordingUnreadable
        If it can no longer be read.
    """
    source = recording_path(recording.file)
    info = _look_into(source)
    tail = max(0.0, (whole_seconds or 0.0) - lead_seconds - recording.duration_seconds)
    fill = tuple(seconds if seconds >= _SHORTEST_FILL_SECONDS else 0.0 for seconds in (lead_seconds, tail))
    if not muted and not any(fill) and _is_playable(info):
        return Served(source, recording.media_type, recording.checksum)
    asked = repr((_VERSION, [(one.start_seconds, one.end_seconds) for one in muted], fill))
    tag = f"{recording.checksum}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"
    path = copies_folder(recording.checksum, "playable") / f"{tag}.wav"
    if path.exists():
        _note_use(path)
    else:
        _write_copy(source, path, muted, (fill[0], fill[1]))
    return Served(path, "audio/wav", tag)


def clear_old_copies(root: Path) -> int:
    """Remove the copies below `root` that nobody asked for in a week; return how many."""
    limit = time.time() - KEPT_COPIES.total_seconds()
    old = [path for path in root.rglob("*.wav") if max(path.stat().st_atime, path.stat().st_mtime) < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _look_into(source: Path) -> Any:
    if not source.is_file():
        raise FileNotFoundError(source)
    try:
        return soundfile.info(source)
    except soundfile.LibsndfileError as error:
        raise RecordingUnreadable(str(error)) from error


def _is_playable(info: Any) -> bool:
    return info.format in _FORMATS and (not info.format.startswith("WAV") or info.subtype in _WAV_ENCODINGS)


def _note_use(path: Path) -> None:
    """Move the time of the last look; that of the content stays."""
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def _write_copy(source: Path, path: Path, muted: Sequence[Stretch], fill: tuple[float, float]) -> None:
    """Write beside the place and move: whoever asks meanwhile gets no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        with soundfile.SoundFile(source) as sound:
            options = {"samplerate": sound.samplerate, "channels": sound.channels, "subtype": "PCM_16"}
            with soundfile.SoundFile(name, "w", format="WAV", **options) as copy:
                _write_silence(copy, fill[0])
                _write_sound(sound, copy, muted)
                _write_silence(copy, fill[1])
        os.replace(name, path)  # noqa: PTH105 - the atomic call, by its name
    except soundfile.LibsndfileError as error:
        raise RecordingUnreadable(str(error)) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _write_sound(sound: soundfile.SoundFile, copy: soundfile.SoundFile, muted: Sequence[Stretch]) -> None:
    first = 0
    while len(samples := sound.read(_BLOCK_FRAMES, dtype="int16", always_2d=True)):
        _mute(samples, first, sound.samplerate, muted)
        copy.write(samples)
        first += len(samples)


def _mute(samples: Samples, first: int, rate: int, muted: Sequence[Stretch]) -> None:
    """Put zeros into the frames of the muted stretches; a frame that is touched is muted."""
    for stretch in muted:
        start = int(stretch.start_seconds * rate) - first
        end = int(np.ceil(stretch.end_seconds * rate)) - first
        if start < len(samples) and end > 0:
            samples[max(0, start) : end] = 0


def _write_silence(copy: soundfile.SoundFile, seconds: float) -> None:
    left = round(seconds * copy.samplerate)
    while left > 0:
        count = min(left, _BLOCK_FRAMES)
        copy.write(np.zeros((count, copy.channels), dtype=np.int16))
        left -= count
