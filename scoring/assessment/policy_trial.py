"""A standard tried on past months before it is switched on: whom it would have named, and how often it errs here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.assessment.below_standard import AgentEvidence, JudgedSample, StandardRule, follow_agents
from scoring.assessment.consequences import e_process_paths, first_reached, list_below_standard
from scoring.assessment.months_rule import (
    MONTHS_LOOKED_AT,
    MONTHS_RUNNING,
    FalseAlarms,
    MonthsVerdict,
    apply_months_rule,
    centre_deviations,
    simulate_false_alarms,
)
from scoring.errors import InputError
from scoring.estimates.seeds import generator_for

CAREER_MONTHS = 60
SIMULATED_CAREERS = 2000
_HIGHEST_STANDARD = 0.999


@dataclass(frozen=True, slots=True)
class PastMonth:
    """One agent's month.

    Attributes
    ----------
    month : str
        ``YYYY-MM``.
    samples : tuple of JudgedSample
        In the order of submission.
    """

    month: str
    samples: tuple[JudgedSample, ...]

    @property
    def mean(self) -> float | None:
        """Mean of the inspected as the customary rule takes it: critical ones 0, strictness not corrected."""
        if not self.samples:
            return None
        return float(np.mean([0.0 if sample.is_critical else sample.score for sample in self.samples]))


@dataclass(frozen=True, slots=True)
class TrialLine:
    """What a standard would have said about one agent.

    Attributes
    ----------
    evidence : AgentEvidence
        K over the months.
    months_rule : MonthsVerdict
        The customary rule over the same months.
    n : int
        Conversations behind both.
    is_listed : bool
        Whether a list over all agents (e-BH) would name the agent now.
    """

    evidence: AgentEvidence
    months_rule: MonthsVerdict
    n: int
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """A standard tried on past months.

    Attributes
    ----------
    lines : tuple of TrialLine
        One per agent, in the order given.
    months_rule_alarms : FalseAlarms or None
        Of the customary rule within a year, for an agent exactly at the standard with this centre's spread.
    evidence_alarms : float or None
        Share of such agents whom K names within five years, looked at after every conversation.
    samples : int
        Conversations per agent and month that both figures suppose.
    """

    lines: tuple[TrialLine, ...]
    months_rule_alarms: FalseAlarms | None
    evidence_alarms: float | None
    samples: int


def try_standard(
    agents: Sequence[Sequence[PastMonth]], rule: StandardRule, *, running: int = MONTHS_RUNNING, seed: str
) -> Trial:
    """Try a standard on past months.

    Parameters
    ----------
    agents : sequence of sequences of PastMonth
        Per agent the months, oldest first, every month of the period there (empty where nothing was inspected).
    rule : StandardRule
        The standard and the allowed critical rate.
    running : int, default=3
        N of the customary rule.
    seed : str
        Names what is tried; the same seed and months give the same figures.

    Returns
    -------
    Trial
        The two rates are None where no agent has two scores.

    Raises
    ------
    InputError
        If a score, a rate or N is out of range.
    """
    careers = [[sample for month in months for sample in month.samples] for months in agents]
    followed = follow_agents(careers, rule)
    listed = set(list_below_standard([evidence.now for evidence in followed]))
    lines = tuple(
        TrialLine(
            evidence=evidence,
            months_rule=apply_months_rule([month.mean for month in months], rule.score, running=running),
            n=len(careers[row]),
            is_listed=row in listed,
        )
        for row, (months, evidence) in enumerate(zip(agents, followed, strict=True))
    )
    samples = _usual_samples(agents)
    deviations = centre_deviations([[0.0 if s.is_critical else s.score for s in career] for career in careers])
    if not len(deviations):
        return Trial(lines, None, None, samples)
    alarms = simulate_false_alarms(
        deviations, generator_for(seed, "months_rule"), samples=samples, running=running, months=MONTHS_LOOKED_AT
    )
    career = simulate_career_alarms(
        _evidence_deviations(careers, rule, deviations), rule.judged, generator_for(seed, "evidence"), samples=samples
    )
    return Trial(lines, alarms, career, samples)


def simulate_career_alarms(
    deviations: NDArray[np.float64],
    standard: float,
    generator: np.random.Generator,
    *,
    samples: int,
    months: int = CAREER_MONTHS,
) -> float:
    """Share of simulated agents exactly at the standard whom K ever names.

    Parameters
    ----------
    deviations : array of float
        Scores minus their agent's mean in points, as `centre_deviations` gives them; resampled around the standard.
    standard : float
        Above 0 and below 100.
    generator : numpy.random.Generator
        Made from the id of what is simulated.
    samples, months : int
        Conversations per month, months per career; each 1 or more.

    Returns
    -------
    float
        0–1; at most 0.05 by the promise of K. Values are not cut at 100 (u is widened instead), and where cutting at 0
        moves their mean the standard moves along, so that the simulated agents are exactly at it.

    Raises
    ------
    InputError
        If there are no deviations, or a number is out of range.
    """
    if not len(deviations) or samples < 1 or months < 1:
        raise InputError(f"{len(deviations)} deviations, {samples} samples, {months} months: each is at least 1.")
    pool = np.maximum(0.0, (standard + deviations) / 100)
    drawn = generator.choice(pool, size=(SIMULATED_CAREERS, samples * months))
    paths = e_process_paths(drawn, min(float(pool.mean()), _HIGHEST_STANDARD), upper=max(1.0, float(pool.max())))
    return float((first_reached(paths) >= 0).mean())


def _evidence_deviations(
    careers: Sequence[Sequence[JudgedSample]], rule: StandardRule, whole: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Deviations of what K of the score is about: whole scores, or quality with the automatic score taken off."""
    if rule.quality is None:
        return whole
    return centre_deviations([[s.score - s.shift for s in career if not s.is_critical] for career in careers])


def _usual_samples(agents: Sequence[Sequence[PastMonth]]) -> int:
    """Median number of conversations of the agent-months that have any; at least 1."""
    sizes = sorted(len(month.samples) for months in agents for month in months if month.samples)
    return sizes[len(sizes) // 2] if sizes else 1
