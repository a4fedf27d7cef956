"""Whole careers against the verdict "below standard": how often somebody who meets the standard is named, how late
somebody who does not.

Beside it the customary rule, three months running below, which needs no evidence to name people.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scoring.assessment.consequences import BELOW_STANDARD, WATCH, e_process_paths, first_reached
from scoring.assessment.evidence_values import largest_value, score_values
from scoring.errors import InputError
from scoring.estimates.assisted import judge_assist
from scoring.estimates.direct import mean_per_conversation
from scoring.estimates.leniency import model_inspectors
from scoring.estimates.table import tabulate
from scoring.simulation.centre import Centre
from scoring.simulation.months import SimulatedMonth, cast_centre, simulate_months
from scoring.simulation.run import build_window

Floats = NDArray[np.float64]
YEAR = 12
RUNNING = 3  # months below in a row
_ALIKE = 5000.0  # strength of the agents' critical rates: nobody differs


@dataclass(frozen=True, slots=True)
class CareerReport:
    """What became of agents whose true score was the same in every month.

    Attributes
    ----------
    agents, months : int
        Careers simulated and their length.
    margin : float
        Points by which the true score lies above the standard; negative = below.
    named : float
        Share for whom K ever reached 20.
    named_in_a_year, watched_in_a_year : float
        Share for whom it reached 20, or 3, within twelve months.
    months_to_name : float or None
        Median month in which K reached 20; None where half of the careers never came so far.
    months_rule : float
        Share of whom the rule "three months running below" names within twelve months.
    """

    agents: int
    months: int
    margin: float
    named: float
    named_in_a_year: float
    watched_in_a_year: float
    months_to_name: float | None
    months_rule: float


def simulate_careers(centre: Centre, months: int, seed: str, *, standard: float, margin: float = 0.0) -> CareerReport:
    """Let the rules judge careers of agents who are equally good in every month.

    Every score is corrected by the leniency that was fitted to the months before it, as in the real course of things.

    Parameters
    ----------
    centre : Centre
        Its agents, inspectors, spread and samples; how its agents differ does not matter here.
    months : int
        Length of a career, at least 1.
    seed : str
        Names the random numbers.
    standard : float
        Score that the rules ask for, above 0 and below 100, to within what these inspectors are lenient together.
    margin : float, default=0.0
        Points by which everybody's true score lies above it.

    Returns
    -------
    CareerReport

    Raises
    ------
    InputError
        If the true score that follows lies outside 20 to 99, or there is no month.
    """
    quality = (standard + margin) / (1 - centre.critical_rate)
    if months < 1 or not 20 <= quality <= 99:
        raise InputError(f"{months} months at a true quality of {quality:.1f}: give 1 or more, and 20 to 99.")
    alike = replace(centre, critical_strength=_ALIKE, auto_correlation=0.0)
    cast = cast_centre(alike, seed)
    expected = np.full(centre.agents, quality)
    recent: deque[SimulatedMonth] = deque(maxlen=centre.history)
    names = np.array([f"a{code:05d}" for code in range(centre.agents)])
    values, limits, means, truths = [], [], [], []
    leniency = np.zeros(centre.inspectors)
    for number, month in enumerate(simulate_months(alike, cast, months + centre.history, seed, fixed=expected)):
        if number >= centre.history:
            values.append(_values(month, leniency, centre))
            limits.append(np.full(centre.samples, largest_value(leniency)))
            means.append(_plain_means(month, centre))
            truths.append(float(month.total.mean()))
        recent.append(month)
        leniency = _fit_leniency(list(recent), names, centre)
    # These inspectors together may be a little lenient or strict, and so is the truth: ask for what it really is.
    asked = float(np.mean(truths)) - margin
    paths = e_process_paths(np.concatenate(values, axis=1), asked / 100, upper=np.concatenate(limits))
    return _report(centre, months, margin, paths, np.stack(means, axis=1) < asked)


def _fit_leniency(recent: list[SimulatedMonth], names: NDArray[np.str_], centre: Centre) -> Floats:
    table = tabulate(build_window(recent, names, "careers"), centre.history)
    assist = judge_assist(table, mean_per_conversation(table, table.rows.quality), allowed=False)
    found = model_inspectors(table, assist).leniency.points
    leniency = np.zeros(centre.inspectors)
    leniency[table.inspectors.astype(int)] = found
    return leniency


def _values(month: SimulatedMonth, leniency: Floats, centre: Centre) -> Floats:
    """x of each agent's samples, the mean where two inspectors scored, in the order of the samples."""
    x = score_values(month.score, leniency[month.inspector], month.is_critical)
    size = centre.agents * centre.samples
    means = np.bincount(month.sample, x, size) / np.bincount(month.sample, minlength=size)
    return means.reshape(centre.agents, centre.samples)


def _plain_means(month: SimulatedMonth, centre: Centre) -> Floats:
    """Mean of the month as a spreadsheet has it."""
    score = np.where(month.is_critical, 0.0, month.score)
    means: Floats = np.bincount(month.agent, score, centre.agents) / np.bincount(month.agent, minlength=centre.agents)
    return means


def _report(centre: Centre, months: int, margin: float, paths: Floats, is_below: NDArray[np.bool_]) -> CareerReport:
    named = first_reached(paths, BELOW_STANDARD)
    year = YEAR * centre.samples
    month = np.where(named >= 0, named // centre.samples + 1, np.inf)
    median = float(np.median(month))
    runs = np.stack([is_below[:, t : t + RUNNING].all(axis=1) for t in range(min(YEAR, months) - RUNNING + 1)], axis=1)
    return CareerReport(
        agents=centre.agents,
        months=months,
        margin=margin,
        named=float((named >= 0).mean()),
        named_in_a_year=float((paths[:, :year] >= BELOW_STANDARD).any(axis=1).mean()),
        watched_in_a_year=float((paths[:, :year] >= WATCH).any(axis=1).mean()),
        months_to_name=median if np.isfinite(median) else None,
        months_rule=float(runs.any(axis=1).mean()) if runs.size else 0.0,
    )
