"""The draw: from a committed seed and a frozen frame to an order nobody can choose.

A seed is committed before the period begins; when the frame is frozen, a key made of seed, frame and an optional
public part gives every conversation one number. Per stratum the n smallest numbers are the sample, which is exactly
simple random sampling without replacement; the rest of the order is the reserve for unusable samples. The number of a
conversation depends on nothing but the key and its own id, so that one conversation can be checked alone. Where sizes
differ (a risk-weighted draw), it is turned into a key that keeps the chances wanted (`scoring.sampling.chances`).
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scoring.errors import DrawError
from scoring.sampling.chances import find_chances, pareto_keys
from scoring.sampling.frame import SEPARATOR, Frame

SEED_BYTES = 32
_BLOCK = 64
_CHUNK = 100_000
_LABEL = b"draw.v1"


def commit_to_seed(seed: bytes) -> bytes:
    """Digest that binds to a seed without telling it: SHA-256(0x00 ‖ s).

    Parameters
    ----------
    seed : bytes
        The 32 random bytes s.

    Returns
    -------
    bytes
        32 bytes to be shown before the period's first conversation.

    Raises
    ------
    DrawError
        If the seed has another length than 32 bytes.
    """
    if len(seed) != SEED_BYTES:
        raise DrawError(f"The seed has {len(seed)} bytes; it has {SEED_BYTES}")
    return hashlib.sha256(b"\x00" + seed).digest()


def derive_key(seed: bytes, frame_digest: bytes, public_part: str = "") -> bytes:
    """Key of the draw: HMAC-SHA256(s, "draw.v1" ‖ d ‖ b).

    Parameters
    ----------
    seed : bytes
        The 32 random bytes s.
    frame_digest : bytes
        The 32 raw bytes d of the frozen frame.
    public_part : str, default=""
        The text b that became known only after d; empty if there is none.

    Returns
    -------
    bytes
        The 32 bytes k.
    """
    return hmac.digest(seed, _LABEL + frame_digest + public_part.encode(), "sha256")


def draw_numbers(key: bytes, plan: str, ids: Sequence[str]) -> NDArray[np.uint64]:
    """Give every conversation its number, the integer part of u.

    ``int(first 8 bytes of HMAC-SHA256(k, plan ␟ id), big endian) >> 11``, which is uniform on 0 … 2⁵³ − 1.

    Parameters
    ----------
    key : bytes
        The key k of the draw, at most 64 bytes.
    plan : str
        The draw's public id.
    ids : sequence of str
        The conversations.

    Returns
    -------
    ndarray of uint64, shape (len(ids),)
        One number per id. The order of the draw is that of the numbers, ties by id.

    Notes
    -----
    HMAC is written out as its two hashes because a call of ``hmac.digest`` costs twice as much per id.
    """
    sha256 = hashlib.sha256
    padded = key.ljust(_BLOCK, b"\0")
    inner = bytes(byte ^ 0x36 for byte in padded) + f"{plan}{SEPARATOR}".encode()
    outer = bytes(byte ^ 0x5C for byte in padded)
    numbers = np.empty(len(ids), dtype=np.uint64)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        first_bytes = b"".join([sha256(outer + sha256(inner + i.encode()).digest()).digest()[:8] for i in chunk])
        numbers[start : start + len(chunk)] = np.frombuffer(first_bytes, dtype=">u8") >> np.uint64(11)
    return numbers


def to_uniform(number: int) -> float:
    """Turn a number of the draw into u: (number + 0.5) / 2⁵³, strictly between 0 and 1 but for the last rounding."""
    return (number + 0.5) / 2**53


@dataclass(frozen=True)
class Draw:
    """An executed draw: for every conversation its number and its rank in its stratum.

    Parameters
    ----------
    frame : Frame
        What was drawn from.
    plan : str
        The draw's public id.
    numbers : ndarray of uint64, shape (len(frame),)
        The number of every conversation.
    order : ndarray of int64, shape (len(frame),)
        Positions in the frame in the order of the draw, stratum after stratum.
    sizes : mapping of str to int
        How many each stratum gives; strata of the frame that are missing here give none.
    """

    frame: Frame
    plan: str
    numbers: NDArray[np.uint64]
    order: NDArray[np.int64]
    sizes: Mapping[str, int]

    @cached_property
    def bounds(self) -> dict[str, tuple[int, int]]:
        """Where each stratum begins and ends in `order`."""
        ends = np.cumsum(np.bincount(self.frame.codes, minlength=len(self.frame.strata))).tolist()
        return {name: (begin, end) for name, begin, end in zip(self.frame.strata, [0, *ends], ends, strict=False)}

    def ordered_ids(self, stratum: str, start: int = 0, stop: int | None = None) -> tuple[str, ...]:
        """Read ids of a stratum in the order of the draw, ranks `start` to `stop` counted from 0."""
        begin, end = self.bounds[stratum]
        return tuple(self.frame.ids[position] for position in self.order[begin:end][start:stop].tolist())

    def taken(self, stratum: str) -> tuple[str, ...]:
        """Read the sample of a stratum: its first n ids."""
        return self.ordered_ids(stratum, 0, self.sizes.get(stratum, 0))

    def replacement(self, stratum: str, already_replaced: int) -> str | None:
        """Read who replaces the next unusable sample of a stratum.

        Parameters
        ----------
        stratum : str
            The stratum of the unusable sample.
        already_replaced : int
            How many samples of the stratum have been replaced before, 0 or more.

        Returns
        -------
        str or None
            The next id in the order; ``None`` when the reserve is used up.
        """
        rank = self.sizes.get(stratum, 0) + already_replaced
        return next(iter(self.ordered_ids(stratum, rank, rank + 1)), None)

    def number_of(self, conversation: str) -> int | None:
        """Read the number of one conversation; ``None`` if it is not in the frame."""
        position = self.position_of(conversation)
        return None if position is None else int(self.numbers[position])

    def rank_of(self, conversation: str) -> int | None:
        """Read the rank, counted from 1, of one conversation in its stratum; ``None`` if it is not in the frame."""
        position = self.position_of(conversation)
        if position is None:
            return None
        begin, end = self.bounds[self.frame.strata[self.frame.codes[position]]]
        return int(np.flatnonzero(self.order[begin:end] == position)[0]) + 1

    def position_of(self, conversation: str) -> int | None:
        """Find a conversation in the frame; ``None`` if it is not there."""
        return self._positions.get(conversation)

    @cached_property
    def chances(self) -> NDArray[np.float64]:
        """Inclusion probability of every conversation in the order of the frame, between 0 and 1."""
        return find_chances(self.frame, self.sizes)

    def chance_of(self, conversation: str) -> float | None:
        """Read the inclusion probability of one conversation; ``None`` if it is not in the frame."""
        position = self.position_of(conversation)
        return None if position is None else float(self.chances[position])

    def stratum_of(self, conversation: str) -> str | None:
        """Read the stratum of one conversation; ``None`` if it is not in the frame."""
        position = self.position_of(conversation)
        return None if position is None else self.frame.strata[self.frame.codes[position]]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {conversation: position for position, conversation in enumerate(self.frame.ids)}

    def order_digest(self) -> bytes:
        """Digest of the whole order: SHA-256 over lines ``stratum ␟ number ␟ id``, strata sorted, in drawing order."""
        digest = hashlib.sha256()
        for index, line in enumerate(self._order_lines()):
            digest.update((line if index == 0 else "\n" + line).encode())
        return digest.digest()

    def _order_lines(self) -> Iterator[str]:
        """Yield the lines of the order in large pieces, because a call of the hash per line would cost most."""
        strata, codes, ids = self.frame.strata, self.frame.codes, self.frame.ids
        for start in range(0, len(self.order), _CHUNK):
            positions = self.order[start : start + _CHUNK]
            rows = zip(codes[positions].tolist(), self.numbers[positions].tolist(), positions.tolist(), strict=True)
            yield "\n".join([f"{strata[code]}{SEPARATOR}{number}{SEPARATOR}{ids[at]}" for code, number, at in rows])


def draw_sample(frame: Frame, key: bytes, plan: str, sizes: Mapping[str, int]) -> Draw:
    """Draw inside every stratum: with equal probability, or in proportion to the sizes of the frame.

    Parameters
    ----------
    frame : Frame
        The frozen population.
    key : bytes
        The key k of `derive_key`.
    plan : str
        The draw's public id.
    sizes : mapping of str to int
        Samples wanted per stratum, between 0 and the stratum's size.

    Returns
    -------
    Draw
        The whole order, of which the first ``sizes[stratum]`` of every stratum are taken.

    Raises
    ------
    DrawError
        If a stratum is not in the frame or is asked for more conversations than it has.
    """
    counts = frame.count_by_stratum()
    for stratum, size in sizes.items():
        if stratum not in counts:
            raise DrawError(f"The stratum {stratum!r} is not in the frame")
        if not 0 <= size <= counts[stratum]:
            raise DrawError(f"The stratum {stratum!r} has {counts[stratum]} conversations; {size} cannot be drawn")
    numbers = draw_numbers(key, plan, frame.ids)
    # The sort is stable and the frame is sorted by id: equal numbers stay in the order of their ids.
    keys = (numbers,) if frame.sizes is None else (numbers, pareto_keys(numbers, find_chances(frame, sizes)))
    order = np.lexsort((*keys, frame.codes))
    return Draw(frame=frame, plan=plan, numbers=numbers, order=order.astype(np.int64, copy=False), sizes=dict(sizes))
