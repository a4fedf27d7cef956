"""Speech recognition with the operator's own model: an extra, off until somebody sets it up.

For the page of a call and the doctor, which say whether it is on and if not, why; and for the job that writes a
transcript. The port is one method, `Recogniser.recognise`; behind it stands sherpa-onnx, which is installed from
`requirements-asr.txt` and reads a model folder that `ASR_MODEL` names. No model comes with the product.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile
from flask import current_app
from flask_babel import gettext
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from qa_app.conversations.importers.transcripts import SpokenTurn
from qa_app.conversations.lanes import lay_out, name_channels
from qa_app.conversations.playable import make_playable
from qa_app.jobs import NoProgress, Progress
from qa_app.models import Conversation, Recording
from scoring.recording import Lane, meter_recording
from scoring.recording.speech import find_speech

__all__ = [
    "NotAvailable",
    "Recogniser",
    "Recognition",
    "State",
    "find_recognition",
    "load_recogniser",
    "recognise_call",
]

LONGEST_PIECE_SECONDS = 25.0
"""Models are trained on sentences; a longer speech is cut."""
_MARGIN_SECONDS = 0.15

Samples = NDArray[np.float32]


class State(StrEnum):
    """Whether speech can be recognised, and what is missing."""

    on = "on"
    off = "off"
    no_library = "no_library"
    no_folder = "no_folder"
    incomplete = "incomplete"


class NotAvailable(Exception):
    """Speech cannot be recognised; `recognition` says why."""

    def __init__(self, recognition: Recognition, detail: str = "") -> None:
        super().__init__(detail or recognition.state)
        self.recognition = recognition
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was found: the state, the folder, the kind of model, and what the folder lacks."""

    state: State
    folder: str = ""
    kind: str = ""
    lacks: str = ""

    @property
    def is_on(self) -> bool:
        """Speech can be recognised."""
        return self.state is State.on

    @property
    def reason(self) -> str:
        """Why not, and how to mend it, in the reader's language."""
        match self.state:
            case State.on:
                return ""
            case State.off:
                return str(gettext("Speech recognition is off: no model is set up."))
            case State.no_library:
                return str(gettext("Speech recognition is off: its library is not installed (docs/recordings.md)."))
            case State.no_folder:
                return str(
                    gettext("Speech recognition is off: there is no model folder %(folder)s.", folder=self.folder)
                )
        return str(
            gettext(
                "Speech recognition is off: the model folder %(folder)s lacks %(file)s.",
                folder=self.folder,
                file=self.lacks,
            )
        )


class Recogniser(Protocol):
    """The port: sound in, words out."""

    def recognise(self, samples: Samples, sample_rate: int) -> str:
        """Return what is said in a mono piece of sound (full scale 1); empty where nothing is understood."""


def find_recognition() -> Recognition:
    """Look at the settings, the library and the folder; nothing is loaded."""
    folder, kind = str(current_app.config["ASR_MODEL"]), str(current_app.config["ASR_KIND"])
    if not folder:
        return Recognition(State.off)
    if importlib.util.find_spec("sherpa_onnx") is None:
        return Recognition(State.no_library, folder)
    if not Path(folder).is_dir():
        return Recognition(State.no_folder, folder)
    for name in ("tokens", *_PARTS[kind]):
        if _part(Path(folder), name) is None:
            return Recognition(State.incomplete, folder, kind, _PATTERNS[name])
    return Recognition(State.on, folder, kind)


def load_recogniser() -> Recogniser:
    """Load the model.

    Raises
    ------
    NotAvailable
        If it is off, or the model cannot be loaded.
    """
    found = find_recognition()
    if not found.is_on:
        raise NotAvailable(found)
    try:
        return _Sherpa(Path(found.folder), found.kind)
    except (RuntimeError, ValueError, OSError) as error:
        raise NotAvailable(found, str(error)) from error


def recognise_call(
    session: Session, conversation: Conversation, recogniser: Recogniser, progress: Progress | None = None
) -> list[SpokenTurn]:
    """Write down what is said in a call: each stretch of speech of each channel is a turn.

    The side is that of the file, or of the channel where a transcript has told it; else nobody's (system).
    """
    told = progress or NoProgress()
    layout = lay_out(conversation.recordings)
    pieces: list[tuple[float, float, str, Recording, int]] = []
    for recording, delay in zip(layout.recordings, layout.delays, strict=True):
        meter = meter_recording(make_playable(recording).path)
        lanes = [Lane(one.peaks.astype(np.float64), delay, meter.duration_seconds) for one in meter.channels]
        sides = name_channels(session, conversation.id, lanes) if len(lanes) > 1 else [recording.side or ""]
        for channel, (side, lane) in enumerate(zip(sides, meter.channels, strict=True)):
            for start, end in _cut(find_speech(lane.power, meter.step_seconds)):
                pieces.append((start + delay, end + delay, side or "system", recording, channel))
    pieces.sort(key=lambda piece: piece[:2])
    turns = []
    for place, (start, end, side, recording, channel) in enumerate(pieces, start=1):
        delay = layout.delay_of(recording)
        samples, rate = _read(make_playable(recording).path, channel, start - delay, end - delay)
        words = recogniser.recognise(samples, rate).strip()
        if words:
            turns.append(SpokenTurn(side, words, round(start, 2), round(end, 2)))
        told.step(place, len(pieces))
    return turns


def _cut(spans: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    """Stretches of speech, cut into pieces that a model takes."""
    for start, end in spans:
        count = max(1, int(np.ceil((end - start) / LONGEST_PIECE_SECONDS)))
        edges = np.linspace(start, end, count + 1)
        yield from pairwise(edges.tolist())


def _read(path: Path, channel: int, start: float, end: float) -> tuple[Samples, int]:
    with soundfile.SoundFile(path) as sound:
        rate = sound.samplerate
        first = max(0, int((start - _MARGIN_SECONDS) * rate))
        sound.seek(min(first, sound.frames))
        samples = sound.read(int((end + _MARGIN_SECONDS) * rate) - first, dtype="float32", always_2d=True)
        return np.ascontiguousarray(samples[:, channel]), rate


_PATTERNS = {
    "tokens": "tokens.txt",
    "model": "model*.onnx",
    "encoder": "*encoder*.onnx",
    "decoder": "*decoder*.onnx",
    "joiner": "*joiner*.onnx",
}
_PARTS: dict[str, Sequence[str]] = {
    "paraformer": ("model",),
    "sense_voice": ("model",),
    "whisper": ("encoder", "decoder"),
    "transducer": ("encoder", "decoder", "joiner"),
}


def _part(folder: Path, name: str) -> Path | None:
    """The file of a part; of several the smallest, which is the quantised one. Whisper names its tokens its own way."""
    found = [*folder.glob(_PATTERNS[name]), *(folder.glob("*-tokens.txt") if name == "tokens" else ())]
    return min(found, key=lambda path: path.stat().st_size, default=None)


class _Sherpa:
    """The port on sherpa-onnx."""

    def __init__(self, folder: Path, kind: str) -> None:
        import sherpa_onnx  # an extra; find_recognition has looked for it

        parts = {name: str(_part(folder, name)) for name in ("tokens", *_PARTS[kind])}
        if kind in ("paraformer", "sense_voice"):
            parts["paraformer" if kind == "paraformer" else "model"] = parts.pop("model")
        make: Callable[..., Any] = getattr(sherpa_onnx.OfflineRecognizer, f"from_{kind}")
        self._model = make(**parts, num_threads=2)

    def recognise(self, samples: Samples, sample_rate: int) -> str:
        stream = self._model.create_stream()
        stream.accept_waveform(sample_rate, samples)
        self._model.decode_stream(stream)
        return str(stream.result.text)
