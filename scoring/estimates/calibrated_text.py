"""Satisfaction of all customers, from what those who answered said and what the texts of all let expect."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import InputError
from scoring.estimates.intervals import mean_interval
from scoring.estimates.promoters import FEWEST_RESPONSES
from scoring.values import Estimate, Interval, Label

__all__ = ["SurveyedConversations", "estimate_by_text"]

METHOD = "text_calibrated.v1"
SMALLEST_SPREAD = 0.05  # of a residual, as a share of the scale: alike answers do not make a width of 0


@dataclass(frozen=True, slots=True, eq=False)
class SurveyedConversations:
    """All conversations of one agent in the period.

    Attributes
    ----------
    predicted : array of float, shape (conversations,)
        What a model that has not seen the conversation's own answer expects, in the unit of the answers.
    answers : array of float, shape (conversations,)
        What the customer answered; NaN = nothing.
    """

    predicted: NDArray[np.float64]
    answers: NDArray[np.float64]

    @staticmethod
    def of(predicted: ArrayLike, answers: ArrayLike) -> SurveyedConversations:
        """Check two sequences of one length.

        Raises
        ------
        InputError
            If they differ in length, a prediction is not finite, or an answer is infinite.
        """
        expected, given = np.asarray(predicted, dtype=float), np.asarray(answers, dtype=float)
        if expected.ndim != 1 or expected.shape != given.shape:
            raise InputError(f"{expected.shape} predictions for {given.shape} answers: one each per conversation.")
        if not np.isfinite(expected).all() or np.isinf(given).any():
            raise InputError("Predictions must be finite, and answers finite or NaN.")
        return SurveyedConversations(expected, given)

    @property
    def residuals(self) -> NDArray[np.float64]:
        """Answer minus prediction of those who answered."""
        answered = np.isfinite(self.answers)
        return np.sort(self.answers[answered] - self.predicted[answered])


def estimate_by_text(
    agents: Mapping[str, SurveyedConversations], *, scale: Interval | None = None
) -> dict[str, Estimate]:
    """Mean answer all customers would give: mean prediction of all plus mean residual of those who answered.

    ``value = mean_all(f) + mean_answered(y − f)``, variance ``σ²/n·(1 − n/N)`` with σ² the variance of the residuals
    within agents, pooled over all of them; Student's interval. However bad the predictions are, the value is unbiased
    if those who answer are to the rest as the texts tell; who answers for reasons that the text does not show still
    distorts it, and the response rate stands beside it.

    Parameters
    ----------
    agents : mapping of str to SurveyedConversations
        All agents: they share one variance.
    scale : Interval, default=0 to 1
        Where answers lie; 0–1 for "satisfied or not", 1–5 for stars. Values and bounds are clipped to it.

    Returns
    -------
    dict of str to Estimate
        n counts the answers. No value without an answer (label ``none``), and for anybody while no agent has two;
        label ``prior_only`` below five.

    References
    ----------
    .. [1] A. N. Angelopoulos et al. (2023), Science 382:669–674, doi:10.1126/science.adi6000.
    """
    inside = scale or Interval(0.0, 1.0)
    residuals = {agent: own.residuals for agent, own in agents.items()}
    # Sorted by agent and exact: the order given must not show in the last digit.
    squares = math.fsum((r - own.mean()) ** 2 for _, own in sorted(residuals.items()) if len(own) for r in own.tolist())
    freedom = sum(max(0, len(own) - 1) for own in residuals.values())
    variance = max(squares / freedom, (SMALLEST_SPREAD * inside.width) ** 2) if freedom else None
    return {agent: _estimate(agents[agent], own, variance, freedom, inside) for agent, own in residuals.items()}


def _estimate(
    conversations: SurveyedConversations,
    residuals: NDArray[np.float64],
    variance: float | None,
    freedom: int,
    scale: Interval,
) -> Estimate:
    n, frame = len(residuals), len(conversations.predicted)
    if n == 0 or variance is None:
        return Estimate(None, None, None, n, None, METHOD, Label.none if n == 0 else Label.prior_only)
    value = math.fsum(conversations.predicted) / frame + math.fsum(residuals) / n
    interval = mean_interval(value, variance / n * (1 - n / frame), freedom)
    value, lower, upper = (
        min(scale.upper, max(scale.lower, number)) for number in (value, interval.lower, interval.upper)
    )
    label = Label.ok if n >= FEWEST_RESPONSES else Label.prior_only
    return Estimate(value, lower, upper, n, float(n), METHOD, label)
