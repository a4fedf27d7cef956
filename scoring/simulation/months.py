"""Simulated months of a centre: what happened in them, what was inspected, and what the truth was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.estimates.seeds import generator_for
from scoring.simulation.centre import Centre, Handing
from scoring.simulation.shape import Shape, find_shape

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
_MOOD_NODES, _MOOD_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_MOOD_WEIGHTS = _MOOD_WEIGHTS / _MOOD_WEIGHTS.sum()
_GRID = np.linspace(-60.0, 200.0, 2601)


@dataclass(frozen=True, slots=True)
class SimulatedMonth:
    """One month.

    Attributes
    ----------
    quality, rate, total : array of float, shape (agents,)
        The truth of this month: what all inspectors together would have given to all conversations, on average.
    frame : array of float, shape (agents,)
        Conversations of the month.
    agent, sample, inspector, queue : array of int, shape (rows,)
        Of each scoring; `sample` counts the month's inspected conversations.
    score : array of float, shape (rows,)
        Quality as the inspector gave it.
    is_critical : array of bool, shape (rows,)
        Of the conversation.
    auto : array of float, shape (rows,)
        Automatic score of the conversation; NaN where the centre has none.
    auto_mean : array of float, shape (agents,)
        Over all conversations of the month.
    """

    quality: Floats
    rate: Floats
    total: Floats
    frame: Floats
    agent: Codes
    sample: Codes
    inspector: Codes
    queue: Codes
    score: Floats
    is_critical: NDArray[np.bool_]
    auto: Floats
    auto_mean: Floats


@dataclass(frozen=True, slots=True)
class Cast:
    """Who works in the centre, for all its months.

    Attributes
    ----------
    team : array of int, shape (agents,)
        Team of each agent.
    critical : array of float, shape (agents,)
        Each agent's own critical rate.
    machine_error : array of float, shape (agents,)
        Points by which the machine misjudges each agent.
    leniency : array of float, shape (inspectors,)
        Points by which each inspector is lenient.
    """

    team: Codes
    critical: Floats
    machine_error: Floats
    leniency: Floats


def cast_centre(centre: Centre, seed: str) -> Cast:
    """Draw the people of a centre."""
    generator = generator_for(seed, "cast")
    team = np.arange(centre.agents, dtype=np.intp) % centre.teams
    rate = centre.critical_rate
    if rate > 0:
        critical = generator.beta(rate * centre.critical_strength, (1 - rate) * centre.critical_strength, centre.agents)
    else:
        critical = np.zeros(centre.agents)
    error = centre.auto_agent_sd * generator.standard_normal(centre.agents)
    error += centre.auto_team_sd * generator.standard_normal(centre.teams)[team]
    # Every fifth agent, but not always of the same teams.
    error -= centre.auto_bias * (generator.permutation(centre.agents) % 5 == 0)
    leniency = centre.severity_sd * generator.standard_normal(centre.inspectors)
    return Cast(team, critical, error, leniency)


def simulate_months(
    centre: Centre, cast: Cast, months: int, seed: str, *, fixed: Floats | None = None
) -> Iterator[SimulatedMonth]:
    """Give one month after the other.

    Parameters
    ----------
    centre : Centre
        What it is like.
    cast : Cast
        Its people.
    months : int
        How many.
    seed : str
        Names the random numbers.
    fixed : array of float, shape (agents,), optional
        Expected quality of each agent in every month, instead of one that wanders around the centre's mean.

    Yields
    ------
    SimulatedMonth
    """
    shape = find_shape(centre.mean, centre.within_sd, centre.share_at_100, centre.rater_sd)
    average = _average_score(cast, centre)
    generator = generator_for(seed, "months")
    deviation = generator.standard_normal(centre.agents)
    phi = centre.month_correlation
    for _ in range(months):
        wandering = np.clip(centre.mean + centre.agent_sd * deviation, 20.0, 99.0)
        yield _simulate_month(centre, cast, shape, average, wandering if fixed is None else fixed, generator)
        deviation = phi * deviation + (1 - phi**2) ** 0.5 * generator.standard_normal(centre.agents)


def _average_score(cast: Cast, centre: Centre) -> Floats:
    """Score that all inspectors in all moods give on average, for every point of the grid."""
    moods = centre.rater_sd * _MOOD_NODES
    scores = np.zeros_like(_GRID)
    for leniency in cast.leniency:
        scores += np.clip(_GRID[:, None] + leniency + moods, 0.0, 100.0) @ _MOOD_WEIGHTS
    return scores / len(cast.leniency)


def _simulate_month(
    centre: Centre, cast: Cast, shape: Shape, average: Floats, expected: Floats, generator: np.random.Generator
) -> SimulatedMonth:
    size = (centre.agents, centre.frame)
    queue = generator.integers(0, centre.queues, size) if centre.queues > 1 else np.zeros(size, dtype=np.intp)
    gap = centre.queue_gap * (queue % 2 - 0.5) if centre.queues > 1 else 0.0
    plain = shape.level_of(expected)[:, None] + gap + shape.spread * generator.standard_normal(size)
    lifted = shape.lift(plain)
    is_critical = generator.random(size) < cast.critical[:, None]
    given = np.interp(lifted, _GRID, average)
    good = np.maximum((~is_critical).sum(axis=1), 1)
    quality = (given * ~is_critical).sum(axis=1) / good
    auto = _auto_scores(centre, cast, shape, np.clip(lifted, 0.0, 100.0), expected, generator)
    agent, sample, inspector = _hand_out(centre, cast, queue[:, : centre.samples], generator)
    place = (agent, sample)
    mood = centre.rater_sd * generator.standard_normal(len(agent))
    score = np.clip(lifted[place] + cast.leniency[inspector] + mood, 0.0, 100.0)
    rate = is_critical.mean(axis=1)
    return SimulatedMonth(
        quality=quality,
        rate=rate,
        total=(1 - rate) * quality,
        frame=np.full(centre.agents, float(centre.frame)),
        agent=agent,
        sample=agent * centre.samples + sample,
        inspector=inspector,
        queue=queue[place],
        score=score,
        is_critical=is_critical[place],
        auto=auto[place],
        auto_mean=auto.mean(axis=1),
    )


def _auto_scores(
    centre: Centre, cast: Cast, shape: Shape, seen: Floats, expected: Floats, generator: np.random.Generator
) -> Floats:
    """Calibrated automatic scores with the wanted correlation within agents, and the machine's errors about agents."""
    if centre.auto_correlation <= 0:
        return np.full(seen.shape, np.nan)
    between = shape.between
    # ρ is what a centre measures: against scores as they are given, inspectors' leniency included.
    given = centre.within_sd**2 + centre.severity_sd**2
    noise = between**2 / (given * centre.auto_correlation**2) - between
    slope = between / (between + noise)
    own = expected[:, None]
    blurred = seen - own + max(noise, 0.0) ** 0.5 * generator.standard_normal(seen.shape)
    scores: Floats = own + slope * blurred + cast.machine_error[:, None]
    return scores


def _hand_out(centre: Centre, cast: Cast, queue: Codes, generator: np.random.Generator) -> tuple[Codes, Codes, Codes]:
    """Agent, sample and inspector of every scoring; the second scorings come last."""
    agents, samples = queue.shape
    agent, sample = np.repeat(np.arange(agents), samples), np.tile(np.arange(samples), agents)
    if centre.handing is Handing.teams:
        first = cast.team[agent] % centre.inspectors
    elif centre.handing is Handing.queues:
        first = _inspector_of_queue(centre, queue.ravel(), generator)
    else:
        order = np.argsort(generator.random((agents, centre.inspectors)), axis=1)
        first = order[agent, sample % centre.inspectors]
    twice = generator.permutation(len(agent))[: round(centre.double_share * len(agent))]
    if centre.inspectors < 2:
        twice = twice[:0]
    twice = np.sort(twice)
    second = _another(centre, first[twice], queue.ravel()[twice], generator)
    return np.append(agent, agent[twice]), np.append(sample, sample[twice]), np.append(first, second)


def _inspector_of_queue(centre: Centre, queue: Codes, generator: np.random.Generator) -> Codes:
    """Inspector r sees queue r mod queues."""
    places = np.maximum((centre.inspectors - 1 - queue) // centre.queues + 1, 1)
    chosen = np.floor(generator.random(len(queue)) * places).astype(np.intp)
    return (queue + chosen * centre.queues) % centre.inspectors


def _another(centre: Centre, first: Codes, queue: Codes, generator: np.random.Generator) -> Codes:
    """Second inspector, never the first; of the same queue where each inspector sees one only."""
    if not len(first):
        return first
    step = generator.integers(1, max(centre.inspectors, 2), len(first))
    if centre.handing is Handing.queues:
        places = np.maximum((centre.inspectors - 1 - queue) // centre.queues + 1, 1)
        round_ = (first - queue) // centre.queues
        shift = 1 + np.floor(generator.random(len(first)) * np.maximum(places - 1, 1)).astype(np.intp)
        same = queue + (round_ + shift) % places * centre.queues
        return np.where(places > 1, same, (first + step) % centre.inspectors)
    return (first + step) % centre.inspectors
