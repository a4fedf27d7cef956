"""The words and pairs of words of one side of the conversations, and how much each one weighs (TF-IDF).

A word enters if enough conversations of enough agents use it: neither a customer's name nor the way one agent signs
becomes a feature. `terms` counts them in a conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.screening.numbering import BLANKS, Codes, number_words, open_pairs, pair_keys, word_codes
from scoring.screening.words import split_words

Floats = NDArray[np.float64]

FEWEST_CONVERSATIONS = 5
FEWEST_GROUPS = 3
MOST_WORDS = 20_000
MOST_PAIRS = 40_000


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
    found = dict.fromkeys(word for text in texts for word in split_words(text))
    known = [word for word in found if word not in BLANKS]
    numbered = number_words(texts, word_codes(known))
    _, group = np.unique(np.array(groups, dtype=np.str_), return_inverse=True)
    usable = np.array([_is_usable(word) for word in known], dtype=bool)
    frequency = _frequencies(numbered.texts(), numbered.codes, group, len(known))
    counts = {known[code]: int(frequency[code]) for code in np.flatnonzero((frequency > 0) & usable)}
    taken = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    return _with_pairs(sorted(taken), counts, texts, group)


def _is_usable(word: str) -> bool:
    """No blank, no mark between messages, nothing with a digit: orders, cards and telephones are no words."""
    return word.isprintable() and not word.isspace() and not any(map(str.isdigit, word))


def _with_pairs(words: list[str], counts: dict[str, int], texts: Sequence[str], group: NDArray[np.intp]) -> Vocabulary:
    numbered = number_words(texts, word_codes(words))
    opens = open_pairs(numbered)
    pairs, place = np.unique(pair_keys(numbered, opens, len(words)), return_inverse=True)
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
