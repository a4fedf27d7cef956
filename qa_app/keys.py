"""Keys of things as addresses and forms bring them: whole numbers, some of them larger than any database holds.

A database driver raises an error for a number that its column cannot hold, before it looks for anything. So whatever
comes from outside and names a thing is read here: a number that is too large stands for a key that nothing has, and
the answer is that of a thing that does not exist.
"""

from __future__ import annotations

__all__ = ["KEYS_END", "LONGEST_KEY", "NO_KEY", "is_count", "read_key"]

KEYS_END = 2**63
"""No key reaches it: they are 64 bits wide, on both databases."""
NO_KEY = KEYS_END - 1
"""The last key there could be, which nothing will ever have."""
LONGEST_KEY = len(str(NO_KEY))
"""Digits; a longer text is no number that needs to be read, and Python refuses to read the longest."""
_COUNTS_END = 2**31


def read_key(text: str) -> int:
    """Read a key as it stands in an address or a form; `NO_KEY` for a number beyond all keys.

    Raises
    ------
    ValueError
        If it is no whole number, or below nought: `request.args.get(…, type=read_key)` takes it as not given.
    """
    digits = text.strip()
    if not digits.isdecimal():
        raise ValueError(f"expected a whole number, not {text!r:.60}")
    return min(int(digits), NO_KEY) if len(digits) <= LONGEST_KEY else NO_KEY


def is_count(number: int) -> bool:
    """Tell whether a number can be a kept count, as of the saves of a draft: PostgreSQL keeps them in 32 bits."""
    return 0 <= number < _COUNTS_END
