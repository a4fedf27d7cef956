"""A conversation as rules read it, and what they say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ConversationFacts", "Hit", "Outcome", "SoundFigures", "Stretch", "Utterance", "Verdict"]


class Outcome(StrEnum):
    """What a rule says of a conversation; `cannot_tell` where what it asks about is not there."""

    satisfied = "satisfied"
    not_satisfied = "not_satisfied"
    cannot_tell = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message or one stretch of speech; times are seconds after the opening, None where they are not known."""

    number: int
    speaker: str
    text: str
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the recording, in seconds from its start."""

    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class SoundFigures:
    """What was measured of a call's recording; None where it cannot be told. Shares 0–1."""

    silence_seconds: float | None = None
    silence_share: float | None = None
    overlap_seconds: float | None = None
    overlap_share: float | None = None
    agent_talk_share: float | None = None
    agent_loudness_lufs: float | None = None
    agent_clarity_db: float | None = None
    clipping_share: float | None = None
    silences: tuple[Stretch, ...] = ()
    overlaps: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """All that a rule may ask about; internal notes and drafts are not among the utterances.

    `is_recorded` tells the times of a call from those of a chat: evidence of a call is a stretch of its recording.
    """

    utterances: Sequence[Utterance] = ()
    channel: str = ""
    first_response_seconds: float | None = None
    sound: SoundFigures | None = None
    is_recorded: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """Exact evidence: characters of one message, or a stretch of time.

    `message` is the utterance's number (−1: none), `start` and `end` count characters of its text; `what` is the phrase
    that was looked for, or the code of the measure. Times are seconds after the opening (of a call: its recording).
    """

    message: int = -1
    start: int = 0
    end: int = 0
    what: str = ""
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of a conversation, with every place that speaks to it, in the order of the conversation."""

    outcome: Outcome
    hits: tuple[Hit, ...] = ()
