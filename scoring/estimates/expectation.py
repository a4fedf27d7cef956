"""What to expect of one agent if nothing is done, fixed before anything is; `outcome` compares what came with it.

The prediction is made from all agents and months known at one moment. It is kept as numbers, so that whoever looks
later compares with what was said before and not with a raw month: the lowest month of an agent is followed by a
better one as a rule, whatever was done about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from scoring.errors import CountError, InputError
from scoring.estimates.beta import Beta, fit_beta_prior
from scoring.estimates.change import AgentProcess, predict_month
from scoring.estimates.fay_herriot import fit_one_month
from scoring.estimates.intervals import LEVEL
from scoring.estimates.pooled import pool_spread
from scoring.estimates.shrinkage import FEWEST_AGENTS, Normal
from scoring.estimates.standing import Panel, Standing, fit_standing
from scoring.values import Interval

__all__ = [
    "MonthCount",
    "MonthScore",
    "ScoreExpectation",
    "ShareExpectation",
    "expect_score",
    "expect_share",
]

AGEING = 0.9
"""What a month of age leaves of one conversation's word about a criterion: agents change, evidence fades."""


@dataclass(frozen=True, slots=True)
class MonthScore:
    """One inspected conversation's quality.

    Attributes
    ----------
    agent : str
        Whose.
    month : int
        Number of its month, one more for each month later.
    value : float
        0–100, the inspector's leniency taken off where it is known.
    """

    agent: str
    month: int
    value: float


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Conversations of one agent and month that lost points in one criterion.

    Attributes
    ----------
    agent : str
        Whose.
    month : int
        As in `MonthScore`.
    k, n : int
        So many of so many, ``0 <= k <= n``.
    """

    agent: str
    month: int
    k: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise CountError(f"{self.agent}: {self.k} of {self.n}; it must be 0 <= k <= n.")


@dataclass(frozen=True, slots=True)
class ScoreExpectation:
    """Quality to expect of one agent, as fixed before.

    Attributes
    ----------
    mean, variance : float
        Posterior of the agent's quality in `month`, points and points².
    month : int
        The newest month that was looked at.
    centre : float
        Mean of all agents in that month, points.
    between_sd, correlation : float
        τ between agents, points; φ from month to month, 0–1.
    within_variance : float
        σ² of one conversation's score, points².
    agents, n : int
        Agents behind it, and inspected conversations of this one.
    """

    mean: float
    variance: float
    month: int
    centre: float
    between_sd: float
    correlation: float
    within_variance: float
    agents: int
    n: int

    def predict(self, month: int, centre: float | None = None) -> Normal:
        """Predict the agent's quality in a later month.

        Parameters
        ----------
        month : int
            Which; not before `month`.
        centre : float, optional
            Mean of all agents then, points; as it was where none is given.
        """
        process = AgentProcess(
            self.centre, self.centre if centre is None else centre, self.between_sd, self.correlation
        )
        return predict_month(Normal(self.mean, self.variance), process, months_ahead=month - self.month)

    def interval(self, month: int, *, level: float = LEVEL) -> Interval:
        """Where the agent's quality likely lies in a later month if nothing is done, 0–100."""
        expected = self.predict(month)
        half = float(stats.norm.ppf((1 + level) / 2)) * sqrt(expected.variance)
        return Interval(max(0.0, expected.mean - half), min(100.0, expected.mean + half))


@dataclass(frozen=True, slots=True)
class ShareExpectation:
    """Share of conversations that lose points in one criterion, to expect of one agent, as fixed before.

    Attributes
    ----------
    prior_a, prior_b : float
        Beta prior over all agents.
    k, n : float
        The agent's own evidence, each month of age counting 0.9, up to `month`.
    month : int
        The newest month that was looked at.
    centre : float
        Share over all agents, 0–1.
    centre_n : int
        Conversations behind it.
    agents : int
        Agents behind it.
    """

    prior_a: float
    prior_b: float
    k: float
    n: float
    month: int
    centre: float
    centre_n: int
    agents: int

    def predict(self, month: int) -> Beta:
        """Predict the agent's share in a later month: own evidence fades with age, the prior stays."""
        if month < self.month:
            raise CountError(f"A prediction for month {month} from month {self.month}: only later ones.")
        left = AGEING ** (month - self.month)
        return Beta(self.prior_a, self.prior_b).after(left * self.k, left * self.n)


def expect_score(scores: Sequence[MonthScore], agent: str) -> ScoreExpectation | None:
    """Fix what to expect of an agent's quality.

    Parameters
    ----------
    scores : sequence of MonthScore
        Conversations without critical error of all agents over some months, from equal-probability draws.
    agent : str
        Of whom.

    Returns
    -------
    ScoreExpectation or None
        None with fewer than eight agents, or no conversation of this one: then nothing guards against regression to
        the mean, and nothing is predicted.

    References
    ----------
    .. [1] J. N. K. Rao, M. Yu (1994), Canad. J. Stat. 22:511–528, doi:10.2307/3315407.
    """
    agents = sorted({score.agent for score in scores})
    own = sum(score.agent == agent for score in scores)
    if len(agents) < FEWEST_AGENTS or not own:
        return None
    months = sorted({score.month for score in scores})
    cells = _cells(scores)
    spread = pool_spread(cells.values())
    standing = _fit(cells, agents, months, spread.variance)
    if standing is None:
        return None
    place = agents.index(agent)
    return ScoreExpectation(
        mean=float(standing.means[place]),
        variance=float(standing.variances[place]),
        month=months[-1],
        centre=float(standing.coefficients[-1]),
        between_sd=standing.between_sd,
        # One month tells nothing of φ: then agents are taken to keep their distance.
        correlation=1.0 if standing.correlation is None else standing.correlation,
        within_variance=spread.variance,
        agents=len(agents),
        n=own,
    )


def expect_share(counts: Sequence[MonthCount], agent: str) -> ShareExpectation | None:
    """Fix what to expect of an agent in one criterion.

    Parameters
    ----------
    counts : sequence of MonthCount
        All agents over some months, from equal-probability draws.
    agent : str
        Of whom.

    Returns
    -------
    ShareExpectation or None
        None with fewer than eight agents, or no conversation of this one.
    """
    known = [count for count in counts if count.n]
    agents = sorted({count.agent for count in known})
    if len(agents) < FEWEST_AGENTS or agent not in agents:
        return None
    newest = max(count.month for count in known)
    sums = {name: _sum([count for count in known if count.agent == name]) for name in agents}
    prior = fit_beta_prior([k for k, _ in sums.values()], [n for _, n in sums.values()])
    assert prior is not None  # every agent has a conversation
    faded = [(AGEING ** (newest - one.month), one) for one in known if one.agent == agent]
    k, n = _sum(known)
    return ShareExpectation(
        prior_a=prior.a,
        prior_b=prior.b,
        k=sum(left * one.k for left, one in faded),
        n=sum(left * one.n for left, one in faded),
        month=newest,
        centre=k / n,
        centre_n=n,
        agents=len(agents),
    )


def _sum(counts: Sequence[MonthCount]) -> tuple[int, int]:
    return sum(count.k for count in counts), sum(count.n for count in counts)


def _cells(scores: Sequence[MonthScore]) -> dict[tuple[str, int], list[float]]:
    cells: dict[tuple[str, int], list[float]] = {}
    for score in sorted(scores, key=lambda one: (one.agent, one.month, one.value)):
        if not 0 <= score.value <= 100:
            raise InputError(f"{score.agent}: a score of {score.value}; it must lie between 0 and 100.")
        cells.setdefault((score.agent, score.month), []).append(score.value)
    return cells


def _fit(
    cells: dict[tuple[str, int], list[float]], agents: Sequence[str], months: Sequence[int], variance: float
) -> Standing | None:
    """Standings in the newest month; months nobody was inspected in are kept as unseen steps of time."""
    span = months[-1] - months[0] + 1
    values, variances = np.zeros((len(agents), span)), np.full((len(agents), span), np.inf)
    for (agent, month), own in cells.items():
        place = agents.index(agent), month - months[0]
        values[place], variances[place] = np.mean(own), variance / len(own)
    seen = [month - months[0] for month in months]
    design = np.zeros((len(agents), span, len(seen)))
    for column, month in enumerate(seen):
        design[:, month, column] = 1.0
    target = np.zeros((len(agents), len(seen)))
    target[:, -1] = 1.0
    panel = Panel(values, variances, design, target)
    if len(seen) > 1:
        return fit_standing(panel)
    return fit_one_month(panel) if int(np.isfinite(variances[:, -1]).sum()) >= FEWEST_AGENTS else None
