"""Assignment: who scores which sample.

The design rule that lets inspectors be compared and no agent depend on one pair of eyes: each agent's samples go to at
least min(n, 3) inspectors, none scoring their own team, none holding more than 40 % of an agent's quarter; a share is
scored twice, blind; loads are balanced. Nobody chooses: samples are dealt in the order of the draw and ties between
inspectors are broken by the draw's key.

Where too few inspectors may score an agent the rule cannot hold; the plan is made as well as it can be and says so.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import ceil

from scoring.errors import AssignmentError

INSPECTORS_PER_AGENT = 3
LARGEST_SHARE = Fraction(2, 5)
DEFAULT_DOUBLE_SHARE = 0.1
BOUND_DOUBLE_SHARE = 0.2
"""Share scored twice where an inspector is bound to a team: fewer pairings connect the inspectors by themselves."""


class Shortfall(StrEnum):
    """Which part of the design rule could not be kept for an agent."""

    too_few_inspectors = "too_few_inspectors"
    share_above_limit = "share_above_limit"


@dataclass(frozen=True, slots=True)
class SampleToAssign:
    """A sample to be handed out: its conversation's id, whose it is, and that agent's team."""

    conversation: str
    agent: str
    team: str


@dataclass(frozen=True, slots=True)
class InspectorSeat:
    """An inspector who scores this month.

    Parameters
    ----------
    inspector : str
        The inspector's id.
    own_teams : frozenset of str
        Teams whose work this person must not score.
    own_agent : str or None
        The agent this person is, where an agent also inspects; nobody scores themselves.
    capacity : float, default=1.0
        Share of a full load, above 0.
    """

    inspector: str
    own_teams: frozenset[str] = frozenset()
    own_agent: str | None = None
    capacity: float = 1.0

    def may_score(self, sample: SampleToAssign) -> bool:
        """Tell whether the sample is neither of an own team nor one's own."""
        return sample.team not in self.own_teams and sample.agent != self.own_agent


@dataclass(frozen=True, slots=True)
class Scoring:
    """One sample given to one inspector; `is_second` marks the second, blind scoring of a conversation."""

    conversation: str
    inspector: str
    is_second: bool


@dataclass(frozen=True, slots=True)
class AssignmentPlan:
    """Who scores what.

    Parameters
    ----------
    scorings : tuple of Scoring
        In the order of the samples, first scorings before second ones.
    shortfalls : mapping of str to Shortfall
        Agents for whom the design rule could not be kept, and which part of it.
    """

    scorings: tuple[Scoring, ...]
    shortfalls: Mapping[str, Shortfall]


@dataclass(slots=True)
class _Desk:
    """What has been dealt so far; lives for one call."""

    key: bytes
    load: dict[str, float]
    held: Counter[tuple[str, str]]
    month: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: Counter[frozenset[str]] = field(default_factory=Counter)

    def tie(self, sample: SampleToAssign, inspector: str) -> bytes:
        """Break a tie by the key, so that nobody can foresee or choose it."""
        return hmac.digest(self.key, f"assign\x1f{sample.conversation}\x1f{inspector}".encode(), "sha256")

    def give(self, sample: SampleToAssign, seat: InspectorSeat) -> None:
        self.load[seat.inspector] += 1 / seat.capacity
        self.held[sample.agent, seat.inspector] += 1
        self.month[sample.agent, seat.inspector] += 1


def choose_doubles(samples: Sequence[SampleToAssign], share: float, key: bytes) -> frozenset[str]:
    """Choose which conversations are scored twice.

    Parameters
    ----------
    samples : sequence of SampleToAssign
        All samples of the month.
    share : float
        Part to be scored twice, 0 to 1; rounded up to a whole conversation.
    key : bytes
        The key of the draw.

    Returns
    -------
    frozenset of str
        Conversations with the smallest keyed digests, which have nothing to do with the order of the draw itself.

    Raises
    ------
    AssignmentError
        If `share` is outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise AssignmentError(f"The share scored twice is {share}; it is between 0 and 1")
    wanted = ceil(Fraction(share).limit_denominator(10_000) * len(samples))
    names = sorted(s.conversation for s in samples)
    return frozenset(sorted(names, key=lambda name: hmac.digest(key, f"double\x1f{name}".encode(), "sha256"))[:wanted])


def assign_samples(
    samples: Sequence[SampleToAssign],
    inspectors: Sequence[InspectorSeat],
    *,
    key: bytes,
    double_share: float = DEFAULT_DOUBLE_SHARE,
    quarter: Mapping[tuple[str, str], int] | None = None,
) -> AssignmentPlan:
    """Hand out samples by the design rule.

    Parameters
    ----------
    samples : sequence of SampleToAssign
        In the order of the draw; each conversation once.
    inspectors : sequence of InspectorSeat
        Who scores this month.
    key : bytes
        The key of the draw, which breaks ties and chooses what is scored twice.
    double_share : float, default=0.1
        Part of the conversations to be scored twice, 0 to 1.
    quarter : mapping of (agent, inspector) to int, optional
        Scorings already held in earlier months of the quarter.

    Returns
    -------
    AssignmentPlan
        One scoring per sample and a second one for those scored twice, as far as a second inspector may score them.

    Raises
    ------
    AssignmentError
        If nobody may score one of the samples, or a share is out of range.
    """
    doubles = choose_doubles(samples, double_share, key)
    desk = _Desk(key, {seat.inspector: 0.0 for seat in inspectors}, Counter(quarter or {}))
    totals = _count_quarter(samples, doubles, quarter or {})
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    for sample in _take_turns(samples, doubles):
        name = sample.conversation
        first[name] = _deal(sample, inspectors, desk, totals)
        others = [seat for seat in inspectors if seat.inspector != first[name]]
        if name in doubles and any(seat.may_score(sample) for seat in others):
            second[name] = _deal(sample, others, desk, totals, partner=first[name])
    scorings = [Scoring(s.conversation, first[s.conversation], is_second=False) for s in samples]
    scorings += [Scoring(s.conversation, second[s.conversation], True) for s in samples if s.conversation in second]
    return AssignmentPlan(tuple(scorings), _find_shortfalls(samples, desk, totals))


def _take_turns(samples: Sequence[SampleToAssign], doubles: frozenset[str]) -> list[SampleToAssign]:
    """Deal what is scored twice first, then every agent's first sample, then every agent's second, and so on.

    The narrowest choices come while loads are still level, and the widest ones even out what is left.
    """
    seen: Counter[str] = Counter()
    turns = []
    for place, sample in enumerate(samples):
        turns.append((sample.conversation not in doubles, seen[sample.agent], place, sample))
        seen[sample.agent] += 1
    return [sample for *_, sample in sorted(turns, key=lambda turn: turn[:3])]


def _count_quarter(
    samples: Iterable[SampleToAssign], doubles: frozenset[str], quarter: Mapping[tuple[str, str], int]
) -> Counter[str]:
    totals: Counter[str] = Counter()
    for (agent, _), count in quarter.items():
        totals[agent] += count
    for sample in samples:
        totals[sample.agent] += 2 if sample.conversation in doubles else 1
    return totals


def _limit(total: int) -> int:
    """Scorings one inspector may hold of an agent's quarter; one is always possible."""
    return max(1, int(total * LARGEST_SHARE))


def _deal(
    sample: SampleToAssign,
    inspectors: Sequence[InspectorSeat],
    desk: _Desk,
    totals: Mapping[str, int],
    partner: str | None = None,
) -> str:
    """Give one sample to the inspector whom the rule wants most; `partner` scores the same conversation already."""
    able = [seat for seat in inspectors if seat.may_score(sample)]
    if not able:
        raise AssignmentError(f"Nobody may score {sample.conversation!r} of the team {sample.team!r}")
    agent = sample.agent
    met = sum(1 for seat in able if desk.month[agent, seat.inspector])
    limit = _limit(totals[agent])

    def rank(seat: InspectorSeat) -> tuple[bool, bool, float, int, bytes]:
        name = seat.inspector
        repeats = bool(desk.month[agent, name]) and met < INSPECTORS_PER_AGENT
        pairings = desk.pairs[frozenset((name, partner))] if partner else desk.month[agent, name]
        return (
            repeats,
            desk.held[agent, name] >= limit,
            desk.load[name] + 1 / seat.capacity,
            pairings,
            desk.tie(sample, name),
        )

    chosen = min(able, key=rank)
    desk.give(sample, chosen)
    if partner:
        desk.pairs[frozenset((chosen.inspector, partner))] += 1
    return chosen.inspector


def _find_shortfalls(samples: Sequence[SampleToAssign], desk: _Desk, totals: Mapping[str, int]) -> dict[str, Shortfall]:
    """Name the agents for whom fewer than min(n, 3) inspectors were found, or one holds too much of the quarter."""
    sizes = Counter(sample.agent for sample in samples)
    met = Counter(agent for (agent, _), count in desk.month.items() if count)
    found: dict[str, Shortfall] = {}
    for agent, size in sorted(sizes.items()):
        if met[agent] < min(size, INSPECTORS_PER_AGENT):
            found[agent] = Shortfall.too_few_inspectors
    for (agent, _), count in sorted(desk.held.items()):
        if agent in sizes and agent not in found and count > _limit(totals[agent]):
            found[agent] = Shortfall.share_above_limit
    return found
