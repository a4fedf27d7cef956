"""Quality of every agent's month: one entry point for the month computation, the planner and simulated centres.

::

    window = make_window("2026-10", scorings, frames, sheets)      # or columns: scoring.estimates.window
    result = estimate_quality(window, options=QualityOptions())
    result.agents                     # AgentQuality per sheet, by id: direct, fair, informed, evidence
    result.centre                     # CentreQuality: inspectors, λ, variances, τ, φ, prior of the critical rate
    agent.fair.total                  # Estimate of θ; .quality of q, .critical_rate of p
    agent.fair.draw()                 # 4,000 posterior draws of θ, the same whenever asked (None without a value)
    agent.direct.to_two_part(agent.mean_of_inspected)    # the older result type

Three modes. ``direct``: this month alone, unshrunk; the agent's sheet. ``fair``: standing over six months, shrunk over
agents and months; tiers, lists and consequences. ``informed``: the automatic scores also predict the prior mean; it
carries part of the machine's error about an agent and may only order the queues of coaching and sampling.

A month computed by ``direct.v1`` does not come here: `scoring.estimates.two_part` keeps that method as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.errors import InputError
from scoring.estimates.assisted import Assist, judge_assist
from scoring.estimates.critical import learn_critical_prior
from scoring.estimates.direct import DirectCells, estimate_cells, mean_per_conversation
from scoring.estimates.fay_herriot import fit_one_month
from scoring.estimates.leniency import InspectorModel, model_inspectors
from scoring.estimates.panel import Columns, build_panel, count_peers
from scoring.estimates.quality_agents import Shared, conclude_agent
from scoring.estimates.quality_results import AgentQuality, CentreQuality, QualityResult, QualityScore
from scoring.estimates.shrinkage import FEWEST_AGENTS, Population, fit_population
from scoring.estimates.standing import Panel, Standing, fit_standing
from scoring.estimates.table import Table, add_up, tabulate
from scoring.estimates.window import WINDOW_MONTHS, Floats, MonthFrame, QualityWindow, Scoring, make_window

__all__ = [
    "AgentQuality",
    "CentreQuality",
    "MonthFrame",
    "QualityOptions",
    "QualityResult",
    "QualityScore",
    "QualityWindow",
    "Scoring",
    "estimate_quality",
    "make_window",
]

DISCOUNT = 0.9  # of critical errors, per month of age


@dataclass(frozen=True, slots=True)
class QualityOptions:
    """What may enter.

    Attributes
    ----------
    months : int
        Length of the window, this month included.
    correct_severity, use_auto : bool
        Whether inspectors' leniency is corrected and automatic scores are used, where the data allow it.
    """

    months: int = WINDOW_MONTHS
    correct_severity: bool = True
    use_auto: bool = True

    def __post_init__(self) -> None:
        if self.months < 1:
            raise InputError(f"A window of {self.months} months: it needs at least the month itself.")


DEFAULTS = QualityOptions()


def estimate_quality(window: QualityWindow, *, options: QualityOptions = DEFAULTS) -> QualityResult:
    """Estimate quality, critical rate and total of every agent of a month, in three modes.

    Automatic scores are judged, inspectors' leniency and λ fitted, every agent-month estimated directly, the standing
    of each agent learnt from all of them, and each agent's posterior concluded with draws of the agent's own seed.

    Parameters
    ----------
    window : QualityWindow
        Scorings of random samples and what the frames held, in any order.
    options : QualityOptions
        What may enter.

    Returns
    -------
    QualityResult
        The same bytes for the same window, whatever its order. Labels: ``none`` without any conversation (the prior
        speaks), ``few`` below three, ``not_comparable`` where no chain of inspectors joins the agent to the others.
        With fewer than eight agents nothing is shrunk: `fair` is the month's estimate with the critical rate of the
        window, and intervals are Student's. Without any conversation in the centre there is no value.

    Raises
    ------
    InputError
        If the window contradicts itself; the message names field and row (`tabulate`).

    Examples
    --------
    >>> scorings = [Scoring(f"a{i % 9}", 0, f"c{i}", f"i{i % 3}", 80.0 + i % 9 + i % 4) for i in range(45)]
    >>> frames = [MonthFrame(f"a{i}", 0, 400) for i in range(9)]
    >>> result = estimate_quality(make_window("2026-10", scorings, frames, ["a0", "a8"]))
    >>> [round(agent.fair.quality.value) for agent in result.agents], result.centre.peers
    ([81, 89], 9)
    """
    table = tabulate(window, options.months)
    assist = judge_assist(table, mean_per_conversation(table, table.rows.quality), allowed=options.use_auto)
    inspectors = model_inspectors(table, assist, allowed=options.correct_severity)
    direct, spreads = estimate_cells(table, inspectors.leniency, assist, inspectors.slope)
    peers = count_peers(table, direct)
    standing, columns, informed = _stand(table, direct, assist, options, peers)
    discount = DISCOUNT**table.cells.age
    window_critical = add_up(discount * direct.critical, table.cells.agent, len(table.agents))
    window_n = add_up(discount * direct.effective, table.cells.agent, len(table.agents))
    population = None if standing else _population(table, direct)
    shared = Shared(
        month=window.month,
        months=options.months,
        table=table,
        direct=direct,
        spreads=spreads,
        assist=assist,
        critical=learn_critical_prior(table, direct),
        window_critical=window_critical,
        window_n=window_n,
        standing=standing,
        informed=informed,
        population=population,
        is_apart=inspectors.is_apart,
        averages=_averages(table),
    )
    agents = tuple(conclude_agent(shared, agent) for agent in sorted(window.sheets))
    centre = _describe(shared, inspectors, peers, columns, population)
    return QualityResult(window.month, agents, centre)


def _stand(
    table: Table, direct: DirectCells, assist: Assist, options: QualityOptions, peers: int
) -> tuple[Standing | None, Columns, Standing | None]:
    """Standing without and with the automatic scores in the prior; None with fewer than eight agents."""
    if peers < FEWEST_AGENTS:
        return None, Columns((), ()), None
    panel, columns = build_panel(table, direct, options.months)
    standing = _fit(panel, columns)
    if not assist.is_on:
        return standing, columns, standing
    predictor = np.where(assist.is_used, table.cells.auto_mean, np.nan)
    return standing, columns, _fit(*build_panel(table, direct, options.months, predictor=predictor))


def _fit(panel: Panel, columns: Columns) -> Standing:
    return fit_one_month(panel) if columns.ages == (0,) else fit_standing(panel)


def _population(table: Table, direct: DirectCells) -> Population | None:
    """Prior of somebody nobody inspected, where too few agents are there to shrink anybody."""
    has = direct.quality_n > 0
    newest = has & (table.cells.age == table.cells.age[has].min()) if has.any() else has
    return fit_population(direct.mean[newest].tolist(), direct.expected_variance[newest].tolist())


def _averages(table: Table) -> Floats:
    """Plain mean of each agent-month with zeros for critical errors; NaN where nothing was inspected."""
    scores = np.nan_to_num(mean_per_conversation(table, table.rows.quality))
    counts = np.bincount(table.conversations.cell, minlength=len(table.cells))
    sums = add_up(scores, table.conversations.cell, len(table.cells))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _describe(
    shared: Shared, inspectors: InspectorModel, peers: int, columns: Columns, population: Population | None
) -> CentreQuality:
    standing, table = shared.standing, shared.table
    inspected = (table.cells.age == 0) & (shared.direct.quality_n > 0)
    months, groups = len(columns.ages), len(columns.groups)
    coefficients = standing.coefficients.tolist() if standing else []
    if population:
        between: float | None = population.between_variance**0.5
    else:
        between = standing.between_sd if standing else None
    return CentreQuality(
        severity=inspectors.fit,
        assist=shared.assist,
        slope=inspectors.slope,
        spreads=shared.spreads,
        critical=shared.critical,
        peers=peers,
        is_shrunk=standing is not None,
        between_sd=between,
        correlation=standing.correlation if standing else None,
        month_means=tuple(zip(reversed(columns.ages), reversed(coefficients[:months]), strict=True)),
        group_offsets=tuple(zip(columns.groups, coefficients[months : months + groups], strict=True)),
        month_variance=float(shared.direct.expected_variance[inspected].mean()) if inspected.any() else None,
    )
