"""Automatic scores beside people's: how far they may be trusted in this centre, as one number λ, and when not at all.

The automatic score never replaces an inspection. λ·(f − F_j) is taken off each score, F_j being the mean of f over all
conversations of the agent and month: however wrong the machine is about an agent, the correction has mean 0 there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scoring.estimates.table import Table, add_up
from scoring.estimates.window import Floats

FEWEST_SCORED = 100  # conversations
LEAST_CORRELATION = 0.2  # its lower bound
MOST_MISSING = 0.02 + 1e-9  # of the frame; 98 of 100 are enough, however 0.98 is rounded
_ONE_SIDED = 1.645


class AssistOff(StrEnum):
    """Why automatic scores are not used."""

    switched_off = "switched_off"
    no_scores = "no_scores"  # nobody gave any, or no frame mean
    missing = "missing"  # more than 2 % of the frame has none
    few_scored = "few_scored"  # fewer than 100 inspected conversations have one
    constant = "constant"  # they do not differ within agents
    weak = "weak"  # too loosely tied to people's scores


@dataclass(frozen=True, slots=True)
class Assist:
    """Whether and how much automatic scores help.

    Attributes
    ----------
    reason : AssistOff or None
        Why not; None = they are used.
    slope : float
        λ; 0 where they are not used.
    correlation, correlation_lower : float or None
        ρ of people's and automatic scores within agent-months and its one-sided 95 % lower bound.
    scored : int
        Inspected conversations without critical error that have one.
    missing_share : float
        Share of this month's frame without one.
    is_used : array of bool, shape (cells,)
        Agent-months whose scores are corrected.
    contrast : array of float, shape (conversations,)
        f − F_j; 0 where it is missing or not used.
    """

    reason: AssistOff | None
    slope: float
    correlation: float | None
    correlation_lower: float | None
    scored: int
    missing_share: float
    is_used: NDArray[np.bool_]
    contrast: Floats

    @property
    def is_on(self) -> bool:
        """Whether λ enters this month's estimates."""
        return self.reason is None


def judge_assist(table: Table, quality: Floats, *, allowed: bool = True) -> Assist:
    """Decide whether automatic scores may enter, before anything is fitted with them.

    They stay out while fewer than 100 inspected conversations have one, while
    ``tanh(artanh ρ − 1.645/√(Σ(n_j−1)−2)) < 0.2`` (ρ within agent-months), or while they are missing for more than
    2 % of the frame; a month of the window that misses more is left uncorrected by itself. Otherwise a missing one
    counts as its agent's mean.

    Parameters
    ----------
    table : Table
        The window.
    quality : array of float, shape (conversations,)
        People's scores, the mean where there are two; NaN where critical.
    allowed : bool, default=True
        False switches them off.

    Returns
    -------
    Assist
        With the slope ``Σ(y−ȳ_j)(f−f̄_j)/Σ(f−f̄_j)²``, which stands in where no model of the inspectors gives a
        better one.

    References
    ----------
    .. [1] A. N. Angelopoulos et al. (2023), Science 382:669–674, doi:10.1126/science.adi6000.
    .. [2] R. A. Fisher (1921), Metron 1:3–32 (the transformed correlation).
    """
    cells, conversations = table.cells, table.conversations
    missing = _missing_by_age(table)
    is_month_used = np.array([share <= MOST_MISSING for share in missing])
    is_used = is_month_used[cells.age] & ~np.isnan(cells.auto_mean) if len(cells) else np.zeros(0, dtype=bool)
    contrast = conversations.auto - cells.auto_mean[conversations.cell]
    usable = is_used[conversations.cell] & ~np.isnan(contrast)
    scored = usable & ~conversations.is_critical
    none = np.zeros(len(conversations))
    off = np.zeros(len(cells), dtype=bool)
    this_month = missing[0] if missing else 1.0
    count = int(scored.sum())

    def refuse(reason: AssistOff, rho: float | None = None, lower: float | None = None) -> Assist:
        return Assist(reason, 0.0, rho, lower, count, this_month, off, none)

    if not allowed:
        return refuse(AssistOff.switched_off)
    if np.isnan(cells.auto_mean).all() or np.isnan(conversations.auto).all():
        return refuse(AssistOff.no_scores)
    if this_month > MOST_MISSING:
        return refuse(AssistOff.missing)
    if count < FEWEST_SCORED:
        return refuse(AssistOff.few_scored)
    groups = conversations.cell[scored]
    y, f = _within(quality[scored], groups, len(cells)), _within(conversations.auto[scored], groups, len(cells))
    # The tolerance is that of rounding: a constant score leaves crumbs around its own mean.
    if (f @ f) <= 1e-18 * count * (1 + np.abs(conversations.auto[scored]).max()) ** 2:
        return refuse(AssistOff.constant)
    rho = float(y @ f / math.sqrt((y @ y) * (f @ f))) if y @ y > 0 else 0.0
    lower = _lower_bound(rho, count - len(np.unique(groups)) - 2)
    if lower < LEAST_CORRELATION:
        return refuse(AssistOff.weak, rho, lower)
    used = np.where(usable, contrast, 0.0)
    return Assist(None, float(y @ f / (f @ f)), rho, lower, count, this_month, is_used, used)


def _missing_by_age(table: Table) -> list[float]:
    """Share of each month's frame without an automatic score; agent-months of unknown frame count as they are."""
    cells = table.cells
    if not len(cells):
        return []
    size = np.where(np.isnan(cells.frame), 1.0, cells.frame)
    ages = int(cells.age.max()) + 1
    whole = add_up(size, cells.age, ages)
    absent = add_up(size * (1 - cells.auto_share), cells.age, ages)
    return [float(gone / all_) if all_ > 0 else 1.0 for gone, all_ in zip(absent, whole, strict=True)]


def _within(values: Floats, groups: NDArray[np.intp], size: int) -> Floats:
    """Deviations from the mean of the group."""
    counts = np.bincount(groups, minlength=size)
    means = add_up(values, groups, size) / np.maximum(counts, 1)
    return values - means[groups]


def _lower_bound(rho: float, freedom: int) -> float:
    if freedom < 1:
        return -1.0
    clipped = min(max(rho, -1 + 1e-12), 1 - 1e-12)
    return math.tanh(math.atanh(clipped) - _ONE_SIDED / math.sqrt(freedom))
