"""How often something failed in a sample whose conversations may stand for different numbers of others."""

from __future__ import annotations

from dataclasses import dataclass

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
    seen, seen_failed : int
        Conversations, and those that failed, as they were seen.
    """

    weight: float = 0.0
    squares: float = 0.0
    failed: float = 0.0
    seen: int = 0
    seen_failed: int = 0

    def add(self, weight: float, *, has_failed: bool) -> None:
        """Count one conversation."""
        self.weight += weight
        self.squares += weight**2
        self.failed += weight * has_failed
        self.seen += 1
        self.seen_failed += has_failed

    def counts(self) -> tuple[int, int]:
        """k of n: as seen where all weights are equal, else those of the even sample that would be as precise.

        n = (Σw)²/Σw², k = n·Σ_failed w/Σw, both rounded.
        """
        if not self.squares:
            return 0, 0
        effective = self.weight**2 / self.squares
        n = round(effective)
        return min(n, round(effective * self.failed / self.weight)), n
