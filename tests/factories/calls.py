"""Calls with sound: two voices on two channels, made of tones, with silence and overlap where they are told to be."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from qa_app.conversations.storage import store_recording
from qa_app.models import Agent, Channel, Conversation, Recording, TranscriptSegment
from tests.factories.conversations import create_conversation

__all__ = ["HOLD_CALL", "LONG_PATTERN", "create_call", "create_long_call", "make_sound", "write_long_sound"]

RATE = 8000
HOLD_CALL = (
    ("agent", 0.5, 4.0, "Lantern Home, this is Tobias, how can I help?"),
    ("customer", 4.5, 8.0, "My robot vacuum does not charge any more."),
    ("agent", 8.2, 11.0, "I am sorry. Please hold the line."),
    ("agent", 31.0, 35.0, "Thank you for waiting. We can exchange it at no cost."),
    ("customer", 34.5, 38.0, "That is good to hear, thank you."),
)
"""Twenty seconds of silence after the third turn; the last two turns overlap by half a second."""

Spoken = Sequence[tuple[str, float, float, str]]


def make_sound(spoken: Spoken, seconds: float) -> bytes:
    """Return a stereo WAV: the agent a low tone on the left channel, the customer a higher one on the right."""
    file = io.BytesIO()
    soundfile.write(file, make_lanes(spoken, seconds, RATE), RATE, format="WAV")
    return file.getvalue()


def make_lanes(spoken: Spoken, seconds: float, rate: int) -> NDArray[np.float32]:
    """Return the samples of both channels."""
    clock = np.arange(int(seconds * rate)) / rate
    lanes = np.zeros((clock.size, 2), dtype=np.float32)
    for speaker, start, end, _words in spoken:
        lane, pitch = (0, 180.0) if speaker == "agent" else (1, 320.0)
        within = (clock >= start) & (clock < end)
        lanes[within, lane] = 0.5 * np.sin(2 * np.pi * pitch * clock[within]) * (1 + np.sin(7 * clock[within])) / 2
    return lanes


def create_call(
    session: Session, agent: Agent | None = None, spoken: Spoken = HOLD_CALL, *, seconds: float = 40.0, **values: object
) -> Conversation:
    """Return a call with its recording stored and its transcript timed; needs an application context."""
    given = {"channel": Channel.phone.value, "audio_seconds": seconds, "handle_seconds": seconds, **values}
    call = create_conversation(session, agent, **given)
    stored = store_recording(make_sound(spoken, seconds), "call.wav")
    call.recordings = [Recording(**asdict(stored), side=None, offset_seconds=0.0)]
    call.transcript = [
        TranscriptSegment(sequence=place, speaker=speaker, start_seconds=start, end_seconds=end, text=words)
        for place, (speaker, start, end, words) in enumerate(spoken, start=1)
    ]
    session.flush()
    return call


LONG_PATTERN = (
    ("agent", 1.0, 6.0, "Thank you, I will look at that for you."),
    ("customer", 6.5, 10.0, "It is the same as last week."),
    ("agent", 10.2, 13.0, "I see. One moment, please."),
    ("customer", 16.0, 19.0, "Yes, I am still here."),
)
"""Twenty seconds of talk, repeated for as long as a call lasts."""


def write_long_sound(path: Path, seconds: int, *, rate: int = 4000, quiet: tuple[int, int] = (0, 0)) -> None:
    """Write a stereo WAV of 8 bits with that pattern, block by block; between `quiet` seconds nobody speaks."""
    block = make_lanes(LONG_PATTERN, 20.0, rate)
    with soundfile.SoundFile(path, "w", rate, 2, subtype="PCM_U8", format="WAV") as sound:
        for start in range(0, seconds, 20):
            sound.write(block * (0.0 if quiet[0] <= start < quiet[1] else 1.0))


def create_long_call(
    session: Session, agent: Agent, folder: Path, *, seconds: int = 7200, quiet: tuple[int, int] = (3600, 3660)
) -> Conversation:
    """Return a call of two hours with two channels, a minute of silence in its middle, and its transcript."""
    write_long_sound(folder / "long.wav", seconds, quiet=quiet)
    call = create_conversation(
        session, agent, channel=Channel.phone.value, audio_seconds=float(seconds), handle_seconds=float(seconds)
    )
    call.recordings = [Recording(**asdict(store_recording(folder / "long.wav", "long.wav")), offset_seconds=0.0)]
    spoken = [
        (speaker, first + start, first + end, words)
        for first in range(0, seconds, 20)
        if not quiet[0] <= first < quiet[1]
        for speaker, start, end, words in LONG_PATTERN
    ]
    call.transcript = [
        TranscriptSegment(
            sequence=place, speaker=speaker, start_seconds=start, end_seconds=end, text=f"{words} ({place})"
        )
        for place, (speaker, start, end, words) in enumerate(spoken, start=1)
    ]
    session.flush()
    return call
