"""What a simulated centre is like, and the named centres that the methods are tried on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from scoring.errors import InputError


class Handing(StrEnum):
    """How samples reach inspectors."""

    crossed = "crossed"  # each agent's samples go round all inspectors
    teams = "teams"  # each team has its own inspector; others only score twice
    queues = "queues"  # each inspector sees one queue only


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre to simulate.

    Attributes
    ----------
    agents, inspectors : int
        How many there are.
    mean, agent_sd : float
        True quality of agents: mean and sd between them, points.
    within_sd : float
        Standard deviation of single scores of one agent by an average inspector, points.
    share_at_100 : float
        Share of scores at the top of the scale, 0–0.6.
    rater_sd : float
        Part of `within_sd` that differs between two scorings of one conversation, points.
    month_correlation : float
        Correlation of an agent's true quality from one month to the next, 0–1.
    critical_rate, critical_strength : float
        Mean share of critical conversations, and a + b of the beta distribution of agents' own shares.
    severity_sd : float
        Between inspectors' leniency, points.
    frame : int
        Conversations per agent and month.
    samples : int
        Inspected per agent and month.
    double_share : float
        Share of the samples scored by a second inspector.
    auto_correlation : float
        ρ of automatic scores and scores as inspectors give them, within agents and months; 0 = there are none.
    auto_agent_sd : float
        Sd of the machine's error about an agent, points.
    auto_team_sd : float
        Sd of its error about a team, points.
    auto_bias : float
        Points by which it undervalues every fifth agent beside that.
    teams : int
        Teams, of nearly equal size.
    handing : Handing
        How samples reach inspectors.
    queues : int
        Queues; every agent answers all of them.
    queue_gap : float
        Points between the easy and the hard queues (half of them each).
    history : int
        Months of the window, the month itself included.
    """

    agents: int = 200
    inspectors: int = 10
    mean: float = 85.0
    agent_sd: float = 6.0
    within_sd: float = 12.0
    share_at_100: float = 0.25
    rater_sd: float = 5.0
    month_correlation: float = 0.9
    critical_rate: float = 0.02
    critical_strength: float = 50.0
    severity_sd: float = 4.0
    frame: int = 400
    samples: int = 4
    double_share: float = 0.10
    auto_correlation: float = 0.65
    auto_agent_sd: float = 4.0
    auto_team_sd: float = 0.0
    auto_bias: float = 0.0
    teams: int = 10
    handing: Handing = Handing.crossed
    queues: int = 1
    queue_gap: float = 0.0
    history: int = 6

    def __post_init__(self) -> None:
        for name, lower, upper in _LIMITS:
            value = getattr(self, name)
            if not lower <= value <= upper:
                raise InputError(f"{name} is {value}: it must lie between {lower} and {upper}.")
        if self.samples > self.frame:
            raise InputError(f"{self.samples} samples of {self.frame} conversations: there are not so many.")
        if self.rater_sd >= self.within_sd:
            raise InputError(f"rater_sd is {self.rater_sd}: it must be below within_sd {self.within_sd}.")
        most = self.most_correlation
        if self.auto_correlation >= most:
            raise InputError(f"auto_correlation is {self.auto_correlation}: inspectors allow less than {most:.2f}.")

    @property
    def most_correlation(self) -> float:
        """ρ that automatic scores stay below: what inspectors' leniency and moods add, no machine can foresee."""
        foreseen = self.within_sd**2 - self.rater_sd**2
        return float((foreseen / (self.within_sd**2 + self.severity_sd**2)) ** 0.5)


_LIMITS: tuple[tuple[str, float, float], ...] = (
    ("agents", 1, 100_000),
    ("inspectors", 1, 10_000),
    ("mean", 20.0, 98.0),
    ("agent_sd", 0.0, 25.0),
    ("within_sd", 1.0, 40.0),
    ("share_at_100", 0.0, 0.6),
    ("rater_sd", 0.0, 20.0),
    ("month_correlation", 0.0, 0.999),
    ("critical_rate", 0.0, 0.5),
    ("critical_strength", 1.0, 5000.0),
    ("severity_sd", 0.0, 20.0),
    ("frame", 1, 100_000),
    ("samples", 1, 1000),
    ("double_share", 0.0, 1.0),
    ("auto_correlation", 0.0, 0.99),
    ("auto_agent_sd", 0.0, 30.0),
    ("auto_team_sd", 0.0, 30.0),
    ("auto_bias", -50.0, 50.0),
    ("teams", 1, 1000),
    ("queues", 1, 100),
    ("queue_gap", 0.0, 40.0),
    ("history", 1, 24),
)


def limits_of(name: str) -> tuple[float, float]:
    """Smallest and largest value that a field of `Centre` takes."""
    return next((lower, upper) for field, lower, upper in _LIMITS if field == name)


PAGE = Centre()
USUAL = replace(PAGE, agents=40, inspectors=6, frame=100, samples=5, teams=1, auto_correlation=0.0, auto_agent_sd=0.0)
"""A centre of common size without learned scores: stands in where the own one says nothing yet."""
NAMED: dict[str, Centre] = {
    "page": PAGE,
    "ceiling": replace(PAGE, mean=88.0, share_at_100=0.40),  # below 87 no spread of 12 leaves 40 % at 100
    "small": replace(PAGE, agents=15, inspectors=3, teams=2),
    "biased": replace(PAGE, auto_bias=8.0),
    "teams": replace(PAGE, handing=Handing.teams, double_share=0.20, auto_team_sd=4.0),
    "queues": replace(PAGE, handing=Handing.queues, queues=4, queue_gap=8.0),
}
"""The centre of the published figures, and those in which the methods are tried as well."""
