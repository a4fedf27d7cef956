"""How often something failed in a sample whose conversations may stand for different numbers of others."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """Sums over the conversations of a sample, each with its weight 1/π.

    Attributes
    ----------
    weight, squares : float
        Sums of the weights and of their squares.
    failed : float
        Sum of the weights of those that failed.
    lightest, heaviest : float
        The smallest and the largest weight.
    seen, seen_failed : int
        Conversations, and those that failed, as they were seen.
    """

    weight: float = 0.0
    squares: float = 0.0
    failed: float = 0.0
    lightest: float = inf
    heaviest: float = 0.0
    seen: int = 0
    seen_failed: int = 0

    def add(self, weight: float, *, has_failed: bool) -> None:
        """Count one conversation."""
        self.weight += weight
        self.squares += weight**2
        self.failed += weight * has_failed
        self.lightest, self.heaviest = min(self.lightest, weight), max(self.heaviest, weight)
        self.seen += 1
        self.seen_failed += has_failed

    def even_sample(self) -> tuple[float, float]:
        """k of n: as seen where all weights are equal, else those of the even sample that would be as precise.

        n = (Σw)²/Σw², k = n·Σ_failed w/Σw. Not rounded: a rare failure that was looked for would become none, and what
        rests on few conversations would look surer than it is.
        """
        if self.lightest >= self.heaviest:
            return self.seen_failed, self.seen
        n = self.weight**2 / self.squares
        return min(n, n * self.failed / self.weight), n

    def counts(self) -> tuple[int, int]:
        """The same in whole conversations, for a test that counts."""
        k, n = self.even_sample()
        return round(k), round(n)
