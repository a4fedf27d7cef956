"""Cuts text into what it can be found by: words, and for Chinese every pair of neighbouring characters.

For the full-text index and for what people type into it; both are cut here, so that they meet. A database's own
parser knows Latin words alone: to it a Chinese sentence is one word. Words by rjieba and pairs of characters both go
into the index; a question asks for the pairs, since a word that is cut out of one sentence need not be cut out of
another.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Term", "fold", "split_for_index", "split_question"]

_CHINESE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_CHINESE}]+|[^\W_{_CHINESE}]+")
_IS_CHINESE = re.compile(rf"[{_CHINESE}]")
_MOST_TERMS = 24
_LONGEST_TERM = 64


@dataclass(frozen=True, slots=True)
class Term:
    """One thing a text has to hold: exactly this, or a word that begins with it."""

    text: str
    is_beginning: bool


def fold(text: str) -> str:
    """Write text as the index does: letters and digits alone, of one width and one case, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    joined = unicodedata.normalize("NFKC", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    return "".join(sign if sign.isalnum() else " " for sign in joined)


def split_for_index(text: str) -> str:
    """Return everything a text can be found by.

    Parameters
    ----------
    text : str
        Masked: what stands in it can be found by everybody who may see it.

    Returns
    -------
    str
        Words parted by blanks, each once, in no order that means anything.

    Examples
    --------
    >>> split_for_index("退款流程 OK")
    'ok 款流 流程 程 退款'
    """
    return " ".join(sorted({token[:_LONGEST_TERM] for token in _tokens(fold(text))}))


def split_question(text: str) -> tuple[Term, ...]:
    """Return what a text has to hold to be found by this question, all of it.

    Parameters
    ----------
    text : str
        What somebody typed.

    Returns
    -------
    tuple of Term
        Pairs of Chinese characters as they are; a single character and Latin words as beginnings, so that a question is
        answered while it is typed. Empty: nothing that could be looked for.
    """
    terms: dict[Term, None] = {}
    for piece in _PIECE.findall(fold(text)):
        if not _IS_CHINESE.match(piece):
            terms[Term(piece[:_LONGEST_TERM], is_beginning=True)] = None
        elif len(piece) == 1:
            terms[Term(piece, is_beginning=True)] = None
        else:
            terms.update((Term(pair, is_beginning=False), None) for pair in _pairs(piece))
    return tuple(terms)[:_MOST_TERMS]


def _tokens(text: str) -> Iterator[str]:
    for piece in _PIECE.findall(text):
        if not _IS_CHINESE.match(piece):
            yield piece
            continue
        # Its dictionary costs a tenth of a second to load: not in a process that meets no Chinese.
        import rjieba

        yield from rjieba.cut(piece)
        yield from _pairs(piece)
        # A single character is looked for as the beginning of a pair; the last one of a run begins none.
        yield piece[-1]


def _pairs(piece: str) -> Iterator[str]:
    return (piece[at : at + 2] for at in range(len(piece) - 1))
