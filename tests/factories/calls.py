"""Calls with sound: two voices on two channels, made of tones, with silence and overlap where they are told to be."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import soundfile
from sqlalchemy.orm import Session

from qa_app.conversations.storage import store_recording
from qa_app.models import Agent, Channel, Conversation, Recording, TranscriptSegment
from tests.factories.conversations import create_conversation

__all__ = ["HOLD_CALL", "create_call", "make_sound"]

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
    clock = np.arange(int(seconds * RATE)) / RATE
    lanes = np.zeros((clock.size, 2), dtype=np.float32)
    for speaker, start, end, _words in spoken:
        lane, pitch = (0, 180.0) if speaker == "agent" else (1, 320.0)
        within = (clock >= start) & (clock < end)
        lanes[within, lane] = 0.5 * np.sin(2 * np.pi * pitch * clock[within]) * (1 + np.sin(7 * clock[within])) / 2
    file = io.BytesIO()
    soundfile.write(file, lanes, RATE, format="WAV")
    return file.getvalue()


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
