"""Weekly means of a team from inspected conversations, each standing for as many as it was drawn from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scoring.errors import InputError, WeightError
from scoring.estimates.pooled import PLANNING_SD, SMALLEST_SD
from scoring.trends.ewma import PeriodMean

__all__ = ["WeeklyScore", "fill_weights", "mean_by_week"]


@dataclass(frozen=True, slots=True)
class WeeklyScore:
    """One inspected conversation.

    Attributes
    ----------
    week : str
        Sorts in time, such as ``2026-W03``.
    score : float
        0–100; scored twice, the mean.
    weight : float, default=1
        Conversations it stands for, 1/π, above 0; any scale.
    """

    week: str
    score: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 100:
            raise InputError(f"{self.week}: a score of {self.score} does not lie between 0 and 100.")
        if not 0 < self.weight < math.inf:
            raise WeightError(f"{self.week}: a weight of {self.weight}; give a number above 0.")


def mean_by_week(scores: Iterable[WeeklyScore]) -> tuple[PeriodMean, ...]:
    """Design-based mean of each week with an error from one spread for all weeks.

    ``ȳ_t = Σwy/Σw`` with w = 1/π (Hájek's mean over the conversations of the week, which are a domain of the month's
    draw). The spread of single conversations is pooled over the weeks,
    ``S² = Σ_t (n_t − 1)·s_t² / Σ_t (n_t − 1)`` with ``s_t² = n_t/(n_t − 1) · Σw(y − ȳ_t)²/Σw``, because a week's own
    handful tells its spread badly; the error is ``S/√m_t`` with ``m_t = (Σw)²/Σw²``. Without the finite-population
    factor: asked is whether the process moved, not what this week held.

    Parameters
    ----------
    scores : iterable of WeeklyScore
        In any order.

    Returns
    -------
    tuple of PeriodMean
        In time, one per week that has a score. The spread is at least 1 point, and 12 where no week has two scores.

    References
    ----------
    .. [1] C.-E. Särndal, B. Swensson, J. Wretman, *Model Assisted Survey Sampling* (1992), §5.8 (domain means).
    """
    weeks: dict[str, list[WeeklyScore]] = {}
    for one in scores:
        weeks.setdefault(one.week, []).append(one)
    means = {week: _mean(own) for week, own in weeks.items()}
    sd = _pool(weeks, means)
    return tuple(
        PeriodMean(week, means[week], sd / math.sqrt(_effective(weeks[week])), len(weeks[week]))
        for week in sorted(weeks)
    )


def fill_weights(weights: Sequence[float | None]) -> list[float]:
    """Give conversations whose chance is unknown, such as imported history, the mean weight of the others; else 1."""
    known = [weight for weight in weights if weight is not None]
    usual = math.fsum(known) / len(known) if known else 1.0
    return [usual if weight is None else weight for weight in weights]


def _mean(own: Sequence[WeeklyScore]) -> float:
    # Rounding must not carry a mean of equal scores of 100 beyond 100.
    mean = math.fsum(one.weight * one.score for one in own) / math.fsum(one.weight for one in own)
    return min(100.0, max(0.0, mean))


def _effective(own: Sequence[WeeklyScore]) -> float:
    return math.fsum(one.weight for one in own) ** 2 / math.fsum(one.weight**2 for one in own)


def _pool(weeks: Mapping[str, Sequence[WeeklyScore]], means: Mapping[str, float]) -> float:
    freedom = sum(len(own) - 1 for own in weeks.values())
    if not freedom:
        return PLANNING_SD
    squares = math.fsum(
        len(own)
        * math.fsum(one.weight * (one.score - means[week]) ** 2 for one in own)
        / math.fsum(one.weight for one in own)
        for week, own in weeks.items()
        if len(own) > 1
    )
    return max(math.sqrt(squares / freedom), SMALLEST_SD)
