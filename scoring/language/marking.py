"""Where a hit stands in the masked text that people are shown, and how a text is cut to mark it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.language.masking import MaskedText

__all__ = ["Piece", "cut_at", "to_masked"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, marked or not."""

    text: str
    is_marked: bool


def to_masked(masked: MaskedText, start: int, end: int) -> tuple[int, int]:
    """Lead a stretch of the original to the masked text; what touches a pill takes the whole pill.

    Parameters
    ----------
    masked : MaskedText
        The text as it is shown.
    start, end : int
        Characters of the original, ``0 <= start <= end``.

    Returns
    -------
    tuple of int
        Characters of the masked text that show the stretch.
    """
    return _lead(masked, start, is_end=False), _lead(masked, end, is_end=True)


def _lead(masked: MaskedText, place: int, *, is_end: bool) -> int:
    shift = 0
    for span in masked.spans:
        before = place <= span.original_start if is_end else place < span.original_start
        if before:
            break
        inside = place <= span.original_end if is_end else place < span.original_end
        if inside:
            return span.end if is_end else span.start
        shift = span.end - span.original_end
    return max(0, min(len(masked.text), place + shift))


def cut_at(text: str, stretches: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut a text at stretches of it, overlapping ones joined; the pieces together are the text."""
    pieces: list[Piece] = []
    read = 0
    for start, end in _joined(stretches):
        if start > read:
            pieces.append(Piece(text[read:start], is_marked=False))
        pieces.append(Piece(text[start:end], is_marked=True))
        read = end
    if read < len(text) or not pieces:
        pieces.append(Piece(text[read:], is_marked=False))
    return tuple(pieces)


def _joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined
