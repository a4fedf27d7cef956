"""Days and hours as the clocks of a zone show them, for millions of moments.

No clock is off UTC by other than whole quarters of an hour, so a table with one entry per quarter says everything.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError

__all__ = ["LocalClock"]

_QUARTER = timedelta(minutes=15)
_QUARTER_SECONDS = _QUARTER.total_seconds()


class LocalClock:
    """The clock of a zone over a stretch of time.

    Parameters
    ----------
    zone : ZoneInfo
        Whose clock.
    starts_at, ends_at : datetime
        The stretch, aware moments, the end not included. A month needs some 3,000 entries.

    Raises
    ------
    InputError
        If the stretch is empty.

    Attributes
    ----------
    days : int
        Calendar days that it touches.
    """

    def __init__(self, zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> None:
        if starts_at >= ends_at:
            raise InputError(f"from {starts_at} to {ends_at} there is no time")
        self._start = starts_at.timestamp() // _QUARTER_SECONDS * _QUARTER_SECONDS
        first = datetime.fromtimestamp(self._start, UTC)
        count = -(-(ends_at - first) // _QUARTER)
        shown = [(first + n * _QUARTER).astimezone(zone) for n in range(count)]
        earliest = shown[0].date()
        self._day = np.array([(moment.date() - earliest) / timedelta(days=1) for moment in shown], dtype=np.intp)
        self._hour = np.array([moment.hour for moment in shown], dtype=np.intp)
        self.days = int(self._day[-1]) + 1

    def quarters(self, moments: NDArray[np.float64]) -> NDArray[np.intp]:
        """Quarter of an hour of each moment (Unix seconds, within the stretch), for `day_of` and `hour_of`."""
        return ((moments - self._start) / _QUARTER_SECONDS).astype(np.intp)

    def day_of(self, quarters: NDArray[np.intp]) -> NDArray[np.intp]:
        """Calendar day, counted from 0."""
        return self._day[quarters]

    def hour_of(self, quarters: NDArray[np.intp]) -> NDArray[np.intp]:
        """Hour on the clock, 0–23."""
        return self._hour[quarters]
