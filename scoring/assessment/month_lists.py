"""Whom a month's standings name: the lists of praise and of coaching, and places, over those who may be compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.assessment.lists import MonthLists, Standings, count_places, list_highest, list_lowest
from scoring.assessment.results import AgentResult

__all__ = ["list_agents"]


def list_agents(results: Sequence[AgentResult], draws: Sequence[NDArray[np.float64] | None]) -> MonthLists:
    """Lists and places over those who have a tier or lie between two.

    They are alike in their component of inspectors and have enough inspections this month; whoever has not is neither
    named nor compared with. An agent is named from three conversations' worth of evidence on, counted where the
    standing comes from: over the window, or in the month itself in the `direct` mode.

    Parameters
    ----------
    results : sequence of AgentResult
        Of a month.
    draws : sequence of arrays of float, shape (draws,), or None
        Posterior draws of the composites that tiers rest on, in the order of `results`.

    Returns
    -------
    MonthLists
        With fewer than four agents compared the lists are withheld; places are given all the same.
    """
    compared = [
        (result, own) for result, own in zip(results, draws, strict=True) if not result.withheld and own is not None
    ]
    standings = Standings(
        agents=tuple(result.agent for result, _ in compared),
        draws=np.vstack([own for _, own in compared]) if compared else np.empty((0, 1)),
        effective_n=tuple(_effective_n(result) for result, _ in compared),
    )
    places = dict(zip(standings.agents, count_places(standings.moments()), strict=True))
    return MonthLists(list_highest(standings), list_lowest(standings), places)


def _effective_n(result: AgentResult) -> float:
    """Conversations' worth of evidence; where the method has no limit, the conversations seen."""
    total = result.qa.total if result.standing is None else result.standing.own.fair.total
    return float(total.n) if total.effective_n is None else total.effective_n
