"""Random numbers that depend on nothing but a thing's own id."""

from __future__ import annotations

import hashlib

import numpy as np

DRAWS = 4000  # posterior draws behind every interval, tier and list


def generator_for(*parts: str) -> np.random.Generator:
    """Random generator of one thing.

    The seed is the SHA-256 of the parts joined by the unit separator: neither the order of the agents nor who else
    is in the month changes anybody's draws.

    Parameters
    ----------
    *parts : str
        What names the thing, from the general to the special: month, agent, figure.

    Returns
    -------
    numpy.random.Generator
        A PCG64 generator; the same parts give the same numbers.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
