"""What an inspector's drift is seen in: weekly means of scores against what the others gave the same agents.

The chart itself is `scoring.trends.ewma.chart_drift`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.errors import InputError
from scoring.trends.ewma import PeriodMean

__all__ = ["CorrectedScoring", "weekly_residuals"]


@dataclass(frozen=True, slots=True)
class CorrectedScoring:
    """One scoring of a conversation without critical error.

    Attributes
    ----------
    inspector : str
        Who scored.
    agent_month : str
        Whose conversation of which month it is; any label that tells agent-months apart.
    week : str
        When it was scored; labels sort in time, such as ``2026-W03``.
    score : float
        Quality minus the inspector's leniency ŝ, points.
    """

    inspector: str
    agent_month: str
    week: str
    score: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.score):
            raise InputError(f"{self.inspector}, {self.agent_month}: the score {self.score} is no finite number.")


def weekly_residuals(scorings: Iterable[CorrectedScoring], sd: float) -> dict[str, tuple[PeriodMean, ...]]:
    """Mean residual of every inspector and week, with its error.

    What is expected of a scoring is the mean of the corrected scores that the *other* inspectors gave conversations of
    the same agent and month: an expectation that held the inspector's own scores would follow the drift it is to show.
    The k scorings of one agent-month and week make one difference ``d = own mean − mean of the m others`` with the
    variance ``sd²·(1/k + 1/m)``; a week's residual is the mean of its differences weighted by 1/variance, and its
    error 1/√(sum of the weights).

    Three things are left out, all small beside the error of a week. A conversation that both sides scored counts as
    two: the error is then too large, never too small. The others' mean is shared by the weeks of one agent-month. And
    ŝ comes from the same scorings: a drift lasting the whole window is partly taken for leniency.

    Parameters
    ----------
    scorings : iterable of CorrectedScoring
        Of the weeks to be charted, in any order. Agent-months that one inspector alone scored say nothing and are
        left out.
    sd : float
        Spread of one corrected score inside an agent-month, points, above 0: pooled over all.

    Returns
    -------
    dict of str to tuple of PeriodMean
        By inspector, weeks in time; positive = more lenient than expected, `n` = scorings. Inspectors without a
        scoring that can be compared are absent. The same whatever the order of the scorings.

    Raises
    ------
    InputError
        If `sd` is not above 0, or a score is not finite.
    """
    if not 0 < sd < math.inf:
        raise InputError(f"The spread {sd} must be a finite number above 0.")
    months: dict[str, dict[str, list[CorrectedScoring]]] = defaultdict(lambda: defaultdict(list))
    for scoring in scorings:
        months[scoring.agent_month][scoring.inspector].append(scoring)
    differences: dict[str, dict[str, list[_Difference]]] = defaultdict(lambda: defaultdict(list))
    for by_inspector in months.values():
        for inspector, own in by_inspector.items():
            others = [other.score for name, theirs in by_inspector.items() if name != inspector for other in theirs]
            if others:
                for week, found in _by_week(own, others, sd).items():
                    differences[inspector][week].append(found)
    return {
        inspector: tuple(_week_mean(week, weeks[week]) for week in sorted(weeks))
        for inspector, weeks in sorted(differences.items())
    }


@dataclass(frozen=True, slots=True)
class _Difference:
    """Own mean minus the others' in one agent-month and week, from `n` own scorings."""

    value: float
    variance: float
    n: int


def _by_week(own: Sequence[CorrectedScoring], others: Sequence[float], sd: float) -> dict[str, _Difference]:
    expected = math.fsum(others) / len(others)
    weeks: dict[str, list[float]] = defaultdict(list)
    for scoring in own:
        weeks[scoring.week].append(scoring.score)
    return {
        week: _Difference(
            math.fsum(scores) / len(scores) - expected, sd**2 * (1 / len(scores) + 1 / len(others)), len(scores)
        )
        for week, scores in weeks.items()
    }


def _week_mean(week: str, differences: Sequence[_Difference]) -> PeriodMean:
    weight = math.fsum(1 / difference.variance for difference in differences)
    mean = math.fsum(difference.value / difference.variance for difference in differences) / weight
    return PeriodMean(week, mean, 1 / math.sqrt(weight), sum(difference.n for difference in differences))
