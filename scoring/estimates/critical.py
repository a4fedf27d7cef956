"""How agents differ in their critical rate: the prior of p, learnt from the counts of a whole window."""

from __future__ import annotations

import numpy as np

from scoring.estimates.beta import JEFFREYS, Beta, fit_beta_prior
from scoring.estimates.direct import DirectCells
from scoring.estimates.table import Table, add_up
from scoring.estimates.window import Floats

_LEAST_DESIGN_EFFECT = 0.05


def learn_critical_prior(table: Table, direct: DirectCells) -> Beta:
    """Prior of the critical rate, from the plain sums of every agent's window.

    Discounted sums are for the posterior only: they vary less than counts of their size do, by a fifth, so that agents
    would be taken to be too much alike (the intervals of p then cover 72 % instead of 95 % at three samples a month).
    A draw by risk has the same effect, for it finds critical conversations with small weights: there the counts enter
    as the larger sample that an equal-probability draw would need, n/d with the pooled design effect
    ``d = Σ_j Σ_i share_i²(c_i − p̄)² / Σ_j p̄(1 − p̄)/n_j`` over the agent-months drawn by risk.

    Parameters
    ----------
    table : Table
        The window.
    direct : DirectCells
        Counts of its agent-months.

    Returns
    -------
    Beta
        Jeffreys' where nobody was inspected.
    """
    agents = len(table.agents)
    scale = _scale(table, direct)
    n = add_up(direct.effective * scale, table.cells.agent, agents)
    critical = add_up(direct.critical * scale, table.cells.agent, agents)
    return fit_beta_prior(np.minimum(critical, n).tolist(), n.tolist()) or JEFFREYS


def _scale(table: Table, direct: DirectCells) -> Floats:
    """1/d for agent-months drawn by risk, 1 for the others."""
    conversations = table.conversations
    # Not only where weights differ: an agent-month whose few samples weigh alike says that none of them is critical.
    has_weights = add_up((conversations.weight != 1.0).astype(float), conversations.cell, len(direct.n)) > 0
    count = float(direct.effective[has_weights].sum())
    if count == 0:
        return np.ones(len(direct.n))
    rate = float(direct.critical[has_weights].sum()) / count
    expected = float((rate * (1 - rate) / direct.effective[has_weights]).sum())
    if expected == 0:
        return np.ones(len(direct.n))
    share = conversations.weight / add_up(conversations.weight, conversations.cell, len(direct.n))[conversations.cell]
    squares = (share * (conversations.is_critical - rate)) ** 2
    found = float(squares[has_weights[conversations.cell]].sum())
    effect = min(max(found / expected, _LEAST_DESIGN_EFFECT), 1.0)
    return np.where(has_weights, 1 / effect, 1.0)
