"""Corrections of a submitted inspection: a new revision each, the one before kept as it stood and readable.

The inspection's own row is always the revision in force, so every figure of every room follows a correction by itself;
what was before is written down beside it, whole. For the rooms that correct (appeals); the score is made by
`scoring.rubric` as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.inspections.answers import AnswerRefused, check_answer, scoring_answers, to_scoring
from qa_app.inspections.closing import fix_figures, score_of
from qa_app.inspections.refusals import Incomplete, NotScoreable
from qa_app.models import Answer, Evidence, Inspection, InspectionRevision, User
from qa_app.rubrics.queries import load_definition
from scoring.rubric import Criterion, InspectionScore, State, score_inspection

__all__ = ["as_it_stood", "check_change", "leave_to_nobody", "list_revisions", "revise_inspection", "score_with"]

Changes = Mapping[str, Mapping[str, Any]]
"""New answers by criterion; ``{"na": True}`` sets a measured figure aside."""

_ANSWER_FIELDS = ("criterion", "value", "reason", "disputed", "points", "lost_points")


def check_change(criterion: Criterion, value: Mapping[str, Any] | None) -> dict[str, Any]:
    """Bring a corrected answer into its stored form, or refuse it; a measured figure can only be set aside."""
    if criterion.measure is not None:
        if not (value or {}).get("na"):
            raise AnswerRefused(f"{criterion.code}: a measured figure can be set aside, not answered")
        return {"na": True}
    # A page says which items are done; what is stored calls them items.
    given = {**(value or {}), "done": value["items"]} if value and "items" in value else value
    checked = check_answer(criterion, given)
    if not checked or to_scoring(criterion, checked) is None:
        raise AnswerRefused(f"{criterion.code}: no answer was given")
    return checked


def score_with(inspection: Inspection, changes: Changes) -> InspectionScore:
    """What the inspection would score with these answers instead; nothing is changed."""
    rubric = load_definition(inspection.rubric_version)
    answers, facts = scoring_answers(rubric, inspection.answers), dict(inspection.facts)
    for code, value in changes.items():
        criterion = rubric.criterion(code)
        if criterion is None:
            raise AnswerRefused(f"no criterion {code!r}")
        checked = check_change(criterion, value)
        if criterion.measure is not None:
            facts[criterion.measure.metric] = None
            continue
        answer = to_scoring(criterion, checked)
        assert answer is not None
        answers[code] = answer
    return score_inspection(rubric, answers, facts)


def revise_inspection(
    session: Session, actor: User, inspection: Inspection, changes: Changes, *, reasons: Mapping[str, str], cause: str
) -> int:
    """Correct answers of a submitted inspection; return the number of the revision that is now in force.

    `reasons` say per criterion why; `cause` names what made it ("appeal:12"). A criterion that applies only now needs
    its answer among the changes (`Incomplete`), and something with weight must be left (`NotScoreable`).
    """
    score = score_with(inspection, changes)
    open_line = next((line for line in score.criteria if line.state in (State.missing, State.waiting)), None)
    if open_line is not None:
        raise Incomplete(open_line.code, "answer")
    if not score.is_scoreable:
        raise NotScoreable
    before = {"score": inspection.score, "quality": inspection.quality, "critical": inspection.is_critical}
    number = _keep(session, actor, inspection, reason=" · ".join(reasons[code] for code in changes), cause=cause)
    _apply(inspection, changes, reasons)
    fix_figures(inspection, score_of(inspection))
    inspection.revision += 1
    session.flush()
    audit.record(
        session,
        actor,
        action="inspection.revise",
        thing=inspection,
        revision=number,
        cause=cause,
        criteria=sorted(changes),
        before=before,
        after={"score": inspection.score, "quality": inspection.quality, "critical": inspection.is_critical},
    )
    return number


def leave_to_nobody(
    session: Session, actor: User, inspection: Inspection, *, agent_id: int | None, reason: str, cause: str
) -> int:
    """Let an inspection count in nobody's figures, and belong to the agent whose conversation it was, if known."""
    before = {"agent": inspection.agent_id, "random": inspection.is_random}
    number = _keep(session, actor, inspection, reason=reason, cause=cause)
    inspection.agent_id, inspection.is_random = agent_id, False
    session.flush()
    session.expire(inspection, ["agent"])
    audit.record(
        session,
        actor,
        action="inspection.leave_to_nobody",
        thing=inspection,
        revision=number,
        cause=cause,
        before=before,
        after={"agent": agent_id, "random": False},
    )
    return number


def list_revisions(session: Session, inspection: Inspection) -> Sequence[InspectionRevision]:
    """The revisions that stood before the one in force, the first one first."""
    return session.scalars(
        select(InspectionRevision)
        .where(InspectionRevision.inspection_id == inspection.id)
        .order_by(InspectionRevision.number)
    ).all()


def as_it_stood(inspection: Inspection, revision: InspectionRevision) -> Inspection:
    """The inspection as an older revision had it, to be read; it belongs to no session and is never stored."""
    old = Inspection(
        id=inspection.id, conversation_id=inspection.conversation_id, agent_id=revision.agent_id,
        inspector_id=inspection.inspector_id, rubric_version_id=inspection.rubric_version_id,
        state=inspection.state, is_random=revision.is_random, quality=revision.quality, score=revision.score,
        is_critical=revision.is_critical, critical_classes=revision.critical_classes, remark=inspection.remark,
        content=inspection.content, content_digest=inspection.content_digest, facts=revision.facts,
        started_at=inspection.started_at, saved_at=inspection.saved_at, submitted_at=inspection.submitted_at,
        waits_for_month=inspection.waits_for_month, shown_at=inspection.shown_at,
        revision=inspection.revision, source=inspection.source,
    )  # fmt: skip
    old.conversation, old.agent, old.inspector = inspection.conversation, inspection.agent, inspection.inspector
    old.rubric_version, old.sample = inspection.rubric_version, inspection.sample
    old.answers = [Answer(**row, answered_at=inspection.started_at) for row in revision.answers]
    old.evidence = [_copy_of(row) for row in inspection.evidence]
    return old


def _copy_of(evidence: Evidence) -> Evidence:
    columns = (column.key for column in Evidence.__table__.columns if column.key != "inspection_id")
    return Evidence(**{name: getattr(evidence, name) for name in columns})


def _keep(session: Session, actor: User, inspection: Inspection, *, reason: str, cause: str) -> int:
    """Write down what stood until now; return the number of what follows."""
    kept = session.scalar(
        select(func.count()).select_from(InspectionRevision).where(InspectionRevision.inspection_id == inspection.id)
    )
    number = kept or 0
    session.add(
        InspectionRevision(
            inspection_id=inspection.id,
            number=number,
            agent_id=inspection.agent_id,
            is_random=inspection.is_random,
            quality=inspection.quality,
            score=inspection.score,
            is_critical=inspection.is_critical,
            critical_classes=list(inspection.critical_classes),
            facts=dict(inspection.facts),
            answers=[{name: getattr(row, name) for name in _ANSWER_FIELDS} for row in inspection.answers],
            stood_until=now(),
            ended_by_id=actor.id,
            reason=reason,
            cause=cause,
        )
    )
    return number + 1


def _apply(inspection: Inspection, changes: Changes, reasons: Mapping[str, str]) -> None:
    rubric = load_definition(inspection.rubric_version)
    rows = {row.criterion: row for row in inspection.answers}
    for code, value in changes.items():
        criterion = rubric.criterion(code)
        assert criterion is not None
        row = rows.get(code)
        if row is None:
            row = Answer(criterion=code, value={}, answered_at=now())
            inspection.answers.append(row)
        if criterion.measure is not None:
            inspection.facts = {**inspection.facts, criterion.measure.metric: None}
            row.value = {**row.value, "ruling": "set_aside", "ruled_reason": reasons[code]}
            row.points = row.lost_points = None
            continue
        row.value = check_change(criterion, value)
        row.reason, row.answered_at = reasons[code], now()
