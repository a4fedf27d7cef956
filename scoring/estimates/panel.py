"""The panel a standing is fitted to: agents × months of direct estimates, and the columns for their means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.estimates.direct import DirectCells
from scoring.estimates.shrinkage import FEWEST_AGENTS
from scoring.estimates.standing import Panel
from scoring.estimates.table import Table, add_up
from scoring.estimates.window import Floats

_DEPENDENT = 1e-9  # of a column's length that must remain once the columns before it are taken out


def count_peers(table: Table, direct: DirectCells) -> int:
    """How many agents have a conversation without critical error in the window."""
    return len(np.unique(table.cells.agent[direct.quality_n > 0]))


@dataclass(frozen=True, slots=True)
class Columns:
    """What each kept column of a panel's design stands for, in order.

    Attributes
    ----------
    ages : tuple of int
        Ages of the months with samples, oldest first: the first columns.
    groups : tuple of str
        Groups with an offset of their own: the columns after those.
    """

    ages: tuple[int, ...]
    groups: tuple[str, ...]


def build_panel(
    table: Table, direct: DirectCells, months: int, *, predictor: Floats | None = None
) -> tuple[Panel, Columns]:
    """Arrange the direct estimates for `fit_standing`.

    Columns: one per month that has samples; one offset per group with at least eight agents (smaller groups share the
    centre's mean); the predictor, as deviation from its month's mean, where one is given. A column that those before
    it explain already is left out.

    Parameters
    ----------
    table : Table
        The window.
    direct : DirectCells
        Of its agent-months; one at least has a conversation without critical error.
    months : int
        Length of the window.
    predictor : array of float, shape (cells,), optional
        Mean automatic score F_j, for the informed mode; NaN where unknown counts as the month's mean.

    Returns
    -------
    Panel
        One row per agent of the table.
    Columns
        What they stand for.
    """
    agents = len(table.agents)
    seen = direct.quality_n > 0
    values = np.nan_to_num(_spread(table, months, direct.mean))
    variances = _spread(table, months, direct.expected_variance)
    variances = np.where(np.isnan(variances), np.inf, variances)
    has_month = np.flatnonzero(np.isfinite(variances).any(axis=0))
    blocks: list[Floats] = []
    targets: list[Floats] = []
    for t in has_month:
        blocks.append(np.broadcast_to(np.arange(months) == t, (agents, months)).astype(float))
        targets.append(np.full(agents, float(t == has_month[-1])))
    large = _large_groups(table, seen)
    group = _carry(_spread(table, months, table.cells.group.astype(float)), float(np.searchsorted(table.groups, "")))
    for code in large:
        blocks.append((group == code).astype(float))
        targets.append((group[:, -1] == code).astype(float))
    if predictor is not None:
        blocks.append(np.nan_to_num(_spread(table, months, _centre(table, predictor))))
        targets.append(blocks[-1][:, -1])
    design, target = np.stack(blocks, axis=2), np.stack(targets, axis=1)
    kept = _independent(design[np.isfinite(variances)])
    # Months come first and never depend on each other: every one of them is kept.
    offsets = [large[column - len(has_month)] for column in kept if 0 <= column - len(has_month) < len(large)]
    columns = Columns(
        ages=tuple(months - 1 - int(t) for t in has_month),
        groups=tuple(str(table.groups[code]) for code in offsets),
    )
    return Panel(values, variances, design[:, :, kept], target[:, kept]), columns


def _spread(table: Table, months: int, values: Floats) -> Floats:
    """Values of agent-months as agents × months, oldest first; NaN where there is none."""
    spread = np.full((len(table.agents), months), np.nan)
    spread[table.cells.agent, months - 1 - table.cells.age] = values
    return spread


def _carry(spread: Floats, default: float) -> Floats:
    """Fill a month without a value from the agent's nearest earlier one, else from a later one."""
    carried = spread.copy()
    for t in range(1, spread.shape[1]):
        carried[:, t] = np.where(np.isnan(carried[:, t]), carried[:, t - 1], carried[:, t])
    for t in reversed(range(spread.shape[1] - 1)):
        carried[:, t] = np.where(np.isnan(carried[:, t]), carried[:, t + 1], carried[:, t])
    return np.where(np.isnan(carried), default, carried)


def _large_groups(table: Table, seen: NDArray[np.bool_]) -> list[int]:
    found = []
    for code, name in enumerate(table.groups.tolist()):
        members = np.unique(table.cells.agent[seen & (table.cells.group == code)])
        if name and len(members) >= FEWEST_AGENTS:
            found.append(code)
    return found


def _centre(table: Table, predictor: Floats) -> Floats:
    """Deviations from each month's mean; 0 where unknown."""
    known = ~np.isnan(predictor)
    age = table.cells.age[known]
    counts = np.bincount(age, minlength=int(table.cells.age.max()) + 1)
    means = add_up(predictor[known], age, len(counts)) / np.maximum(counts, 1)
    return np.where(known, predictor - means[table.cells.age], 0.0)


def _independent(rows: Floats) -> list[int]:
    """Columns that are no combination of those before them, by Gram and Schmidt."""
    kept: list[int] = []
    basis = np.zeros((len(rows), 0))
    for column in range(rows.shape[1]):
        own = rows[:, column]
        rest = own - basis @ (basis.T @ own)
        length = float(np.sqrt(rest @ rest))
        if length > _DEPENDENT * max(1.0, float(np.sqrt(own @ own))):
            kept.append(column)
            basis = np.column_stack([basis, rest / length])
    return kept
