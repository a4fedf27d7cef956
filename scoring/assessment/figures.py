"""What a month gives to compute from: counts per agent, scores of the window, cells of handle time."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoring.assessment.entered import NO_RATINGS, Ratings
from scoring.errors import CountError
from scoring.estimates.case_mix import Cell
from scoring.estimates.two_part import Inspected
from scoring.estimates.window import QualityWindow


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of so many.

    Attributes
    ----------
    k, n : int
        ``0 <= k <= n``.
    """

    k: int = 0
    n: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise CountError(f"{self.k} of {self.n}: counts must satisfy 0 <= k <= n.")


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """The month of one agent in numbers.

    Attributes
    ----------
    agent : str
        Employee number: names the agent in seeds and results.
    inspected : Inspected
        What was inspected.
    satisfied : Ratio
        Answers of 4–5 among csat answers.
    in_time : Ratio
        First responses within target among those that have one and are due or done.
    answered, active_days : int
        Cases answered, and days on which at least one was.
    tests : tuple of float
        Results of tests, shares 0–1.
    ratings : Ratings
        By peers and supervisors.
    """

    agent: str
    inspected: Inspected
    satisfied: Ratio = field(default_factory=Ratio)
    in_time: Ratio = field(default_factory=Ratio)
    answered: int = 0
    active_days: int = 0
    tests: tuple[float, ...] = ()
    ratings: Ratings = NO_RATINGS


@dataclass(frozen=True, slots=True)
class AgentMonth:
    """One agent-month of the window, for what is pooled over all agents.

    Attributes
    ----------
    agent : str
        Whose.
    age : int
        Months before the month computed; 0 is the month itself.
    inspected : Inspected
        What was inspected then.
    """

    agent: str
    age: int
    inspected: Inspected


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Everything a month is computed from.

    Attributes
    ----------
    month : str
        ``YYYY-MM``; part of every seed.
    agents : tuple of AgentFigures
        One per sheet.
    window : tuple of AgentMonth
        Agent-months of the last six months, this one among them, also of agents without a sheet.
    cells : tuple of Cell
        Handle times of the month.
    scorings : QualityWindow or None
        Every scoring of the window with its inspector, which the `fair` mode needs; None = `direct`.
    """

    month: str
    agents: tuple[AgentFigures, ...]
    window: tuple[AgentMonth, ...]
    cells: tuple[Cell, ...]
    scorings: QualityWindow | None = None
