"""Measured figures of calls, between their table and the library's own form.

For the duty that measures, for the pages that show them, and for whoever reads many calls at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.clock import now
from qa_app.models import CallFeatures
from scoring.recording import METHOD, ChannelFeatures, RecordingFeatures, Stretch

__all__ = ["features_of", "find_features", "values_of", "was_measured_after"]

_BATCH = 500
_PLAIN = (
    "duration_seconds",
    "silence_seconds",
    "silence_share",
    "longest_silence_seconds",
    "overlap_seconds",
    "overlap_share",
    "interruptions",
    "agent_talk_share",
    "loudness_lufs",
    "clarity_db",
    "clipping_share",
)


def find_features(session: Session, conversation_ids: Sequence[int]) -> dict[int, RecordingFeatures]:
    """Return the figures of those of these calls that were measured."""
    found: dict[int, RecordingFeatures] = {}
    for start in range(0, len(conversation_ids), _BATCH):
        some = conversation_ids[start : start + _BATCH]
        query = select(CallFeatures).where(CallFeatures.conversation_id.in_(some), CallFeatures.problem == "")
        found |= {row.conversation_id: read for row in session.scalars(query) if (read := features_of(row))}
    return found


def was_measured_after(
    conversation_id: InstrumentedAttribute[int], moment: InstrumentedAttribute[datetime]
) -> ColumnElement[bool]:
    """Whether the sound of a conversation got its figures after a moment; both are columns of what was made of it."""
    return exists().where(CallFeatures.conversation_id == conversation_id, CallFeatures.measured_at > moment)


def features_of(row: CallFeatures | None) -> RecordingFeatures | None:
    """Return the figures of a row; none where the call was not measured, or could not be."""
    if row is None or row.problem or row.duration_seconds is None:
        return None
    plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return RecordingFeatures(
        **plain,
        channels=tuple(ChannelFeatures(**channel) for channel in row.channels or ()),
        silences=_stretches(row.silences),
        overlaps=_stretches(row.overlaps),
    )


def values_of(features: RecordingFeatures) -> dict[str, Any]:
    """Return the columns of a measured call."""
    agent = features.of_side("agent")
    return {
        **{name: getattr(features, name) for name in _PLAIN},
        "method": METHOD,
        "measured_at": now(),
        "problem": "",
        "detail": "",
        "agent_loudness_lufs": agent.loudness_lufs if agent else None,
        "agent_clarity_db": agent.clarity_db if agent else None,
        "channels": [asdict(channel) for channel in features.channels],
        "silences": [[round(one.start_seconds, 2), round(one.end_seconds, 2)] for one in features.silences],
        "overlaps": [[round(one.start_seconds, 2), round(one.end_seconds, 2)] for one in features.overlaps],
    }


def _stretches(pairs: list[Any] | None) -> tuple[Stretch, ...]:
    return tuple(Stretch(start, end) for start, end in pairs or ())
