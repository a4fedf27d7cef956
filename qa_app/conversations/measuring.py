"""Measures the sound of calls after import: figures, and the fine levels of the waveform.

For the job that follows an import, the hourly duty and the command. A few calls at a time, each batch in a transaction
of its own: stopped or killed, it goes on where it was. A file that cannot be read gets a row that says so.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.lanes import lay_out, name_channels
from qa_app.conversations.sound_figures import values_of
from qa_app.conversations.storage import copies_folder, recording_path
from qa_app.jobs import Progress
from qa_app.models import CallFeatures, Conversation, Recording, User
from scoring.errors import RecordingError
from scoring.recording import METHOD, HeardLane, Lane, RecordingFeatures, SoundMeter, measure_features, meter_recording

__all__ = ["Measured", "Problem", "count_unmeasured", "ensure_measured", "levels_path", "measure_calls", "measure_one"]

BATCH = 10
PATIENCE_SECONDS = 1800.0
"""Of sound, which is about a second of measuring."""
MISSING, UNREADABLE = "missing", "unreadable"
_LONGEST_DETAIL = 500


class Problem(Exception):
    """A file of the call cannot be measured; `code` is missing or unreadable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail[:_LONGEST_DETAIL]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run did."""

    calls: int
    failed: int


def count_unmeasured(session: Session) -> int:
    """How many calls with sound have no figures, or old ones."""
    return session.scalar(select(func.count()).select_from(_unmeasured(again=False).subquery())) or 0


def measure_calls(
    session: Session, actor: User | None, *, checkpoint: Callable[[], None], progress: Progress, again: bool = False
) -> Measured:
    """Measure every call that has no figures by the method in force; with `again` those that failed before as well."""
    waiting = list(session.scalars(_unmeasured(again=again)))
    failed = done = 0
    for start in range(0, len(waiting), BATCH):
        found: dict[int, dict[str, Any]] = {}
        for conversation_id in waiting[start : start + BATCH]:
            found[conversation_id] = _values(session, conversation_id)
            done, failed = done + 1, failed + bool(found[conversation_id]["problem"])
            progress.step(done, len(waiting), failed=failed)
        # Nothing is written while sound is read: that would keep everybody else from writing.
        _keep(session, found)
        checkpoint()
    if waiting:
        audit.record(session, actor, action="recording.measure", thing="recordings", calls=done, failed=failed)
    return Measured(done, failed)


def measure_one(session: Session, conversation_id: int) -> bool:
    """Measure one call and keep the figures; False where a file is missing or broken, which is kept too."""
    values = _values(session, conversation_id)
    _keep(session, {conversation_id: values})
    return not values["problem"]


def ensure_measured(session: Session, conversation: Conversation) -> None:
    """Measure a call that somebody needs the figures of now, unless it is so long that they would wait for it."""
    if not 0 < (conversation.audio_seconds or 0) <= PATIENCE_SECONDS:
        return
    if conversation.sound is None and conversation.recordings:
        measure_one(session, conversation.id)
        session.expire(conversation, ["sound"])


def _values(session: Session, conversation_id: int) -> dict[str, Any]:
    """The columns of a call: its figures, or what is wrong with its files."""
    recordings = list(session.scalars(select(Recording).where(Recording.conversation_id == conversation_id)))
    try:
        return values_of(_measure(session, recordings))
    except Problem as problem:
        return {"method": METHOD, "measured_at": now(), "problem": problem.code, "detail": problem.detail}


def _keep(session: Session, found: dict[int, dict[str, Any]]) -> None:
    """Write rows; a call that was deleted meanwhile gets none."""
    ids = list(found)
    here = set(session.scalars(select(Conversation.id).where(Conversation.id.in_(ids))))
    session.execute(delete(CallFeatures).where(CallFeatures.conversation_id.in_(ids)))
    session.add_all(CallFeatures(conversation_id=key, **found[key]) for key in ids if key in here)
    session.flush()


def levels_path(checksum: str) -> Path:
    """Return where the fine levels of a waveform lie: one byte per channel and step, as numpy keeps arrays."""
    return copies_folder(checksum, "levels") / f"{checksum}.npy"


def _unmeasured(*, again: bool) -> Select[int]:
    stale = or_(CallFeatures.conversation_id.is_(None), CallFeatures.method != METHOD)
    if again:
        stale = or_(stale, CallFeatures.problem != "")
    query = select(Recording.conversation_id).outerjoin(
        CallFeatures, CallFeatures.conversation_id == Recording.conversation_id
    )
    return query.where(stale).distinct().order_by(Recording.conversation_id)


def _measure(session: Session, recordings: Sequence[Recording]) -> RecordingFeatures:
    layout = lay_out(recordings)
    lanes: list[HeardLane] = []
    for recording, delay in zip(layout.recordings, layout.delays, strict=True):
        meter = _meter(recording)
        _keep_levels(recording, meter)
        drawn = [Lane(one.peaks.astype(np.float64), delay, meter.duration_seconds) for one in meter.channels]
        sides = name_channels(session, recording.conversation_id, drawn)
        if len(meter.channels) == 1:
            sides = [recording.side or ""]
        lanes += [HeardLane(side, delay, meter, one) for side, one in zip(sides, meter.channels, strict=True)]
    return measure_features(lanes)


def _meter(recording: Recording) -> SoundMeter:
    path = recording_path(recording.file)
    if not path.is_file():
        raise Problem(MISSING, f"{recording.original_name} ({recording.file})")
    try:
        return meter_recording(path)
    except RecordingError as error:
        raise Problem(UNREADABLE, f"{recording.original_name} ({recording.file}): {error}") from error


def _keep_levels(recording: Recording, meter: SoundMeter) -> None:
    path = levels_path(recording.checksum)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = np.stack([np.round(np.clip(one.peaks, 0, 1) * 255).astype(np.uint8) for one in meter.channels])
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as kept:
        np.save(kept, levels)
    os.replace(kept.name, path)  # noqa: PTH105 - the atomic call, by its name
