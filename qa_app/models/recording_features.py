"""What was measured of a call's sound, and the stretches that are muted for those who may not hear them.

One row per call, written by the duty of `qa_app.conversations.measuring` after import; what each figure means stands
at `scoring.recording.RecordingFeatures`. A call that could not be measured has a row too: it says what is wrong.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.db import Base, BigKey, PrimaryKey

__all__ = ["CallFeatures", "MutedRange"]


class CallFeatures(Base):
    """Figures of the sound of one call. Shares are 0–1; none: cannot be told from these recordings."""

    __tablename__ = "call_features"
    __table_args__ = (Index("ix__call_features_problem", "problem"),)

    conversation_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    method: Mapped[int] = mapped_column(comment="scoring.recording.METHOD it was measured by")
    measured_at: Mapped[datetime]
    problem: Mapped[str] = mapped_column(default="", comment="empty: measured; else missing or unreadable")
    detail: Mapped[str] = mapped_column(default="", comment="of the problem: the file, and what the reader said")
    duration_seconds: Mapped[float | None]
    silence_seconds: Mapped[float | None] = mapped_column(comment="pauses of 2 s and more")
    silence_share: Mapped[float | None]
    longest_silence_seconds: Mapped[float | None]
    overlap_seconds: Mapped[float | None] = mapped_column(comment="both at once for 0.5 s and more")
    overlap_share: Mapped[float | None]
    interruptions: Mapped[int | None] = mapped_column(comment="overlaps that the agent began")
    agent_talk_share: Mapped[float | None] = mapped_column(comment="agent / (agent + customer)")
    loudness_lufs: Mapped[float | None] = mapped_column(comment="ITU-R BS.1770, all channels together")
    agent_loudness_lufs: Mapped[float | None]
    clarity_db: Mapped[float | None] = mapped_column(comment="speech above noise, least clear channel; a proxy")
    agent_clarity_db: Mapped[float | None]
    clipping_share: Mapped[float | None] = mapped_column(comment="samples cut off, worst channel")
    channels: Mapped[list[Any] | None] = mapped_column(comment="scoring.recording.ChannelFeatures, agent first")
    silences: Mapped[list[Any] | None] = mapped_column(comment="[start, end] in seconds of the call")
    overlaps: Mapped[list[Any] | None] = mapped_column(comment="[start, end] in seconds of the call")


class MutedRange(Base):
    """A stretch of a call that is silent for everybody who may not see personal data; on the clock of the call."""

    __tablename__ = "muted_ranges"

    id: Mapped[PrimaryKey]
    conversation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    kind: Mapped[str] = mapped_column(default="", comment="what is said there: phone, card, name …; empty: unnamed")
