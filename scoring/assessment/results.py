"""What comes out of a month: per component, per agent and for the centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.assessment.lists import MonthLists
from scoring.assessment.measures import MonthBasis
from scoring.assessment.points import Verdict
from scoring.assessment.policy import Component
from scoring.assessment.tiers import ExpectedRank, TierVerdict
from scoring.estimates.quality import AgentQuality
from scoring.estimates.shrinkage import Normal
from scoring.estimates.two_part import TwoPartScore
from scoring.values import Estimate


@dataclass(frozen=True, slots=True)
class PartResult:
    """One component, or part of one, of one agent.

    Attributes
    ----------
    component : Component
        As the policy has it.
    estimate : Estimate
        The figure in its own unit; for a component with parts its points.
    verdict : Verdict
        Against the goal.
    points : Estimate or None
        0–100 with interval; the prior's where the component is missing; None where nothing stands in.
    adds : float or None
        Points added to the composite.
    is_missing : bool
        Too little evidence.
    basis : mapping of str to float or None
        The numbers of its formula.
    parts : tuple of PartResult
        Of a component with parts.
    """

    component: Component
    estimate: Estimate
    verdict: Verdict
    points: Estimate | None
    adds: float | None
    is_missing: bool
    basis: Mapping[str, float | None]
    parts: tuple[PartResult, ...] = ()


@dataclass(frozen=True, slots=True)
class StandingResult:
    """Where an agent stands over the months of the window; tiers, places and lists rest on it.

    Attributes
    ----------
    own : AgentQuality
        Its `fair` score, and the numbers behind it.
    composite : Estimate
        The composite with the standing in the place of the month's own QA score; without a value where there is none.
    """

    own: AgentQuality
    composite: Estimate


@dataclass(frozen=True, slots=True)
class AgentResult:
    """The month of one agent.

    Attributes
    ----------
    agent : str
        Employee number.
    qa : TwoPartScore
        Whether or not the policy weighs it.
    parts : tuple of PartResult
        In the order of the policy.
    composite : Estimate
        Without a value where there is none.
    tier : TierVerdict or None
        None where the tier is withheld.
    withheld : str
        Why: ``few``, ``not_comparable``, ``observed_weight`` or ``no_prior``; empty otherwise.
    robustness : float or None
        Share of nearby weightings that leave the composite in its tier.
    rank : ExpectedRank or None
        None for those who are not ranked.
    standing : StandingResult or None
        None in the `direct` mode.
    """

    agent: str
    qa: TwoPartScore
    parts: tuple[PartResult, ...]
    composite: Estimate
    tier: TierVerdict | None
    withheld: str
    robustness: float | None
    rank: ExpectedRank | None
    standing: StandingResult | None = None


@dataclass(frozen=True, slots=True)
class MonthResult:
    """What came out of a month.

    Attributes
    ----------
    basis : MonthBasis
        What all agents lent.
    priors : mapping of str to Normal
        Prior points of every component that has one.
    variance_shares : mapping of str to float
        Share of the composites' variance each component really carries.
    agents : tuple of AgentResult
        By employee number.
    lists : MonthLists
        Whom to praise, whom to coach first, and the places of those compared.
    """

    basis: MonthBasis
    priors: Mapping[str, Normal]
    variance_shares: Mapping[str, float]
    agents: tuple[AgentResult, ...]
    lists: MonthLists
