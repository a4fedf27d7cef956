"""Frame and order as the database keeps them: packed bytes, the same on every database."""

from __future__ import annotations

import zlib

import numpy as np

from qa_app.models import Draw as DrawRow
from qa_app.sampling.errors import StageError
from scoring.sampling.draw import Draw, draw_numbers
from scoring.sampling.frame import Frame, read_frame

__all__ = ["pack_frame", "pack_order", "unpack_frame", "unpack_order"]

_QUICK = 1


def pack_frame(frame: Frame) -> bytes:
    """Pack the canonical lines."""
    return zlib.compress(frame.text, _QUICK)


def unpack_frame(draw: DrawRow) -> Frame:
    """Read the frozen frame; refused before the freeze."""
    if draw.frame is None:
        raise StageError("freeze")
    return read_frame(zlib.decompress(draw.frame))


def pack_order(draw: Draw) -> bytes:
    """Pack the positions in drawing order."""
    return zlib.compress(draw.order.astype("<i4").tobytes(), _QUICK)


def unpack_order(draw: DrawRow, key: bytes | None = None) -> Draw:
    """Read the executed draw; its numbers are there only with the key, its order always. Refused before the draw."""
    if draw.order is None:
        raise StageError("draw")
    frame = unpack_frame(draw)
    order = np.frombuffer(zlib.decompress(draw.order), dtype="<i4").astype(np.int64)
    numbers = np.zeros(0, dtype=np.uint64) if key is None else draw_numbers(key, draw.public_id, frame.ids)
    return Draw(frame=frame, plan=draw.public_id, numbers=numbers, order=order, sizes=dict(draw.sizes))
