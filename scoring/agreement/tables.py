"""Answers of several inspectors to the same conversations, as counts: the input of every coefficient.

Conversations with the same answers are kept once with their number, so that nothing depends on their order and
drawing conversations anew (the bootstrap) costs no more for ten thousand than for ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import CountError, InputError

__all__ = [
    "AnswerTable",
    "PairTable",
    "ScoreTable",
    "Table",
    "tabulate_answers",
    "tabulate_counts",
    "tabulate_pairs",
    "tabulate_scores",
]

Floats = NDArray[np.float64]


class Table(Protocol):
    """What coefficients are computed from: patterns of answers, and how many conversations show each."""

    @property
    def units(self) -> Floats:
        """Conversations per pattern, shape (patterns,)."""

    @property
    def pairable(self) -> int:
        """Conversations with at least two answers."""

    @property
    def has_one_level(self) -> bool:
        """Whether there is nothing to choose between."""


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTable:
    """How many inspectors gave each level, per pattern; who gave it is not kept.

    Attributes
    ----------
    levels : tuple of str
        The levels the criterion declares, used or not.
    positions : array of float, shape (levels,)
        Where each level lies on its scale; 0, 1, 2 … unless given.
    patterns : array of float, shape (patterns, levels)
        Answers per level; missing answers are in none. Each pattern has at least one answer.
    units : array of float, shape (patterns,)
        Conversations that show the pattern.
    """

    levels: tuple[str, ...]
    positions: Floats
    patterns: Floats
    units: Floats

    @property
    def answers(self) -> Floats:
        """Answers per conversation of each pattern, shape (patterns,)."""
        total: Floats = self.patterns.sum(axis=1)
        return total

    @property
    def pairable(self) -> int:
        """Conversations with at least two answers."""
        return int(self.units[self.answers >= 2].sum())

    @property
    def has_one_level(self) -> bool:
        """Whether the criterion declares a single level."""
        return len(self.levels) < 2


@dataclass(frozen=True, slots=True, eq=False)
class PairTable:
    """Two inspectors' answers against each other.

    Attributes
    ----------
    levels : tuple of str
        The levels the criterion declares.
    positions : array of float, shape (levels,)
        Where each level lies on its scale.
    cells : array of float, shape (levels, levels)
        Conversations by the first inspector's level (row) and the second's (column).
    """

    levels: tuple[str, ...]
    positions: Floats
    cells: Floats

    @property
    def units(self) -> Floats:
        """Conversations per cell, row by row."""
        return self.cells.ravel()

    @property
    def pairable(self) -> int:
        """Conversations both answered."""
        return int(self.cells.sum())

    @property
    def has_one_level(self) -> bool:
        """Whether the criterion declares a single level."""
        return len(self.levels) < 2

    def as_answers(self) -> AnswerTable:
        """Forget who gave which answer."""
        row, column = np.divmod(np.arange(self.cells.size), len(self.levels))
        eye = np.eye(len(self.levels))
        patterns, place = np.unique(eye[row] + eye[column], axis=0, return_inverse=True)
        units = np.bincount(place, weights=self.units).astype(float)
        return AnswerTable(self.levels, self.positions, patterns[units > 0], units[units > 0])


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """Total scores of several inspectors; each conversation is a pattern of its own.

    Attributes
    ----------
    scores : array of float, shape (conversations, inspectors)
        NaN where an inspector did not score; each conversation has at least one score. Sorted by row.
    """

    scores: Floats

    @property
    def units(self) -> Floats:
        """One conversation each."""
        return np.ones(len(self.scores))

    @property
    def pairable(self) -> int:
        """Conversations with at least two scores."""
        return int((np.isfinite(self.scores).sum(axis=1) >= 2).sum())

    @property
    def has_one_level(self) -> bool:
        """Never: a score is a number, not a level."""
        return False


def tabulate_answers(
    answers: Iterable[Sequence[str | None]], levels: Sequence[str], *, positions: Sequence[float] | None = None
) -> AnswerTable:
    """Count the answers of each conversation.

    Parameters
    ----------
    answers : iterable of sequences of str or None
        Per conversation the answer of each inspector, in any order; None = did not answer or not applicable, which is
        not a category. Conversations without any answer are left out.
    levels : sequence of str
        The levels the criterion declares, in their order.
    positions : sequence of float, optional
        Where each level lies on its scale, for weights and metrics; 0, 1, 2 … if left out.

    Returns
    -------
    AnswerTable

    Raises
    ------
    InputError
        If an answer is none of the levels, a level is named twice, or the positions do not fit.
    """
    column = {level: index for index, level in enumerate(levels)}
    counts = []
    for row in answers:
        own = [0.0] * len(levels)
        for answer in row:
            if answer is None:
                continue
            if answer not in column:
                raise InputError(f"The answer {answer!r} is none of the levels {list(levels)}.")
            own[column[answer]] += 1
        counts.append(own)
    return tabulate_counts(np.array(counts).reshape(len(counts), len(levels)), levels, positions=positions)


def tabulate_counts(
    counts: ArrayLike, levels: Sequence[str], *, positions: Sequence[float] | Floats | None = None
) -> AnswerTable:
    """Take counts of answers per conversation (row) and level (column).

    Parameters
    ----------
    counts : array_like of whole numbers, shape (conversations, levels)
        Conversations without any answer are left out.
    levels : sequence of str
        Names of the columns.
    positions : sequence of float, optional
        Where each level lies on its scale; 0, 1, 2 … if left out.

    Returns
    -------
    AnswerTable

    Raises
    ------
    CountError
        If a count is negative or not whole.
    InputError
        If levels, positions and columns do not fit each other.
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(levels):
        raise InputError(f"Counts of shape {table.shape} for {len(levels)} levels: give one column per level.")
    _check_counts(table)
    patterns, units = np.unique(table[table.sum(axis=1) > 0], axis=0, return_counts=True)
    return AnswerTable(tuple(levels), _positions(levels, positions), patterns, units.astype(float))


def tabulate_pairs(cells: ArrayLike, levels: Sequence[str], *, positions: Sequence[float] | None = None) -> PairTable:
    """Take a square table of two inspectors' answers.

    Parameters
    ----------
    cells : array_like of whole numbers, shape (levels, levels)
        Conversations by the first inspector's level (row) and the second's (column).
    levels : sequence of str
        Names of rows and columns.
    positions : sequence of float, optional
        Where each level lies on its scale; 0, 1, 2 … if left out.

    Returns
    -------
    PairTable

    Raises
    ------
    CountError
        If a count is negative or not whole.
    InputError
        If the table is not square or does not fit the levels.
    """
    table = np.asarray(cells, dtype=float)
    if table.shape != (len(levels), len(levels)):
        raise InputError(f"A table of shape {table.shape} for {len(levels)} levels: it must be square.")
    _check_counts(table)
    return PairTable(tuple(levels), _positions(levels, positions), table)


def tabulate_scores(scores: ArrayLike) -> ScoreTable:
    """Take total scores per conversation (row) and inspector (column); NaN = not scored.

    Raises
    ------
    InputError
        If the scores are no table or one is infinite.
    """
    table = np.asarray(scores, dtype=float)
    if table.ndim != 2 or np.isinf(table).any():
        raise InputError("Scores must be a table of finite numbers, NaN where there is none.")
    table = table[np.isfinite(table).any(axis=1)]
    # Sorted, so that the order of the conversations cannot show in a resample.
    return ScoreTable(table[np.lexsort(np.nan_to_num(table, nan=-np.inf).T[::-1])] if len(table) else table)


def _check_counts(table: Floats) -> None:
    if not (np.isfinite(table).all() and (table >= 0).all() and (table == np.rint(table)).all()):
        raise CountError("Counts of answers must be whole numbers, 0 or more.")


def _positions(levels: Sequence[str], positions: Sequence[float] | Floats | None) -> Floats:
    if len(set(levels)) < len(levels) or not len(levels):
        raise InputError(f"The levels {list(levels)} must be at least one, and each named once.")
    given = np.arange(len(levels), dtype=float) if positions is None else np.asarray(positions, dtype=float)
    if given.shape != (len(levels),) or not np.isfinite(given).all() or len(set(given.tolist())) < len(given):
        raise InputError(f"The positions {given.tolist()} must be one finite number per level, no two alike.")
    return given
