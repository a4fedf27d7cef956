"""The QA figures of a table: inspections of the month's conversations, by the lines of the table.

For `metrics`. Quality and critical rate as on the sheet ("direct"): the rate is shrunk towards a prior learnt from all
agents over six months, since 0 of 5 cannot tell 0 % from 10 %. Only submitted inspections of random draws count; a
conversation scored twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.models import Conversation, Inspection, Sample, SampleState
from scoring.timing.indicators import Floats

if TYPE_CHECKING:
    from scoring.estimates.beta import Beta

__all__ = ["WINDOW_MONTHS", "Scored", "qa_figures", "read_scored"]

WINDOW_MONTHS = 6
_DISCOUNT = 0.9


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
        .where(moment >= starts[-1], moment < end, Inspection.is_random.is_(True))
        .where(Inspection.submitted_at.is_not(None), Inspection.quality.is_not(None))
        .where(or_(Inspection.sample_id.is_(None), Sample.state != SampleState.replaced))
        .order_by(Conversation.id, Inspection.id)
    )
    scored = []
    for conversation_id, group in groupby(rows, key=lambda row: row[0]):
        inspections = list(group)
        agent_id, at, first_critical = inspections[0][1], inspections[0][2], inspections[0][4]
        verdicts = {row[4] for row in inspections}
        ruling = next((row[5] for row in inspections if row[5]), None)
        is_critical = first_critical if len(verdicts) == 1 else bool(ruling and ruling.get("is_critical"))
        quality = sum(row[3] or 0.0 for row in inspections) / len(inspections)
        age = sum(at is not None and at < start for start in starts)
        weight = 1.0 if inspections[0][6] is None else inspections[0][6]
        scored.append(Scored(conversation_id, agent_id, age, quality, is_critical, weight))
    return scored


def qa_figures(
    scored: Sequence[Scored], ids: NDArray[np.intp], group: NDArray[np.intp], groups: int
) -> dict[str, Floats]:
    """The four QA figures of each group of the conversations `ids`; NaN where nothing was inspected.

    `qa_quality` and `qa_score` are on 0–100, `qa_critical_rate` is a fraction: the posterior mean.
    """
    place = {conversation_id: int(number) for conversation_id, number in zip(ids.tolist(), group.tolist(), strict=True)}
    here = [one for one in scored if not one.age and one.conversation_id in place]
    of = np.array([place[one.conversation_id] for one in here], dtype=np.intp)
    weights, is_critical = (
        np.array([one.weight for one in here]),
        np.array([one.is_critical for one in here], dtype=bool),
    )
    n = np.bincount(of, minlength=groups).astype(float)
    quality = _mean_quality(here, of, groups)
    rate = np.full(groups, np.nan)
    if len(here):
        prior = _critical_prior(scored)
        total, squares = np.bincount(of, weights, groups), np.bincount(of, weights**2, groups)
        critical = np.bincount(of, weights * is_critical, groups)
        for at in np.flatnonzero(n):
            # A draw with unequal chances counts as the evenly weighted one of the same precision.
            effective = total[at] ** 2 / squares[at]
            rate[at] = prior.after(min(effective * critical[at] / total[at], effective), effective).mean
    return {"qa_n": n, "qa_quality": quality, "qa_critical_rate": rate, "qa_score": (1 - rate) * quality}


def _mean_quality(here: Sequence[Scored], of: NDArray[np.intp], groups: int) -> Floats:
    """Weighted mean quality of the conversations without a critical error; NaN where there is none."""
    found: list[list[tuple[float, float]]] = [[] for _ in range(groups)]
    for one, at in zip(here, of.tolist(), strict=True):
        if not one.is_critical:
            found[at].append((one.quality, one.weight))
    means = np.full(groups, np.nan)
    for at, pairs in enumerate(found):
        if pairs:
            qualities, weights = np.array(sorted(pairs)).T
            means[at] = (qualities * weights).sum() / weights.sum()
    return means


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
