"""Describe a centre by what its own months say, so that the simulation is about it and not about an example."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from scoring.assessment.centre_record import CentreRecord
from scoring.errors import InputError
from scoring.estimates.quality_results import CentreQuality
from scoring.estimates.shrinkage import SMALLEST_SD_POINTS
from scoring.estimates.window import QualityWindow
from scoring.simulation.centre import PAGE, Centre, limits_of

__all__ = ["MonthFacts", "describe_own_centre", "facts_of_record", "facts_of_window"]

_RATER_SHARE = PAGE.rater_sd / PAGE.within_sd  # of the sd of scores, where nothing was scored twice
_MOST_RATER_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What a computed month says of its centre, named as the fields of `Centre`; None: it does not say.

    Attributes
    ----------
    agents, inspectors, frame, samples, history : int or None
        Counts; conversations and inspected ones are per agent and month.
    mean, agent_sd, within_sd, rater_sd, severity_sd : float or None
        Points.
    share_at_100, critical_rate, double_share : float or None
        Fractions.
    critical_strength : float or None
        a + b of the rate's prior.
    month_correlation, auto_correlation : float or None
        The second only where learned scores are used.
    """

    agents: int | None = None
    inspectors: int | None = None
    frame: int | None = None
    samples: int | None = None
    history: int | None = None
    mean: float | None = None
    agent_sd: float | None = None
    within_sd: float | None = None
    rater_sd: float | None = None
    severity_sd: float | None = None
    share_at_100: float | None = None
    critical_rate: float | None = None
    critical_strength: float | None = None
    double_share: float | None = None
    month_correlation: float | None = None
    auto_correlation: float | None = None

    @property
    def known(self) -> frozenset[str]:
        """Names of what the month says."""
        return frozenset(one.name for one in fields(self) if getattr(self, one.name) is not None)


def describe_own_centre(facts: MonthFacts, usual: Centre = PAGE) -> Centre:
    """Turn what a month says into a centre that can be simulated.

    Parameters
    ----------
    facts : MonthFacts
        What the month says.
    usual : Centre, default=PAGE
        Stands in where it says nothing. What no month can tell (how far the machine misjudges single agents) is the
        usual centre's as well.

    Returns
    -------
    Centre
        Every figure within the limits of `Centre`, and all of them fitting together: no more samples than
        conversations, inspectors' moods below the whole spread, no machine better than the inspectors allow.
    """
    said = {name: _limited(name, getattr(facts, name)) for name in sorted(facts.known)}
    within = float(said.get("within_sd", usual.within_sd))
    rater = float(said.get("rater_sd", _RATER_SHARE * within))
    said["rater_sd"] = min(rater, _MOST_RATER_SHARE * within)
    samples = said.get("samples", usual.samples)
    frame = said.get("frame", usual.frame)
    # A month of few conversations that inspected more of some agents: what was inspected was there.
    said["frame"] = max(frame, samples) if "samples" in said else frame
    said["samples"] = min(samples, said["frame"])
    described = replace(usual, **(said | {"auto_correlation": 0.0}))  # type: ignore[arg-type]
    rho = float(said.get("auto_correlation", usual.auto_correlation))
    return replace(described, auto_correlation=min(rho, 0.99 * described.most_correlation))


def facts_of_record(record: CentreRecord) -> MonthFacts:
    """Read what the record of a computed month says; counts of the month are not in it.

    Parameters
    ----------
    record : CentreRecord
        Of either mode; a month of the `direct` mode says nothing of inspectors.

    Returns
    -------
    MonthFacts
    """
    severity = record.severity if record.severity and record.severity.is_applied else None
    variances = severity.variances if severity else None
    a, b = record.critical_prior or (0.0, 0.0)
    learned = record.learned if record.learned and record.learned.is_used else None
    return MonthFacts(
        mean=record.quality_mean,
        agent_sd=record.between_sd,
        within_sd=record.within_sd,
        rater_sd=variances.residual**0.5 if variances and variances.conversation else None,
        severity_sd=variances.inspector**0.5 if variances else None,
        critical_rate=a / (a + b) if a + b else None,
        critical_strength=a + b if a + b else None,
        month_correlation=record.standing.correlation if record.standing else None,
        auto_correlation=learned.correlation if learned else None,
    )


def facts_of_window(window: QualityWindow, centre: CentreQuality) -> MonthFacts:
    """Read what a computed month says of its centre: counts, spreads, inspectors, double scoring, correlations.

    Parameters
    ----------
    window : QualityWindow
        What the month was computed from.
    centre : CentreQuality
        What was found.

    Returns
    -------
    MonthFacts

    Raises
    ------
    InputError
        If nothing was inspected in the month itself.
    """
    scorings = window.scorings
    now = scorings.age == 0
    if not now.any():
        raise InputError("Nothing was inspected in the month itself: there is no centre to describe.")
    conversations = np.unique(scorings.conversation[now])
    agents = len(np.unique(scorings.agent[now]))
    frames = window.frames.frame[(window.frames.age == 0) & (window.frames.frame > 0)]
    is_corrected = centre.severity is not None and centre.severity.is_applied
    variances = centre.severity.variances if centre.severity is not None and is_corrected else None
    return MonthFacts(
        agents=max(agents, len(window.sheets)),
        inspectors=len(np.unique(scorings.inspector[now])),
        frame=round(float(np.median(frames))) if len(frames) else None,
        samples=max(1, round(len(conversations) / agents)),
        history=int(scorings.age.max()) + 1,
        mean=_mean(centre, scorings.quality[now & ~scorings.is_critical]),
        agent_sd=SMALLEST_SD_POINTS if centre.between_sd is None else centre.between_sd,
        within_sd=centre.spreads.plain.sd,
        rater_sd=variances.residual**0.5 if variances and variances.conversation else None,
        severity_sd=variances.inspector**0.5 if variances else None,
        share_at_100=_share_at_100(scorings.quality[~scorings.is_critical]),
        critical_rate=centre.critical.mean,
        critical_strength=centre.critical.a + centre.critical.b,
        double_share=float(now.sum()) / len(conversations) - 1,
        month_correlation=centre.correlation,
        auto_correlation=centre.assist.correlation if centre.assist.is_on else None,
    )


def _limited(name: str, value: float) -> float:
    lower, upper = limits_of(name)
    kept = min(max(value, lower), upper)
    return int(kept) if isinstance(value, int) else float(kept)


def _mean(centre: CentreQuality, quality: NDArray[np.float64]) -> float | None:
    this_month = [mean for age, mean in centre.month_means if age == 0]
    if this_month:
        return this_month[0]
    return float(quality.mean()) if len(quality) else None


def _share_at_100(quality: NDArray[np.float64]) -> float:
    return float((quality >= 100).mean()) if len(quality) else 0.0
