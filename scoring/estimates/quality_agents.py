"""From what all agents share to one agent's scores: posteriors of the modes, their estimates and labels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.estimates.assisted import Assist
from scoring.estimates.beta import Beta
from scoring.estimates.direct import DirectCells, Spreads
from scoring.estimates.intervals import LEVEL
from scoring.estimates.posterior import TwoPartPosterior, normal_quantile
from scoring.estimates.quality_results import AgentQuality, Evidence, QualityScore
from scoring.estimates.seeds import generator_for
from scoring.estimates.shrinkage import Normal, Population
from scoring.estimates.standing import Standing
from scoring.estimates.table import Table
from scoring.estimates.two_part import FEWEST_SCORES
from scoring.estimates.window import Floats
from scoring.values import Estimate, Label

DIRECT, FAIR, INFORMED = "direct.v2", "fair.v1", "informed.v1"
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Shared:
    """What all agents share, by the codes of the table.

    Attributes
    ----------
    month : str
        ``YYYY-MM``; part of every seed.
    months : int
        Length of the window.
    table, direct, spreads, assist, critical
        Window, its direct estimates, pooled variances, automatic scores, prior of the critical rate.
    window_critical, window_n : array of float, shape (agents,)
        k̃ and ñ.
    standing, informed : Standing or None
        None with fewer than eight agents.
    population : Population or None
        Prior of q where there is no standing; None where nobody was inspected.
    is_apart : array of bool, shape (agents,)
        Agents outside the main component of inspectors.
    averages : array of float, shape (cells,)
        Plain means with zeros.
    """

    month: str
    months: int
    table: Table
    direct: DirectCells
    spreads: Spreads
    assist: Assist
    critical: Beta
    window_critical: Floats
    window_n: Floats
    standing: Standing | None
    informed: Standing | None
    population: Population | None
    is_apart: NDArray[np.bool_]
    averages: Floats


@dataclass(frozen=True, slots=True)
class _Subject:
    """One agent among all."""

    name: str
    code: int
    cells: slice  # of the agent's months
    now: int  # cell of the month itself; -1 without one
    evidence: Evidence


def conclude_agent(shared: Shared, agent: str) -> AgentQuality:
    """Scores of one agent in all modes, with the numbers behind them."""
    subject = _find(shared, agent)
    is_apart = bool(shared.is_apart[subject.code])
    direct = _direct(shared, subject)
    fair = _fair(shared, subject)
    average = float(shared.averages[subject.now]) if subject.evidence.n else None
    informed = _informed(shared, subject, fair)
    return AgentQuality(agent, direct, fair, informed, average, not is_apart, subject.evidence)


def _find(shared: Shared, agent: str) -> _Subject:
    cells = shared.table.cells
    code = int(np.searchsorted(shared.table.agents, agent))
    start, stop = (int(place) for place in np.searchsorted(cells.agent, [code, code + 1]))
    now = start if start < stop and cells.age[start] == 0 else _NOWHERE
    return _Subject(agent, code, slice(start, stop), now, _evidence(shared, code, slice(start, stop), now))


def _evidence(shared: Shared, code: int, cells: slice, now: int) -> Evidence:
    direct = shared.direct
    prior = _prior(shared, code)
    has_quality = now != _NOWHERE and bool(direct.quality_n[now])
    has_auto = now != _NOWHERE and bool(shared.assist.is_used[now])

    def at(values: NDArray[np.generic]) -> float:
        return float(values[now]) if now != _NOWHERE else 0.0

    frame = float(shared.table.cells.frame[now]) if now != _NOWHERE else math.nan
    return Evidence(
        n=int(at(direct.n)),
        critical=int(at(direct.critical_n)),
        frame=None if math.isnan(frame) else round(frame),
        effective=at(direct.effective),
        effective_critical=at(direct.critical),
        raw_mean=at(direct.raw_mean) if has_quality else None,
        leniency=at(direct.leniency),
        auto=at(direct.auto),
        variance=at(direct.variance) if has_quality else None,
        leniency_variance=at(direct.leniency_variance),
        rater_variance=at(direct.rater_variance),
        spread=at(direct.spread) if has_quality else None,
        quality_effective=at(direct.quality_effective),
        window_n=int(direct.n[cells].sum()),
        window_effective=float(shared.window_n[code]),
        window_critical=float(shared.window_critical[code]),
        prior_mean=prior.mean if prior else None,
        prior_variance=prior.variance if prior else None,
        auto_mean=at(shared.table.cells.auto_mean) if has_auto else None,
    )


def _prior(shared: Shared, code: int) -> Normal | None:
    if shared.standing is not None:
        return Normal(float(shared.standing.prior_means[code]), float(shared.standing.prior_variances[code]))
    return shared.population.prior if shared.population else None


def _direct(shared: Shared, subject: _Subject) -> QualityScore:
    """Score of this month, unshrunk; the prior where there is no quality to see."""
    evidence = subject.evidence
    quality = _direct_quality(shared, subject)
    effective = _effective(shared, evidence.variance)
    rate = _after(shared.critical, evidence.effective_critical, evidence.effective)
    quality_n = evidence.n - evidence.critical
    return _score(shared, subject, DIRECT, quality, rate, (evidence.n, quality_n), effective)


def _fair(shared: Shared, subject: _Subject) -> QualityScore:
    """Standing over the window; with fewer than eight agents the month itself, with the critical rate of the window."""
    evidence, cells = subject.evidence, subject.cells
    rate = _after(shared.critical, evidence.window_critical, evidence.window_effective)
    if shared.standing is None:
        counts = evidence.n, evidence.n - evidence.critical
        effective = _effective(shared, evidence.variance)
        return _score(shared, subject, FAIR, _direct_quality(shared, subject), rate, counts, effective)
    variances = shared.direct.expected_variance[cells]
    seen = np.isfinite(variances)
    effective = float((shared.spreads.plain.variance / variances[seen]).sum()) if seen.any() else None
    counts = evidence.window_n, int(shared.direct.quality_n[cells].sum())
    quality = _month_of(shared, subject, shared.standing)
    return _score(shared, subject, FAIR, quality, rate, counts, effective)


def _informed(shared: Shared, subject: _Subject, fair: QualityScore) -> Estimate:
    """θ by the informed prior, its interval by the rule of propagation."""
    if shared.informed is None or fair.posterior is None:
        total = fair.total
        return Estimate(total.value, total.lower, total.upper, total.n, total.effective_n, INFORMED, total.label)
    quality = _month_of(shared, subject, shared.informed)
    rate = fair.posterior.rate_value
    value = (1 - rate) * min(max(quality.mean, 0.0), 100.0)
    variance = quality.mean**2 * fair.posterior.rate.variance + (1 - rate) ** 2 * quality.variance
    half = normal_quantile((1 + LEVEL) / 2) * math.sqrt(variance)
    lower, upper = (min(max(value + side * half, 0.0), 100.0) for side in (-1, 1))
    return Estimate(value, lower, upper, fair.total.n, fair.total.effective_n, INFORMED, fair.total.label)


def _direct_quality(shared: Shared, subject: _Subject) -> Normal | None:
    if subject.evidence.variance is not None:
        return Normal(float(shared.direct.mean[subject.now]), subject.evidence.variance)
    return _prior(shared, subject.code)


def _month_of(shared: Shared, subject: _Subject, standing: Standing) -> Normal:
    """From the agent's expectation to this month: what was not inspected varies around it."""
    evidence = subject.evidence
    if evidence.variance is not None and evidence.frame is not None and evidence.n >= evidence.frame:
        # Everything was inspected: nothing is left to infer from other months or agents.
        return Normal(float(shared.direct.mean[subject.now]), evidence.variance)
    variance = float(standing.variances[subject.code])
    if evidence.frame:
        spread = shared.spreads.assisted if shared.assist.is_on else shared.spreads.plain
        share = min(1.0, evidence.effective / evidence.frame)
        variance += spread.variance / evidence.frame * (1 - share)
    return Normal(float(standing.means[subject.code]), variance)


def _after(prior: Beta, critical: float, n: float) -> Beta:
    # Rounding of weighted counts must not leave more critical conversations than conversations.
    return prior.after(min(critical, n), n)


def _effective(shared: Shared, variance: float | None) -> float | None:
    """σ₀²/v; everything inspected without rater variance has no limit."""
    return shared.spreads.plain.variance / variance if variance else None


def _score(
    shared: Shared,
    subject: _Subject,
    method: str,
    quality: Normal | None,
    rate: Beta,
    counts: tuple[int, int],
    effective: float | None,
) -> QualityScore:
    """Estimates of one mode; `counts` are conversations and those without critical error."""
    n, quality_n = counts
    is_apart = bool(shared.is_apart[subject.code])
    label, quality_label = _label(n, is_apart=is_apart), _label(quality_n, is_apart=is_apart)
    seed = (shared.month, subject.name, method)
    if quality is None:
        empty = Estimate(None, None, None, n, None, method, label)
        return QualityScore(empty, empty, empty, None, seed)
    evidence = subject.evidence
    is_few = shared.standing is None and evidence.variance is not None
    posterior = TwoPartPosterior(
        quality=quality,
        freedom=shared.spreads.assisted.degrees_of_freedom or None if is_few else None,
        rate=rate,
        critical=min(evidence.effective_critical, evidence.effective),
        n=evidence.effective,
        uninspected=_uninspected(evidence),
    )
    total = posterior.total_interval(posterior.draw_totals(generator_for(*seed)))
    q, p = posterior.quality_interval(), posterior.rate_interval()
    return QualityScore(
        Estimate(posterior.total_value, total.lower, total.upper, n, effective, method, label),
        Estimate(posterior.quality_value, q.lower, q.upper, quality_n, effective, method, quality_label),
        Estimate(posterior.rate_value, p.lower, p.upper, n, None, method, label),
        posterior,
        seed,
    )


def _uninspected(evidence: Evidence) -> int | None:
    """Conversations that nobody inspected; None where the frame is unknown or there was nothing in it."""
    if evidence.frame is None or (evidence.frame == 0 and evidence.n == 0):
        return None
    if evidence.n >= evidence.frame:
        return 0
    return max(1, round(evidence.frame - evidence.effective))


def _label(n: int, *, is_apart: bool) -> Label:
    if n == 0:
        return Label.none
    if is_apart:
        return Label.not_comparable
    return Label.few if n < FEWEST_SCORES else Label.ok
