"""Finds phrases in what was said: every one, overlapping ones too, whatever the case, the width or the quotation marks.

For the rules (`scoring.language.evaluate`) and whoever else looks for words. Offsets count characters of the text as it
was given. All texts of a batch are searched in one pass over their joined bytes: most of them hold nothing, and those
cost little more than the automaton itself. What a fast pass cannot decide (full-width letters, rare marks) is found
by sentinels in the same automaton, and those texts are looked at again in their normal form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation
from numpy.typing import NDArray

from scoring.errors import InputError

__all__ = ["Found", "NormalText", "PhraseBook", "normalize"]

MOST_VARIANTS = 64
"""Spellings of one phrase in the automaton; a phrase with more makes every text be read in its normal form."""
_PARTED_BY = "\0"
_LAST_WORD_LETTER = 0x2E80  # from here on the scripts that write without blanks
_MARKS = (
    '"“”„‟«»「」『』〝〞＂',
    "'‘’‚‛＇",
    ",，、﹐､",
    ".。．｡",
    "!！",
    "?？",
    ":：",
    ";；",
    "(（",
    ")）",
    "[【［〔",
    "]】］〕",
    "-‐‑‒–—－﹣",
    "~～〜",
    "%％",
    "&＆",
    " \t\n\r\x0b\x0c\x85\xa0\u2002\u2003\u2007\u2009\u202f\u3000",
)


def _fold_table() -> dict[int, int]:
    """Character to character: full width to half, capitals to small letters, marks to the first of their kind."""
    table = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
    for code in range(0x2E80):
        small = chr(code).lower()
        if len(small) == 1 and ord(small) != code:
            table[code] = ord(small)
    table |= {full: ord(chr(half).lower()) for full, half in table.items() if full >= 0xFF01}
    table |= {ord(mark): ord(kind[0]) for kind in _MARKS for mark in kind}
    return {code: plain for code, plain in table.items() if code != plain}


_FOLD = _fold_table()
_SPELLINGS: dict[str, list[str]] = {}
for _code, _kind in _FOLD.items():
    _SPELLINGS.setdefault(chr(_kind), []).append(chr(_code))
_ASCII = bytes(_FOLD.get(code, code) if _FOLD.get(code, code) < 128 else code for code in range(128)) + bytes(
    range(128, 256)
)
_COMMON = "，、。！？：；（）“”’—–～"
"""Marks that stand in every other text: phrases are written with each of them. All others, and what is full-width or
beyond the Latin capitals, send a text to the slow pass."""


def _sentinels() -> list[bytes]:
    """What sends a text to the slow pass: of scripts that are rare here the first bytes alone, to keep them few."""
    found = set()
    for code in _FOLD:
        if code < 128 or chr(code) in _COMMON:
            continue
        rare = 0x100 <= code < 0x2000
        letterlike = 0x2000 <= code < _LAST_WORD_LETTER and chr(code).isalnum()
        found.add(chr(code).encode()[: 1 if rare else 2 if letterlike else None])
    return sorted(found)


_SENTINELS = _sentinels()
_IS_WORD_BYTE = np.array([code < 128 and chr(code).isalnum() for code in range(256)])


@dataclass(frozen=True, slots=True)
class NormalText:
    """A text in its normal form; `places` leads each character back, None where nothing moved."""

    text: str
    length: int
    places: tuple[int, ...] | None = None

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Lead a stretch of the normal form back to the characters it came from."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def normalize(text: str) -> NormalText:
    """Bring a text into the form in which phrases are compared.

    Capitals become small letters where that is one character for one; full-width letters, digits and marks become
    half-width; quotation marks, commas, stops and dashes of either script become one kind each; a run of blanks
    becomes one.

    Parameters
    ----------
    text : str
        As it was said.

    Returns
    -------
    NormalText
        With the way back to the characters of `text`.

    Examples
    --------
    >>> normalize("ＶＩＰ　客户，您好").text
    'vip 客户,您好'
    """
    folded = text.translate(_FOLD)
    if "  " not in folded:
        return NormalText(folded, len(text))
    places = [at for at, sign in enumerate(folded) if sign != " " or at == 0 or folded[at - 1] != " "]
    return NormalText("".join(folded[at] for at in places), len(text), tuple(places))


class Found(NamedTuple):
    """One hit: which text of the batch, which phrase of the book, and the characters ``start <= place < end``."""

    text: int
    phrase: int
    start: int
    end: int


_Rows = NDArray[np.int64]
"""Hits as columns: text, phrase, start, end."""
_NOTHING: _Rows = np.empty((0, 4), dtype=np.int64)
_BLANK = ord(" ")
_FEW = 64
"""Fewer than one in so many bytes are cut out piece by piece, more by a mask."""


class PhraseBook:
    """Phrases ready to be looked for.

    Parameters
    ----------
    phrases : iterable of str
        What to look for; those that are equal in their normal form are one. A phrase that begins or ends with a letter
        or digit of a script that parts words by blanks is found there as a whole word only.

    Raises
    ------
    InputError
        If a phrase holds nothing but blanks.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = tuple(dict.fromkeys(_plain(phrase) for phrase in phrases))
        self._index = {phrase: index for index, phrase in enumerate(self.phrases)}
        # A phrase with too many spellings: then every text is brought into its normal form first.
        self._reads_all = any(_count_spellings(phrase) > MOST_VARIANTS for phrase in self.phrases)
        patterns = list(_SENTINELS)
        meant = [-1] * len(patterns)
        for index, phrase in enumerate(self.phrases):
            for spelling in (phrase,) if self._reads_all else _spellings(phrase):
                patterns.append(spelling.encode())
                meant.append(index)
        self._meant = np.array(meant)
        self._lengths = np.array([len(self.phrases[index]) if index >= 0 else 0 for index in meant])
        self._starts_word = np.array([index >= 0 and _is_letter(self.phrases[index][0]) for index in meant])
        self._ends_word = np.array([index >= 0 and _is_letter(self.phrases[index][-1]) for index in meant])
        self._automaton = BytesAhoCorasick(patterns, implementation=Implementation.DFA)

    def index(self, phrase: str) -> int:
        """Which number a phrase has among the hits; `KeyError` where the book does not hold it."""
        return self._index[_plain(phrase)]

    def find(self, text: str) -> list[Found]:
        """Every hit in one text, in the order in which they end."""
        return self.find_all([text])

    def find_all(self, texts: Sequence[str]) -> list[Found]:
        """Every hit in a batch of texts, overlapping ones included, ordered by text and by where they end."""
        return [Found(*row) for row in self.find_columns(texts).tolist()]

    def find_columns(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Every hit in a batch of texts as rows of an array, which costs a tenth of a list of objects.

        Parameters
        ----------
        texts : sequence of str
            As they were said; a few thousand at a time cost the least.

        Returns
        -------
        ndarray of int64, shape (hits, 4)
            Text, phrase, start and end, as in `Found`; ordered by text and by where they end.
        """
        if not self.phrases or not texts:
            return _NOTHING
        if self._reads_all:
            return _sorted([self._find_slowly(index, text) for index, text in enumerate(texts)])
        whole = _encode(_PARTED_BY.join(texts)).translate(_ASCII)
        if whole.count(0) != len(texts) - 1:  # counted in bytes, which is quicker than in characters
            texts = [text.replace(_PARTED_BY, "\ufffd") for text in texts]
            whole = _encode(_PARTED_BY.join(texts)).translate(_ASCII)
        doubles = _find_doubles(whole)
        data, gone = _without(whole, doubles) if doubles.size else (whole, doubles)
        hits = self._automaton.find_matches_as_indexes(data, overlapping=True)
        return self._place(texts, data, hits, whole, gone) if hits else _NOTHING

    def _place(
        self, texts: Sequence[str], data: bytes, hits: Sequence[tuple[int, int, int]], whole: bytes, gone: _Rows
    ) -> _Rows:
        """Lead hits in the joined bytes back to characters of their texts."""
        patterns, starts, ends = self._columns(hits)
        kept = self._are_words(data, np.frombuffer(data, dtype=np.uint8), patterns, starts, ends)
        if gone.size:  # before each place so many blanks were taken out
            starts = starts + np.searchsorted(gone, starts, side="right")
            ends = ends + np.searchsorted(gone, ends - 1, side="right")
        signs = np.frombuffer(whole, dtype=np.uint8)
        begins = np.concatenate(([0], np.flatnonzero(signs == 0) + 1))
        owners = np.searchsorted(begins, starts, side="right") - 1
        doubtful = np.unique(owners[patterns < len(_SENTINELS)])
        if doubtful.size:
            kept &= ~np.isin(owners, doubtful)
        if not kept.all():
            patterns, starts, ends, owners = patterns[kept], starts[kept], ends[kept], owners[kept]
        firsts, lasts = starts - begins[owners], ends - begins[owners]
        if len(whole) != len(texts) - 1 + sum(map(len, texts)):
            inner = _InnerBytes(signs)
            before = inner.before(begins)[owners]
            firsts, lasts = firsts - inner.before(starts) + before, lasts - inner.before(ends) + before
        rows = np.stack((owners, self._meant[patterns], firsts, lasts), axis=1)
        if not doubtful.size:
            return rows
        return _sorted([rows, *(self._find_slowly(index, texts[index]) for index in doubtful.tolist())])

    def _find_slowly(self, owner: int, text: str) -> _Rows:
        """Look through the normal form of one text."""
        normal = normalize(text)
        data = _encode(normal.text)
        hits = self._automaton.find_matches_as_indexes(data, overlapping=True)
        if not hits:
            return _NOTHING
        patterns, starts, ends = self._columns(hits)
        signs = np.frombuffer(data, dtype=np.uint8)
        kept = self._are_words(data, signs, patterns, starts, ends)
        patterns, starts = patterns[kept], starts[kept]
        places = starts - _InnerBytes(signs).before(starts)
        rows = [
            (owner, phrase, *normal.to_original(start, start + length))
            for phrase, start, length in zip(
                self._meant[patterns].tolist(), places.tolist(), self._lengths[patterns].tolist(), strict=True
            )
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, 4)

    @staticmethod
    def _columns(hits: Sequence[tuple[int, int, int]]) -> tuple[_Rows, _Rows, _Rows]:
        flat = np.fromiter(chain.from_iterable(hits), dtype=np.int64, count=3 * len(hits)).reshape(-1, 3)
        return flat[:, 0], flat[:, 1], flat[:, 2]

    def _are_words(
        self, data: bytes, signs: NDArray[np.uint8], patterns: _Rows, starts: _Rows, ends: _Rows
    ) -> NDArray[np.bool_]:
        """Which hits are phrases of the book that no word runs into at either end."""
        kept: NDArray[np.bool_] = patterns >= len(_SENTINELS)
        before = signs[np.maximum(starts - 1, 0)]
        after = signs[np.minimum(ends, len(signs) - 1)]
        asked_before = self._starts_word[patterns] & (starts > 0)
        asked_after = self._ends_word[patterns] & (ends < len(signs))
        kept &= ~(asked_before & _IS_WORD_BYTE[before]) & ~(asked_after & _IS_WORD_BYTE[after])
        for at in np.flatnonzero(kept & asked_before & (before > 127)).tolist():
            kept[at] = not _is_letter(_character_before(data, int(starts[at])))
        for at in np.flatnonzero(kept & asked_after & (after > 127)).tolist():
            kept[at] = not _is_letter(_character_at(data, int(ends[at])))
        return kept


class _InnerBytes:
    """Counts the bytes of a text that do not begin a character, so that byte offsets become character offsets."""

    def __init__(self, signs: NDArray[np.uint8]) -> None:
        bits = np.packbits((signs & 0xC0) == 0x80, bitorder="little")
        words = np.zeros(len(bits) // 8 + 2, dtype=np.uint64)
        words.view(np.uint8)[: len(bits)] = bits
        self._words = words
        self._sums = np.concatenate(([0], np.cumsum(np.bitwise_count(words), dtype=np.int64)))

    def before(self, places: _Rows) -> _Rows:
        word, bit = places >> 6, (places & 63).astype(np.uint64)
        below = self._words[word] & ((np.uint64(1) << bit) - np.uint64(1))
        counted: _Rows = self._sums[word] + np.bitwise_count(below)
        return counted


def _find_doubles(data: bytes) -> _Rows:
    """Places of the blanks that follow a blank."""
    is_blank = np.frombuffer(data, dtype=np.uint8) == _BLANK
    return np.flatnonzero(is_blank[1:] & is_blank[:-1]) + 1


def _without(data: bytes, places: _Rows) -> tuple[bytes, _Rows]:
    """The bytes without those at some places; and for each of them the place, in what is left, before which it was."""
    if len(places) > len(data) // _FEW:
        kept = np.ones(len(data), dtype=np.bool_)
        kept[places] = False
        left = np.frombuffer(data, dtype=np.uint8)[kept].tobytes()
    else:
        ends = [0, *(places + 1).tolist()]
        left = b"".join(data[start:end] for start, end in zip(ends, [*places.tolist(), len(data)], strict=True))
    return left, places - np.arange(len(places))


def _sorted(parts: Sequence[_Rows]) -> _Rows:
    """Text by text; inside a text the order of the automaton stays."""
    rows = np.concatenate(parts) if parts else _NOTHING
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _plain(phrase: str) -> str:
    plain = normalize(phrase).text.strip()
    if not plain:
        raise InputError(f"The phrase {phrase!r} is empty: write what is to be found")
    return plain.replace(_PARTED_BY, "\ufffd")


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _count_spellings(phrase: str) -> int:
    count = 1
    for sign in phrase:
        count *= len(_variants(sign))
    return count


def _spellings(phrase: str) -> Iterator[str]:
    """The spellings of a normal phrase that bytes folded as ASCII can still have."""
    return ("".join(signs) for signs in product(*(_variants(sign) for sign in phrase)))


def _variants(sign: str) -> tuple[str, ...]:
    """A normal character and the common ones that mean it; the others have their sentinels."""
    return (sign, *(other for other in _SPELLINGS.get(sign, ()) if other in _COMMON))


def _is_letter(sign: str) -> bool:
    return bool(sign) and ord(sign) < _LAST_WORD_LETTER and sign.isalnum()


def _character_before(data: bytes, place: int) -> str:
    first = place - 1
    while data[first] & 0xC0 == 0x80:
        first -= 1
    return data[first:place].decode("utf-8", "surrogatepass")


def _character_at(data: bytes, place: int) -> str:
    last = place + 1
    while last < len(data) and data[last] & 0xC0 == 0x80:
        last += 1
    return data[place:last].decode("utf-8", "surrogatepass")
