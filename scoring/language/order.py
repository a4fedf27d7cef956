"""Order among hits: which of a rule's hits comes first, and whether words stand before or after it.

Words are ordered by where they stand. A stretch of a recording has no words: beside one the seconds decide, and what
begins with it comes after it, so that words with a time are always either before or after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.language.conversation import ConversationFacts, Hit

__all__ = ["Mark", "find_first"]

Place = tuple[int, int]
"""An utterance, counted from 0, and a character of its text."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The first hit of a rule: its place among the words, or of a stretch the second in which it begins."""

    place: Place | None = None
    seconds: float = 0.0

    def is_before(self, place: Place, hit: Hit) -> bool | None:
        """Tell whether it comes before words; None where they have no time to be compared."""
        if self.place is not None:
            return self.place < place
        return None if hit.start_seconds is None else self.seconds <= hit.start_seconds

    def is_after(self, place: Place, hit: Hit) -> bool | None:
        """Tell whether it comes after words; None where they have no time to be compared."""
        if self.place is not None:
            return self.place > place
        return None if hit.start_seconds is None else hit.start_seconds < self.seconds


def find_first(facts: ConversationFacts, hits: Sequence[Hit]) -> Mark | None:
    """Return the first of some hits; None where there is none, or nobody can tell which of them is.

    Stretches are seconds of the recording; the times of written messages are not, so the two are not compared.
    """
    numbers = {one.number: place for place, one in enumerate(facts.utterances)}
    words = [((numbers[hit.message], hit.start), hit) for hit in hits if hit.message in numbers]
    first, earliest = min(words, key=lambda pair: pair[0], default=(None, None))
    begins = min((hit.start_seconds for hit in hits if hit.message < 0 and hit.start_seconds is not None), default=None)
    if begins is None:
        return None if first is None else Mark(first)
    if not facts.is_recorded:
        return None
    if earliest is None:
        return Mark(seconds=begins)
    if any(hit.start_seconds is None for _, hit in words):
        return None
    return Mark(first) if (earliest.start_seconds or 0.0) < begins else Mark(seconds=begins)
