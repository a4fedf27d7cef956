"""Direct estimates of every agent-month: the mean of corrected scores, its variance, and the counts of critical errors.

Nothing is shrunk here. Conversations drawn by risk enter by their weights 1/π: weighted means, and effective counts
(Σw)²/Σw² in the place of n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.estimates.assisted import Assist
from scoring.estimates.pooled import PLANNING_SD, SMALLEST_SD, PooledSpread
from scoring.estimates.table import Table, add_up
from scoring.estimates.window import Codes, Floats


@dataclass(frozen=True, slots=True)
class Leniency:
    """What is taken off each inspector's scores.

    Attributes
    ----------
    points, variance : array of float, shape (inspectors,)
        ŝ (positive = lenient) and se(ŝ)²; zeros where nothing is corrected.
    rater_variance : float or None
        σ_e², what two scorings of one conversation differ by; None where too little was scored twice.
    """

    points: Floats
    variance: Floats
    rater_variance: float | None

    @classmethod
    def none(cls, inspectors: int) -> Leniency:
        """Nothing is corrected."""
        return cls(np.zeros(inspectors), np.zeros(inspectors), None)


@dataclass(frozen=True, slots=True)
class Spreads:
    """Pooled within-agent variances.

    Attributes
    ----------
    assisted : PooledSpread
        σ², of scores corrected by automatic scores; the plain one where there are none.
    plain : PooledSpread
        σ₀², without automatic scores.
    """

    assisted: PooledSpread
    plain: PooledSpread

    @property
    def gain(self) -> float:
        """σ₀²/σ²: what one inspection with automatic scores counts for."""
        return self.plain.variance / self.assisted.variance


@dataclass(frozen=True, slots=True)
class DirectCells:
    """Direct estimates of agent-months; every array has the shape (cells,).

    Attributes
    ----------
    n : array of int
        Conversations inspected.
    effective : array of float
        (Σw)²/Σw² over them.
    critical_n : array of int
        Critical ones among them.
    critical : array of float
        Critical ones among `effective`.
    quality_n : array of int
        Conversations without critical error.
    quality_effective : array of float
        (Σw)²/Σw² over those.
    mean : array of float
        q_j, corrected; NaN where `quality_n` is 0.
    raw_mean : array of float
        The same without any correction.
    leniency, auto : array of float
        What was taken off on average for inspectors and for automatic scores: ``mean = raw_mean − leniency − auto``.
    variance : array of float
        v_j of the month's mean: only what was not inspected varies. Infinite where `quality_n` is 0.
    expected_variance : array of float
        v_j of the agent's expectation: the frame is taken as endless.
    leniency_variance : array of float
        Part of both that comes from the inspectors' estimated leniency.
    rater_variance : array of float
        Part of `variance` from what two scorings of one conversation differ by.
    spread : array of float
        σ² of one conversation's corrected score.
    """

    n: Codes
    effective: Floats
    critical_n: Codes
    critical: Floats
    quality_n: Codes
    quality_effective: Floats
    mean: Floats
    raw_mean: Floats
    leniency: Floats
    auto: Floats
    variance: Floats
    expected_variance: Floats
    leniency_variance: Floats
    rater_variance: Floats
    spread: Floats


def mean_per_conversation(table: Table, values: Floats) -> Floats:
    """Mean over the scorings of each conversation; NaN where it is critical.

    Parameters
    ----------
    table : Table
        The window.
    values : array of float, shape (rows,)
        One number per scoring.

    Returns
    -------
    array of float, shape (conversations,)
    """
    size = len(table.conversations)
    known = np.where(table.conversations.is_critical[table.rows.conversation], 0.0, values)
    counts = np.bincount(table.rows.conversation, minlength=size)
    means = add_up(known, table.rows.conversation, size) / np.maximum(counts, 1)
    return np.where(table.conversations.is_critical, np.nan, means)


def estimate_cells(table: Table, leniency: Leniency, assist: Assist, slope: float) -> tuple[DirectCells, Spreads]:
    """Direct estimate of every agent-month.

    Over conversations i without critical error: ``q_j = mean r_i``, ``r_i = y_i − ŝ − λ(f_i − F_j)``, a conversation
    scored twice being the mean of its two. With n_j effective conversations of N_j and n_jr of them by inspector r:

    ``v_j = [σ²(1 − n_j/N_j) + σ_e² n_j/N_j]/n_j + Σ_r (n_jr/n_j)² se(ŝ_r)²``,

    σ² pooled over all agent-months: ``Σ(r_i − q_j)²/(Σ(n_j − 1) − 1)``, without λ no −1. The second term, where scoring
    twice tells σ_e², is what inspectors' moods leave uncertain even when everything is inspected; counting it by the
    share inspected lets the width fall with every further inspection.

    Parameters
    ----------
    table : Table
        The window.
    leniency : Leniency
        Of the inspectors.
    assist : Assist
        Automatic scores.
    slope : float
        λ.

    Returns
    -------
    DirectCells
        One per agent-month of the table.
    Spreads
        σ² and σ₀², each at least 1 point²; the planning value of 12 points where no agent has two scores.
    """
    conversations = table.conversations
    size = len(table.cells)
    y = mean_per_conversation(table, table.rows.quality)
    shift = mean_per_conversation(table, leniency.points[table.rows.inspector])
    good = ~conversations.is_critical
    cell, weight = conversations.cell[good], conversations.weight[good]
    sums = add_up(weight, cell, size)
    share = weight / sums[cell]  # of the agent-month's weight
    effective = _kish(cell, weight, size)
    lent = add_up(share * shift[good], cell, size)
    machine = slope * add_up(share * assist.contrast[good], cell, size)
    raw = add_up(share * y[good], cell, size)
    mean = raw - lent - machine
    corrected = (y - shift)[good]
    plain = _pool(corrected, cell, share, effective, slopes=0)
    assisted = plain
    if assist.is_on:
        used = assist.is_used[cell]
        residual = corrected - slope * assist.contrast[good]
        assisted = _pool(residual[used], cell[used], share[used], effective, slopes=1)
    spreads = Spreads(assisted, plain)
    of_cell = np.where(assist.is_used, assisted.variance, plain.variance)
    from_leniency = _leniency_variance(table, leniency, good, sums)
    has = effective > 0
    n = np.bincount(conversations.cell, minlength=size)
    whole = _kish(conversations.cell, conversations.weight, size)
    inspected = _inspected_share(whole, n, table.cells.frame)
    rater = np.zeros(size) if leniency.rater_variance is None else np.minimum(leniency.rater_variance, of_cell)
    # Division by 1 where there is nothing: those cells are infinite anyway.
    count = np.where(has, effective, 1.0)
    variance = (of_cell * (1 - inspected) + rater * inspected) / count + from_leniency
    critical_weight = add_up(conversations.weight * conversations.is_critical, conversations.cell, size)
    all_weight = add_up(conversations.weight, conversations.cell, size)
    direct = DirectCells(
        n=n,
        effective=whole,
        critical_n=n - np.bincount(cell, minlength=size),
        critical=whole * critical_weight / np.where(all_weight > 0, all_weight, 1.0),
        quality_n=np.bincount(cell, minlength=size),
        quality_effective=effective,
        mean=np.where(has, mean, np.nan),
        raw_mean=np.where(has, raw, np.nan),
        leniency=lent,
        auto=machine,
        variance=np.where(has, variance, np.inf),
        expected_variance=np.where(has, of_cell / count + from_leniency, np.inf),
        leniency_variance=from_leniency,
        rater_variance=rater * inspected / count,
        spread=of_cell,
    )
    return direct, spreads


def _kish(cell: Codes, weight: Floats, size: int) -> Floats:
    """Effective count (Σw)²/Σw²; exactly n where all weights are equal."""
    counts = np.bincount(cell, minlength=size)
    sums, squares = add_up(weight, cell, size), add_up(weight * weight, cell, size)
    effective = sums**2 / np.where(squares > 0, squares, 1.0)
    # Rounding must not make 5 equal weights 4.999…: whole counts stay whole.
    is_whole = np.abs(effective - counts) < 1e-9 * np.maximum(counts, 1)
    return np.where(is_whole, counts, effective)


def _pool(residual: Floats, cell: Codes, share: Floats, effective: Floats, *, slopes: int) -> PooledSpread:
    """Pooled variance: weighted squares around each agent-month's mean, on effective degrees of freedom.

    ``Σ_j n_j Σ_i share_i (r_i − q_j)² / (Σ_j (n_j − 1) − slopes)``: for equal weights the usual one.
    """
    size = len(effective)
    means = add_up(share * residual, cell, size)
    squares = effective[cell] * share * (residual - means[cell]) ** 2
    present = np.bincount(cell, minlength=size) > 0
    freedom = float((effective[present] - 1).sum()) - slopes
    if freedom < 1 - 1e-9:
        return PooledSpread(PLANNING_SD**2, 0)
    # Whole for equal weights; a fraction of a degree changes no interval.
    return PooledSpread(max(float(squares.sum()) / freedom, SMALLEST_SD**2), max(1, round(freedom)))


def _leniency_variance(table: Table, leniency: Leniency, good: NDArray[np.bool_], sums: Floats) -> Floats:
    """``Σ_r (n_jr/n_j)² se(ŝ_r)²``, a conversation scored twice counting half for each."""
    size = len(table.cells)
    if not leniency.variance.any():
        return np.zeros(size)
    rows, conversations = table.rows, table.conversations
    kept = good[rows.conversation]
    conversation = rows.conversation[kept]
    twice = np.bincount(rows.conversation, minlength=len(conversations))
    cell = conversations.cell[conversation]
    part = conversations.weight[conversation] / sums[cell] / twice[conversation]
    pair = cell * len(table.inspectors) + rows.inspector[kept]
    pairs, place = np.unique(pair, return_inverse=True)
    shares = add_up(part, place, len(pairs))
    terms = shares**2 * leniency.variance[pairs % len(table.inspectors)]
    return add_up(terms, pairs // len(table.inspectors), size)


def _inspected_share(effective: Floats, n: Codes, frame: Floats) -> Floats:
    """n/N, at most 1: a replaced or late sample can make n exceed the frame by one; 0 where the frame is unknown."""
    known = ~np.isnan(frame)
    size = np.where(known & (frame > 0), frame, 1.0)
    share = np.where(known, np.minimum(1.0, effective / size), 0.0)
    # Everything inspected leaves nothing to draw, whatever the weights were.
    return np.where(known & (n >= frame), 1.0, share)
