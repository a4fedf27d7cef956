"""What all agents and inspectors of a computed month share: one record, written once and read by many.

Version 1 was a bare JSON object without a version. It is still read: `read_centre` brings every earlier version to
the present one, and what an earlier version did not know is None or empty. The canonical form (UTF-8, sorted keys, no
blanks) is the same for the same record, whichever way its parts were ordered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from scoring.errors import AssessmentError
from scoring.rubric.definition import NO_TEXT, Text

__all__ = [
    "CENTRE_VERSION",
    "MAIN_COMPONENT",
    "AgentNames",
    "CentreRecord",
    "InspectorSeverity",
    "LearnedRecord",
    "ListsRecord",
    "ModelRecord",
    "NamedAgent",
    "ProcessItem",
    "RankRecord",
    "SeverityRecord",
    "SeverityVariances",
    "StandingRecord",
    "encode_centre",
    "plain_centre",
    "read_centre",
]

CENTRE_VERSION = 2
MAIN_COMPONENT = 0
"""Component of the inspectors whom most scorings join; only inside it can severity be compared."""


@dataclass(frozen=True, slots=True)
class SeverityVariances:
    """Variance components of the scores, points²."""

    agent: float
    conversation: float
    inspector: float
    residual: float


@dataclass(frozen=True, slots=True)
class InspectorSeverity:
    """One inspector: points given beyond the others (positive = lenient), their error, scorings, component."""

    value: float
    se: float
    n: int
    component: int


@dataclass(frozen=True, slots=True)
class SeverityRecord:
    """Whether leniency is taken out of the scores.

    Attributes
    ----------
    reason : str
        Why not, as `scoring.agreement.severity` names it, or ``switched_off``; empty where it is taken out.
    variances : SeverityVariances or None
        None where nothing was fitted.
    inspectors : dict of str to InspectorSeverity
        By inspector's id.
    """

    reason: str
    variances: SeverityVariances | None = None
    inspectors: dict[str, InspectorSeverity] = field(default_factory=dict)

    @property
    def is_applied(self) -> bool:
        """Whether leniency is taken out."""
        return not self.reason

    @property
    def leniency(self) -> dict[str, float]:
        """Points to take off by inspector's id; nobody's where leniency is not taken out."""
        return {inspector: one.value for inspector, one in self.inspectors.items()} if self.is_applied else {}


@dataclass(frozen=True, slots=True)
class LearnedRecord:
    """Whether learned scores sharpen the month's estimates.

    Attributes
    ----------
    reason : str
        Why not, as `scoring.estimates.assisted.AssistOff` names it; empty where they do.
    slope : float or None
        λ; 0 where they stay out.
    correlation, correlation_lower : float or None
        ρ within agent-months and its lower bound.
    scored : int
        Inspected conversations of the window that have one.
    missing_share : float or None
        Share of the month's eligible conversations without one, 0–1.
    gain : float or None
        What one inspection with a learned score counts for.
    """

    reason: str
    slope: float | None = None
    correlation: float | None = None
    correlation_lower: float | None = None
    scored: int = 0
    missing_share: float | None = None
    gain: float | None = None

    @property
    def is_used(self) -> bool:
        """Whether they enter the estimates."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """How the standings over months were made.

    Attributes
    ----------
    is_shrunk : bool
        False with fewer than eight agents.
    peers : int
        Agents of the window.
    correlation : float or None
        φ between neighbouring months.
    months : tuple of (int, float or None)
        Age of each month and the centre's mean quality in it.
    groups : dict of str to float or None
        Groups with a mean of their own: how far it lies from the centre's, points.
    reliability : float or None
        Share of the differences of one month that is real, 0–1.
    """

    is_shrunk: bool = False
    peers: int = 0
    correlation: float | None = None
    months: tuple[tuple[int, float | None], ...] = ()
    groups: dict[str, float | None] = field(default_factory=dict)
    reliability: float | None = None


@dataclass(frozen=True, slots=True)
class NamedAgent:
    """One agent on a list: employee number, and the probability of belonging there."""

    agent: str
    probability: float


@dataclass(frozen=True, slots=True)
class AgentNames:
    """One list; `withheld` says why there is none, as `scoring.assessment.lists.Withheld` names it."""

    names: tuple[NamedAgent, ...] = ()
    error_share: float | None = None
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class RankRecord:
    """Expected rank of one agent among those compared (1 is the best), and the middle 90 % of its ranks."""

    mean: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ListsRecord:
    """Whom the month names.

    Attributes
    ----------
    praise, coaching : AgentNames
        Above the upper quartile; in the lowest quarter.
    places : dict of str to int
        By employee number: 1 + those separably ahead.
    at_the_ceiling : float or None
        Share of the month's inspected conversations that scored 100.
    ranks : dict of str to RankRecord
        By employee number, of those who are ranked; empty in a month computed before ranges were kept.
    """

    praise: AgentNames = AgentNames()
    coaching: AgentNames = AgentNames()
    places: dict[str, int] = field(default_factory=dict)
    at_the_ceiling: float | None = None
    ranks: dict[str, RankRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProcessItem:
    """A criterion in which everybody loses points alike: it is about the process, not about people."""

    criterion: str
    title: Text = NO_TEXT
    share: float = 0.0
    n: int = 0


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A version of the learned score, and the digest of what it was trained on."""

    version: int
    training_digest: str = ""


@dataclass(frozen=True, slots=True)
class CentreRecord:
    """The whole record; every figure to twelve significant digits.

    Attributes
    ----------
    version : int
        Version of this record.
    agents : int
        Sheets of the month.
    within_sd, degrees_of_freedom : float or None
        Pooled sd of one agent's scores, points, and what it rests on.
    between_sd, quality_mean : float or None
        Sd between agents and mean of quality, points; None where nothing tells.
    critical_prior : (float, float) or None
        Beta prior of the rate of critical errors.
    severity, learned, standing : record or None
        None in the `direct` mode.
    models : tuple of ModelRecord
        Versions whose learned scores were frozen with the month; used only where `learned.is_used`.
    priors : dict
        Per component mean and variance of the prior.
    variance_shares : dict
        Per component the share of the composite's variance that it carries.
    tiers : dict
        Sheets by tier; ``between`` and ``withheld`` among them.
    lists : ListsRecord or None
        None in a month computed before there were lists.
    process_items : tuple of ProcessItem
        Shown to the QA lead, never to agents.
    """

    version: int = CENTRE_VERSION
    agents: int = 0
    within_sd: float | None = None
    degrees_of_freedom: float | None = None
    between_sd: float | None = None
    quality_mean: float | None = None
    critical_prior: tuple[float, float] | None = None
    severity: SeverityRecord | None = None
    learned: LearnedRecord | None = None
    standing: StandingRecord | None = None
    models: tuple[ModelRecord, ...] = ()
    priors: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    variance_shares: dict[str, float | None] = field(default_factory=dict)
    tiers: dict[str, int] = field(default_factory=dict)
    lists: ListsRecord | None = None
    process_items: tuple[ProcessItem, ...] = ()


def read_centre(plain: Mapping[str, Any]) -> CentreRecord:
    """Read the record from plain values, of this version or an earlier one.

    Raises
    ------
    AssessmentError
        If it is of a later version, or a field is missing or of the wrong kind; the message names it.
    """
    version = plain.get("version", 1)
    if version not in _FORMER and version != CENTRE_VERSION:
        raise AssessmentError(f"The centre's record is of version {version}; versions up to {CENTRE_VERSION} are read.")
    renewed = dict(plain)
    while renewed.get("version", 1) != CENTRE_VERSION:
        renewed = _FORMER[renewed.get("version", 1)](renewed)
    try:
        return msgspec.convert(renewed, CentreRecord)
    except msgspec.ValidationError as error:
        raise AssessmentError(f"The centre's record cannot be read: {error}") from error


def plain_centre(record: CentreRecord) -> dict[str, Any]:
    """Turn the record into plain values, in the order of their names."""
    plain: dict[str, Any] = msgspec.to_builtins(record, order="sorted")
    return plain


def encode_centre(record: CentreRecord) -> bytes:
    """Turn the record into canonical JSON."""
    return msgspec.json.encode(record, order="sorted")


def _from_first(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Version 1 said λ for the slope and gave names as pairs."""
    renewed = {**plain, "version": 2}
    if learned := plain.get("learned"):
        renewed["learned"] = {**learned, "slope": learned.get("lambda")}
    if lists := plain.get("lists"):
        renewed["lists"] = {**lists, **{code: _named(lists[code]) for code in ("praise", "coaching")}}
    return renewed


def _named(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**found, "names": [{"agent": agent, "probability": share} for agent, share in found["names"]]}


_FORMER = {1: _from_first}
