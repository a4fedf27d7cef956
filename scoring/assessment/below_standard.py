"""The evidence against one agent's being at the standard, step by step, for the page and for the agent's own eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.assessment.consequences import (
    BELOW_STANDARD,
    WATCH,
    Array,
    EvidencePaths,
    EvidenceState,
    mean_evidence,
    state_of,
    trace_e_process,
)
from scoring.assessment.evidence_values import critical_values, score_values
from scoring.errors import InputError


@dataclass(frozen=True, slots=True)
class StandardRule:
    """What "at the standard" means.

    Attributes
    ----------
    score : float
        True mean of the score (critical conversations count 0), above 0 and below 100.
    critical_rate : float or None
        Allowed share of critical conversations, above 0 and below 1; None: only the score is judged.
    quality : float or None
        True mean of conversations without critical error, above 0 and below 100: then K of the score is about those
        alone and automatic scores take part; it needs a critical rate, whose own K sees the others. None: the score as
        a whole, without automatic scores.
    """

    score: float
    critical_rate: float | None = None
    quality: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.score < 100:
            raise InputError(f"A standard of {self.score} points: it lies above 0 and below 100.")
        if self.critical_rate is not None and not 0 < self.critical_rate < 1:
            raise InputError(f"An allowed critical rate of {self.critical_rate}: it lies above 0 and below 1.")
        if self.quality is not None and not 0 < self.quality < 100:
            raise InputError(f"A standard of quality of {self.quality} points: it lies above 0 and below 100.")
        if self.quality is not None and self.critical_rate is None:
            raise InputError("A standard of quality needs an allowed critical rate: nothing else sees critical errors.")

    @property
    def judged(self) -> float:
        """The standard of the score's K, points."""
        return self.score if self.quality is None else self.quality


@dataclass(frozen=True, slots=True)
class JudgedSample:
    """One inspected conversation of an equal-probability draw; scored twice, it is there once.

    Attributes
    ----------
    score : float
        Quality 0–100 as it stands after appeals (mean of two scorings).
    is_critical : bool
        Whether it has a critical error.
    severity : float
        ŝ of its inspector in points, of the last month closed before it was submitted; 0: unknown.
    upper : float
        u of that month, as `largest_value` gives it.
    shift, room : float
        h of the conversation in points and how far above 1 such shifts can lead, as `frame_shifts` fixed them before
        it was inspected; 0: without an automatic score. They count only against a standard of quality.
    """

    score: float
    is_critical: bool = False
    severity: float = 0.0
    upper: float = 1.0
    shift: float = 0.0
    room: float = 0.0


@dataclass(frozen=True, slots=True)
class AgentEvidence:
    """K of one agent after each conversation.

    Attributes
    ----------
    values : tuple of float
        x, 0 to u; NaN where a critical conversation does not enter the K of quality.
    bets : tuple of float
        λ of the score's K; NaN likewise.
    of_score : tuple of float
        K of the score.
    of_critical : tuple of float or None
        K of the critical rate; None where no rate is allowed for.
    evidence : tuple of float
        The K that decides the state: the mean of the two, or the only one.
    """

    values: tuple[float, ...]
    bets: tuple[float, ...]
    of_score: tuple[float, ...]
    of_critical: tuple[float, ...] | None
    evidence: tuple[float, ...]

    @property
    def now(self) -> float:
        """K as it stands; 1 before the first conversation."""
        return self.evidence[-1] if self.evidence else 1.0

    @property
    def state(self) -> EvidenceState:
        """What K says now."""
        return state_of(self.now)

    @property
    def below_at(self) -> int | None:
        """Place of the conversation at which K first reached 20, or None. The promise covers this moment too."""
        return _first(self.evidence, BELOW_STANDARD)

    @property
    def watch_at(self) -> int | None:
        """Place of the conversation at which K first reached 3, or None."""
        return _first(self.evidence, WATCH)


def follow_agents(careers: Sequence[Sequence[JudgedSample]], rule: StandardRule) -> tuple[AgentEvidence, ...]:
    """Follow K of many agents over their conversations.

    Parameters
    ----------
    careers : sequence of sequences of JudgedSample
        Per agent, in the order of submission, since the standard or the role last changed.
    rule : StandardRule
        The standard and the allowed critical rate.

    Returns
    -------
    tuple of AgentEvidence
        One per agent, in the order given. An appeal that changes a score changes K by computing it again.

    Raises
    ------
    InputError
        If a score, severity or limit is out of range.
    """
    longest = max(map(len, careers), default=0)
    values, limits = np.full((len(careers), longest), np.nan), np.full((len(careers), longest), 1.0)
    fine = np.full((len(careers), longest), np.nan)
    for row, career in enumerate(careers):
        is_critical = [sample.is_critical for sample in career]
        values[row, : len(career)], limits[row, : len(career)] = _enter(career, rule)
        fine[row, : len(career)] = critical_values(is_critical)
    traced = trace_e_process(values, rule.judged / 100, upper=limits)
    twin = None if rule.critical_rate is None else trace_e_process(fine, 1 - rule.critical_rate)
    return tuple(_cut(row, len(career), values, traced, twin) for row, career in enumerate(careers))


def _enter(career: Sequence[JudgedSample], rule: StandardRule) -> tuple[Array, Array]:
    """Values of one agent's conversations and their largest possible ones."""
    scores, is_critical = [sample.score for sample in career], [sample.is_critical for sample in career]
    severities, limits = [sample.severity for sample in career], np.array([sample.upper for sample in career])
    if rule.quality is None:
        return score_values(scores, severities, is_critical), limits
    off = np.array(severities, dtype=float) + np.array([sample.shift for sample in career], dtype=float)
    values = score_values(scores, off, np.zeros(len(career), dtype=bool))
    return np.where(is_critical, np.nan, values), limits + [sample.room for sample in career]


def _cut(row: int, length: int, values: Array, traced: EvidencePaths, twin: EvidencePaths | None) -> AgentEvidence:
    of_score = traced.evidence[row, :length]
    of_critical = None if twin is None else twin.evidence[row, :length]
    both = of_score if of_critical is None else mean_evidence(of_score, of_critical)
    return AgentEvidence(
        values=tuple(values[row, :length].tolist()),
        bets=tuple(traced.bets[row, :length].tolist()),
        of_score=tuple(of_score.tolist()),
        of_critical=None if of_critical is None else tuple(of_critical.tolist()),
        evidence=tuple(both.tolist()),
    )


def _first(evidence: Sequence[float], limit: float) -> int | None:
    return next((place for place, value in enumerate(evidence) if value >= limit), None)
