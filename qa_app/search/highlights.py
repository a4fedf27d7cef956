"""Shows why something was found: the words around the first hit, with what was asked for marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.language.splitting import split_question

__all__ = ["Part", "choose_excerpt", "mark_words"]

_BEFORE, _SHOWN = 30, 140
_CHINESE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_CHINESE}]+|[^\W_{_CHINESE}]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text, and whether it is what was asked for."""

    text: str
    is_marked: bool = False


def mark_words(text: str, question: str) -> tuple[Part, ...]:
    """Cut a text where it holds what was asked for."""
    pattern = _pattern(question)
    if pattern is None:
        return (Part(text),)
    parts: list[Part] = []
    read = 0
    for match in pattern.finditer(text):
        parts += [Part(text[read : match.start()]), Part(match.group(), is_marked=True)]
        read = match.end()
    return tuple(part for part in (*parts, Part(text[read:])) if part.text)


def choose_excerpt(texts: Iterable[str], question: str) -> tuple[Part, ...]:
    """Return the words around the hit in the text that holds most of the question; empty where none holds any."""
    pattern = _pattern(question)
    if pattern is None:
        return ()
    hits = [(text, {match.group().casefold() for match in pattern.finditer(text)}) for text in texts]
    best, found = max(hits, key=lambda hit: len(hit[1]), default=("", set()))
    match = pattern.search(best) if found else None
    if match is None:
        return ()
    start = max(0, match.start() - _BEFORE)
    end = start + _SHOWN
    shown = ("… " if start else "") + best[start:end].strip() + (" …" if end < len(best) else "")
    return mark_words(" ".join(shown.split()), question)


def _pattern(question: str) -> re.Pattern[str] | None:
    """Whole Chinese words first, then their pairs: a sentence may hold the pairs apart from each other."""
    terms = split_question(question)
    if not terms:
        return None
    asked = [*_PIECE.findall(question), *(term.text for term in terms)]
    wordings = sorted({_wording(piece) for piece in asked}, key=lambda wording: (-len(wording), wording))
    return re.compile("|".join(wordings), re.IGNORECASE)


def _wording(piece: str) -> str:
    is_latin = re.match(rf"[^{_CHINESE}]", piece) is not None
    return rf"(?<![^\W_{_CHINESE}]){re.escape(piece)}" if is_latin else re.escape(piece)
