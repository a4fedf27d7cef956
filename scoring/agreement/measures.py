"""Coefficients over any number of inspectors who may stand in for each other: AC1, AC2, Fleiss, Brennan–Prediger.

Beside them the raw agreement, and the agreement on some levels alone, such as "failed".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.coefficients import Parts, Undefined, Weights, divide
from scoring.agreement.tables import AnswerTable

__all__ = ["BrennanPrediger", "FleissKappa", "GwetAC", "PercentAgreement", "SpecificAgreement"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _OfAnswers:
    """What all measures over exchangeable inspectors share."""

    weights: Weights = Weights.identity
    lowest: ClassVar[float] = -1.0
    undefined: ClassVar[Undefined] = Undefined.no_variation

    def evidence(self, table: AnswerTable) -> int:
        """Conversations with at least two answers."""
        return table.pairable

    def _observed(self, table: AnswerTable, units: Floats) -> Floats:
        """Mean over conversations of the weighted share of agreeing pairs."""
        answers = table.answers
        pairs = answers * (answers - 1)
        near = table.patterns @ self.weights.matrix(table.positions)
        agreeing = (table.patterns * (near - 1)).sum(axis=1)
        own = np.divide(agreeing, pairs, out=np.zeros_like(pairs), where=pairs > 0)
        return divide(units @ own, units @ (pairs > 0).astype(float))


class PercentAgreement(_OfAnswers):
    """Share of pairs of answers that agree, per conversation, averaged over conversations.

    ``p_a = mean over conversations of Σ_k r_k(r*_k − 1) / (r(r − 1))``, r answers of which r_k at level k,
    r*_k = Σ_l w_kl r_l; conversations with at least two answers. Range 0–1; flatters where nearly all pass.
    """

    __slots__ = ()
    code: ClassVar[str] = "percent_agreement"
    lowest: ClassVar[float] = 0.0
    undefined: ClassVar[Undefined] = Undefined.no_pairs

    def parts(self, table: AnswerTable, units: Floats) -> Parts:
        """Observed agreement, and what chance alone would give."""
        observed = self._observed(table, units)
        return observed, np.zeros_like(observed)


class GwetAC(_OfAnswers):
    """Gwet's AC1; with weights AC2.

    ``p_e = T/(K(K−1)) · Σ_k π_k(1 − π_k)``; K levels the criterion declares, π_k the mean share of level k over
    conversations (those with one answer included), T the sum of all weights (K without weights).

    References
    ----------
    .. [1] K. L. Gwet (2008), Br. J. Math. Stat. Psychol. 61:29–48, doi:10.1348/000711006X126600.
    """

    __slots__ = ()

    @property
    def code(self) -> str:
        """AC1 without weights, AC2 with them."""
        return "ac1" if self.weights is Weights.identity else "ac2"

    def parts(self, table: AnswerTable, units: Floats) -> Parts:
        """Observed agreement, and what chance alone would give."""
        shares = _level_shares(table, units)
        levels = len(table.levels)
        total = self.weights.matrix(table.positions).sum()
        expected = total / (levels * (levels - 1)) * (shares * (1 - shares)).sum(axis=1)
        return self._observed(table, units), expected


class BrennanPrediger(_OfAnswers):
    """Brennan and Prediger's coefficient: chance is a throw among the declared levels, ``p_e = Σ w / K²``.

    References
    ----------
    .. [1] R. L. Brennan, D. J. Prediger (1981), Educ. Psychol. Meas. 41:687–699, doi:10.1177/001316448104100307.
    """

    __slots__ = ()
    code: ClassVar[str] = "brennan_prediger"

    def parts(self, table: AnswerTable, units: Floats) -> Parts:
        """Observed agreement, and what chance alone would give."""
        observed = self._observed(table, units)
        chance = self.weights.matrix(table.positions).sum() / len(table.levels) ** 2
        return observed, np.full_like(observed, chance)


class FleissKappa(_OfAnswers):
    """Fleiss' κ: chance is a throw with the shares of all answers, ``p_e = Σ_kl w_kl π_k π_l``.

    Missing answers as Gwet treats them: π_k is the mean share of level k over conversations.

    References
    ----------
    .. [1] J. L. Fleiss (1971), Psychol. Bull. 76:378–382, doi:10.1037/h0031619.
    .. [2] K. L. Gwet (2014), *Handbook of Inter-Rater Reliability*, 4th ed.
    """

    __slots__ = ()
    code: ClassVar[str] = "fleiss_kappa"

    def parts(self, table: AnswerTable, units: Floats) -> Parts:
        """Observed agreement, and what chance alone would give."""
        shares = _level_shares(table, units)
        expected = ((shares @ self.weights.matrix(table.positions)) * shares).sum(axis=1)
        return self._observed(table, units), expected


@dataclass(frozen=True, slots=True)
class SpecificAgreement:
    """Agreement on some levels, such as "failed": ``2·both / (2·both + one only)``.

    With more than two inspectors over all pairs: ``Σ f(f − 1) / Σ f(r − 1)``, f of r answers being such. Passing
    everything cannot raise it, throwing coins gives the share of failures.

    Attributes
    ----------
    wanted : frozenset of str
        The levels looked at.

    References
    ----------
    .. [1] D. V. Cicchetti, A. R. Feinstein (1990), J. Clin. Epidemiol. 43:551–558, doi:10.1016/0895-4356(90)90159-M.
    """

    wanted: frozenset[str]

    code: ClassVar[str] = "specific_agreement"
    lowest: ClassVar[float] = 0.0
    undefined: ClassVar[Undefined] = Undefined.no_failures

    def evidence(self, table: AnswerTable) -> int:
        """Conversations with at least two answers, at least one of them such."""
        found, others = self.count_pairs(table)
        return int(table.units[(found + others) > 0].sum())

    def count_pairs(self, table: AnswerTable) -> tuple[Floats, Floats]:
        """Per pattern: pairs of answers of which both are such, and of which one only is; shape (patterns,)."""
        such = table.patterns[:, [level in self.wanted for level in table.levels]].sum(axis=1)
        return such * (such - 1) / 2, such * (table.answers - such)

    def parts(self, table: AnswerTable, units: Floats) -> Parts:
        """Observed agreement, and what chance alone would give."""
        both, one_only = self.count_pairs(table)
        observed = divide(units @ (2 * both), units @ (2 * both + one_only))
        return observed, np.zeros_like(observed)


def _level_shares(table: AnswerTable, units: Floats) -> Floats:
    """Mean over conversations of the share of each level, shape (samples, levels)."""
    shares = table.patterns / table.answers[:, None]
    return divide(units @ shares, units.sum(axis=1, keepdims=True))
