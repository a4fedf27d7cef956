"""Repeat contacts: the same customer, the same topic, again within a few days.

For the tables of a month. The conversations of the days before the month come in as well, since a repeat on the
1st repeats something older.
"""

import numpy as np
from numpy.typing import NDArray

DEFAULT_WINDOW_DAYS = 7
_DAY_SECONDS = 86_400.0


def mark_repeats(
    subject: NDArray[np.intp], opened_seconds: NDArray[np.float64], *, window_days: float = DEFAULT_WINDOW_DAYS
) -> NDArray[np.bool_]:
    """Say of each conversation whether it repeats an earlier one.

    Parameters
    ----------
    subject : array of int
        One number per pair of customer and topic; negative where either is unknown, which is no repeat of anything.
    opened_seconds : array of float
        Opening times in seconds of any one clock.
    window_days : float, default=7
        A conversation repeats if the last one on its subject opened at most so many days before.

    Returns
    -------
    array of bool
        True for the later one of each such pair, in the order of the input. Of two that opened in the same instant
        the second in order repeats.

    Examples
    --------
    >>> mark_repeats(np.array([1, 2, 1]), np.array([0.0, 50.0, 3600.0])).tolist()
    [False, False, True]
    """
    order = np.lexsort((opened_seconds, subject))
    same_subject = subject[order][1:] == subject[order][:-1]
    soon = np.diff(opened_seconds[order]) <= window_days * _DAY_SECONDS
    repeats = np.zeros(subject.size, dtype=np.bool_)
    repeats[order[1:]] = same_subject & soon & (subject[order][1:] >= 0)
    return repeats
