"""Which tenth a conversation belongs to: by its id alone, so that it stays there in every later model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

FOLDS: Final = 10
_PURPOSE = b"screening.folds.v1\x1f"


def hash_ids(ids: Sequence[str]) -> NDArray[np.uint64]:
    """First eight bytes of SHA-256 over a fixed prefix and the id, as numbers; the order they give is arbitrary."""
    return np.array(
        [int.from_bytes(hashlib.sha256(_PURPOSE + name.encode()).digest()[:8], "big") for name in ids], dtype=np.uint64
    )


def assign_folds(ids: Sequence[str]) -> NDArray[np.intp]:
    """Fold of each conversation.

    Parameters
    ----------
    ids : sequence of str
        ``source:external_id``.

    Returns
    -------
    array of int, shape (conversations,)
        0 to 9; the same id has the same fold whoever else is there.
    """
    return (hash_ids(ids) % np.uint64(FOLDS)).astype(np.intp)
