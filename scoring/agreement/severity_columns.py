"""The fixed effects of a severity fit: an intercept per component, queues, the auto-score.

Inspectors who see other queues must not pay for them, so every queue with enough scorings has a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.agreement.severity_scorings import Scorings

SMALLEST_QUEUE = 30  # scorings; smaller queues are taken together
REFERENCE, NO_COLUMN = -2, -1
_DEPENDENT = 1e-9  # share of a column's squares left once the columns before it are taken out

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.intp]
Table: TypeAlias = "sparse.csr_array[np.float64, tuple[int, int]]"


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The fixed effects: what each row has, and which of it can be told.

    Attributes
    ----------
    matrix : sparse array, shape (R, c)
        One column per component (its intercept), one per queue level but the largest, the auto-score; columns that
        follow from the ones before them are left out.
    component_column, queue_column : ndarray of intp
        Column of each component and of each queue code; −1 without one, −2 for queues of the reference level.
    auto_column : int
        Column of the auto-score; −1 without one.
    auto_scale : float
        The auto-score was divided by this.
    """

    matrix: Table
    component_column: Codes
    queue_column: Codes
    auto_column: int
    auto_scale: float


def choose_columns(scorings: Scorings, rows: Codes, component: Codes) -> Columns:
    """Intercepts of the components, queues without the largest, auto-score; without what follows from the rest."""
    number = len(rows)
    components = int(component.max()) + 1
    queue, level_of = _queue_levels(scorings.queue, rows)
    levels = max(int(queue.max()), 0)  # level 0 is the reference
    auto = np.zeros(number) if scorings.auto is None else scorings.auto[rows]
    auto_scale = float(np.sqrt((auto**2).mean())) or 1.0
    width = components + levels + 1
    entries = [
        (np.arange(number), component, np.ones(number)),
        (np.flatnonzero(queue > 0), components + queue[queue > 0] - 1, np.ones(np.count_nonzero(queue > 0))),
        (np.arange(number), np.full(number, width - 1), auto / auto_scale),
    ]
    full = _csr(entries, (number, width))
    kept = _independent(squares_of(full))
    place = np.full(width, NO_COLUMN, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    queue_place = np.concatenate([[REFERENCE], place[components:-1]])
    queue_place = np.where(level_of < 0, NO_COLUMN, queue_place[level_of])
    return Columns(full[:, kept], place[:components], queue_place, int(place[-1]), auto_scale)


def _queue_levels(queue: Codes, rows: Codes) -> tuple[Codes, Codes]:
    """Level of each row and queue code: queues of 30 scorings each, the rest together; 0 the largest, −1 not seen."""
    counts = np.bincount(queue[rows], minlength=int(queue.max()) + 1)
    large = np.flatnonzero(counts >= SMALLEST_QUEUE)
    level = np.full(len(counts), len(large), dtype=np.intp)
    level[large] = np.arange(len(large))
    totals = np.bincount(level, weights=counts)
    occurring = np.flatnonzero(totals)
    ranked = occurring[np.argsort(-totals[occurring], kind="stable")]
    rank = np.zeros(len(totals), dtype=np.intp)
    rank[ranked] = np.arange(len(ranked))
    return rank[level[queue[rows]]], np.where(counts > 0, rank[level], -1)


def _independent(squares: Floats) -> Codes:
    """Columns that do not follow from those before them, by Cholesky steps on the matrix of their products."""
    rest = squares.copy()
    kept = []
    for column in range(len(rest)):
        left = rest[column, column]
        if left > _DEPENDENT * max(squares[column, column], 1.0):
            kept.append(column)
            rest -= np.outer(rest[:, column], rest[column]) / left
    return np.array(kept, dtype=np.intp)


def _csr(entries: list[tuple[Codes, Codes, Floats]], shape: tuple[int, int]) -> Table:
    rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    return sparse.csr_array((values, (rows, columns)), shape=shape)


def squares_of(matrix: Table) -> Floats:
    """M'M as a plain array."""
    squares: Floats = (matrix.T @ matrix).toarray()
    return squares
