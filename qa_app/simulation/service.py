"""Simulating a centre: as a job for the page, at once for the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import JobRun, JobState

__all__ = ["SIMULATE", "latest_simulation", "run_simulation", "running_simulation"]

SIMULATE = "simulation.run"
MONTHS = 24
CAREER_MONTHS = 36
SAMPLE_STEPS = (3, 5, 8, 12, 20)
_MODES = ("direct", "fair", "naive")

Step = Callable[[int, int], None]


def latest_simulation(session: Session) -> JobRun | None:
    """The newest simulation that ended well."""
    return session.scalar(
        select(JobRun)
        .where(JobRun.kind == SIMULATE, JobRun.state == JobState.done)
        .order_by(JobRun.finished_at.desc(), JobRun.id.desc())
        .limit(1)
    )


def running_simulation(session: Session) -> JobRun | None:
    """A simulation that waits or runs."""
    query = select(JobRun).where(JobRun.kind == SIMULATE, JobRun.state.in_([JobState.waiting, JobState.running]))
    return session.scalar(query.order_by(JobRun.id.desc()).limit(1))


def run_simulation(
    numbers: dict[str, Any],
    *,
    standard: float,
    months: int = MONTHS,
    career_months: int = CAREER_MONTHS,
    step: Step | None = None,
) -> dict[str, Any]:
    """Simulate the centre at its own and at other numbers of samples; plain values.

    Parameters
    ----------
    numbers : dict
        Keyword arguments of `scoring.simulation.centre.Centre`.
    standard : float
        QA score called the standard, for the careers of agents who just meet it.
    months : int
        Months judged at each number of samples.
    career_months : int
        Length of the careers.
    step : callable, optional
        Told how many of the parts are done.

    Returns
    -------
    dict
        ``numbers``, ``months``, ``own`` (the report at the own number of samples), ``steps`` (reports at the others),
        ``careers``: the verdict "below standard" beside "three months running", of agents at the standard and five
        points below it.

    Raises
    ------
    scoring.errors.InputError
        If a number is out of its range; it names the number and the range.
    """
    # SciPy is loaded with the first simulation, not with the application.
    from scoring.simulation.careers import simulate_careers
    from scoring.simulation.centre import Centre
    from scoring.simulation.run import simulate

    centre = Centre(**numbers)
    samples = sorted({centre.samples, *(size for size in SAMPLE_STEPS if size <= centre.frame)})
    parts = len(samples) + 2
    reports: dict[int, dict[str, Any]] = {}
    for done, size in enumerate(samples):
        _tell(step, done, parts)
        reports[size] = _plain(simulate(Centre(**{**numbers, "samples": size}), months, "own"))
    careers = []
    for place, margin in enumerate((0.0, -5.0)):
        _tell(step, len(samples) + place, parts)
        careers.append(asdict(simulate_careers(centre, career_months, "own", standard=standard, margin=margin)))
    _tell(step, parts, parts)
    return {
        "numbers": numbers,
        "standard": standard,
        "months": months,
        "own": reports[centre.samples],
        "steps": [{"samples": size, **reports[size]} for size in samples],
        "careers": careers,
    }


def _tell(step: Step | None, done: int, total: int) -> None:
    if step:
        step(done, total)


def _plain(report: Any) -> dict[str, Any]:
    """The figures of a report that are shown."""
    return {
        **{mode: asdict(getattr(report, mode)) for mode in _MODES},
        "lowest": asdict(report.lowest),
        "praise": asdict(report.praise),
        "severity_error": report.severity_error,
        "gain": report.gain,
        "reliability": report.reliability,
    }
