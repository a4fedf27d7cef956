"""The words and pairs of words of one side of the conversations, and how much each one weighs (TF-IDF).

A word enters if enough conversations of enough agents use it: neither a customer's name nor the way one agent signs
becomes a feature. Counting is done on numbers, whole batches at once; a dictionary look-up per word is all the Python
there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from scoring.screening.words import split_words

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

FEWEST_CONVERSATIONS = 5
FEWEST_GROUPS = 3
MOST_WORDS = 20_000
MOST_PAIRS = 40_000
_UNKNOWN = -1
_BLANK = -2
_BLANKS = (" ", "\t", "\r", "\n", "\r\n", "\u3000", "\xa0")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, pairs and their weights.

    Attributes
    ----------
    words : tuple of str
        Sorted; the first columns.
    pairs : array of int64
        Sorted; a pair is ``first · len(words) + second``. The columns after the words.
    idf : array of float, shape (len(words) + len(pairs),)
        ``1 + ln((1 + N)/(1 + df))``, N and df counted in conversations.
    """

    words: tuple[str, ...]
    pairs: Codes
    idf: Floats

    def __len__(self) -> int:
        return len(self.idf)

    def term(self, column: int) -> str:
        """Word or pair of a column, as people read it."""
        if column < len(self.words):
            return self.words[column]
        first, second = divmod(int(self.pairs[column - len(self.words)]), len(self.words))
        return f"{self.words[first]} {self.words[second]}"


@dataclass(frozen=True, slots=True)
class Numbered:
    """Texts as numbers: the words of all of them one after the other, and how many each one has."""

    codes: Codes
    lengths: NDArray[np.intp]

    def texts(self) -> Codes:
        """The text each word stands in."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


def learn_vocabulary(texts: Sequence[str], groups: Sequence[str]) -> Vocabulary:
    """Choose words and pairs.

    A term is taken if at least 5 conversations and at least 3 groups use it (all groups where there are fewer than 3);
    of more than 20,000 words or 40,000 pairs those of most conversations.

    Parameters
    ----------
    texts : sequence of str
        One side of each conversation.
    groups : sequence of str
        The agent of each, beside `texts`.

    Returns
    -------
    Vocabulary
        The same for any order of the conversations; empty where nothing is frequent enough.
    """
    found: dict[str, int] = dict.fromkeys(_BLANKS, _BLANK)
    for text in texts:
        for word in split_words(text):
            if word not in found:
                found[word] = len(found) - len(_BLANKS)
    numbered = number_words(texts, found)
    _, group = np.unique(np.array(groups, dtype=np.str_), return_inverse=True)
    known = [word for word, code in found.items() if code >= 0]
    usable = np.array([_is_usable(word) for word in known], dtype=bool)
    frequency = _frequencies(numbered.texts(), numbered.codes, group, len(known))
    counts = {known[code]: int(frequency[code]) for code in np.flatnonzero((frequency > 0) & usable)}
    taken = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    return _with_pairs(sorted(taken), counts, texts, group)


def _is_usable(word: str) -> bool:
    """No blank, no mark between messages, nothing with a digit: orders, cards and telephones are no words."""
    return word.isprintable() and not word.isspace() and not any(map(str.isdigit, word))


def number_words(texts: Sequence[str], codes: dict[str, int]) -> Numbered:
    """Replace words by their codes; blanks vanish, unknown words stay as gaps that no pair reaches over."""
    split = [split_words(text) for text in texts]
    # Mapped in one go: a dictionary look-up per word is most of what screening costs beside the splitting itself.
    every = np.fromiter(map(codes.get, chain.from_iterable(split), repeat(_UNKNOWN)), dtype=np.int64)
    numbered = Numbered(every, np.array([len(words) for words in split], dtype=np.intp))
    kept = every != _BLANK
    if kept.all():
        return numbered
    return Numbered(every[kept], np.bincount(numbered.texts()[kept], minlength=len(texts)))


def code_words(vocabulary: Vocabulary) -> dict[str, int]:
    """Dictionary for `number_words`; make it once per model."""
    return {**dict.fromkeys(_BLANKS, _BLANK), **{word: code for code, word in enumerate(vocabulary.words)}}


def weigh_terms(numbered: Numbered, vocabulary: Vocabulary) -> csr_matrix:
    """TF-IDF of texts.

    ``(1 + ln count)·idf``, each row divided by its length; a text without a known term is a row of zeros.

    Parameters
    ----------
    numbered : Numbered
        With the codes of this vocabulary.
    vocabulary : Vocabulary
        Words, pairs and weights.

    Returns
    -------
    csr_matrix of float, shape (texts, terms)
    """
    columns = _columns(numbered, vocabulary)
    known = columns >= 0
    per_text = np.bincount(numbered.texts(), known.sum(axis=1), len(numbered.lengths)).astype(np.int32)
    starts = np.concatenate((np.zeros(1, dtype=np.int32), np.cumsum(per_text, dtype=np.int32)))
    found = columns[known]
    matrix = csr_matrix((np.ones(len(found)), found, starts), shape=(len(per_text), len(vocabulary)))
    matrix.sum_duplicates()
    matrix.data = (1 + np.log(matrix.data)) * vocabulary.idf[matrix.indices]
    return _normalise(matrix)


def _normalise(matrix: csr_matrix) -> csr_matrix:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(rows, matrix.data**2, matrix.shape[0]))
    matrix.data /= lengths[rows]
    return matrix


def _columns(numbered: Numbered, vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Column of every word, and beside it that of the pair it opens; negative where it has none."""
    size = len(vocabulary.words)
    columns = np.full((len(numbered.codes), 2), _UNKNOWN, dtype=np.int32)
    columns[:, 0] = numbered.codes
    if len(vocabulary.pairs):
        opens = _opens_pair(numbered)
        keys = _pair_keys(numbered, opens, size)
        place = np.minimum(np.searchsorted(vocabulary.pairs, keys), len(vocabulary.pairs) - 1)
        columns[opens, 1] = np.where(vocabulary.pairs[place] == keys, size + place, _UNKNOWN)
    return columns


def _opens_pair(numbered: Numbered) -> NDArray[np.intp]:
    """Places of known words that another known word of the same text follows."""
    known = numbered.codes >= 0
    follows = known[:-1] & known[1:]
    last = np.cumsum(numbered.lengths)[:-1] - 1
    follows[last[(last >= 0) & (last < len(follows))]] = False
    return np.flatnonzero(follows)


def _pair_keys(numbered: Numbered, opens: NDArray[np.intp], size: int) -> Codes:
    return numbered.codes[opens] * size + numbered.codes[opens + 1]


def _with_pairs(words: list[str], counts: dict[str, int], texts: Sequence[str], group: NDArray[np.intp]) -> Vocabulary:
    codes = {**dict.fromkeys(_BLANKS, _BLANK), **{word: code for code, word in enumerate(words)}}
    numbered = number_words(texts, codes)
    opens = _opens_pair(numbered)
    pairs, place = np.unique(_pair_keys(numbered, opens, len(words)), return_inverse=True)
    frequency = _frequencies(numbered.texts()[opens], place, group, len(pairs))
    # Keys follow the sorted words, so ties fall the same way whatever the order of the texts was.
    taken = np.sort(np.argsort(-frequency, kind="stable")[: min(MOST_PAIRS, np.count_nonzero(frequency))])
    conversations = np.array([counts[word] for word in words] + frequency[taken].tolist(), dtype=float)
    return Vocabulary(tuple(words), pairs[taken], 1 + np.log((1 + len(texts)) / (1 + conversations)))


def _frequencies(texts: Codes, codes: Codes, group: NDArray[np.intp], size: int) -> Codes:
    """Conversations that use each term; 0 where they or their groups are too few."""
    known = codes >= 0
    if not known.any():
        return np.zeros(size, dtype=np.int64)
    seen = np.unique(texts[known] * size + codes[known])
    of_text, term = np.divmod(seen, size)
    users = np.unique(group[of_text].astype(np.int64) * size + term) % size
    frequency = np.bincount(term, minlength=size)
    enough_groups = np.bincount(users, minlength=size) >= min(FEWEST_GROUPS, len(np.unique(group)))
    return np.where((frequency >= FEWEST_CONVERSATIONS) & enough_groups, frequency, 0)
