"""What only the QA lead decides: conversations that cannot be scored, doubles that disagree, disputed measurements."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.inspections.closing import fix_figures, score_of
from qa_app.inspections.refusals import Changed
from qa_app.models import Assignment, Inspection, InspectionState, Sample, User
from qa_app.rubrics.queries import load_definition
from qa_app.sampling.notices import tell_given_back
from qa_app.sampling.service import replace_sample


def replace_unscoreable(session: Session, actor: User, assignment: Assignment, *, note: str) -> None:
    """Take the next conversation instead of one that cannot be scored."""
    replace_sample(session, actor, assignment.sample, reason="not_scoreable", note=note)


def instruct(session: Session, actor: User, assignment: Assignment, *, instruction: str) -> None:
    """Say how to score it and give it back to its inspector, who reads the instruction above the rubric."""
    sample = assignment.sample
    before = sample.ruling
    sample.ruling = {**(before or {}), "instruction": instruction}
    assignment.needs_lead = None
    audit.record(session, actor, action="sample.instruct", thing=sample, before=before, after=sample.ruling)
    tell_given_back(session, actor, assignment)


def decide_critical(session: Session, actor: User, sample: Sample, *, is_critical: bool, reason: str) -> None:
    """Settle whether a conversation scored twice was critical, where the two disagree."""
    before = sample.ruling
    sample.ruling = {**(before or {}), "is_critical": is_critical, "reason": reason, "by": actor.id}
    audit.record(session, actor, action="sample.decide_critical", thing=sample, before=before, after=sample.ruling)


def rule_measurement(
    session: Session, actor: User, inspection: Inspection, criterion_code: str, *, stands: bool, reason: str
) -> None:
    """Let a disputed measurement stand, or set it aside: the criterion then does not count and the score is new.

    Refused (`Changed`) where its inspector took the inspection back a moment ago.
    """
    criterion = load_definition(inspection.rubric_version).criterion(criterion_code)
    row = next((answer for answer in inspection.answers if answer.criterion == criterion_code), None)
    if criterion is None or criterion.measure is None or row is None or row.disputed is None:
        raise ValueError(f"{criterion_code!r} is no disputed measurement of this inspection")
    held = session.execute(
        update(Inspection)
        .where(Inspection.id == inspection.id, Inspection.state != InspectionState.draft)
        .values(state=Inspection.state)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise Changed
    before = {"score": inspection.score, "quality": inspection.quality}
    ruling = {"ruling": "stands" if stands else "set_aside", "ruled_reason": reason}
    if not stands:
        inspection.facts = {**inspection.facts, criterion.measure.metric: None}
        row.points = row.lost_points = None
        fix_figures(inspection, score_of(inspection))
    row.value = {**row.value, **ruling}
    audit.record(
        session,
        actor,
        action="inspection.rule_measurement",
        thing=inspection,
        criterion=criterion_code,
        before=before,
        after={"score": inspection.score, "quality": inspection.quality, **ruling},
    )
