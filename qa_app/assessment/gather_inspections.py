"""Inspections of a month's window with their answers and evidence, as records; only random samples enter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from qa_app.assessment.content import DrawFacts, Evidence
from qa_app.assessment.gather_work import Span
from qa_app.assessment.inputs import AnswerRecord, CriterionRecord, InspectionRecord, RubricRecord
from qa_app.assessment.reduce import LIST_MONTHS, months_before
from qa_app.models import (
    Agent,
    Answer,
    Conversation,
    Draw,
    Inspection,
    Message,
    RubricVersion,
    Sample,
    SamplingPlan,
    User,
    counts_in_estimates,
    ruled_critical,
)
from qa_app.models import Evidence as EvidenceRow
from scoring.rubric.definition import Criterion
from scoring.rubric.definition import Rubric as Definition

__all__ = ["Inspections", "gather_inspections"]

_BATCH = 500  # bound variables per query: SQLite allows some tens of thousands, PostgreSQL plans short lists better


@dataclass(frozen=True, slots=True)
class Inspections:
    """Records of the window, the rubric versions they were made with, and the draws of the month."""

    records: tuple[InspectionRecord, ...]
    rubrics: tuple[RubricRecord, ...]
    draws: tuple[DrawFacts, ...]


def gather_inspections(session: Session, window: Span, month: str) -> Inspections:
    """Read the submitted inspections of random samples whose conversation lies in the window."""
    rows = session.execute(_query(window)).all()
    definitions = _definitions(session, {row.rubric_version_id for row in rows})
    months = {row.id: _month_of(row.moment, window) for row in rows}
    listed = [row.id for row in rows if months_before(month, months[row.id]) < LIST_MONTHS]
    answers, places = _answers(session, listed), _places(session, listed)
    records = tuple(
        _record(
            row, months[row.id], definitions[row.rubric_version_id], answers.get(row.id, ()), places.get(row.id, ())
        )
        for row in rows
    )
    rubrics = {definition.key: definition.record() for definition in definitions.values()}
    return Inspections(records, tuple(rubrics[key] for key in sorted(rubrics)), _draws(session, records, month))


@dataclass(frozen=True, slots=True)
class _Version:
    """A rubric version, read once."""

    key: str
    number: int
    definition: Definition
    criteria: Mapping[str, Criterion]

    def record(self) -> RubricRecord:
        """What sheets say of it."""
        return RubricRecord(
            key=self.key,
            code=self.definition.code,
            version=self.number,
            title=self.definition.title,
            criteria=tuple(
                CriterionRecord(code=c.code, title=c.title, weight=float(c.weight), action=c.guidance.good)
                for c in self.definition.criteria()
            ),
        )


def _query(window: Span) -> Any:
    """Targeted checks, drafts and replaced samples stay out."""
    return (
        select(
            Inspection.id,
            Inspection.rubric_version_id,
            Inspection.quality,
            Inspection.score,
            Inspection.is_critical,
            Inspection.critical_classes,
            Agent.employee_number,
            Conversation.source,
            Conversation.external_id,
            Conversation.channel,
            Conversation.topic,
            Conversation.opened_at,
            window.moment.label("moment"),
            User.name.label("inspector"),
            Inspection.inspector_id,
            Sample.ruling,
            Sample.weight,
            Draw.public_id.label("draw"),
        )
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .join(Agent, Agent.id == Inspection.agent_id)
        .join(User, User.id == Inspection.inspector_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .outerjoin(Draw, Draw.id == Sample.draw_id)
        .where(
            window.holds(),
            counts_in_estimates(),
        )
        .order_by(Agent.employee_number, Inspection.id)
    )


def _month_of(moment: datetime, window: Span) -> str:
    return moment.astimezone(window.zone).strftime("%Y-%m")


def _definitions(session: Session, ids: set[int]) -> dict[int, _Version]:
    rows = session.execute(
        select(RubricVersion.id, RubricVersion.number, RubricVersion.definition).where(RubricVersion.id.in_(ids))
    )
    versions = {}
    for version_id, number, plain in rows:
        definition = msgspec.convert(plain, Definition)
        criteria = {criterion.code: criterion for criterion in definition.criteria()}
        versions[version_id] = _Version(f"{definition.code}@{number}", number, definition, criteria)
    return versions


def _answers(session: Session, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Answers that counted, by inspection, in the order of their criteria."""
    columns = (Answer.inspection_id, Answer.criterion, Answer.value, Answer.reason, Answer.points, Answer.lost_points)
    found: dict[int, list[Row[Any]]] = {}
    for some in _batches(ids):
        query = select(*columns).where(Answer.inspection_id.in_(some), Answer.points.is_not(None))
        for row in session.execute(query.order_by(Answer.inspection_id, Answer.criterion)):
            found.setdefault(row.inspection_id, []).append(row)
    return found


def _places(session: Session, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Evidence and praise, by inspection, with the time of the message they point at."""
    columns: tuple[Any, ...] = (
        EvidenceRow.inspection_id,
        EvidenceRow.criterion,
        EvidenceRow.is_praise,
        EvidenceRow.quote,
        EvidenceRow.note,
        EvidenceRow.start_seconds,
        Message.sent_at,
    )
    found: dict[int, list[Row[Any]]] = {}
    for some in _batches(ids):
        query = (
            select(*columns)
            .join(Inspection, Inspection.id == EvidenceRow.inspection_id)
            .outerjoin(
                Message,
                and_(
                    Message.conversation_id == Inspection.conversation_id,
                    Message.sequence == EvidenceRow.message_sequence,
                ),
            )
            .where(EvidenceRow.inspection_id.in_(some))
        )
        for row in session.execute(query.order_by(EvidenceRow.inspection_id, EvidenceRow.id)):
            found.setdefault(row.inspection_id, []).append(row)
    return found


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _record(
    row: Row[Any], month: str, version: _Version, answers: Sequence[Row[Any]], places: Sequence[Row[Any]]
) -> InspectionRecord:
    conversation = f"{row.source}:{row.external_id}"
    evidence = [(place, _evidence(place, row, conversation)) for place in places]
    return InspectionRecord(
        id=str(row.id),
        agent=row.employee_number,
        month=month,
        conversation=conversation,
        quality=row.quality,
        score=row.score,
        is_critical=row.is_critical,
        critical_classes=tuple(row.critical_classes),
        ruling=ruled_critical(row.ruling),
        external_id=row.external_id,
        channel=row.channel,
        topic=row.topic or "",
        opened_at=row.opened_at,
        inspector=row.inspector,
        inspector_id=str(row.inspector_id),
        weight=1.0 if row.weight is None else row.weight,  # imported history has no sample and is taken as equal
        rubric=version.key,
        draw=row.draw or "",
        applied=tuple(answer.criterion for answer in answers if _has_value(answer, version)),
        answers=tuple(kept for answer in answers if (kept := _answer(answer, row, version))),
        evidence=tuple(found for place, found in evidence if not place.is_praise),
        praise=tuple(found for place, found in evidence if place.is_praise),
    )


def _has_value(answer: Row[Any], version: _Version) -> bool:
    """Whether the criterion can be failed: informational ones only note something."""
    criterion = version.criteria.get(answer.criterion)
    return criterion is not None and (criterion.weight > 0 or criterion.is_critical_kind)


def _answer(answer: Row[Any], inspection: Row[Any], version: _Version) -> AnswerRecord | None:
    """The answer if it lost points or made the inspection critical; None otherwise."""
    criterion = version.criteria.get(answer.criterion)
    is_critical = bool(inspection.is_critical and criterion and _is_critical_error(criterion, answer))
    if not (answer.lost_points or is_critical):
        return None
    return AnswerRecord(
        criterion=answer.criterion, lost=answer.lost_points or 0.0, is_critical=is_critical, remark=answer.reason
    )


def _is_critical_error(criterion: Criterion, answer: Row[Any]) -> bool:
    """A critical criterion at v = 0, or at a level marked fatal."""
    if not criterion.is_critical_kind:
        return False
    level = criterion.level(answer.value.get("level", ""))
    if level is not None:
        return level.fatal or level.value == 0
    return bool(criterion.weight and answer.points == 0) or answer.value.get("items") == []


def _evidence(place: Row[Any], inspection: Row[Any], conversation: str) -> Evidence:
    return Evidence(
        quote=place.quote,
        conversation=conversation,
        inspection=str(inspection.id),
        criterion=place.criterion or "",
        said_at=place.sent_at,
        start_seconds=place.start_seconds,
        remark=place.note,
        by=inspection.inspector,
    )


def _draws(session: Session, records: Sequence[InspectionRecord], month: str) -> tuple[DrawFacts, ...]:
    """The draws the month's inspections came from."""
    used = {record.draw for record in records if record.draw and record.month == month}
    rows = session.execute(
        select(
            Draw.public_id,
            SamplingPlan.name,
            SamplingPlan.commitment,
            Draw.frame_digest,
            Draw.frame_size,
            SamplingPlan.is_committed_late,
        )
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(Draw.public_id.in_(used))
        .order_by(Draw.public_id)
    )
    return tuple(
        DrawFacts(
            public_id=public_id,
            title=name,
            commitment=commitment,
            frame_digest=digest or "",
            frame_size=size,
            committed_late=late,
        )
        for public_id, name, commitment, digest, size, late in rows
    )
