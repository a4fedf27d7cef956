"""One simulated month against its truth: values, intervals, who would be named, and how far the machine's error got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from scoring.estimates.intervals import LEVEL
from scoring.estimates.quality_results import AgentQuality, CentreQuality, QualityResult
from scoring.simulation.months import Cast, SimulatedMonth
from scoring.values import Estimate

Floats = NDArray[np.float64]
LOWEST_SHARE = 0.10
TOP_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class ModeMonth:
    """Estimates of one mode, all of shape (agents,)."""

    value: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class MonthOutcome:
    """One judged month.

    Attributes
    ----------
    truth : array of float, shape (agents,)
        θ.
    modes : mapping of str to ModeMonth
        ``direct``, ``fair``, ``informed`` and ``naive`` (mean of the month with zeros, its own sd, Student's t).
    lowest_probability, top_probability : array of float, shape (agents,)
        Share of the draws of the fair mode in which the agent is in the lowest tenth, or above the upper quartile.
    severity_error : float or None
        Root mean square error of the inspectors' leniency, around its mean; None without a correction.
    centre : CentreQuality
        What was fitted.
    fair_shift, informed_shift : array of float or None
        How far the machine's errors about agents moved their estimates; None where that was not measured.
    """

    truth: Floats
    modes: dict[str, ModeMonth]
    lowest_probability: Floats
    top_probability: Floats
    severity_error: float | None
    centre: CentreQuality
    fair_shift: Floats | None
    informed_shift: Floats | None


def judge_month(
    month: SimulatedMonth, cast: Cast, result: QualityResult, unerring: QualityResult | None
) -> MonthOutcome:
    """Take out of a result what is compared with the truth.

    Parameters
    ----------
    month : SimulatedMonth
        The month estimated.
    cast : Cast
        The people.
    result : QualityResult
        Its estimates.
    unerring : QualityResult or None
        The same with a machine that misjudges nobody; None = not measured.
    """
    lowest, top = _probabilities(result.agents)
    modes = {
        "direct": _mode([agent.direct.total for agent in result.agents]),
        "fair": _mode([agent.fair.total for agent in result.agents]),
        "informed": _mode([agent.informed for agent in result.agents]),
        "naive": _naive(month),
    }
    before = None if unerring is None else [agent.fair.total for agent in unerring.agents]
    before_informed = None if unerring is None else [agent.informed for agent in unerring.agents]
    return MonthOutcome(
        truth=month.total,
        modes=modes,
        lowest_probability=lowest,
        top_probability=top,
        severity_error=_severity_error(cast, result.centre),
        centre=result.centre,
        fair_shift=None if before is None else modes["fair"].value - _mode(before).value,
        informed_shift=None if before_informed is None else modes["informed"].value - _mode(before_informed).value,
    )


def _mode(estimates: Sequence[Estimate]) -> ModeMonth:
    columns = ([getattr(estimate, name) for estimate in estimates] for name in ("value", "lower", "upper"))
    # None becomes NaN: where nothing was inspected at all.
    return ModeMonth(*(np.array(column, dtype=float) for column in columns))


def _naive(month: SimulatedMonth) -> ModeMonth:
    """What a spreadsheet says: plain mean of the first scorings with zeros, and its own t interval."""
    agents = len(month.total)
    first = np.unique(month.sample, return_index=True)[1]
    agent = month.agent[first]
    score = np.where(month.is_critical, 0.0, month.score)[first]
    n = np.bincount(agent, minlength=agents)
    mean = np.bincount(agent, score, agents) / n
    squares = np.bincount(agent, (score - mean[agent]) ** 2, agents)
    freedom = np.maximum(n - 1, 1)
    half = special.stdtrit(freedom, (1 + LEVEL) / 2) * np.sqrt(squares / freedom / n)
    half = np.where(n > 1, half, 100.0)
    return ModeMonth(mean, np.maximum(mean - half, 0.0), np.minimum(mean + half, 100.0))


def _probabilities(agents: Sequence[AgentQuality]) -> tuple[Floats, Floats]:
    """Share of the draws in the lowest tenth and above the upper quartile."""
    draws = [agent.fair.draw() for agent in agents]
    if any(draw is None for draw in draws):
        return np.full(len(agents), np.nan), np.full(len(agents), np.nan)
    matrix = np.array(draws, dtype=np.float32)
    lowest, top = count_of(LOWEST_SHARE, len(agents)), count_of(TOP_SHARE, len(agents))
    ordered = np.partition(matrix, [lowest - 1, len(agents) - top], axis=0)
    is_lowest, is_top = matrix <= ordered[lowest - 1], matrix >= ordered[len(agents) - top]
    return is_lowest.mean(axis=1), is_top.mean(axis=1)


def count_of(share: float, agents: int) -> int:
    """How many agents a share of them are; at least one."""
    return max(1, round(share * agents))


def _severity_error(cast: Cast, centre: CentreQuality) -> float | None:
    fit = centre.severity
    if fit is None or not fit.is_applied:
        return None
    true = cast.leniency[[int(name) for name in fit.inspectors]]
    error = fit.leniency - true
    return float(np.sqrt(np.mean((error - error.mean()) ** 2)))
