"""How well a learned score does on conversations it has not seen: agreement, error, calibration, each with an interval.

Everything here takes predictions that were made without the answer; in-sample ones would flatter every figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError
from scoring.screening.statistics import (
    FEWEST,
    deviate_within,
    estimate_area,
    estimate_correlation,
    estimate_explained,
    estimate_mean,
    estimate_slope,
)
from scoring.values import Estimate

Floats = NDArray[np.float64]

GROUPS = 10
"""Of the calibration table."""


@dataclass(frozen=True, slots=True)
class Tenth:
    """One line of the calibration table: conversations with about the same prediction.

    Attributes
    ----------
    n : int
        How many.
    predicted, observed : float
        Means, on the target's scale.
    """

    n: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Of a number.

    Attributes
    ----------
    correlation : Estimate
        Pearson's ρ over all.
    within : Estimate
        ρ inside groups (agent-months): what is left once the level of each is taken off, and what an estimate gains
        by. None of it comes from knowing who was scored.
    error : Estimate
        Mean absolute error, on the target's scale; lower is better.
    baseline_error : float or None
        The same for somebody who always says the mean.
    explained : Estimate
        R², the share of the variance that is predicted; below 0: worse than the mean.
    slope : Estimate
        Of the answers on the predictions; 1 is calibrated, below 1 the predictions spread too far.
    bias : Estimate
        Mean of answer − prediction.
    tenths : tuple of Tenth
        Predictions against answers, from low to high.
    """

    correlation: Estimate
    within: Estimate
    error: Estimate
    baseline_error: float | None
    explained: Estimate
    slope: Estimate
    bias: Estimate
    tenths: tuple[Tenth, ...]


@dataclass(frozen=True, slots=True)
class EventFigures:
    """Of a yes or no.

    Attributes
    ----------
    events : int
        How often it was yes.
    auc : Estimate
        Chance that a yes is given a higher probability than a no; 0.5 is none.
    brier : float or None
        Mean squared error of the probabilities; lower is better.
    baseline_brier : float or None
        The same for somebody who always says the rate.
    bias : Estimate
        Mean of answer − probability.
    tenths : tuple of Tenth
        Probabilities against shares, from low to high.
    """

    events: int
    auc: Estimate
    brier: float | None
    baseline_brier: float | None
    bias: Estimate
    tenths: tuple[Tenth, ...]


def judge_level(answers: Floats, predictions: Floats, groups: NDArray[np.intp], *, seed: str) -> LevelFigures:
    """Figures of a predicted number.

    Parameters
    ----------
    answers, predictions : array of float, shape (conversations,)
        On one scale, no NaN; predictions made without the answer.
    groups : array of int, shape (conversations,)
        Agent-month of each, 0 and up.
    seed : str
        Names the model; the resampling depends on nothing else.

    Returns
    -------
    LevelFigures
        With fewer than 10 conversations, or a constant side, the figures that need more have no value.

    Raises
    ------
    InputError
        If the arrays differ in length or hold NaN.

    References
    ----------
    .. [1] R. A. Fisher (1921), Metron 1:3–32 (interval of ρ).
    """
    _check(answers, predictions)
    misses = answers - predictions
    one_group = np.zeros(len(answers), dtype=np.intp)
    freedom = len(answers) - len(np.unique(groups))
    baseline = float(np.abs(answers - answers.mean()).mean()) if len(answers) >= FEWEST else None
    return LevelFigures(
        correlation=estimate_correlation(*_deviate(answers, predictions, one_group), len(answers) - 1),
        within=estimate_correlation(*_deviate(answers, predictions, groups), freedom),
        error=estimate_mean(np.abs(misses), "mean_absolute_error.t.v1"),
        baseline_error=baseline,
        explained=estimate_explained(answers, predictions, seed),
        slope=estimate_slope(answers, predictions),
        bias=estimate_mean(misses, "bias.t.v1"),
        tenths=_tenths(answers, predictions),
    )


def judge_event(answers: Floats, probabilities: Floats) -> EventFigures:
    """Figures of a predicted probability.

    Parameters
    ----------
    answers : array of float, shape (conversations,)
        0 and 1.
    probabilities : array of float, shape (conversations,)
        Made without the answer.

    Returns
    -------
    EventFigures
        The area has no value where there is no yes or no no.

    Raises
    ------
    InputError
        If the arrays differ in length or hold NaN.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson (1988), Biometrics 44:837–845 (variance of the area).
    """
    _check(answers, probabilities)
    enough = len(answers) >= FEWEST
    return EventFigures(
        events=int(answers.sum()),
        auc=estimate_area(answers, probabilities),
        brier=float(np.square(answers - probabilities).mean()) if enough else None,
        baseline_brier=float(np.square(answers - answers.mean()).mean()) if enough else None,
        bias=estimate_mean(answers - probabilities, "bias.t.v1"),
        tenths=_tenths(answers, probabilities),
    )


def _check(answers: Floats, predictions: Floats) -> None:
    if len(answers) != len(predictions):
        raise InputError(f"{len(answers)} answers and {len(predictions)} predictions do not belong together.")
    if np.isnan(answers).any() or np.isnan(predictions).any():
        raise InputError("Answers and predictions must be numbers: leave out what is not known.")


def _deviate(answers: Floats, predictions: Floats, groups: NDArray[np.intp]) -> tuple[Floats, Floats]:
    return deviate_within(answers, groups), deviate_within(predictions, groups)


def _tenths(answers: Floats, predictions: Floats) -> tuple[Tenth, ...]:
    order = np.argsort(predictions, kind="stable")
    if len(order) < FEWEST * GROUPS:
        return ()
    return tuple(
        Tenth(len(some), float(predictions[some].mean()), float(answers[some].mean()))
        for some in np.array_split(order, GROUPS)
    )
