"""From a figure to 0–100 points by the anchors of the policy, and its verdict against the goal."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scoring.errors import AssessmentError
from scoring.values import Estimate


class Verdict(StrEnum):
    """How an interval lies against its goal."""

    better = "better"
    below = "below"
    cannot_tell = "cannot_tell"
    no_value = "no_value"


def points_of(value: float, floor: float, target: float) -> float:
    """Points of one figure.

    ``100·(x − floor)/(target − floor)``, clipped to 0–100; where lower is better the floor is the larger number.
    Anchors stand in the policy; neither colleagues nor the month enter.

    Parameters
    ----------
    value : float
        The figure, in the unit of the anchors.
    floor, target : float
        The figures that earn 0 and 100 points; they must differ.

    Returns
    -------
    float
        0–100.

    Raises
    ------
    AssessmentError
        If the anchors are equal.

    Examples
    --------
    >>> round(points_of(0.85, 0.40, 0.95), 1)
    81.8
    >>> round(points_of(1.0, 1.5, 0.9), 1)
    83.3
    """
    return float(draw_points(np.array([value]), floor, target)[0])


def draw_points(values: NDArray[np.float64], floor: float, target: float) -> NDArray[np.float64]:
    """`points_of` for every draw of a figure."""
    if floor == target:
        raise AssessmentError(f"The anchors are both {floor}: floor and target must differ.")
    points: NDArray[np.float64] = np.clip(100 * (values - floor) / (target - floor), 0.0, 100.0)
    return points


def judge(estimate: Estimate, goal: float | None, *, is_lower_better: bool = False) -> Verdict:
    """Compare an interval with a goal; a difference that chance explains is "cannot tell".

    Parameters
    ----------
    estimate : Estimate
        The figure with its interval.
    goal : float or None
        In the unit of the figure; None = there is nothing to compare with.
    is_lower_better : bool, default=False
        Whether a smaller figure is the good side.

    Returns
    -------
    Verdict
        ``better`` or ``below`` only if the whole interval lies on that side of the goal.
    """
    if goal is None or estimate.lower is None or estimate.upper is None:
        return Verdict.no_value
    if estimate.lower <= goal <= estimate.upper:
        return Verdict.cannot_tell
    is_above = estimate.lower > goal
    return Verdict.better if is_above != is_lower_better else Verdict.below
