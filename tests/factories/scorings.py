"""Scorings of an invented centre, with the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.agreement.severity import Scorings


@dataclass(frozen=True)
class Centre:
    """What a made-up centre is like; sds in points."""

    agents: int = 30
    inspectors: int = 6
    per_agent: int = 5
    double: float = 0.2
    queues: int = 1
    has_auto: bool = False
    bound: bool = False  # first scorings by the inspector of the agent's team
    agent_sd: float = 6.0
    inspector_sd: float = 4.0
    conversation_sd: float = 9.0
    residual_sd: float = 6.0


def create_scorings(centre: Centre, seed: int, *, mean: float = 70.0) -> tuple[Scorings, np.ndarray]:
    """Score a month of this centre; returns the scorings and the inspectors' true leniency."""
    generator = np.random.default_rng(seed)
    chats = centre.agents * centre.per_agent
    agent = np.repeat(np.arange(centre.agents), centre.per_agent)
    team = agent * centre.inspectors // centre.agents
    first = team if centre.bound else generator.integers(0, centre.inspectors, chats)
    twice = np.flatnonzero(generator.random(chats) < centre.double)
    other = (first[twice] + generator.integers(1, centre.inspectors, len(twice))) % centre.inspectors
    conversation = np.concatenate([np.arange(chats), twice])
    inspector = np.concatenate([first, other])

    leniency = generator.normal(0, centre.inspector_sd, centre.inspectors)
    of_agent = generator.normal(0, centre.agent_sd, centre.agents)
    of_chat = generator.normal(0, centre.conversation_sd, chats)
    queue = generator.integers(0, centre.queues, chats)
    guess = 0.7 * of_chat + generator.normal(0, 6, chats)
    truth = mean + of_agent[agent] + of_chat + 3.0 * queue
    score = truth[conversation] + leniency[inspector] + generator.normal(0, centre.residual_sd, len(conversation))
    scorings = Scorings(
        agent_month=agent[conversation],
        conversation=conversation,
        inspector=inspector,
        score=np.clip(score, 0, 100),
        queue=queue[conversation],
        auto=guess[conversation] if centre.has_auto else None,
        inspectors=tuple(f"inspector {code}" for code in range(centre.inspectors)),
    )
    return scorings, leniency
