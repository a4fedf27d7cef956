"""Who can be compared with whom: inspectors are linked by the agents they both scored.

Two inspectors can be told apart from the agents they scored only where a chain of shared agents joins them. Agents
and inspectors form a graph, each scoring is an edge, and comparisons hold inside one component of it. What would join
the components is told as pairings, as few as can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

MAIN = 0
"""Number of the main component."""
NOT_SEEN = -1
"""Component of somebody without a scoring."""

MayScore = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Components of the graph of agents and inspectors, by codes.

    Attributes
    ----------
    agent, inspector : ndarray of intp
        Component of each code; 0 is the main one (most agents, then most scorings), −1 for a code without a scoring.
    count : int
        How many components there are.
    """

    agent: NDArray[np.intp]
    inspector: NDArray[np.intp]
    count: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """One scoring that would join two components.

    Attributes
    ----------
    inspector : str
        Who should score.
    agent : str
        One conversation of this agent.
    partner : str
        Who scored this agent most: the same conversation scored by both, blind, links them best, because then neither
        the agent nor the conversation differs.
    component : int
        The component that becomes part of the main one.
    """

    inspector: str
    agent: str
    partner: str
    component: int


@dataclass(frozen=True, slots=True)
class Connectivity:
    """Who can be compared, and what would connect the rest.

    Attributes
    ----------
    agents, inspectors : mapping of str to int
        Component of everybody with a scoring; 0 is the main one (most agents, then most scorings, then the first
        name).
    count : int
        How many components there are; 0 without scorings.
    pairings : tuple of Pairing
        As few scorings as can be, one per component that can be joined, in the order in which to make them.
    unreachable : tuple of int
        Components that no permitted pairing joins.
    """

    agents: Mapping[str, int]
    inspectors: Mapping[str, int]
    count: int
    pairings: tuple[Pairing, ...]
    unreachable: tuple[int, ...]

    def is_comparable(self, agent: str) -> bool:
        """Whether the agent's score can be compared with the main component; false for an agent never scored."""
        return self.agents.get(agent, NOT_SEEN) == MAIN


def find_components(
    agent: NDArray[np.intp], inspector: NDArray[np.intp], *, agents: int, inspectors: int
) -> Components:
    """Components of the graph that scorings span over agents and inspectors.

    Parameters
    ----------
    agent, inspector : ndarray of intp, shape (R,)
        Codes of each scoring, counted from 0. An agent here is a person over all months of the window: the months
        connect.
    agents, inspectors : int
        How many codes there are, more than the largest one.

    Returns
    -------
    Components
        Numbered by agents, then scorings, both falling; equal ones by their first agent code.
    """
    graph = sparse.coo_array(
        (np.ones(len(agent), dtype=np.int8), (agent, inspector + agents)), shape=(agents + inspectors,) * 2
    )
    found, labels = csgraph.connected_components(graph, directed=False)
    seen = np.zeros(agents + inspectors, dtype=bool)
    seen[agent] = seen[inspector + agents] = True
    people = np.bincount(labels[:agents][seen[:agents]], minlength=found)
    scorings = np.bincount(labels[agent], minlength=found)
    first = np.unique(labels, return_index=True)[1]
    order = np.lexsort((first, -scorings, -people))
    number = np.empty(found, dtype=np.intp)
    number[order] = np.arange(found)
    component = np.where(seen, number[labels], NOT_SEEN)
    return Components(component[:agents], component[agents:], int(np.count_nonzero(scorings)))


def find_connectivity(scored: Iterable[tuple[str, str]], *, may_score: MayScore | None = None) -> Connectivity:
    """Tell who can be compared, and which pairings would connect the rest.

    Every component beside the main one needs one more scoring: of one of its agents by somebody already connected, or,
    where nobody may, of a connected agent by one of its inspectors. The agent with most scorings is named, and the
    inspector with most scorings who may score that agent: what is best known links best.

    Parameters
    ----------
    scored : iterable of (agent, inspector)
        One pair of ids per scoring of the window, in any order.
    may_score : callable (inspector, agent) -> bool, optional
        Whether that inspector may score that agent (nobody scores their own team). None: everybody may.

    Returns
    -------
    Connectivity
        The same whatever the order of the pairs.

    Examples
    --------
    >>> found = find_connectivity([("a1", "x"), ("a2", "x"), ("a3", "y")])
    >>> found.is_comparable("a3"), found.pairings[0].inspector, found.pairings[0].agent
    (False, 'x', 'a3')
    """
    counts = Counter(scored)
    agents, inspectors = (sorted({pair[side] for pair in counts}) for side in (0, 1))
    if not counts:
        return Connectivity({}, {}, 0, (), ())

    agent_codes = {name: code for code, name in enumerate(agents)}
    inspector_codes = {name: code for code, name in enumerate(inspectors)}
    rows = list(counts.elements())
    components = find_components(
        np.array([agent_codes[agent] for agent, _ in rows], dtype=np.intp),
        np.array([inspector_codes[inspector] for _, inspector in rows], dtype=np.intp),
        agents=len(agents),
        inspectors=len(inspectors),
    )
    search = _Search(
        counts,
        dict(zip(agents, components.agent.tolist(), strict=True)),
        dict(zip(inspectors, components.inspector.tolist(), strict=True)),
        may_score or (lambda _inspector, _agent: True),
    )
    pairings, unreachable = search.join_all(components.count)
    return Connectivity(search.agents, search.inspectors, components.count, pairings, unreachable)


class _Search:
    """Looks for the scorings that join the components; lives for one call."""

    def __init__(
        self,
        counts: Counter[tuple[str, str]],
        agents: dict[str, int],
        inspectors: dict[str, int],
        may_score: MayScore,
    ) -> None:
        self.agents, self.inspectors, self.may_score = agents, inspectors, may_score
        self.by_agent: Counter[str] = Counter()
        self.by_inspector: Counter[str] = Counter()
        self.partners: dict[str, tuple[int, str]] = {}
        for (agent, inspector), scorings in counts.items():
            self.by_agent[agent] += scorings
            self.by_inspector[inspector] += scorings
            best = self.partners.get(agent)
            if best is None or (-scorings, inspector) < best:
                self.partners[agent] = (-scorings, inspector)

    def join_all(self, count: int) -> tuple[tuple[Pairing, ...], tuple[int, ...]]:
        """Join one component after the other to the main one, until no permitted pairing is left."""
        joined, apart = {MAIN}, list(range(1, count))
        pairings: list[Pairing] = []
        while found := self._first(apart, joined):
            pairings.append(found)
            joined.add(found.component)
            # What has just been joined may open a way to one that was out of reach: begin again with the largest.
            apart.remove(found.component)
        return tuple(pairings), tuple(apart)

    def _first(self, apart: list[int], joined: set[int]) -> Pairing | None:
        links = (self._link(component, joined) for component in apart)
        return next((link for link in links if link), None)

    def _link(self, component: int, joined: set[int]) -> Pairing | None:
        """Best permitted scoring between a component and those already joined; None if there is none."""
        outwards, inwards = ({component}, joined), (joined, {component})
        for agent, inspector in chain.from_iterable(self._candidates(*sides) for sides in (outwards, inwards)):
            if self.may_score(inspector, agent):
                return Pairing(inspector, agent, self.partners[agent][1], component)
        return None

    def _candidates(self, of_agents: set[int], of_inspectors: set[int]) -> Iterator[tuple[str, str]]:
        agents = _busiest_first(self.agents, of_agents, self.by_agent)
        return product(agents, _busiest_first(self.inspectors, of_inspectors, self.by_inspector))


def _busiest_first(numbers: dict[str, int], components: set[int], scorings: Counter[str]) -> list[str]:
    """Members of these components, the main one's first, then by most scorings, then by name.

    Whoever was joined by a single scoring comes last: a chain of single scorings compares badly.
    """
    members = (name for name, number in numbers.items() if number in components)
    return sorted(members, key=lambda name: (numbers[name] != MAIN, -scorings[name], name))
