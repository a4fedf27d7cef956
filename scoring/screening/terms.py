"""Finds the words and pairs of a vocabulary in texts and weighs them: the part every transcript passes through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from scoring.screening.numbering import UNKNOWN, Codes, Numbered, number_words, open_pairs, pair_keys, word_codes
from scoring.screening.vocabulary import Vocabulary

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ over the golden ratio: neighbouring keys land far apart
_ROOM = 8  # slots a pair


class TermIndex:
    """Look-up tables of a vocabulary; made once per model, because making them costs as much as a batch.

    Parameters
    ----------
    vocabulary : Vocabulary
        Words and pairs to find.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._codes = word_codes(vocabulary.words)
        pairs = vocabulary.pairs
        bits = max(4, int(_ROOM * len(pairs)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._slots = np.zeros(1 << bits, dtype=np.int32)
        slots = self._slot(pairs)
        self._slots[slots] = np.arange(len(pairs), dtype=np.int32)
        # Pairs whose slot another one took are few: they are looked for in a list of their own.
        self._crowded = np.flatnonzero(self._slots[slots] != np.arange(len(pairs)))
        self._is_crowded = np.zeros(1 << bits, dtype=bool)
        self._is_crowded[slots[self._crowded]] = True

    def number(self, texts: Sequence[str]) -> Numbered:
        """Replace words by their codes."""
        return number_words(texts, self._codes)

    def find_pairs(self, keys: Codes) -> NDArray[np.int32]:
        """Place of each key among the pairs; `UNKNOWN` where it is none."""
        pairs = self.vocabulary.pairs
        slots = self._slot(keys)
        places = self._slots[slots]
        places[pairs[places] != keys] = UNKNOWN
        if len(self._crowded):
            left = np.flatnonzero((places == UNKNOWN) & self._is_crowded[slots])
            among = pairs[self._crowded]
            found = np.minimum(np.searchsorted(among, keys[left]), len(among) - 1)
            places[left] = np.where(among[found] == keys[left], self._crowded[found], UNKNOWN)
        return places

    def _slot(self, keys: Codes) -> NDArray[np.int64]:
        return ((keys.astype(np.uint64) * _MIX) >> self._shift).astype(np.int64)


def weigh_terms(numbered: Numbered, index: TermIndex) -> csr_matrix:
    """TF-IDF of texts.

    ``(1 + ln count)·idf``, each row divided by its length; a text without a known term is a row of zeros.

    Parameters
    ----------
    numbered : Numbered
        With the codes of this vocabulary.
    index : TermIndex
        Of the vocabulary that numbered them.

    Returns
    -------
    csr_matrix of float, shape (texts, terms)
    """
    vocabulary = index.vocabulary
    columns = _columns(numbered, index).ravel()
    known = columns >= 0
    found = columns[known]
    starts = _starts(known, 2 * numbered.lengths)
    matrix = csr_matrix((np.ones(len(found)), found, starts), shape=(len(numbered.lengths), len(vocabulary)))
    matrix.sum_duplicates()
    counts = matrix.data.astype(np.intp)
    # Counts are small and few: their logarithms are looked up.
    tempered = 1 + np.log(np.arange(1, counts.max(initial=1) + 1))
    matrix.data = tempered[counts - 1] * vocabulary.idf[matrix.indices]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    # Row by row, so that what a text weighs does not depend on the texts beside it.
    matrix.data /= np.sqrt(np.bincount(rows, np.square(matrix.data), matrix.shape[0]))[rows]
    return matrix


def _starts(known: NDArray[np.bool_], lengths: NDArray[np.intp]) -> NDArray[np.int32]:
    """Where each text begins once unknown terms are left out."""
    before = np.concatenate((np.zeros(1, dtype=np.int32), np.cumsum(known, dtype=np.int32)))
    starts: NDArray[np.int32] = before[np.concatenate(([0], np.cumsum(lengths)))]
    return starts


def _columns(numbered: Numbered, index: TermIndex) -> NDArray[np.int32]:
    """Column of every word, and beside it that of the pair it opens; negative where it has none."""
    size = len(index.vocabulary.words)
    columns = np.full((len(numbered.codes), 2), UNKNOWN, dtype=np.int32)
    columns[:, 0] = numbered.codes
    if len(index.vocabulary.pairs):
        opens = open_pairs(numbered)
        places = index.find_pairs(pair_keys(numbered, opens, size))
        columns[opens, 1] = np.where(places == UNKNOWN, UNKNOWN, size + places)
    return columns
