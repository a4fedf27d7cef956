"""What the quality estimates are made from: the scorings of a window of months, and what the frames held.

`QualityWindow` holds columns, so that a simulated centre and a frozen month enter alike; `make_window` builds one from
records. `tabulate` checks it and puts it into one canonical order, so that neither the order of the input nor what the
ids look like can show in a result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CountError, InputError, WeightError

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Names = NDArray[np.str_]
WINDOW_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Scoring:
    """One inspector's scoring of one randomly drawn conversation.

    Attributes
    ----------
    agent, conversation, inspector : str
        Their ids. A conversation scored twice is there twice, with two inspectors.
    age : int
        Months before the month computed; 0 is the month itself.
    quality : float
        0–100, beside and not after a critical error; NaN only where the conversation is critical.
    is_critical : bool
        Of the conversation, as decided: the same in both its scorings.
    queue : str
        Channel × topic group, which the inspectors' severity is told apart from; empty where unknown.
    auto : float or None
        Automatic score of the conversation, on any scale, by a model that has not seen it; None = missing.
    weight : float
        1/π of a risk-weighted draw; 1.0 in an equal-probability draw.
    """

    agent: str
    age: int
    conversation: str
    inspector: str
    quality: float
    is_critical: bool = False
    queue: str = ""
    auto: float | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class MonthFrame:
    """What could have been drawn of one agent in one month.

    Attributes
    ----------
    agent : str
        Whose.
    age : int
        Months before the month computed.
    frame : int or None
        Eligible conversations; None = not known.
    auto_mean : float or None
        Mean automatic score over all of them (weights 1 − g where the machine also gives the probability g of a
        critical error); None = no automatic scores.
    auto_share : float
        Share of the frame that has an automatic score, 0–1.
    group : str
        Agents under another standard that month (channel, first months of employment); empty = the centre's.
    """

    agent: str
    age: int
    frame: int | None
    auto_mean: float | None = None
    auto_share: float = 0.0
    group: str = ""


@dataclass(frozen=True, slots=True)
class ScoringColumns:
    """`Scoring` as columns, all of shape (rows,); a missing automatic score is NaN."""

    agent: Names
    age: Codes
    conversation: Names
    inspector: Names
    quality: Floats
    is_critical: NDArray[np.bool_]
    queue: Names
    auto: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class FrameColumns:
    """`MonthFrame` as columns, all of shape (agent-months,); unknown numbers are NaN."""

    agent: Names
    age: Codes
    frame: Floats
    auto_mean: Floats
    auto_share: Floats
    group: Names


@dataclass(frozen=True, slots=True)
class QualityWindow:
    """Everything the quality of a month is estimated from.

    Attributes
    ----------
    month : str
        ``YYYY-MM``; part of every seed.
    scorings : ScoringColumns
        Of random samples that were not replaced; targeted checks never enter.
    frames : FrameColumns
        One row per agent and month; an agent-month that is missing has an unknown frame.
    sheets : tuple of str
        Agents to estimate, whether inspected or not. Others in the window lend to the centre only.
    """

    month: str
    scorings: ScoringColumns
    frames: FrameColumns
    sheets: tuple[str, ...]


def make_window(
    month: str, scorings: Sequence[Scoring], frames: Sequence[MonthFrame], sheets: Sequence[str]
) -> QualityWindow:
    """Build the columns of a window from records, in any order."""
    return QualityWindow(
        month=month,
        scorings=ScoringColumns(
            agent=_names(s.agent for s in scorings),
            age=np.array([s.age for s in scorings], dtype=np.intp),
            conversation=_names(s.conversation for s in scorings),
            inspector=_names(s.inspector for s in scorings),
            quality=np.array([s.quality for s in scorings], dtype=float),
            is_critical=np.array([s.is_critical for s in scorings], dtype=bool),
            queue=_names(s.queue for s in scorings),
            auto=np.array([_number(s.auto) for s in scorings], dtype=float),
            weight=np.array([s.weight for s in scorings], dtype=float),
        ),
        frames=FrameColumns(
            agent=_names(f.agent for f in frames),
            age=np.array([f.age for f in frames], dtype=np.intp),
            frame=np.array([_number(f.frame) for f in frames], dtype=float),
            auto_mean=np.array([_number(f.auto_mean) for f in frames], dtype=float),
            auto_share=np.array([f.auto_share for f in frames], dtype=float),
            group=_names(f.group for f in frames),
        ),
        sheets=tuple(sheets),
    )


def check_window(window: QualityWindow, months: int) -> None:
    """Refuse a window that contradicts itself.

    Raises
    ------
    InputError
        Naming field and row: an age outside ``0 <= age < months``, a quality outside 0–100, a weight that is not
        above 0 (`WeightError`), a frame below 0 (`CountError`), an infinite automatic score, a share outside 0–1,
        an agent with two sheets.
    """
    s, f = window.scorings, window.frames
    _refuse("scorings", "age", (s.age < 0) | (s.age >= months), s.age, f"a whole number from 0 to {months - 1}")
    scale = np.isfinite(s.quality) & (s.quality >= 0) & (s.quality <= 100)
    _refuse("scorings", "quality", ~scale & ~(s.is_critical & np.isnan(s.quality)), s.quality, "a number from 0 to 100")
    _refuse("scorings", "auto", np.isinf(s.auto), s.auto, "a finite number, or NaN where missing")
    bad_weight = ~(np.isfinite(s.weight) & (s.weight > 0))
    _refuse("scorings", "weight", bad_weight, s.weight, "finite and above 0", error=WeightError)
    _refuse("frames", "age", (f.age < 0) | (f.age >= months), f.age, f"a whole number from 0 to {months - 1}")
    _refuse("frames", "frame", (f.frame < 0) | np.isinf(f.frame), f.frame, "0 or more, or unknown", error=CountError)
    _refuse("frames", "auto_mean", np.isinf(f.auto_mean), f.auto_mean, "a finite number, or NaN where missing")
    _refuse("frames", "auto_share", ~((f.auto_share >= 0) & (f.auto_share <= 1)), f.auto_share, "a share from 0 to 1")
    if len(set(window.sheets)) < len(window.sheets):
        double = next(agent for agent in window.sheets if window.sheets.count(agent) > 1)
        raise InputError(f"sheets: the agent {double!r} is there twice; one sheet per agent.")


def _refuse(
    table: str,
    field: str,
    bad: NDArray[np.bool_],
    values: NDArray[np.generic],
    right: str,
    *,
    error: type[InputError] = InputError,
) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        row = int(rows[0])
        raise error(f"{table}[{row}].{field} is {values[row]}: it must be {right}.")


def _names(values: Iterable[str]) -> Names:
    # An empty list would become an array of floats.
    return np.array(list(values), dtype=np.str_)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
