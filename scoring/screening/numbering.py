"""Texts as numbers: each word its code, so that whole batches are counted at once.

A dictionary look-up per word is all the Python there is; the rest is NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from scoring.screening.words import split_words

Codes = NDArray[np.int64]

UNKNOWN = -1
_BLANK = -2
BLANKS = frozenset({" ", "\t", "\r", "\n", "\r\n", "\u3000", "\xa0"})


@dataclass(frozen=True, slots=True)
class Numbered:
    """Texts as numbers: the words of all of them one after the other, and how many each one has."""

    codes: Codes
    lengths: NDArray[np.intp]

    def texts(self) -> Codes:
        """The text each word stands in."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


def word_codes(words: Sequence[str]) -> dict[str, int]:
    """Dictionary for `number_words`: each word its place, blanks what makes them vanish."""
    return {**dict.fromkeys(BLANKS, _BLANK), **{word: code for code, word in enumerate(words)}}


def number_words(texts: Sequence[str], codes: dict[str, int]) -> Numbered:
    """Replace words by their codes; blanks vanish, unknown words stay as gaps that no pair reaches over."""
    split = [split_words(text) for text in texts]
    # Mapped in one go: a dictionary look-up per word is most of what screening costs beside the splitting itself.
    every = np.fromiter(map(codes.get, chain.from_iterable(split), repeat(UNKNOWN)), dtype=np.int64)
    numbered = Numbered(every, np.array([len(words) for words in split], dtype=np.intp))
    kept = every != _BLANK
    if kept.all():
        return numbered
    return Numbered(every[kept], np.bincount(numbered.texts()[kept], minlength=len(texts)))


def open_pairs(numbered: Numbered) -> NDArray[np.intp]:
    """Places of known words that another known word of the same text follows."""
    known = numbered.codes >= 0
    follows = known[:-1] & known[1:]
    last = np.cumsum(numbered.lengths)[:-1] - 1
    follows[last[(last >= 0) & (last < len(follows))]] = False
    return np.flatnonzero(follows)


def pair_keys(numbered: Numbered, opens: NDArray[np.intp], size: int) -> Codes:
    """Key of the pair opened at each place: first code · size + second."""
    return numbered.codes[opens] * size + numbered.codes[opens + 1]
