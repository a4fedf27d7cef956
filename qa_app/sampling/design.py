"""What a plan says, typed: who is in the population, how it is cut, how many are taken, how they are scored.

The two JSON columns of a plan hold exactly these; nothing else writes them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from qa_app.conversations.eligibility import Eligibility, Filters
from scoring.sampling.allocate import DEFAULT_MINIMUM, Allocation
from scoring.sampling.assign import DEFAULT_DOUBLE_SHARE
from scoring.sampling.chances import UNIFORM_SHARE

__all__ = ["Chances", "Design", "Eligibility", "Filters", "RiskSigns", "RiskSource", "Sizing", "Strata"]

DEFAULT_PER_STRATUM = 5
DEFAULT_WORKING_DAYS = 10
LOW_SCORE = 70.0
"""Points below which a score is low, where the plan does not say."""


class Strata(enum.StrEnum):
    """How the population is cut; each stratum is drawn from by itself."""

    agent = "agent"
    team = "team"
    channel = "channel"
    centre = "centre"


class Chances(enum.StrEnum):
    """Whether every conversation of a stratum has the same chance, or a chance that grows with its risk."""

    equal = "equal"
    risk = "risk"


class RiskSource(enum.StrEnum):
    """Where the risk of a conversation comes from."""

    signs = "signs"
    learned = "learned"
    given = "given"
    rules = "rules"


class Sizing(enum.StrEnum):
    """What the lead fixes: a number each, a precision each, or a total to be spread."""

    each = "each"
    precision = "precision"
    total = "total"


@dataclass(frozen=True, slots=True)
class RiskSigns:
    """How many points each sign of trouble adds to the risk of a conversation; 0: not counted.

    Signs are facts of the conversation that need no judgement: the customer gave a low rating (1 or 2 of 5), waited
    longer than `long_wait_seconds` for a reply or on hold, was left without a solution, or was passed on.
    """

    low_rating: float = 4.0
    long_wait: float = 2.0
    unresolved: float = 2.0
    transferred: float = 1.0
    long_wait_seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class Design:
    """How the draw is made.

    With `chances` by risk, `risk_source` names where the risk comes from: signs of trouble counted as `signs` says, the
    model's probability of a score below `low_score`, the number that came with the import, or how many of the verdicts
    of rules that `risk_rules` names (``code:outcome``) it has. `even_share` is the part
    of the draw that stays spread evenly (τ, above 0: every conversation keeps a chance).
    `size` counts for `Sizing.each`, `margin` (points) for `precision`, `total`, `allocation` and `minimum` for
    `total`. With `proposals_shown` inspectors see the machine's proposal before they score, which draws their scores
    towards it. `public_source` names beforehand where the public part will come from; empty: none was promised.
    """

    strata: Strata = Strata.agent
    chances: Chances = Chances.equal
    risk_source: RiskSource = RiskSource.signs
    signs: RiskSigns = field(default_factory=RiskSigns)
    low_score: float = LOW_SCORE
    risk_rules: tuple[str, ...] = ()
    even_share: float = UNIFORM_SHARE
    sizing: Sizing = Sizing.each
    size: int = DEFAULT_PER_STRATUM
    margin: float = 8.0
    total: int = 0
    allocation: Allocation = Allocation.equal
    minimum: int = DEFAULT_MINIMUM
    double_share: float = DEFAULT_DOUBLE_SHARE
    working_days: int = DEFAULT_WORKING_DAYS
    proposals_shown: bool = False
    public_source: str = ""
    eligibility: Eligibility = field(default_factory=Eligibility)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Design:
        """Read the column `design`; what is absent takes its default."""
        default = cls()
        values = {name: kept.get(name, getattr(default, name)) for name in cls.__slots__}
        return cls(
            **{
                **values,
                "strata": Strata(values["strata"]),
                "chances": Chances(values["chances"]),
                "risk_source": RiskSource(values["risk_source"]),
                "signs": RiskSigns(**kept.get("signs", {})),
                "risk_rules": tuple(values["risk_rules"]),
                "sizing": Sizing(values["sizing"]),
                "allocation": Allocation(values["allocation"]),
                "eligibility": Eligibility(**kept.get("eligibility", {})),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Write the column `design`."""
        return asdict(self)
