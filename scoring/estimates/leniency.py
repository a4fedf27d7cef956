"""The inspectors' part of the quality estimates: the severity model of a window, and what it takes off scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.agreement.connectivity import MAIN
from scoring.agreement.severity import Scorings, SeverityFit, fit_severity
from scoring.estimates.assisted import Assist
from scoring.estimates.direct import Leniency
from scoring.estimates.table import Table


@dataclass(frozen=True, slots=True)
class InspectorModel:
    """What the window says about its inspectors.

    Attributes
    ----------
    fit : SeverityFit or None
        None where the correction is switched off.
    leniency : Leniency
        What is taken off; zeros without a fit.
    slope : float
        λ: the model's where it is fitted, else the pooled slope within agent-months; 0 where automatic scores are off.
    is_apart : array of bool, shape (agents,)
        Agents whom no chain of shared agents and inspectors joins to the main component. Nobody while switched off.
    """

    fit: SeverityFit | None
    leniency: Leniency
    slope: float
    is_apart: NDArray[np.bool_]


def model_inspectors(table: Table, assist: Assist, *, allowed: bool = True) -> InspectorModel:
    """Fit the inspectors' leniency to all scorings of conversations without critical error.

    Parameters
    ----------
    table : Table
        The window.
    assist : Assist
        Its contrast f − F_j enters as a column, whose coefficient is λ.
    allowed : bool, default=True
        False switches the correction off.

    Returns
    -------
    InspectorModel
        An inspector outside the fitted components is not corrected; the spread between inspectors then widens the
        intervals of whom they scored.
    """
    if not allowed:
        return InspectorModel(
            None, Leniency.none(len(table.inspectors)), assist.slope, np.zeros(len(table.agents), bool)
        )
    rows, conversations = table.rows, table.conversations
    good = ~conversations.is_critical[rows.conversation]
    conversation = rows.conversation[good]
    cell = conversations.cell[conversation]
    fit = fit_severity(
        Scorings(
            agent_month=cell,
            conversation=conversation,
            inspector=rows.inspector[good],
            score=rows.quality[good],
            queue=rows.queue[good],
            auto=assist.contrast[conversation] if assist.is_on else None,
            inspectors=tuple(table.inspectors.tolist()),
            agent=table.cells.agent[cell],
            agents=tuple(table.agents.tolist()),
        )
    )
    slope = fit.lambda_ if fit.is_applied and assist.is_on else assist.slope
    return InspectorModel(fit, _leniency(fit), slope, fit.agent_component > MAIN)


def _leniency(fit: SeverityFit) -> Leniency:
    # Without a conversation scored twice the model cannot part rater from conversation: its residual holds both.
    has_twice = fit.is_applied and fit.variances.conversation > 0
    return Leniency(fit.leniency, fit.standard_error**2, fit.variances.residual if has_twice else None)
