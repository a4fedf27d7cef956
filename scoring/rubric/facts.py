"""The fields of a conversation that conditions and measures may ask, with what each can hold.

Names are those of the import record and the metrics; whoever stores conversations hands them over under these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Fact = str | float | bool | None
Facts = Mapping[str, Fact]

CHANNELS = ("phone", "chat", "email", "social", "other")
PRIORITIES = ("urgent", "high", "medium", "low")


class FieldKind(StrEnum):
    """What a field holds."""

    choice = "choice"
    text = "text"
    number = "number"
    yes_no = "yes_no"


@dataclass(frozen=True, slots=True)
class Field:
    """One field a condition or a measure may ask.

    Attributes
    ----------
    name : str
        Its name in the import record and the metrics.
    kind : FieldKind
        What it holds.
    choices : tuple of str
        All values it can take; empty unless it is a choice.
    is_metric : bool
        Whether a measured criterion can be filled from it; yes/no counts as 1 and 0.
    """

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    is_metric: bool = False


_DURATIONS = (
    "first_response_seconds",
    "response_gap_seconds_max",
    "handle_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_up_seconds",
    "wait_seconds",
    "resolution_seconds",
)

SOUND = (
    "silence_share",
    "longest_silence_seconds",
    "overlap_share",
    "interruptions",
    "agent_talk_share",
    "agent_loudness_lufs",
    "agent_clarity_db",
    "clipping_share",
)
"""Measured from the recording of a call, as `scoring.recording.RecordingFeatures` says; shares are 0–1."""

FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("channel", FieldKind.choice, CHANNELS),
        Field("priority", FieldKind.choice, PRIORITIES),
        Field("need_type", FieldKind.text),
        Field("customer_type", FieldKind.text),
        Field("topic", FieldKind.text),
        *(Field(name, FieldKind.number, is_metric=True) for name in _DURATIONS),
        Field("resolved", FieldKind.yes_no, is_metric=True),
        Field("answered", FieldKind.yes_no),
        Field("first_response_target_met", FieldKind.yes_no, is_metric=True),
        Field("resolution_target_met", FieldKind.yes_no, is_metric=True),
        Field("reopen_count", FieldKind.number, is_metric=True),
        Field("transfer_count", FieldKind.number, is_metric=True),
        *(Field(name, FieldKind.number, is_metric=True) for name in SOUND),
    )
}

METRICS = tuple(name for name, field in FIELDS.items() if field.is_metric)
