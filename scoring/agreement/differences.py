"""Differences of two inspectors' total scores: mean, limits of agreement, and both beside ICC and α."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.agreement.alpha import ScoreAlpha
from scoring.agreement.icc import Icc, IccForm, estimate_icc
from scoring.agreement.resampling import FEWEST_CONVERSATIONS, Agreement, estimate_agreement
from scoring.agreement.tables import tabulate_scores
from scoring.errors import InputError
from scoring.estimates.intervals import mean_interval
from scoring.values import Estimate, Label

__all__ = ["LimitsOfAgreement", "TotalAgreement", "describe_differences", "judge_totals"]

SPREADS = 1.96


@dataclass(frozen=True, slots=True)
class LimitsOfAgreement:
    """Bland and Altman's limits.

    Attributes
    ----------
    mean : Estimate
        Mean difference in points, with Student's interval; positive = the second is more lenient.
    sd : float
        Standard deviation of the differences.
    lower, upper : Estimate
        Mean ∓ 1.96 sd: between them lie about 95 % of the differences; each with its own interval.
    """

    mean: Estimate
    sd: float
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, slots=True)
class TotalAgreement:
    """Agreement on total scores.

    Attributes
    ----------
    n : int
        Conversations scored at least twice.
    icc : Icc or None
        ICC(A,1) over the conversations all of them scored; None below ten.
    alpha : Agreement
        Krippendorff's α with the interval metric.
    limits : LimitsOfAgreement or None
        Second minus first; None below ten conversations, and for more than two columns.
    """

    n: int
    icc: Icc | None
    alpha: Agreement
    limits: LimitsOfAgreement | None


def describe_differences(differences: Sequence[float]) -> LimitsOfAgreement | None:
    """Mean difference and limits of agreement, mean ± 1.96 sd.

    The variance of a limit is ``sd²·(1/n + 1.96²/(2(n − 1)))``; intervals with Student's t on n − 1 degrees of freedom.

    Parameters
    ----------
    differences : sequence of float
        Second minus first score per conversation, points.

    Returns
    -------
    LimitsOfAgreement or None
        None for fewer than two differences.

    Raises
    ------
    InputError
        If a difference is not finite.

    References
    ----------
    .. [1] J. M. Bland, D. G. Altman (1986), Lancet 327:307–310, doi:10.1016/S0140-6736(86)90837-8.
    .. [2] J. M. Bland, D. G. Altman (1999), Stat. Methods Med. Res. 8:135–160, doi:10.1177/096228029900800204.
    """
    n = len(differences)
    if not all(math.isfinite(d) for d in differences):
        raise InputError("Differences of scores must be finite numbers.")
    if n < 2:
        return None
    mean = math.fsum(differences) / n
    variance = math.fsum((d - mean) ** 2 for d in differences) / (n - 1)
    sd = math.sqrt(variance)
    of_limit = variance * (1 / n + SPREADS**2 / (2 * (n - 1)))

    def estimate(value: float, spread: float) -> Estimate:
        interval = mean_interval(value, spread, n - 1)
        return Estimate(value, interval.lower, interval.upper, n, float(n), "limits_of_agreement.v1", Label.ok)

    return LimitsOfAgreement(
        estimate(mean, variance / n),
        sd,
        estimate(mean - SPREADS * sd, of_limit),
        estimate(mean + SPREADS * sd, of_limit),
    )


def judge_totals(scores: ArrayLike, generator: np.random.Generator) -> TotalAgreement:
    """Agreement on total scores: ICC(A,1), α, and for two columns the mean difference with its limits.

    Parameters
    ----------
    scores : array_like of float, shape (conversations, inspectors)
        NaN = not scored. Where pairs of inspectors vary, the columns are "first" and "second scoring": α and the
        limits keep their meaning, the ICC then holds leniency as noise.
    generator : numpy.random.Generator
        For the interval of α.

    Returns
    -------
    TotalAgreement
        Below ten conversations only their number.

    Raises
    ------
    InputError
        If the scores are no table or one is infinite.
    """
    table = tabulate_scores(scores)
    alpha = estimate_agreement(ScoreAlpha(), table, generator)
    complete = table.scores[np.isfinite(table.scores).all(axis=1)]
    if len(complete) < FEWEST_CONVERSATIONS or complete.shape[1] < 2:
        return TotalAgreement(table.pairable, None, alpha, None)
    limits = describe_differences((complete[:, 1] - complete[:, 0]).tolist()) if complete.shape[1] == 2 else None
    return TotalAgreement(table.pairable, estimate_icc(complete, IccForm.two_way_single), alpha, limits)
