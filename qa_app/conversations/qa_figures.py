"""The QA figures of a table: inspections of the month's conversations, by the lines of the table.

For `metrics`. Quality and critical rate as on the sheet ("direct"): the rate is shrunk towards a prior learnt from all
agents over six months, since 0 of 5 cannot tell 0 % from 10 %. Only submitted inspections of random draws count; a
conversation scored twice counts once. Inspectors' severity is not taken out here, as it is on the sheet: a line may be
a topic or an hour, and what an inspector is worth in points is fitted for agents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.models import (
    Conversation,
    Inspection,
    Sample,
    counts_in_estimates,
    ruled_critical,
    settle_critical,
)
from scoring.timing.indicators import Floats
from scoring.values import Estimate, Interval, Label

if TYPE_CHECKING:
    from scoring.estimates.beta import Beta
    from scoring.estimates.pooled import PooledSpread

__all__ = ["ESTIMATED", "WINDOW_MONTHS", "QaFigures", "Scored", "qa_figures", "read_scored"]

WINDOW_MONTHS = 6
ESTIMATED = ("qa_quality", "qa_critical_rate", "qa_score")
"""Estimates; each has its bounds and its label under the same name with ``_lower``, ``_upper`` and ``_label``."""
_METHOD = "line_of_metrics.v1"
_DISCOUNT = 0.9
_FEWEST_SCORES = 3
_ENOUGH_FREEDOM = 30  # degrees, from which the lines' own spread is known well enough to widen the intervals


@dataclass(frozen=True, slots=True)
class Scored:
    """One inspected conversation; `age` counts the months before the one asked for, `weight` undoes its chance."""

    conversation_id: int
    agent_id: int | None
    age: int
    quality: float
    is_critical: bool
    weight: float = 1.0


def read_scored(
    session: Session, moment: InstrumentedAttribute[datetime | None], starts: Sequence[datetime], end: datetime
) -> list[Scored]:
    """Read what was inspected in the window; `starts` are the first moments of its months, the latest first."""
    rows = session.execute(
        select(
            Conversation.id,
            Conversation.agent_id,
            moment,
            Inspection.quality,
            Inspection.is_critical,
            Sample.ruling,
            Sample.weight,
        )
        .join(Inspection, Inspection.conversation_id == Conversation.id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(moment >= starts[-1], moment < end, counts_in_estimates())
        .order_by(Conversation.id, Inspection.id)
    )
    scored = []
    for conversation_id, group in groupby(rows, key=lambda row: row[0]):
        inspections = list(group)
        agent_id, at = inspections[0][1], inspections[0][2]
        is_critical = settle_critical((row[4] for row in inspections), (ruled_critical(row[5]) for row in inspections))
        quality = sum(row[3] or 0.0 for row in inspections) / len(inspections)
        age = sum(at is not None and at < start for start in starts)
        weight = 1.0 if inspections[0][6] is None else inspections[0][6]
        scored.append(Scored(conversation_id, agent_id, age, quality, is_critical, weight))
    return scored


@dataclass(frozen=True, slots=True)
class QaFigures:
    """QA figures of the lines of a table: one number or label per line under each name, NaN for "no value"."""

    figures: dict[str, Floats]
    labels: dict[str, tuple[Label, ...]]


@dataclass(frozen=True, slots=True)
class _Line:
    """What was inspected of one line this month; `qualities` are (quality, weight), critical conversations left out."""

    qualities: tuple[tuple[float, float], ...]
    critical: float
    effective: float
    n: int


def qa_figures(
    scored: Sequence[Scored], ids: NDArray[np.intp], group: NDArray[np.intp], keys: Sequence[str]
) -> QaFigures:
    """Estimate quality, critical rate and score of each line with 95 % intervals.

    `group` numbers the line of each of the conversations `ids`; `keys` name the lines, and with them their random
    draws. `qa_quality` and `qa_score` are on 0–100, `qa_critical_rate` is a fraction: the posterior mean. What could
    have been drawn is not known for a topic or a day, so intervals are those of an endless month: a little wide.
    """
    place = {conversation_id: int(number) for conversation_id, number in zip(ids.tolist(), group.tolist(), strict=True)}
    found: list[list[Scored]] = [[] for _ in keys]
    for one in scored:
        if not one.age and one.conversation_id in place:
            found[place[one.conversation_id]].append(one)
    lines = [_describe(here) for here in found]
    estimates = _estimate(scored, lines, keys)
    figures = {"qa_n": np.array([float(line.n) for line in lines])}
    for name in ESTIMATED:
        column = [of_line[name] for of_line in estimates]
        figures[name] = _floats(one.value for one in column)
        figures[f"{name}_lower"] = _floats(one.lower for one in column)
        figures[f"{name}_upper"] = _floats(one.upper for one in column)
    figures["qa_quality_n"] = np.array([float(len(line.qualities)) for line in lines])
    return QaFigures(figures, {name: tuple(of_line[name].label for of_line in estimates) for name in ESTIMATED})


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _describe(here: Sequence[Scored]) -> _Line:
    """Count a line; a draw with unequal chances counts as the evenly weighted one of the same precision."""
    qualities = tuple(sorted((one.quality, one.weight) for one in here if not one.is_critical))
    weights = np.sort([one.weight for one in here])
    if not len(weights):
        return _Line((), 0.0, 0.0, 0)
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    share = float(np.sort([one.weight for one in here if one.is_critical]).sum() / weights.sum())
    return _Line(qualities, min(effective * share, effective), effective, len(here))


def _estimate(scored: Sequence[Scored], lines: Sequence[_Line], keys: Sequence[str]) -> list[dict[str, Estimate]]:
    # Reached late: the estimates bring SciPy, which no start of the application waits for.
    from scoring.estimates.shrinkage import FEWEST_AGENTS

    inspected = sum(1 for line in lines if line.n)
    if not inspected:
        return [dict.fromkeys(ESTIMATED, _nothing(0)) for _ in lines]
    prior, spread = _critical_prior(scored), _spread(scored, lines)
    freedom = (spread.degrees_of_freedom or None) if inspected < FEWEST_AGENTS else None
    return [_estimate_line(line, prior, spread, freedom, key) for line, key in zip(lines, keys, strict=True)]


def _estimate_line(
    line: _Line, prior: Beta, spread: PooledSpread, freedom: int | None, key: str
) -> dict[str, Estimate]:
    """Estimate the two parts and what they make together."""
    from scoring.estimates.posterior import TwoPartPosterior
    from scoring.estimates.seeds import generator_for
    from scoring.estimates.shrinkage import Normal

    if not line.n:
        return dict.fromkeys(ESTIMATED, _nothing(0))
    mean, variance = _mean_quality(line, spread)
    rate = prior.after(line.critical, line.effective)
    found = TwoPartPosterior(Normal(mean, variance), freedom, rate, line.critical, line.effective, None)
    of_rate = _with_bounds(found.rate_value, found.rate_interval(), line.n)
    if not line.qualities:
        return {"qa_quality": _nothing(0), "qa_critical_rate": of_rate, "qa_score": _nothing(line.n)}
    total = found.total_interval(found.draw_totals(generator_for("metrics", key)))
    return {
        "qa_quality": _with_bounds(found.quality_value, found.quality_interval(), len(line.qualities)),
        "qa_critical_rate": of_rate,
        "qa_score": _with_bounds(found.total_value, total, line.n),
    }


def _mean_quality(line: _Line, spread: PooledSpread) -> tuple[float, float]:
    """Weighted mean of the conversations without a critical error, and its variance; nothing where there is none."""
    if not line.qualities:
        return 0.0, 0.0
    qualities, weights = np.array(line.qualities).T
    total = weights.sum()
    return float((qualities * weights).sum() / total), spread.variance * float((weights**2).sum() / total**2)


def _with_bounds(value: float, interval: Interval, n: int) -> Estimate:
    return Estimate(
        value, interval.lower, interval.upper, n, None, _METHOD, Label.few if n < _FEWEST_SCORES else Label.ok
    )


def _nothing(n: int) -> Estimate:
    """No value: nothing was inspected, or all `n` conversations had a critical error, which says nothing of quality."""
    return Estimate(None, None, None, n, None, _METHOD, Label.prior_only if n else Label.none)


def _spread(scored: Sequence[Scored], lines: Sequence[_Line]) -> PooledSpread:
    """What a single score varies by: within agents and months, or within the lines where these hold more.

    The conversations of a day or a topic come from many agents, so they differ by more than those of one agent do.
    """
    from scoring.estimates.pooled import pool_spread

    months: dict[tuple[int | None, int], list[float]] = {}
    for one in scored:
        if not one.is_critical:
            months.setdefault((one.agent_id, one.age), []).append(one.quality)
    within = pool_spread(months.values())
    of_lines = pool_spread([quality for quality, _ in line.qualities] for line in lines)
    is_known = of_lines.degrees_of_freedom >= _ENOUGH_FREEDOM
    return of_lines if is_known and of_lines.variance > within.variance else within


def _critical_prior(scored: Iterable[Scored]) -> Beta:
    """What all agents together suggest about the critical rate; older months count less."""
    # Reached late: the estimates bring SciPy, which no start of the application waits for.
    from scoring.estimates.beta import JEFFREYS, fit_beta_prior

    sums: dict[int | None, list[float]] = {}
    for one in scored:
        weight = one.weight * _DISCOUNT**one.age
        found = sums.setdefault(one.agent_id, [0.0, 0.0])
        found[0] += weight * one.is_critical
        found[1] += weight
    return fit_beta_prior([k for k, _ in sums.values()], [n for _, n in sums.values()]) or JEFFREYS
