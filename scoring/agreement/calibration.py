"""A calibration session: each inspector against the reference answers the session agreed on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.agreement.resampling import FEWEST_CONVERSATIONS
from scoring.errors import InputError
from scoring.estimates.intervals import mean_interval
from scoring.values import Estimate, Label

__all__ = ["CalibratedInspector", "ReferenceScore", "compare_with_reference"]

METHOD_BIAS = "calibration_bias.v1"
METHOD_DISTANCE = "calibration_distance.v1"


@dataclass(frozen=True, slots=True, order=True)
class ReferenceScore:
    """One inspector's score of one conversation beside the reference.

    Attributes
    ----------
    inspector, conversation : str
        Whose, and of what.
    score, reference : float
        Points, on one scale: a whole score, or one criterion's.
    """

    inspector: str
    conversation: str
    score: float
    reference: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.score) and math.isfinite(self.reference)):
            raise InputError(f"{self.inspector}, {self.conversation}: score and reference must be finite numbers.")


@dataclass(frozen=True, slots=True)
class CalibratedInspector:
    """How an inspector lies against the reference.

    Attributes
    ----------
    inspector : str
        Who.
    n : int
        Conversations compared.
    higher, equal, lower : int
        In how many the inspector gave more points than the reference, the same, fewer.
    differences : tuple of float
        Score minus reference, by conversation: the facts where there are too few for an estimate.
    bias : Estimate
        Mean difference, points; positive = lenient. No value below ten conversations.
    distance : Estimate
        Mean absolute difference, points. No value below ten conversations.
    """

    inspector: str
    n: int
    higher: int
    equal: int
    lower: int
    differences: tuple[float, ...]
    bias: Estimate
    distance: Estimate


def compare_with_reference(rows: Iterable[ReferenceScore]) -> tuple[CalibratedInspector, ...]:
    """Bias and mean absolute difference of each inspector, by inspector code.

    Student's intervals over conversations, from ten on; with fewer only the counts and the differences themselves.

    Parameters
    ----------
    rows : iterable of ReferenceScore
        In any order; each inspector and conversation once.

    Returns
    -------
    tuple of CalibratedInspector

    Raises
    ------
    InputError
        If an inspector has two scores of one conversation.
    """
    own: dict[str, dict[str, float]] = {}
    for row in sorted(rows):
        conversations = own.setdefault(row.inspector, {})
        if row.conversation in conversations:
            raise InputError(f"{row.inspector} has two scores of {row.conversation}; give the one that counts.")
        conversations[row.conversation] = row.score - row.reference
    return tuple(_describe(inspector, tuple(differences.values())) for inspector, differences in own.items())


def _describe(inspector: str, differences: tuple[float, ...]) -> CalibratedInspector:
    distances = tuple(abs(d) for d in differences)
    return CalibratedInspector(
        inspector=inspector,
        n=len(differences),
        higher=sum(d > 0 for d in differences),
        equal=sum(d == 0 for d in differences),
        lower=sum(d < 0 for d in differences),
        differences=differences,
        bias=_mean(differences, METHOD_BIAS, lowest=-math.inf),
        distance=_mean(distances, METHOD_DISTANCE, lowest=0.0),
    )


def _mean(values: Sequence[float], method: str, *, lowest: float) -> Estimate:
    n = len(values)
    if n < FEWEST_CONVERSATIONS:
        return Estimate(None, None, None, n, None, method, Label.prior_only)
    mean = math.fsum(values) / n
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n
    interval = mean_interval(mean, variance, n - 1)
    return Estimate(mean, max(lowest, interval.lower), interval.upper, n, float(n), method, Label.ok)
