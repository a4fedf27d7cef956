"""Inspected conversations of some months: one scored twice is one, with the mean and the share it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from qa_app.models import ruled_critical, settle_critical
from qa_app.trends import queries
from qa_app.trends.scope import Scope, Span

__all__ = ["InspectedConversation", "Strata", "read_inspected"]

Strata = Mapping[int, tuple[Mapping[str, int], Mapping[str, int]]]
"""Of a draw: conversations and samples of each stratum."""


@dataclass(frozen=True, slots=True)
class InspectedConversation:
    """One inspected conversation.

    `stands_for` is how many conversations could have come in its place (1/π), none where its chance is unknown;
    `weight` undoes unequal chances inside its stratum and is 1 in an equal draw.
    """

    id: int
    opened_at: datetime
    inspections: tuple[int, ...]
    version_id: int
    score: float
    stands_for: float | None
    weight: float


def read_inspected(session: Session, scope: Scope, span: Span) -> list[InspectedConversation]:
    """Read what was inspected of a time: two queries."""
    rows = queries.list_inspections(session, scope, span)
    draws = sorted({row.draw_id for row in rows if row.draw_id is not None})
    strata = {row.id: (row.populations, row.sizes) for row in queries.list_draws(session, draws)}
    return list(_conversations(rows, strata))


def _conversations(rows: Sequence[Any], strata: Strata) -> Iterator[InspectedConversation]:
    for conversation_id, group in groupby(rows, key=lambda row: row.conversation_id):
        inspections = list(group)
        first = inspections[0]
        yield InspectedConversation(
            id=conversation_id,
            opened_at=first.opened_at,
            inspections=tuple(row.id for row in inspections),
            version_id=first.rubric_version_id,
            score=_score(inspections),
            stands_for=_stands_for(first, strata),
            weight=1.0 if first.weight is None else first.weight,
        )


def _score(inspections: Sequence[Any]) -> float:
    """Mean quality, or 0 with a critical error; where two disagree about that, as the lead ruled."""
    rulings = (ruled_critical(row.ruling) for row in inspections)
    is_critical = settle_critical((row.is_critical for row in inspections), rulings)
    return 0.0 if is_critical else float(sum(row.quality for row in inspections) / len(inspections))


def _stands_for(row: Any, strata: Strata) -> float | None:
    """1/π: as kept with the sample, else N/n of its stratum; none for imported history."""
    if row.inclusion_probability:
        return 1 / float(row.inclusion_probability)
    populations, sizes = strata.get(row.draw_id, ({}, {}))
    population, size = populations.get(row.stratum, 0), sizes.get(row.stratum, 0)
    return max(1.0, population / size) if population and size else None
