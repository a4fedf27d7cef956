"""How appeals end, per criterion and per inspector: decided answers, the share upheld with its interval.

A share of few says so and is not to be compared; nobody is named by it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qa_app.appeals.wording import criterion_title
from qa_app.models import (
    Answer,
    Appeal,
    AppealAnswer,
    Conversation,
    Inspection,
    InspectionState,
    PointDecision,
    RubricVersion,
    SamplePurpose,
    User,
)
from scoring.values import Estimate, Label

__all__ = ["ENOUGH", "FigureLine", "Figures", "appeal_figures"]

ENOUGH = 10
"""Decided answers from which on a share may be compared; fewer are labelled so."""
METHOD = "wilson.v1"


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One criterion or one inspector: answers given, disputed and decided, and the share of those upheld."""

    key: str
    title: str
    given: int
    disputed: int
    waiting: int
    upheld: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the page of figures shows."""

    criteria: tuple[FigureLine, ...]
    inspectors: tuple[FigureLine, ...]
    all_of_them: FigureLine


def appeal_figures(session: Session, start: datetime | None, end: datetime | None) -> Figures:
    """Count the disputed answers of inspections whose conversation was opened between two moments (none: ever)."""
    in_time: list[ColumnElement[bool]] = (
        [] if start is None or end is None else [Conversation.opened_at >= start, Conversation.opened_at < end]
    )
    rows = session.execute(
        select(AppealAnswer.criterion, AppealAnswer.decision, Inspection.inspector_id, Inspection.rubric_version_id)
        .join(Appeal, Appeal.id == AppealAnswer.appeal_id)
        .join(Inspection, Inspection.id == Appeal.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(Appeal.withdrawn_at.is_(None), *in_time)
    ).all()
    versions = {row.criterion: row.rubric_version_id for row in rows}
    found = session.scalars(select(RubricVersion).where(RubricVersion.id.in_(set(versions.values()))))
    known = {version.id: version for version in found}
    titles = {code: criterion_title(known[version], code) for code, version in versions.items()}
    names = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    by_criterion, by_inspector = _given(session, in_time, "criterion"), _given(session, in_time, "inspector")
    criteria = [
        _line(code, titles[code], by_criterion.get(code, 0), [r.decision for r in rows if r.criterion == code])
        for code in versions
    ]
    inspectors = [
        _line(str(who), names.get(who, ""), by_inspector.get(str(who), 0),
              [r.decision for r in rows if r.inspector_id == who])
        for who in {row.inspector_id for row in rows}
    ]  # fmt: skip
    return Figures(
        tuple(sorted(criteria, key=_most_disputed)),
        tuple(sorted(inspectors, key=lambda line: line.title)),
        _line("", "", sum(by_inspector.values()), [row.decision for row in rows]),
    )


def _given(session: Session, in_time: list[ColumnElement[bool]], by: Literal["criterion", "inspector"]) -> Counter[str]:
    """How many answers were given that could be disputed."""
    column = Answer.criterion if by == "criterion" else Inspection.inspector_id
    rows = session.execute(
        select(column, func.count())
        .select_from(Answer)
        .join(Inspection, Inspection.id == Answer.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(Inspection.state != InspectionState.draft, Inspection.purpose == SamplePurpose.work, *in_time)
        .group_by(column)
    )
    return Counter({str(key): count for key, count in rows})


def _line(key: str, title: str, given: int, decisions: list[str | None]) -> FigureLine:
    decided = [decision for decision in decisions if decision is not None]
    upheld = sum(decision != PointDecision.rejected for decision in decided)
    return FigureLine(
        key, title, given, len(decisions), len(decisions) - len(decided), upheld, share_of(upheld, len(decided))
    )


def share_of(upheld: int, decided: int) -> Estimate:
    """The share upheld with Wilson's interval; few are labelled so."""
    if not decided:
        return Estimate(None, None, None, 0, None, METHOD, Label.none)
    from scoring.estimates.intervals import proportion_interval  # SciPy is reached late (docs/architecture.md)

    interval = proportion_interval(upheld, decided)
    label = Label.ok if decided >= ENOUGH else Label.few
    return Estimate(upheld / decided, interval.lower, interval.upper, decided, None, METHOD, label)


def _most_disputed(line: FigureLine) -> tuple[int, str]:
    return (-line.disputed, line.title)
