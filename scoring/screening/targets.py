"""What a machine can be asked to predict of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError

FEWEST_SCORED = 100
"""Conversations with a score below which nothing is learned."""
FEWEST_OF_EACH = 10
"""Events, and conversations without one, below which only their rate is known."""


class Link(StrEnum):
    """How a prediction is put on the target's own scale."""

    level = "level"  # a number between two bounds
    event = "event"  # the probability of yes


@dataclass(frozen=True, slots=True)
class Target:
    """What is predicted.

    Attributes
    ----------
    name : str
        As files and tables call it.
    link : Link
        A number, or yes and no.
    lower, upper : float
        Bounds of the scale; 0 and 1 for an event.
    without : tuple of str
        Figures that would give it away (`measures.MEASURES`).
    """

    name: str
    link: Link
    lower: float = 0.0
    upper: float = 1.0
    without: tuple[str, ...] = ()


QUALITY = Target("quality", Link.level, 0.0, 100.0)
"""People's score of a conversation without critical error."""
CRITICAL = Target("critical", Link.event)
"""A critical error."""
CSAT = Target("csat", Link.level, 1.0, 5.0)
"""The customer's answer."""
SATISFIED = Target("satisfied", Link.event)
"""A customer's answer of 4 or 5."""
RESOLVED = Target("resolved", Link.event)
"""Whether the matter was solved."""
SCRIPTED = Target("scripted", Link.level, without=("scripted_share",))
"""Share of the agent's messages that came from the script library."""


def check_labels(labels: NDArray[np.float64], target: Target) -> None:
    """Refuse labels the target's scale does not have; NaN stands for "not known".

    Raises
    ------
    InputError
        Naming the row and the value.
    """
    known = ~np.isnan(labels)
    fits = (labels >= target.lower) & (labels <= target.upper)
    if target.link is Link.event:
        fits &= (labels == 0) | (labels == 1)
    bad = np.flatnonzero(known & ~fits)
    if len(bad):
        row = int(bad[0])
        scale = "0 or 1" if target.link is Link.event else f"from {target.lower:g} to {target.upper:g}"
        raise InputError(f"labels[{row}] of {target.name} is {labels[row]}: it must be {scale}, or NaN for unknown.")
