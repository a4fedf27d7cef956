"""Values that documents are told: figures with their evidence, and sentences by code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Unit(StrEnum):
    """In what a figure is counted, which decides how it is printed."""

    score = "score"
    composite = "composite"
    percent = "percent"
    ratio = "ratio"
    stars = "stars"


class Label(StrEnum):
    """How much evidence a figure rests on."""

    ok = "ok"
    few = "few"
    none = "none"
    prior_only = "prior_only"
    not_comparable = "not_comparable"


class Verdict(StrEnum):
    """A figure against its target; `cannot_tell` where the interval holds the target."""

    better = "better"
    below = "below"
    cannot_tell = "cannot_tell"
    no_value = "no_value"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its interval and what it rests on; they are never printed apart.

    Attributes
    ----------
    value, lower, upper : float or None
        In the figure's unit; shares as fractions (0.86 is 86 %). ``None`` where nothing is known.
    n : int
        Conversations, answers or cases behind it.
    label : Label
        Printed in place of `n` unless it is ``ok``.
    """

    value: float | None
    lower: float | None
    upper: float | None
    n: int
    label: Label = Label.ok


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction inside a sentence, printed as percent."""

    value: float


@dataclass(frozen=True, slots=True)
class Span:
    """An interval inside a sentence: 76–91, or 12–33% where `percent` is set."""

    lower: float
    upper: float
    percent: bool = False


NoteValue = str | int | float | date | datetime | Figure | Share | Span


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence by its code, with the values it names.

    The sentences stand in `reports/sentences.py`; an unknown code is printed as it is, so that a document of a later
    policy can still be read.
    """

    code: str
    values: Mapping[str, NoteValue] = field(default_factory=dict)
