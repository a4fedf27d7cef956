"""Krippendorff's α: any number of inspectors, missing answers, levels with or without order, or whole scores."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.coefficients import Parts, Undefined, divide
from scoring.agreement.tables import AnswerTable, ScoreTable
from scoring.errors import InputError

__all__ = ["KrippendorffAlpha", "Metric", "ScoreAlpha"]

Floats = NDArray[np.float64]


class Metric(StrEnum):
    """How far two answers lie apart."""

    nominal = "nominal"  # the same or not
    ordinal = "ordinal"  # by how many answers lie between them
    interval = "interval"  # (c − k)²
    ratio = "ratio"  # ((c − k)/(c + k))²


@dataclass(frozen=True, slots=True)
class KrippendorffAlpha:
    """α over levels: ``1 − D_o/D_e``.

    D_o averages δ² over the pairs of answers inside conversations, D_e over all pairs of answers whatever the
    conversation. Only conversations with two answers or more count. 1 = all agree, 0 = as by chance; undefined where
    all answers are the same. `observed` and `expected` are 1 − D_o/δ²_max and 1 − D_e/δ²_max.

    Attributes
    ----------
    metric : Metric
        For ordered levels `Metric.ordinal`; `interval` and `ratio` use the levels' positions.

    References
    ----------
    .. [1] K. Krippendorff (2011), *Computing Krippendorff's Alpha-Reliability*, University of Pennsylvania,
       sections C–E.
    """

    metric: Metric = Metric.nominal

    @property
    def code(self) -> str:
        """Name in figures and files."""
        return f"alpha_{self.metric}"

    lowest: ClassVar[float] = -1.0
    undefined: ClassVar[Undefined] = Undefined.no_variation

    def evidence(self, table: AnswerTable) -> int:
        """Conversations with at least two answers."""
        return table.pairable

    def parts(self, table: AnswerTable, units: Floats) -> Parts:
        """1 minus disagreement, as seen and as by chance, per sample."""
        answers = table.answers
        kept = answers >= 2
        levels = len(table.levels)
        counts, weights = table.patterns[kept], units[:, kept]
        within = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(levels)
        within = (within / (answers[kept] - 1)[:, None, None]).reshape(-1, levels * levels)
        coincidences = (weights @ within).reshape(-1, levels, levels)
        totals = coincidences.sum(axis=2)
        number = totals.sum(axis=1)
        between = totals[:, :, None] * totals[:, None, :] - totals[:, :, None] * np.eye(levels)
        distance = self._distances(table.positions, totals)
        seen = divide((coincidences * distance).sum(axis=(1, 2)), number)
        chance = divide((between * distance).sum(axis=(1, 2)), number * (number - 1))
        return 1 - seen, 1 - chance

    def _distances(self, positions: Floats, totals: Floats) -> Floats:
        """δ² between levels as a share of the largest, per sample; shape (samples, levels, levels)."""
        if self.metric is Metric.nominal:
            squared = 1 - np.eye(len(positions))[None, :, :]
        elif self.metric is Metric.ordinal:
            squared = _rank_distances(positions, totals) ** 2
        elif self.metric is Metric.interval:
            squared = (positions[:, None] - positions[None, :])[None, :, :] ** 2
        else:
            squared = _ratio_distances(positions)[None, :, :] ** 2
        largest = squared.max(axis=(1, 2), keepdims=True)
        shares: Floats = np.divide(squared, largest, out=np.zeros_like(squared), where=largest > 0)
        return shares


@dataclass(frozen=True, slots=True)
class ScoreAlpha:
    """α with the interval metric over whole scores, without a table of levels.

    ``D_o = Σ_u 2(m_u Σx² − (Σx)²)/(m_u − 1) / N`` over conversations with m_u ≥ 2 of N scores,
    ``D_e = 2(N Σx² − (Σx)²)/(N(N − 1))`` over all of them. The same number as `KrippendorffAlpha(Metric.interval)`.
    """

    code: ClassVar[str] = "alpha_interval"
    lowest: ClassVar[float] = -1.0
    undefined: ClassVar[Undefined] = Undefined.no_variation

    def evidence(self, table: ScoreTable) -> int:
        """Conversations with at least two scores."""
        return table.pairable

    def parts(self, table: ScoreTable, units: Floats) -> Parts:
        """1 minus disagreement, as seen and as by chance, per sample; the range of the scores is the unit."""
        answers = np.isfinite(table.scores).sum(axis=1)
        kept = answers >= 2
        scores, number, weights = table.scores[kept], answers[kept].astype(float), units[:, kept]
        spread = float(np.ptp(scores[np.isfinite(scores)])) if kept.any() else 0.0
        # Centred and scaled first: squares of numbers near 90 would lose the digits that differ.
        x = (scores - np.nanmin(scores)) / spread if spread > 0 else np.where(np.isfinite(scores), 0.0, np.nan)
        sums, squares = np.nansum(x, axis=1), np.nansum(x**2, axis=1)
        own = 2 * (number * squares - sums**2) / (number - 1)
        total = weights @ number
        seen = divide(weights @ own, total)
        chance = divide(2 * (total * (weights @ squares) - (weights @ sums) ** 2), total * (total - 1))
        return 1 - seen, 1 - chance


def _rank_distances(positions: Floats, totals: Floats) -> Floats:
    """Answers between two levels, half of both ends included, per sample; order is that of the positions."""
    order = np.argsort(positions)
    middle = np.empty_like(totals)
    middle[:, order] = np.cumsum(totals[:, order], axis=1) - totals[:, order] / 2
    distances: Floats = middle[:, :, None] - middle[:, None, :]
    return distances


def _ratio_distances(positions: Floats) -> Floats:
    if (positions < 0).any():
        raise InputError(f"The ratio metric needs positions of 0 or more, not {positions.tolist()}.")
    total = positions[:, None] + positions[None, :]
    return np.divide(positions[:, None] - positions[None, :], total, out=np.zeros_like(total), where=total > 0)
