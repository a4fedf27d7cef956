"""The lanes of a call: which file begins when, which channel is whose.

For the player and for the measuring of sound. All stand on the clock of the call, which begins with its first file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Recording, Speaker, TranscriptSegment
from scoring.recording import Lane

__all__ = ["Layout", "lay_out", "name_channels"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of a call, the longest first; `delays` are where they begin, `duration_seconds` is that of the whole.

    The first file sets the player's clock: where it does not fill the whole call, it is served filled up.
    """

    recordings: tuple[Recording, ...]
    delays: tuple[float, ...]
    duration_seconds: float

    def delay_of(self, recording: Recording) -> float:
        """Where this file begins."""
        return self.delays[[one.id for one in self.recordings].index(recording.id)]


def lay_out(recordings: Sequence[Recording]) -> Layout:
    """Lay the files of a call on its clock; at least one."""
    ordered = tuple(sorted(recordings, key=lambda one: (-one.duration_seconds, one.side or "", one.id)))
    start = min(one.offset_seconds for one in ordered)
    end = max(one.offset_seconds + one.duration_seconds for one in ordered)
    return Layout(ordered, tuple(one.offset_seconds - start for one in ordered), end - start)


def name_channels(session: Session, conversation_id: int, channels: Sequence[Lane]) -> list[str]:
    """Whose each channel of a file is: the one that is louder while the agent speaks is the agent's."""
    if len(channels) != 2:
        return [""] * len(channels)
    segment = TranscriptSegment
    spoken = session.execute(
        select(segment.start_seconds, segment.end_seconds).where(
            segment.conversation_id == conversation_id,
            segment.speaker == Speaker.agent,
            segment.start_seconds.is_not(None),
            segment.end_seconds.is_not(None),
        )
    ).all()
    if not spoken:
        return ["", ""]
    first, second = (_loudness_in(lane, [(row[0] or 0.0, row[1] or 0.0) for row in spoken]) for lane in channels)
    return ["agent", "customer"] if first >= second else ["customer", "agent"]


def _loudness_in(lane: Lane, spans: Sequence[tuple[float, float]]) -> float:
    """Mean level of a lane inside some spans of the call."""
    per_second = lane.levels.size / lane.duration_seconds
    parts: list[NDArray[np.float64]] = [
        lane.levels[
            max(0, int((start - lane.offset_seconds) * per_second)) : max(
                0, int((end - lane.offset_seconds) * per_second)
            )
        ]
        for start, end in spans
    ]
    heard = np.concatenate(parts)
    return float(heard.mean()) if heard.size else 0.0
