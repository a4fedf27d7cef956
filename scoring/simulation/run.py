"""Run the estimates of real months on simulated ones and compare them with the truth.

::

    report = simulate(PAGE, months=30, seed="page")
    report.fair.coverage, report.fair.hit_rate, report.naive.hit_rate
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError
from scoring.estimates.quality import QualityOptions, estimate_quality
from scoring.estimates.window import FrameColumns, QualityWindow, ScoringColumns
from scoring.simulation.centre import Centre
from scoring.simulation.judge import MonthOutcome, judge_month
from scoring.simulation.months import Cast, SimulatedMonth, cast_centre, simulate_months
from scoring.simulation.report import SimulationReport, summarise

Floats = NDArray[np.float64]
_PAIRED_EVERY = 10  # months between those in which the machine's error is also taken away


def simulate(centre: Centre, months: int, seed: str, *, options: QualityOptions | None = None) -> SimulationReport:
    """Simulate a centre and tell what its numbers are worth.

    Parameters
    ----------
    centre : Centre
        What it is like.
    months : int
        Months judged, at least 1; the months of history before the first one come on top.
    seed : str
        Names the random numbers: the same seed gives the same report.
    options : QualityOptions, optional
        What may enter; None = everything, over the centre's history.

    Returns
    -------
    SimulationReport
        About a quarter of a second per judged month of 200 agents.

    Raises
    ------
    InputError
        For less than one month.
    """
    if months < 1:
        raise InputError(f"{months} months: at least one must be judged.")
    chosen = options or QualityOptions(months=centre.history)
    cast = cast_centre(centre, seed)
    outcomes = list(_judge_months(centre, cast, months, seed, chosen))
    return summarise(centre, cast, outcomes)


def _judge_months(
    centre: Centre, cast: Cast, months: int, seed: str, options: QualityOptions
) -> Iterator[MonthOutcome]:
    names = np.array([f"a{code:05d}" for code in range(centre.agents)])
    recent: deque[SimulatedMonth] = deque(maxlen=options.months)
    for number, month in enumerate(simulate_months(centre, cast, months + options.months - 1, seed)):
        recent.append(month)
        judged = number - options.months + 1
        if judged < 0:
            continue
        window = build_window(list(recent), names, f"{seed}:{number}")
        result = estimate_quality(window, options=options)
        unbiased = None
        if judged % _PAIRED_EVERY == 0 and result.centre.assist.is_on:
            honest = [_without_error(past, cast) for past in recent]
            unbiased = estimate_quality(build_window(honest, names, f"{seed}:{number}"), options=options)
        yield judge_month(month, cast, result, unbiased)


def build_window(recent: list[SimulatedMonth], names: NDArray[np.str_], month: str) -> QualityWindow:
    """Build the window of the newest month, oldest month first in `recent`."""
    ages = list(reversed(range(len(recent))))
    agents = len(names)
    counts = [len(past.agent) for past in recent]
    frames = len(recent) * agents
    scorings = ScoringColumns(
        agent=names[np.concatenate([past.agent for past in recent])],
        age=np.repeat(ages, counts),
        conversation=np.concatenate(
            [np.char.add(f"{age}:", past.sample.astype(np.str_)) for age, past in zip(ages, recent, strict=True)]
        ),
        inspector=np.concatenate([past.inspector for past in recent]).astype(np.str_),
        quality=np.concatenate([past.score for past in recent]),
        is_critical=np.concatenate([past.is_critical for past in recent]),
        queue=np.concatenate([past.queue for past in recent]).astype(np.str_),
        auto=np.concatenate([past.auto for past in recent]),
        weight=np.ones(sum(counts)),
    )
    auto_mean = np.concatenate([past.auto_mean for past in recent])
    columns = FrameColumns(
        agent=np.tile(names, len(recent)),
        age=np.repeat(ages, agents),
        frame=np.concatenate([past.frame for past in recent]),
        auto_mean=auto_mean,
        auto_share=np.where(np.isnan(auto_mean), 0.0, 1.0),
        group=np.full(frames, ""),
    )
    return QualityWindow(month, scorings, columns, tuple(names.tolist()))


def _without_error(month: SimulatedMonth, cast: Cast) -> SimulatedMonth:
    """Give the same month with a machine that misjudges nobody in particular."""
    error = cast.machine_error
    return replace(month, auto=month.auto - error[month.agent], auto_mean=month.auto_mean - error)
