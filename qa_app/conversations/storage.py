"""Recordings below `ASSAY_HOME/recordings`, named by their checksum: the same file is kept once, whoever sends it.

For the import, which stores, and for the player, which opens. Files are written before the transaction that names them
commits; one whose transaction fails is found again by the next attempt.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from qa_app.home_folder import home_folder
from scoring.errors import RecordingError
from scoring.recording.envelope import outline_recording

__all__ = [
    "ChecksumMismatch",
    "RecordingUnreadable",
    "StoredRecording",
    "checksum_matches",
    "copies_folder",
    "forget_recording",
    "recording_path",
    "store_recording",
]

_COPIES = ("playable", "levels")
_MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
}
_FORMATS = {
    "WAV": "audio/wav",
    "WAVEX": "audio/wav",
    "MP3": "audio/mpeg",
    "OGG": "audio/ogg",
    "FLAC": "audio/flac",
}
"""By what is inside: a name may say something else, or nothing."""


class RecordingUnreadable(Exception):
    """The file is no sound that can be read."""


class ChecksumMismatch(Exception):
    """The file is not the one its checksum speaks of."""


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A kept recording and what was measured of it; the columns of `Recording`."""

    file: str
    original_name: str
    checksum: str
    media_type: str
    duration_seconds: float
    channels: int
    sample_rate: int
    peaks: bytes


def store_recording(content: Path | bytes, name: str) -> StoredRecording:
    """Keep a recording and measure its length, channels and waveform.

    Raises
    ------
    RecordingUnreadable
        If it is no sound.
    """
    checksum = _digest(content, "sha256").hex()
    suffix = PurePosixPath(name).suffix.lower()
    place = f"{checksum[:2]}/{checksum}{suffix if suffix in _MEDIA_TYPES else ''}"
    try:
        with _opened(content) as stream:
            outline = outline_recording(stream)
    except RecordingError as error:
        raise RecordingUnreadable(str(error)) from error
    path = recording_path(place)
    if not path.exists():
        _write(content, path)
    return StoredRecording(
        file=place,
        original_name=PurePosixPath(name).name,
        checksum=checksum,
        media_type=_FORMATS.get(outline.format) or _MEDIA_TYPES.get(suffix, "application/octet-stream"),
        duration_seconds=outline.duration_seconds,
        channels=outline.channels,
        sample_rate=outline.sample_rate,
        peaks=outline.peaks,
    )


def recording_path(file: str) -> Path:
    """Return where a stored recording lies."""
    return home_folder().folder("recordings") / file


def copies_folder(checksum: str, kind: str) -> Path:
    """Return where what was made of a recording lies: `playable` copies, `levels` of its waveform."""
    return home_folder().folder("recordings") / kind / checksum[:2]


def forget_recording(file: str, checksum: str) -> None:
    """Remove a recording that no row names any more, and everything that was made of it."""
    for kind in _COPIES:
        for path in copies_folder(checksum, kind).glob(f"{checksum}*"):
            path.unlink(missing_ok=True)
    recording_path(file).unlink(missing_ok=True)


def checksum_matches(content: Path | bytes, stated: str) -> bool:
    """Tell whether the file has this checksum: `sha512-…` in base64url, or SHA-256 in hexadecimal."""
    if stated.startswith("sha512-"):
        digest = base64.urlsafe_b64encode(_digest(content, "sha512")).decode().rstrip("=")
        return digest == stated.removeprefix("sha512-").translate(str.maketrans("+/", "-_")).rstrip("=")
    return _digest(content, "sha256").hex() == stated.casefold().removeprefix("sha256").lstrip("-:")


def _digest(content: Path | bytes, algorithm: str) -> bytes:
    with _opened(content) as stream:
        return hashlib.file_digest(stream, algorithm).digest()  # type: ignore[arg-type]


def _opened(content: Path | bytes) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def _write(content: Path | bytes, path: Path) -> None:
    """Write beside the place and move: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as kept, _opened(content) as stream:
        while block := stream.read(1 << 20):
            kept.write(block)
    os.replace(kept.name, path)  # noqa: PTH105 - the atomic call, by its name
