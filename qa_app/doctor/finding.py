"""What one check saw.

Checks speak English, for they run before anybody knows a language; their words are marked, and the page translates
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["MEND_DATABASE", "N_", "Finding", "failure"]


def N_(text: str) -> str:  # noqa: N802 (the name under which catalogues know it)
    """Mark a text for translation later."""
    return text


MEND_DATABASE: Final = N_("mend the database first")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw; `remedy` is the line that mends it, empty where all is well.

    `seen` may have places like ``%(error)s``, which `values` fill.
    """

    subject: str
    seen: str
    remedy: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Nothing to mend."""
        return not self.remedy

    @property
    def seen_in_english(self) -> str:
        """What was seen, with its values."""
        return self.seen % self.values


def failure(subject: str, error: Exception, remedy: str) -> Finding:
    """What a check says that could not look; errors speak the language of who raised them."""
    lines = str(error).splitlines()
    return Finding(subject, "%(error)s", remedy, {"error": lines[0] if lines else type(error).__name__})
