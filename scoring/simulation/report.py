"""What many judged months say together: coverage, who is found, who is wrongly named, what the machine's error does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.simulation.centre import Centre
from scoring.simulation.judge import LOWEST_SHARE, TOP_SHARE, ModeMonth, MonthOutcome, count_of
from scoring.simulation.months import Cast

Floats = NDArray[np.float64]
GIVEN_AT = 0.8  # probability at which somebody is named
PRAISE_ERROR = 0.10


@dataclass(frozen=True, slots=True)
class ModeReport:
    """One mode over all judged months; shares are fractions.

    Attributes
    ----------
    coverage : float
        Share of the 95 % intervals that hold the truth.
    coverage_error : float
        Its standard error, from month to month; 0 for one month.
    coverage_lowest, coverage_highest : float
        The same for the truly lowest and highest tenth.
    hit_rate : float
        Share of the truly lowest tenth among as many agents with the lowest values.
    above_median : float
        Share of these agents who are truly above the median.
    error : float
        Root mean square error of the value, points.
    width : float
        Mean width of the interval, points.
    """

    coverage: float
    coverage_error: float
    coverage_lowest: float
    coverage_highest: float
    hit_rate: float
    above_median: float
    error: float
    width: float


@dataclass(frozen=True, slots=True)
class NamedReport:
    """A list that names people.

    Attributes
    ----------
    per_month : float
        Names a month.
    right : float or None
        Share of them that belong there; None without a name.
    """

    per_month: float
    right: float | None


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What a centre's numbers are worth.

    Attributes
    ----------
    centre : Centre
        What was simulated.
    months : int
        Months judged.
    direct, fair, informed, naive : ModeReport
        `naive` is the mean of the month with zeros for critical errors and its own t interval.
    lowest : NamedReport
        Agents in the lowest tenth with probability 0.8 or more, fair mode.
    praise : NamedReport
        The longest list above the upper quartile with at most a tenth expected wrong, fair mode.
    fair_pass_through, informed_pass_through : float or None
        Share of the machine's error about an agent that reaches the estimate; None where it has none.
    misjudged_bias : float or None
        Mean error of the fair value, points, of the fifth of agents the machine undervalues most; None without one.
    severity_error : float or None
        Root mean square error of inspectors' leniency, points; None where none is corrected.
    assisted_share : float
        Share of the months in which automatic scores were used.
    gain : float
        Mean of σ₀²/σ².
    correlation : float or None
        Mean measured ρ; None without automatic scores.
    between_sd : float or None
        Mean τ, points.
    reliability : float or None
        Mean share of one month's ranking that is real.
    """

    centre: Centre
    months: int
    direct: ModeReport
    fair: ModeReport
    informed: ModeReport
    naive: ModeReport
    lowest: NamedReport
    praise: NamedReport
    fair_pass_through: float | None
    informed_pass_through: float | None
    misjudged_bias: float | None
    severity_error: float | None
    assisted_share: float
    gain: float
    correlation: float | None
    between_sd: float | None
    reliability: float | None


def summarise(centre: Centre, cast: Cast, outcomes: Sequence[MonthOutcome]) -> SimulationReport:
    """Sum up judged months.

    Parameters
    ----------
    centre : Centre
        What was simulated.
    cast : Cast
        Its people.
    outcomes : sequence of MonthOutcome
        At least one.

    Returns
    -------
    SimulationReport
    """
    return SimulationReport(
        centre=centre,
        months=len(outcomes),
        direct=_report(outcomes, "direct"),
        fair=_report(outcomes, "fair"),
        informed=_report(outcomes, "informed"),
        naive=_report(outcomes, "naive"),
        lowest=_named(outcomes, _name_lowest, lambda o: _lowest(o.truth)),
        praise=_named(outcomes, _praise, lambda o: _highest(o.truth, TOP_SHARE)),
        fair_pass_through=_pass_through(cast, [o.fair_shift for o in outcomes]),
        informed_pass_through=_pass_through(cast, [o.informed_shift for o in outcomes]),
        misjudged_bias=_misjudged_bias(cast, outcomes),
        severity_error=_mean([o.severity_error for o in outcomes]),
        assisted_share=float(np.mean([o.centre.assist.is_on for o in outcomes])),
        gain=float(np.mean([o.centre.spreads.gain for o in outcomes])),
        correlation=_mean([o.centre.assist.correlation for o in outcomes]),
        between_sd=_mean([o.centre.between_sd for o in outcomes]),
        reliability=_mean([o.centre.reliability for o in outcomes]),
    )


def _report(outcomes: Sequence[MonthOutcome], name: str) -> ModeReport:
    pairs = [(outcome.truth, outcome.modes[name]) for outcome in outcomes]
    covered = [_covers(truth, mode) for truth, mode in pairs]
    by_month = np.array([month.mean() for month in covered])
    lowest = [month[_lowest(truth)] for month, (truth, _) in zip(covered, pairs, strict=True)]
    highest = [month[_highest(truth, LOWEST_SHARE)] for month, (truth, _) in zip(covered, pairs, strict=True)]
    errors = np.concatenate([mode.value - truth for truth, mode in pairs])
    flagged = [_lowest(mode.value) for _, mode in pairs]
    hits = [np.isin(who, _lowest(truth)).mean() for who, (truth, _) in zip(flagged, pairs, strict=True)]
    above = [(truth[who] > np.median(truth)).mean() for who, (truth, _) in zip(flagged, pairs, strict=True)]
    spread = by_month.std(ddof=1) / len(by_month) ** 0.5 if len(by_month) > 1 else 0.0
    return ModeReport(
        coverage=float(by_month.mean()),
        coverage_error=float(spread),
        coverage_lowest=float(np.concatenate(lowest).mean()),
        coverage_highest=float(np.concatenate(highest).mean()),
        hit_rate=float(np.mean(hits)),
        above_median=float(np.mean(above)),
        error=float(np.sqrt(np.mean(errors**2))),
        width=float(np.mean([np.mean(mode.upper - mode.lower) for _, mode in pairs])),
    )


def _covers(truth: Floats, mode: ModeMonth) -> NDArray[np.bool_]:
    return (mode.lower <= truth) & (truth <= mode.upper)


def _lowest(values: Floats) -> NDArray[np.intp]:
    return np.argsort(values, kind="stable")[: count_of(LOWEST_SHARE, len(values))]


def _highest(values: Floats, share: float) -> NDArray[np.intp]:
    return np.argsort(-values, kind="stable")[: count_of(share, len(values))]


def _name_lowest(outcome: MonthOutcome) -> NDArray[np.intp]:
    return np.flatnonzero(outcome.lowest_probability >= GIVEN_AT)


def _praise(outcome: MonthOutcome) -> NDArray[np.intp]:
    """Longest list whose mean probability of being wrong stays within the error allowed."""
    wrong = 1 - outcome.top_probability
    order = np.argsort(wrong, kind="stable")
    means = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    return order[: int((means <= PRAISE_ERROR).sum())]


def _named(
    outcomes: Sequence[MonthOutcome],
    choose: Callable[[MonthOutcome], NDArray[np.intp]],
    belong: Callable[[MonthOutcome], NDArray[np.intp]],
) -> NamedReport:
    right = [np.isin(choose(outcome), belong(outcome)) for outcome in outcomes]
    names = np.concatenate(right)
    return NamedReport(len(names) / len(outcomes), float(names.mean()) if len(names) else None)


def _pass_through(cast: Cast, shifts: Sequence[Floats | None]) -> float | None:
    """Slope of the shift on the machine's error, around their means: a shift common to all moves nobody past others."""
    measured = [shift for shift in shifts if shift is not None]
    error = cast.machine_error - cast.machine_error.mean()
    if not measured or not error.any():
        return None
    return float(np.mean([shift @ error for shift in measured]) / (error @ error))


def _misjudged_bias(cast: Cast, outcomes: Sequence[MonthOutcome]) -> float | None:
    """Error of those the machine undervalues most, against everybody's."""
    if not cast.machine_error.any():
        return None
    worst = np.argsort(cast.machine_error, kind="stable")[: count_of(0.2, len(cast.machine_error))]
    errors = [outcome.modes["fair"].value - outcome.truth for outcome in outcomes]
    return float(np.mean([error[worst].mean() - error.mean() for error in errors]))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
