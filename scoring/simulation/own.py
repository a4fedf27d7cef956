"""Describe a centre by what its own months say, so that the simulation is about it and not about an example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError
from scoring.estimates.quality_results import CentreQuality
from scoring.estimates.shrinkage import SMALLEST_SD_POINTS
from scoring.estimates.window import QualityWindow
from scoring.simulation.centre import PAGE, Centre, limits_of

_RATER_SHARE = PAGE.rater_sd / PAGE.within_sd  # of the sd of scores, where nothing was scored twice
_MOST_RATER_SHARE = 0.9


def describe_own_centre(window: QualityWindow, centre: CentreQuality) -> Centre:
    """Turn a computed month into the description of a centre to simulate.

    Counts, spread, share at 100, inspectors, double scoring and correlations are the centre's own. What no month can
    tell is taken from the example: how far the machine misjudges single agents.

    Parameters
    ----------
    window : QualityWindow
        What the month was computed from.
    centre : CentreQuality
        What was found.

    Returns
    -------
    Centre
        Every figure within the limits of `Centre`.

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
    within = centre.spreads.plain.sd
    frames = window.frames.frame[(window.frames.age == 0) & (window.frames.frame > 0)]
    samples = max(1, round(len(conversations) / agents))
    frame = max(samples, round(float(np.median(frames)))) if len(frames) else PAGE.frame
    described = Centre(
        agents=_whole("agents", max(agents, len(window.sheets))),
        inspectors=_whole("inspectors", len(np.unique(scorings.inspector[now]))),
        mean=_limited("mean", _mean(centre, scorings.quality[now & ~scorings.is_critical])),
        agent_sd=_limited("agent_sd", SMALLEST_SD_POINTS if centre.between_sd is None else centre.between_sd),
        within_sd=_limited("within_sd", within),
        share_at_100=_limited("share_at_100", _share_at_100(scorings.quality[~scorings.is_critical])),
        rater_sd=_limited("rater_sd", _rater_sd(centre, within)),
        month_correlation=_limited("month_correlation", centre.correlation or PAGE.month_correlation),
        critical_rate=_limited("critical_rate", centre.critical.mean),
        critical_strength=_limited("critical_strength", centre.critical.a + centre.critical.b),
        severity_sd=_limited("severity_sd", _severity_sd(centre)),
        frame=_whole("frame", frame),
        samples=_whole("samples", samples),
        double_share=_limited("double_share", float(now.sum()) / len(conversations) - 1),
        auto_correlation=0.0,
        auto_agent_sd=0.0,
        teams=1,
        history=_whole("history", int(scorings.age.max()) + 1),
    )
    if not centre.assist.is_on or centre.assist.correlation is None:
        return described
    rho = min(centre.assist.correlation, 0.99 * described.most_correlation)
    return replace(described, auto_correlation=rho, auto_agent_sd=PAGE.auto_agent_sd)


def _limited(name: str, value: float) -> float:
    lower, upper = limits_of(name)
    return float(min(max(value, lower), upper))


def _whole(name: str, value: int) -> int:
    lower, upper = limits_of(name)
    return int(min(max(value, lower), upper))


def _mean(centre: CentreQuality, quality: NDArray[np.float64]) -> float:
    this_month = [mean for age, mean in centre.month_means if age == 0]
    if this_month:
        return this_month[0]
    return float(quality.mean()) if len(quality) else PAGE.mean


def _share_at_100(quality: NDArray[np.float64]) -> float:
    return float((quality >= 100).mean()) if len(quality) else 0.0


def _rater_sd(centre: CentreQuality, within: float) -> float:
    """What two scorings of one conversation differ by; the example's share where nothing was scored twice."""
    fit = centre.severity
    if fit is None or not fit.is_applied or fit.variances.conversation == 0:
        return _RATER_SHARE * within
    residual: float = fit.variances.residual**0.5
    return min(residual, _MOST_RATER_SHARE * within)


def _severity_sd(centre: CentreQuality) -> float:
    fit = centre.severity
    if fit is None or not fit.is_applied:
        return PAGE.severity_sd
    found: float = fit.variances.inspector**0.5
    return found
