"""Places and lists of agents from draws of the posterior: who is ahead of whom, whom to praise, whom to coach first.

Values alone name the wrong ones: of twenty named lowest, eight are not. Here a place counts only those who are
separably ahead, and a list is as long as its expected share of wrong names allows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from scoring.errors import AssessmentError
from scoring.estimates.shrinkage import Normal

__all__ = [
    "AgentList",
    "ListedAgent",
    "MonthLists",
    "Standings",
    "Withheld",
    "are_separable",
    "count_places",
    "list_highest",
    "list_lowest",
]

SEPARATION = 1.645
ERROR_SHARE = 0.10
QUARTER = 0.25
FEWEST_EFFECTIVE = 3.0
FEWEST_AGENTS = 4  # fewer have no upper quarter
_ROUNDING = 1e-9
_ROWS_AT_ONCE = 500  # every pair at once would take gigabytes with ten thousand agents


class Withheld(StrEnum):
    """Why there is no list at all."""

    too_few_agents = "too_few_agents"
    too_little_evidence = "too_little_evidence"  # nobody has three conversations' worth


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """What is known about agents who may be compared with each other.

    Attributes
    ----------
    agents : tuple of str
        Those of one component of inspectors, of one group of standards; each once.
    draws : array of float, shape (agents, draws)
        Joint draws of the posterior; higher is better.
    effective_n : tuple of float
        Conversations' worth of evidence of each, from its direct estimate.
    """

    agents: tuple[str, ...]
    draws: NDArray[np.float64]
    effective_n: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.draws.ndim != 2 or len(self.draws) != len(self.agents) or len(self.effective_n) != len(self.agents):
            raise AssessmentError(
                f"{len(self.agents)} agents, {self.draws.shape} draws, {len(self.effective_n)} effective numbers:"
                " give one row of draws and one number per agent."
            )
        if len(set(self.agents)) < len(self.agents):
            raise AssessmentError("An agent comes twice in the standings.")
        if not np.isfinite(self.draws).all() or (self.agents and not self.draws.shape[1]):
            raise AssessmentError("The standings need at least one draw of each agent, all finite.")

    def moments(self) -> list[Normal]:
        """Mean and variance of each agent's draws, in the order of `agents`."""
        means, variances = self.draws.mean(axis=1), self.draws.var(axis=1)
        return [Normal(float(mean), float(variance)) for mean, variance in zip(means, variances, strict=True)]


@dataclass(frozen=True, slots=True)
class ListedAgent:
    """A name on a list.

    Attributes
    ----------
    agent : str
        Who.
    probability : float
        Share of the draws in which the agent belongs there; shown beside the name.
    effective_n : float
        Conversations' worth of evidence.
    """

    agent: str
    probability: float
    effective_n: float


@dataclass(frozen=True, slots=True)
class AgentList:
    """The largest list whose expected share of wrong names stays in bounds.

    Attributes
    ----------
    names : tuple of ListedAgent
        By agent, never by value: inside a list nobody is ahead. Often empty.
    error_share : float or None
        Expected share of wrong names, on average over such lists and not for each name; None for an empty list.
    probabilities : mapping of str to float
        Of every agent, listed or not.
    withheld : Withheld or None
        Why there could be no list.
    """

    names: tuple[ListedAgent, ...]
    error_share: float | None
    probabilities: Mapping[str, float]
    withheld: Withheld | None


@dataclass(frozen=True, slots=True)
class MonthLists:
    """The lists of a month.

    Attributes
    ----------
    praise : AgentList
        Above the upper quartile.
    coaching : AgentList
        Below the lower quartile: whom to coach first.
    places : mapping of str to int
        1 + the number of agents separably ahead, of everybody compared.
    """

    praise: AgentList
    coaching: AgentList
    places: Mapping[str, int]


def are_separable(first: Normal, second: Normal) -> bool:
    """Whether two agents can be told apart: ``|m_a − m_b| > 1.645·√(V_a + V_b)``.

    A statement about this pair, not about all pairs at once.
    """
    return abs(first.mean - second.mean) > SEPARATION * math.sqrt(first.variance + second.variance)


def count_places(standings: Sequence[Normal]) -> list[int]:
    """Place of each agent: 1 + the number of agents separably ahead.

    Parameters
    ----------
    standings : sequence of Normal
        Posterior mean and variance of each agent, such as from `Standings.moments`; higher is better.

    Returns
    -------
    list of int
        In the order given; many share a place, and places are skipped.

    Examples
    --------
    >>> count_places([Normal(90, 4), Normal(88, 4), Normal(80, 4)])
    [1, 1, 3]
    """
    means = np.array([own.mean for own in standings])
    variances = np.array([own.variance for own in standings])
    places: list[int] = []
    for start in range(0, len(means), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        margin = SEPARATION * np.sqrt(variances[rows, None] + variances[None, :])
        ahead = means[None, :] - means[rows, None] > margin
        places.extend(1 + int(count) for count in ahead.sum(axis=1))
    return places


def list_highest(standings: Standings, *, share: float = QUARTER, error_share: float = ERROR_SHARE) -> AgentList:
    """Praise list: agents above the upper quartile.

    P_j = share of the joint draws in which agent j lies above the upper quartile of that draw; the largest list with
    ``mean(1 − P) <= 0.10`` among agents with at least three conversations' worth of evidence. Agents with less are
    among those compared but are never named. Equal probabilities are named together or not at all.

    Parameters
    ----------
    standings : Standings
        Of everybody compared.
    share : float, default=0.25
        Which upper part, above 0 and below 1.
    error_share : float, default=0.10
        Expected share of wrong names.

    Returns
    -------
    AgentList
        Fewer than four agents, or nobody with enough evidence: no list, with the reason.

    Raises
    ------
    AssessmentError
        If a share does not lie between 0 and 1.

    References
    ----------
    .. [1] M. A. Newton et al. (2004), Biostatistics 5:155–176, doi:10.1093/biostatistics/5.2.155.
    """
    _check_share(share, error_share)
    if len(standings.agents) < FEWEST_AGENTS:
        return AgentList((), None, {}, Withheld.too_few_agents)
    limits = np.quantile(standings.draws, 1 - share, axis=0)
    return _largest_list(standings, (standings.draws > limits).mean(axis=1), error_share)


def list_lowest(standings: Standings, *, share: float = QUARTER, error_share: float = ERROR_SHARE) -> AgentList:
    """Whom to coach first: agents below the lower quartile, by the logic of `list_highest`.

    For coaching, not for consequences: these have their own rule with its own promise.
    """
    _check_share(share, error_share)
    if len(standings.agents) < FEWEST_AGENTS:
        return AgentList((), None, {}, Withheld.too_few_agents)
    limits = np.quantile(standings.draws, share, axis=0)
    return _largest_list(standings, (standings.draws < limits).mean(axis=1), error_share)


def _check_share(share: float, error_share: float) -> None:
    if not (0 < share < 1 and 0 < error_share < 1):
        raise AssessmentError(f"The shares {share} and {error_share} must lie between 0 and 1.")


def _largest_list(standings: Standings, probabilities: NDArray[np.float64], error_share: float) -> AgentList:
    known = [
        ListedAgent(*row) for row in zip(standings.agents, probabilities.tolist(), standings.effective_n, strict=True)
    ]
    candidates = [one for one in known if one.effective_n >= FEWEST_EFFECTIVE]
    listed: list[ListedAgent] = []
    wrong = 0.0
    for probability, alike in groupby(
        sorted(candidates, key=lambda one: -one.probability), lambda one: one.probability
    ):
        group = list(alike)
        wrong += len(group) * (1 - probability)
        if wrong > error_share * (len(listed) + len(group)) + _ROUNDING:
            break
        listed += group
    names = tuple(sorted(listed, key=lambda one: one.agent))
    share_wrong = sum(1 - one.probability for one in names) / len(names) if names else None
    withheld = None if candidates else Withheld.too_little_evidence
    return AgentList(names, share_wrong, {one.agent: one.probability for one in known}, withheld)
