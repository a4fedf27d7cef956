"""Kappa of two named inspectors: Cohen's and Scott's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.coefficients import Parts, Undefined, Weights, divide
from scoring.agreement.tables import PairTable

__all__ = ["CohenKappa", "ScottPi"]

Floats = NDArray[np.float64]
_Chance = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class _OfPairs:
    """What both measures over two named inspectors share."""

    weights: Weights = Weights.identity
    lowest: ClassVar[float] = -1.0
    undefined: ClassVar[Undefined] = Undefined.no_variation

    def evidence(self, table: PairTable) -> int:
        """Conversations with at least two answers."""
        return table.pairable

    def _parts(self, table: PairTable, units: Floats, chance: _Chance) -> Parts:
        joint = divide(units, units.sum(axis=1, keepdims=True)).reshape(len(units), *table.cells.shape)
        weights = self.weights.matrix(table.positions)
        first, second = chance(joint.sum(axis=2), joint.sum(axis=1))
        return (joint * weights).sum(axis=(1, 2)), ((first @ weights) * second).sum(axis=1)


class CohenKappa(_OfPairs):
    """Cohen's κ of two inspectors: chance is a throw with each one's own shares, ``p_e = Σ_kl w_kl p_k+ p_+l``.

    References
    ----------
    .. [1] J. Cohen (1960), Educ. Psychol. Meas. 20:37–46, doi:10.1177/001316446002000104.
    .. [2] J. Cohen (1968), Psychol. Bull. 70:213–220, doi:10.1037/h0026256 (weights).
    """

    __slots__ = ()
    code: ClassVar[str] = "cohen_kappa"

    def parts(self, table: PairTable, units: Floats) -> Parts:
        """Observed agreement, and what chance alone would give."""
        return self._parts(table, units, lambda first, second: (first, second))


class ScottPi(_OfPairs):
    """Scott's π of two inspectors: chance is a throw with the shares of both together.

    References
    ----------
    .. [1] W. A. Scott (1955), Public Opin. Q. 19:321–325, doi:10.1086/266577.
    """

    __slots__ = ()
    code: ClassVar[str] = "scott_pi"

    def parts(self, table: PairTable, units: Floats) -> Parts:
        """Observed agreement, and what chance alone would give."""
        return self._parts(table, units, lambda first, second: ((first + second) / 2, (first + second) / 2))
