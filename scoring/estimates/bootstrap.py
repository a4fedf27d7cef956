"""Drawing conversations anew, for intervals of figures that have no formula of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["RESAMPLES", "draw_anew", "draw_blocks"]

RESAMPLES = 2000
_CELLS_AT_ONCE = 1_000_000
_FEW_PER_PATTERN = 4


def draw_blocks(units: NDArray[np.float64], generator: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Give 2,000 resamples in blocks that fit into memory, each of shape (samples, patterns).

    Parameters
    ----------
    units : array of float, shape (patterns,)
        Conversations of each pattern, whole numbers; conversations that look alike are one pattern.
    generator : numpy.random.Generator
        From `generator_for`.

    Yields
    ------
    array of float
        How many conversations of each pattern a resample holds; every row sums to the number of conversations.

    References
    ----------
    .. [1] B. Efron, R. J. Tibshirani (1993), *An Introduction to the Bootstrap*, ch. 6.
    """
    at_once = max(1, _CELLS_AT_ONCE // len(units))
    for start in range(0, RESAMPLES, at_once):
        yield draw_anew(units, min(at_once, RESAMPLES - start), generator)


def draw_anew(units: NDArray[np.float64], size: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw as many conversations as there are, with replacement, `size` times; counts per pattern."""
    number, patterns = int(units.sum()), len(units)
    if number > _FEW_PER_PATTERN * patterns:
        return generator.multinomial(number, units / number, size=size).astype(float)
    # Hardly any two alike: drawing conversations one by one is faster than a binomial per pattern.
    drawn = np.repeat(np.arange(patterns), units.astype(int))[generator.integers(0, number, (size, number))]
    flat = (drawn + patterns * np.arange(size)[:, None]).ravel()
    return np.bincount(flat, minlength=size * patterns).reshape(size, patterns).astype(float)
