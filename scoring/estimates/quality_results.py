"""What comes out of the quality estimates: a score per agent and mode with its evidence, and the centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.severity import SeverityFit
from scoring.estimates.assisted import Assist
from scoring.estimates.beta import Beta
from scoring.estimates.direct import Spreads
from scoring.estimates.posterior import TwoPartPosterior
from scoring.estimates.seeds import generator_for
from scoring.estimates.two_part import TwoPartScore
from scoring.values import Estimate

Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class QualityScore:
    """Quality, critical rate and their combination in one mode.

    Attributes
    ----------
    total, quality, critical_rate : Estimate
        θ (0–100), q (0–100) and p (0–1), each with its 95 % interval. Without a value where nobody was ever inspected.
    posterior : TwoPartPosterior or None
        What the draws come from; None without a value.
    seed : tuple of str
        Names the draws.
    """

    total: Estimate
    quality: Estimate
    critical_rate: Estimate
    posterior: TwoPartPosterior | None
    seed: tuple[str, ...]

    def draw(self) -> Draws | None:
        """4,000 posterior draws of θ, the same whenever asked; None without a value."""
        return None if self.posterior is None else self.posterior.draw_totals(generator_for(*self.seed))

    def to_two_part(self, mean_of_inspected: float | None) -> TwoPartScore:
        """Give the same as the older result, draws included."""
        return TwoPartScore(self.total, self.quality, self.critical_rate, self.draw(), mean_of_inspected)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers of one agent's formulas. `direct` is ``raw_mean − leniency − auto``.

    Attributes
    ----------
    n, critical : int
        Conversations inspected this month, and how many of them are critical.
    frame : int or None
        Conversations that could have been drawn; None = unknown.
    effective, effective_critical : float
        The same two as they count: other than `n` only under weights.
    raw_mean : float or None
        Mean quality of the conversations without critical error, uncorrected; None without one.
    leniency, auto : float
        Points taken off that mean for inspectors and for automatic scores.
    variance : float or None
        v of the corrected mean, squared points.
    leniency_variance, rater_variance : float
        Parts of it from the inspectors' estimated leniency, and from what two scorings of one conversation differ by.
    spread : float or None
        σ² of one conversation's corrected score, squared points.
    quality_effective : float
        Conversations without critical error, as they count.
    window_n : int
        Conversations inspected in the window.
    window_effective, window_critical : float
        ñ and k̃: discounted by 0.9 per month.
    prior_mean, prior_variance : float or None
        Of q before anything of this agent is seen.
    auto_mean : float or None
        F, where automatic scores are used.
    """

    n: int
    critical: int
    frame: int | None
    effective: float
    effective_critical: float
    raw_mean: float | None
    leniency: float
    auto: float
    variance: float | None
    leniency_variance: float
    rater_variance: float
    spread: float | None
    quality_effective: float
    window_n: int
    window_effective: float
    window_critical: float
    prior_mean: float | None
    prior_variance: float | None
    auto_mean: float | None


@dataclass(frozen=True, slots=True)
class AgentQuality:
    """One agent's month.

    Attributes
    ----------
    agent : str
        Id.
    direct, fair : QualityScore
        This month unshrunk, and the standing over the window. `fair` counts n over the window where it shrinks.
    informed : Estimate
        θ with the automatic scores in the prior; only to order queues, never shown as somebody's score.
    mean_of_inspected : float or None
        Plain mean of this month with zeros for critical errors; shown, never ranked.
    is_comparable : bool
        False where no chain of shared agents and inspectors joins the agent to the others.
    evidence : Evidence
        The numbers behind it.
    """

    agent: str
    direct: QualityScore
    fair: QualityScore
    informed: Estimate
    mean_of_inspected: float | None
    is_comparable: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CentreQuality:
    """What all agents share.

    Attributes
    ----------
    severity : SeverityFit or None
        Leniency of the inspectors, whether it is corrected and why not; None where it is switched off.
    assist : Assist
        Automatic scores: whether they are used and why not.
    slope : float
        λ; 0 where they are not used.
    spreads : Spreads
        σ², σ₀² and the gain σ₀²/σ².
    critical : Beta
        Prior of the critical rate.
    peers : int
        Agents with a conversation without critical error in the window; below eight nothing is shrunk.
    is_shrunk : bool
        Whether `fair` shrinks.
    between_sd : float or None
        τ, points; None without peers.
    correlation : float or None
        φ from month to month; None where nothing or only one month is shrunk.
    month_means : tuple of (int, float)
        Age of each month with samples and its μ_t, newest first; of the agents without a group of their own.
    group_offsets : tuple of (str, float)
        Groups with a mean of their own, and how far above μ_t it lies.
    month_variance : float or None
        Mean v of the agents inspected this month, as if their frames were endless.
    """

    severity: SeverityFit | None
    assist: Assist
    slope: float
    spreads: Spreads
    critical: Beta
    peers: int
    is_shrunk: bool
    between_sd: float | None
    correlation: float | None
    month_means: tuple[tuple[int, float], ...]
    group_offsets: tuple[tuple[str, float], ...]
    month_variance: float | None

    @property
    def reliability(self) -> float | None:
        """τ²/(τ² + v): share of the variance of one month's direct ranking that is real; None without it."""
        if self.between_sd is None or self.month_variance is None:
            return None
        return self.between_sd**2 / (self.between_sd**2 + self.month_variance)


@dataclass(frozen=True, slots=True)
class QualityResult:
    """Quality of a month.

    Attributes
    ----------
    month : str
        ``YYYY-MM``.
    agents : tuple of AgentQuality
        One per sheet, by id.
    centre : CentreQuality
        What they share.
    """

    month: str
    agents: tuple[AgentQuality, ...]
    centre: CentreQuality
