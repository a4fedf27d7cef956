"""What goes into a score and what comes out: answers, and one line per criterion, per section and for the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from scoring.rubric.definition import Criticality


@dataclass(frozen=True, slots=True)
class Answer:
    """What an inspector said about one criterion.

    Attributes
    ----------
    level : str or None
        Code of the level chosen (``yes``/``no`` for a yes/no criterion).
    done : frozenset of str
        Codes of the checklist items that were done.
    excluded : frozenset of str
        Codes of the checklist items that do not apply.
    na : bool
        The whole criterion does not apply.
    unscoreable : bool
        It cannot be scored as it is written. Counts like `na`, neither above nor below the line, and may be said of
        every criterion, also of one that does not allow "not applicable": the wording is at fault, not the work.
    """

    level: str | None = None
    done: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    na: bool = False
    unscoreable: bool = False

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The answer stored as ``{"level": code}``, ``{"items": [codes], "excluded": [codes]}`` or ``{"na": true}``.

        ``{"unscoreable": true}`` says that the criterion cannot be scored as it is written.
        """
        return cls(
            level=plain.get("level"),
            done=frozenset(plain.get("items", ())),
            excluded=frozenset(plain.get("excluded", ())),
            na=bool(plain.get("na", False)),
            unscoreable=bool(plain.get("unscoreable", False)),
        )

    def to_plain(self) -> dict[str, Any]:
        """The form `from_plain` reads, with nothing in it that says nothing."""
        if self.unscoreable:
            return {"unscoreable": True}
        if self.na:
            return {"na": True}
        if self.level is not None:
            return {"level": self.level}
        excluded = {"excluded": sorted(self.excluded)} if self.excluded else {}
        return {"items": sorted(self.done)} | excluded


NOT_APPLICABLE_ANSWER = Answer(na=True)
Answers = Mapping[str, Answer]


class State(StrEnum):
    """What became of a criterion in one inspection."""

    scored = "scored"
    not_applicable = "not_applicable"  # answered so, or its datum is missing, or it cannot be scored as written
    switched_off = "switched_off"  # its condition is not met
    waiting = "waiting"  # its condition asks an answer that is still missing
    missing = "missing"  # it applies and has no answer yet
    noted = "noted"  # informational: no value


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """One criterion of one inspection.

    Attributes
    ----------
    code : str
        The criterion.
    state : State
        What became of it.
    weight : float
        Its weight in percent of the whole rubric.
    value : float or None
        v, 0–1; None unless scored.
    points : float or None
        weight · value; None unless scored.
    datum : float or None
        The figure a measured criterion was filled from.
    is_critical_error : bool
        This answer makes the inspection critical.
    """

    code: str
    state: State
    weight: float
    value: float | None = None
    points: float | None = None
    datum: float | None = None
    is_critical_error: bool = False

    @property
    def applies(self) -> bool:
        """Whether it stands above or below the line now, or would once answered."""
        return self.state in (State.scored, State.missing, State.noted)

    @property
    def lost_points(self) -> float:
        """Weight that was not earned; 0 unless scored."""
        return 0.0 if self.points is None else self.weight - self.points


@dataclass(frozen=True, slots=True)
class SectionScore:
    """One section: the same formula over its own criteria.

    Attributes
    ----------
    code : str
        The section.
    points : float
        Points earned so far.
    weight : float
        Weight of the criteria that were scored.
    open_weight : float
        Weight of the criteria that apply and are still missing.
    quality : float or None
        0–100; None where nothing with weight is scored.
    """

    code: str
    points: float
    weight: float
    open_weight: float
    quality: float | None


@dataclass(frozen=True, slots=True)
class InspectionScore:
    """The whole inspection, finished or not.

    Attributes
    ----------
    quality : float or None
        0–100 over what is scored so far; None where nothing with weight is.
    score : float or None
        0 with a critical error, `quality` otherwise.
    is_critical : bool
        At least one critical error.
    critical_classes : tuple of Criticality
        The classes of those errors, in their fixed order, each once.
    criteria : tuple of CriterionScore
        In the order of the rubric.
    sections : tuple of SectionScore
        In the order of the rubric.
    points, weight : float
        Earned and possible points of what is scored so far.
    open_weight : float
        Weight of what applies and is still missing.
    best_quality : float or None
        The quality if all that is missing earned full value.
    missing : tuple of str
        Criteria that apply and have no answer, in order.
    waiting : tuple of str
        Criteria whose condition asks a missing answer, in order.
    """

    quality: float | None
    score: float | None
    is_critical: bool
    critical_classes: tuple[Criticality, ...]
    criteria: tuple[CriterionScore, ...]
    sections: tuple[SectionScore, ...]
    points: float
    weight: float
    open_weight: float
    best_quality: float | None
    missing: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every criterion that applies is answered."""
        return not self.missing and not self.waiting

    @property
    def is_scoreable(self) -> bool:
        """Whether something with weight applies; otherwise the QA lead replaces the sample or says how to score it."""
        return self.weight > 0 or self.open_weight > 0

    def criterion(self, code: str) -> CriterionScore:
        """The line of that criterion."""
        return next(line for line in self.criteria if line.code == code)
