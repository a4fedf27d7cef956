"""The frame: all eligible conversations of a period as canonical bytes.

For the draw and for everyone who verifies it. One line per conversation, ``id ␟ stratum ␟ size`` in UTF-8 with
``␟`` = U+001F, lines sorted by the id's bytes and joined by a line feed, none at the end. The digest of these bytes is
what is published before the draw; a single changed, added or removed conversation changes it.

Which conversations are eligible is decided elsewhere.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scoring.errors import FrameError

SEPARATOR = "\x1f"
EQUAL_SIZE = repr(1.0)
"""The size of every conversation in an equal-probability draw; in a risk-weighted one each has its own."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frozen population.

    Parameters
    ----------
    text : bytes
        The canonical lines.
    ids : tuple of str
        One id per line, in the order of the lines.
    strata : tuple of str
        The names of the strata, sorted by their bytes.
    codes : ndarray of int32, shape (len(ids),)
        For every id the position of its stratum in `strata`.
    sizes : ndarray of float64, shape (len(ids),), or None
        The size of every id, above 0; ``None`` in an equal-probability draw, where all are 1.
    """

    text: bytes
    ids: tuple[str, ...]
    strata: tuple[str, ...]
    codes: NDArray[np.int32]
    sizes: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        """Count the conversations."""
        return len(self.ids)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical lines, 32 raw bytes."""
        return hashlib.sha256(self.text).digest()

    def count_by_stratum(self) -> dict[str, int]:
        """Count the conversations of every stratum, strata in the order of `strata`."""
        counts = np.bincount(self.codes, minlength=len(self.strata))
        return dict(zip(self.strata, counts.tolist(), strict=True))


def has_control_character(text: str) -> bool:
    """Say whether `text` holds a control character, which no id and no stratum may."""
    return _CONTROL.search(text) is not None


def freeze_frame(ids: Sequence[str], strata: Sequence[str], sizes: Sequence[float] | None = None) -> Frame:
    """Freeze a population.

    Parameters
    ----------
    ids : sequence of str
        The conversations as ``source:external_id``, each once, without control characters, in any order.
    strata : sequence of str
        The stratum of each conversation, without control characters; as long as `ids`.
    sizes : sequence of float, optional
        The size of each conversation, finite and above 0, as `scoring.sampling.chances.weigh_by_risk` gives it;
        ``None``: all equal.

    Returns
    -------
    Frame
        The same population in canonical form: the same conversations give the same bytes in whatever order they come.

    Raises
    ------
    FrameError
        If nothing is in it, an id is empty or stands twice, an id or a stratum holds a control character or half of
        a surrogate pair, or a size is not above 0.

    Examples
    --------
    >>> freeze_frame(["chat:2", "chat:1"], ["A7", "A7"]).text
    b'chat:1\\x1fA7\\x1f1.0\\nchat:2\\x1fA7\\x1f1.0'
    """
    if len(ids) != len(strata):
        raise FrameError(f"{len(ids)} ids with {len(strata)} strata: every conversation has exactly one stratum")
    if not ids:
        raise FrameError("The frame is empty: no conversation is eligible")
    _check_names("id", ids)
    _check_names("stratum", set(strata))
    # Code points sort as their UTF-8 bytes do, and no id holds anything below the separator: lines sort as ids do.
    tail = SEPARATOR + EQUAL_SIZE if sizes is None else ""
    lines = sorted(map(SEPARATOR.join, zip(ids, strata, *_write_sizes(sizes), strict=True)))
    try:
        return read_frame((tail + "\n").join(lines).encode() + tail.encode())
    except UnicodeEncodeError as error:
        raise FrameError(f"{error.object[error.start : error.end]!r} cannot be written as UTF-8") from error


def read_frame(text: bytes) -> Frame:
    """Read a frozen population back, refusing whatever is not canonical.

    Parameters
    ----------
    text : bytes
        The canonical lines as published.

    Returns
    -------
    Frame
        The population; its digest is the digest of `text`.

    Raises
    ------
    FrameError
        If there is no line, a line has not three fields, a size is not the shortest text of a finite number above 0
        (``repr(float)``), or ids are not sorted and unique.
    """
    if not text:
        raise FrameError("The frame is empty")
    try:
        fields = text.decode().replace("\n", SEPARATOR).split(SEPARATOR)
    except UnicodeDecodeError as error:
        raise FrameError(f"The frame is not UTF-8 at byte {error.start}") from error
    lines = text.count(b"\n") + 1
    if len(fields) != 3 * lines or text.count(SEPARATOR.encode()) != 2 * lines:
        raise FrameError(f"The frame has {len(fields)} fields in {lines} lines; every line needs three")
    sizes = None if fields[2::3].count(EQUAL_SIZE) == lines else _read_sizes(fields[2::3])
    ids = tuple(fields[0::3])
    _check_order(ids)
    names = tuple(sorted(set(fields[1::3])))
    code_of = {name: code for code, name in enumerate(names)}
    codes = np.fromiter(map(code_of.__getitem__, fields[1::3]), dtype=np.int32, count=lines)
    return Frame(text=text, ids=ids, strata=names, codes=codes, sizes=sizes)


def _write_sizes(sizes: Sequence[float] | None) -> list[list[str]]:
    """Give the sizes as one more column; none in an equal-probability draw."""
    return [] if sizes is None else [[repr(float(size)) for size in sizes]]


def _read_sizes(texts: Sequence[str]) -> NDArray[np.float64]:
    """Read sizes, refusing every second way to write a number: the digest is over one."""
    for text in texts:
        try:
            size = float(text)
        except ValueError as error:
            raise FrameError(f"The size {text!r} is no number") from error
        if not 0 < size < float("inf") or repr(size) != text:
            raise FrameError(f"The size {text!r} is not the shortest text of a finite number above 0")
    return np.array(texts, dtype=np.float64)


def _check_names(kind: str, names: Sequence[str] | set[str]) -> None:
    if _CONTROL.search("".join(names)):
        wrong = next(name for name in names if has_control_character(name))
        raise FrameError(f"The {kind} {wrong!r} holds a control character")
    if kind == "id" and "" in names:
        raise FrameError("An id is empty; every conversation needs one")


def _check_order(ids: tuple[str, ...]) -> None:
    for before, after in pairwise(ids):
        if before >= after:
            problem = "stands twice" if before == after else f"stands before {after!r}"
            raise FrameError(f"The id {before!r} {problem}; ids are unique and sorted by their bytes")
