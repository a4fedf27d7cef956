"""What is silent in a recording for those who may not hear personal data.

For the pages that serve sound. The rows are written by whoever finds personal data in a transcript; here they are read
and laid out on the clock of each file.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.masked_sound import ensure_muted_ranges
from qa_app.models import MutedRange
from scoring.recording import Stretch

__all__ = ["muted_ranges", "on_file_clock"]


def muted_ranges(session: Session, conversation_id: int) -> tuple[Stretch, ...]:
    """Return the muted stretches of a call on its own clock, in order and joined where they touch."""
    ensure_muted_ranges(session, conversation_id)
    columns = (MutedRange.start_seconds, MutedRange.end_seconds)
    rows = session.execute(
        select(*columns).where(MutedRange.conversation_id == conversation_id).order_by(MutedRange.start_seconds)
    )
    joined: list[Stretch] = []
    for start, end in rows:
        if end <= start:
            continue
        if joined and start <= joined[-1].end_seconds:
            joined[-1] = Stretch(joined[-1].start_seconds, max(end, joined[-1].end_seconds))
        else:
            joined.append(Stretch(start, end))
    return tuple(joined)


def on_file_clock(ranges: Sequence[Stretch], delay_seconds: float) -> tuple[Stretch, ...]:
    """Move stretches of the call to the clock of a file that begins `delay_seconds` into it."""
    moved = (Stretch(max(0.0, one.start_seconds - delay_seconds), one.end_seconds - delay_seconds) for one in ranges)
    return tuple(one for one in moved if one.end_seconds > 0)
