"""What scripts and rules are: frozen, compared by value, known to the reader and writer of `scoring.language.files`.

A script holds what is said in one scene, and the cues by which a machine knows it again. A rule asks one question about
a conversation; it is a condition of leaves (words that were said, figures that were measured) joined by and, or, not.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from scoring.rubric.definition import NO_TEXT, Code, Text

__all__ = [
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "Measure",
    "Measured",
    "Not",
    "Rule",
    "Said",
    "Scene",
    "Script",
    "Sentences",
    "Speaker",
    "leaves_of",
]

Count = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


class Scene(StrEnum):
    """When a script is needed; the last three are lists of words rather than moments."""

    greeting = "greeting"
    need = "need"
    soothing = "soothing"
    progress = "progress"
    closing = "closing"
    polite = "polite"
    sensitive = "sensitive"
    forbidden = "forbidden"


class Speaker(StrEnum):
    """Whose words are looked at."""

    agent = "agent"
    customer = "customer"
    bot = "bot"
    anyone = "anyone"


class Comparison(StrEnum):
    """How a measured figure compares."""

    above = "above"
    at_least = "at_least"
    below = "below"
    at_most = "at_most"


class Measure(StrEnum):
    """What can be measured of a conversation; seconds, shares 0–1, decibels."""

    first_response_seconds = "first_response_seconds"
    response_gap_seconds = "response_gap_seconds"
    silence_seconds = "silence_seconds"
    silence_share = "silence_share"
    overlap_seconds = "overlap_seconds"
    overlap_share = "overlap_share"
    agent_talk_share = "agent_talk_share"
    agent_loudness_lufs = "agent_loudness_lufs"
    agent_clarity_db = "agent_clarity_db"
    clipping_share = "clipping_share"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Common manners of everything in a file."""


class Sentences(_Part, frozen=True, kw_only=True):
    """Sentences or words in both languages."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    def in_language(self, language: str) -> tuple[str, ...]:
        """Those in `language` (``en`` or ``zh``)."""
        return self.zh if language.startswith("zh") else self.en

    @property
    def every(self) -> tuple[str, ...]:
        """Those of both languages."""
        return self.en + self.zh


NO_SENTENCES = Sentences()


class Script(_Part, frozen=True, kw_only=True):
    """What is said in one scene.

    `sentences` are for people: what to say, or for forbidden and sensitive words what to say instead. `cues` are the
    few words by which a rule knows that it was said.
    """

    format: Literal[1] = 1
    code: Code
    scene: Scene
    title: Text = NO_TEXT
    purpose: Text = NO_TEXT
    sentences: Sentences = NO_SENTENCES
    cues: Sentences = NO_SENTENCES


class Said(_Part, frozen=True, kw_only=True, tag_field="test", tag="said"):
    """Words that were said: how often, by whom, where, when.

    Hits are counted among the first or last so many messages of the speaker where `first` or `last` is above 0, not
    later than `within_seconds` after the opening, and after (before) the first hit of another rule.
    """

    phrases: tuple[str, ...] = ()
    script: str = ""
    version: Count = 0
    speaker: Speaker = Speaker.agent
    first: Count = 0
    last: Count = 0
    within_seconds: Seconds | None = None
    after: str = ""
    before: str = ""
    at_least: Count = 1
    at_most: Count | None = None


class Measured(_Part, frozen=True, kw_only=True, tag_field="test", tag="measured"):
    """A figure compared with a limit; of gaps and silences it is the longest that counts."""

    measure: Measure
    comparison: Comparison = Comparison.above
    figure: float = 0.0


class AllOf(_Part, frozen=True, kw_only=True, tag_field="test", tag="all"):
    """True when every condition in it is."""

    of: tuple[Condition, ...]


class AnyOf(_Part, frozen=True, kw_only=True, tag_field="test", tag="any"):
    """True when at least one condition in it is."""

    of: tuple[Condition, ...]


class Not(_Part, frozen=True, kw_only=True, tag_field="test", tag="not"):
    """True when the condition in it is not."""

    of: Condition


Condition = Said | Measured | AllOf | AnyOf | Not


class Rule(_Part, frozen=True, kw_only=True):
    """One question about a conversation; without channels it is asked about every one."""

    format: Literal[1] = 1
    code: Code
    title: Text = NO_TEXT
    description: Text = NO_TEXT
    channels: tuple[str, ...] = ()
    condition: Condition


def leaves_of(condition: Condition) -> Iterator[Said | Measured]:
    """The leaves of a condition, from left to right."""
    match condition:
        case AllOf() | AnyOf():
            for part in condition.of:
                yield from leaves_of(part)
        case Not():
            yield from leaves_of(condition.of)
        case _:
            yield condition
