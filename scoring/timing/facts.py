"""What a month's pass needs of a conversation, packed into one short text that a database joins by itself.

For the import, which packs each conversation once, and for the pass over a month, which reads a million of them: a
database hands over one long text per agent, and five machine words per conversation become columns of numbers. Only
what the conversation itself says is packed. Whatever depends on a calendar, a time zone or a target is worked out
from the columns, so that none of it can grow old in a table.

The text is plain ASCII without a zero byte, because SQLite promises nothing about joining others: 40 digits to the
base 64, five machine words of eight digits, from ``0`` (nothing) to ``o`` (63). Whoever changes what they mean also
forgets, by a migration, the texts that are stored; they are packed anew when they are needed.
"""

from __future__ import annotations

import math
import string
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError

__all__ = ["PACKED_LENGTH", "SATISFIED_FROM", "Facts", "case_number", "pack_facts", "unpack_facts"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]

PACKED_LENGTH = 40
SATISFIED_FROM = 4
"""Ratings from here on, on 1–5, count as satisfied."""

_MICROSECONDS = 1e6
_ZERO = 1 << 55  # a signed number is kept as its distance from here
_UNKNOWN = (1 << 56) - 1
_LONGEST = float(1 << 54)
_ANSWERED, _ASKED, _RATED, _SATISFIED, _MET, _MISSED = (1 << bit for bit in range(6))
_WORDS = PACKED_LENGTH // 8
_FIRST_DIGIT = ord("0")
_FLOAT, _BITS = Struct(">d"), Struct(">Q")
_DIGITS = bytes.maketrans(
    (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode(),
    bytes(range(_FIRST_DIGIT, _FIRST_DIGIT + 64)),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Conversations as columns, one entry each.

    Attributes
    ----------
    opened, done : array of float
        When it was opened and first answered, in Unix seconds, to the microsecond; NaN: unknown.
    handled : array of float
        Handle seconds; NaN: unknown.
    case : array of uint64
        `case_number` of its channel, priority and topic.
    answered, asked, rated, satisfied : array of bool
        Answered at all; a survey was sent; it came back with a CSAT; of at least `SATISFIED_FROM`.
    own_verdict : array of float
        The source's own word on the first response: 1 in time, 0 late, NaN nothing.
    """

    opened: Floats
    done: Floats
    handled: Floats
    case: NDArray[np.uint64]
    answered: Bools
    asked: Bools
    rated: Bools
    satisfied: Bools
    own_verdict: Floats


@lru_cache(maxsize=65_536)
def case_number(channel: str, priority: str | None, topic: str | None) -> int:
    """Number of 56 bits that stands for channel, priority and topic; unknown and empty are the same.

    Two of a thousand different cases share a number once in a hundred thousand million such thousands.
    """
    named = f"{channel}\x1f{priority or ''}\x1f{topic or ''}"
    return int.from_bytes(blake2b(named.encode(), digest_size=7).digest(), "big")


def pack_facts(
    *,
    opened_at: datetime | None,
    first_response_at: datetime | None,
    first_response_seconds: float | None,
    handle_seconds: float | None,
    answered: bool | None,
    first_response_target_met: bool | None,
    csat: float | None,
    survey_count: int | None,
    case: int,
) -> str:
    """Pack one conversation.

    Parameters
    ----------
    opened_at, first_response_at : datetime or None
        Aware moments; `None`: unknown.
    first_response_seconds : float or None
        Says when the response came where `first_response_at` is `None`, as with calls.
    handle_seconds : float or None
        Kept as it is, to the last bit.
    answered, first_response_target_met : bool or None
        Not answered is `False` or `None`; the source's own verdict, `None` for none.
    csat : float or None
        Last rating on 1–5.
    survey_count : int or None
        Surveys sent.
    case : int
        From `case_number`.

    Returns
    -------
    str
        `PACKED_LENGTH` ASCII characters.

    Raises
    ------
    ValueError
        If `first_response_seconds` is NaN.
    """
    opened = done = _UNKNOWN
    if opened_at is not None:
        opened_seconds = opened_at.timestamp()
        opened = _around_zero(opened_seconds)
        if first_response_at is not None:
            done = _around_zero(first_response_at.timestamp() - opened_seconds)
        elif first_response_seconds is not None:
            done = _around_zero(first_response_seconds)
    (handled,) = _BITS.unpack(_FLOAT.pack(math.nan if handle_seconds is None else handle_seconds))
    flags = (
        (_ANSWERED if answered else 0)
        | (_ASKED if survey_count else 0)
        | (0 if csat is None else _RATED | (_SATISFIED if csat >= SATISFIED_FROM else 0))
        | (0 if first_response_target_met is None else _MET if first_response_target_met else _MISSED)
    )
    number = (((opened << 56 | done) << 64 | handled) << 56 | case) << 8 | flags
    return b2a_base64(number.to_bytes(30, "big"), newline=False).translate(_DIGITS).decode("ascii")


def unpack_facts(packed: str) -> Facts:
    """Read joined texts back into columns.

    Parameters
    ----------
    packed : str
        Texts of `pack_facts`, one after the other.

    Returns
    -------
    Facts
        One entry per conversation, in the order of the text.

    Raises
    ------
    InputError
        If the text does not consist of whole packed conversations.
    """
    if len(packed) % PACKED_LENGTH or not packed.isascii():
        raise InputError(f"a text of {len(packed)} characters is no row of packed conversations")
    a, b, c, d, e = _read_words(packed.encode("ascii"))
    opened = _signed((a << _u(8)) | (b >> _u(40)))
    done = _signed(((b & _u((1 << 40) - 1)) << _u(16)) | (c >> _u(32)))
    handled = ((c & _u((1 << 32) - 1)) << _u(32)) | (d >> _u(16))
    case = ((d & _u((1 << 16) - 1)) << _u(40)) | (e >> _u(8))
    flags = e.astype(np.uint8)

    def flag(bit: int) -> Bools:
        is_set: Bools = (flags & np.uint8(bit)) != 0
        return is_set

    own_verdict = np.where(flag(_MET), 1.0, np.where(flag(_MISSED), 0.0, np.nan))
    return Facts(
        opened / _MICROSECONDS,
        # Whole microseconds are added exactly; seconds would not be.
        (opened + done) / _MICROSECONDS,
        handled.view(np.float64),
        case,
        flag(_ANSWERED),
        flag(_ASKED),
        flag(_RATED),
        flag(_SATISFIED),
        own_verdict,
    )


def _around_zero(seconds: float) -> int:
    """Microseconds as a number of 56 bits; further than 570 years off is as far as it goes."""
    return _ZERO + round(min(max(seconds * _MICROSECONDS, -_LONGEST), _LONGEST))


def _u(number: int) -> np.uint64:
    return np.uint64(number)


def _read_words(packed: bytes) -> Words:
    """Turn eight digits at a time into a number of 48 bits; returns five rows, one column per conversation."""
    words = np.frombuffer(packed, dtype=">u8").reshape(-1, _WORDS).T.astype(np.uint64)
    words -= _u(int.from_bytes(bytes([_FIRST_DIGIT]) * 8, "big"))
    # Neighbours are put together: digits to pairs, pairs to fours, fours to eights, all lanes of a word at once.
    pairs = (words & _u(0x003F003F003F003F)) | ((words & _u(0x3F003F003F003F00)) >> _u(2))
    fours = (pairs & _u(0x00000FFF00000FFF)) | ((pairs & _u(0x0FFF00000FFF0000)) >> _u(4))
    return (fours & _u(0x0000000000FFFFFF)) | ((fours & _u(0x00FFFFFF00000000)) >> _u(8))


def _signed(field: Words) -> Floats:
    """Microseconds as they were packed; NaN for unknown. Up to 2⁵³ of them, 285 years, a float holds exactly."""
    numbers = field.view(np.int64) - _ZERO
    return np.where(field == _u(_UNKNOWN), np.nan, numbers.astype(np.float64))
