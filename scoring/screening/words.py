"""Words of a conversation: Chinese through rjieba, everything else by letters, figures and signs.

For the vocabulary and the themes.
"""

from __future__ import annotations

import re
from typing import Final

BREAK: Final = "\x1e"
"""Stands between two messages; no pair of words reaches over it."""

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_OTHER = re.compile(r"[\w']+|[^\w ]")
_ASCII = re.compile(r"[a-z0-9']+|[^a-z0-9 ]")  # a third quicker than asking for any letter
_CHINESE_SHARE = 0.2  # of the letters: a Chinese sentence may carry a product's name


def split_words(text: str) -> list[str]:
    """Words and signs of a text, in order.

    Parameters
    ----------
    text : str
        One message, or several joined by `BREAK`.

    Returns
    -------
    list of str
        Lower case. Signs (``！``, ``?``, `BREAK`) are words of their own; Chinese texts keep their blanks, which no
        vocabulary takes.

    Examples
    --------
    >>> split_words("Order 4711, please!")
    ['order', '4711', ',', 'please', '!']
    """
    plain = text.lower()
    if plain.isascii():
        return _ASCII.findall(plain)
    if not _CHINESE.search(plain):
        return _OTHER.findall(plain)
    # Late for the same reason as in `scoring.language.splitting`.
    import rjieba

    return rjieba.cut(plain)


def language_of(text: str) -> str:
    """Language a text is written in, as far as screening tells them apart.

    Returns
    -------
    str
        ``zh`` where at least a fifth of the letters are Chinese, ``en`` for any other letters, empty without a letter.

    Examples
    --------
    >>> language_of("您好，请问 iPhone 有货吗？"), language_of("Hello"), language_of("12:30")
    ('zh', 'en', '')
    """
    chinese = len(_CHINESE.findall(text))
    letters = chinese or sum(map(str.isalpha, text))
    if not letters:
        return ""
    if not chinese:
        return "en"
    return "zh" if chinese >= _CHINESE_SHARE * sum(map(str.isalpha, text)) else "en"
