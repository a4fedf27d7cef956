"""Submitting an inspection, and taking it back within ten minutes.

What is missing is judged here, by what the database has: the page only shows it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.inspections.answers import rubric_of, scoring_answers
from qa_app.inspections.drafts import LONGEST_SAVE_SECONDS, require_open
from qa_app.inspections.refusals import Changed, CriticalUnconfirmed, Incomplete, NotScoreable, TooLate
from qa_app.models import Answer, AssignmentState, Inspection, InspectionState, SampleState, User
from qa_app.people.organisation import working_calendar
from scoring.rubric import CriterionScore, InspectionScore, Kind, Rubric, State, score_inspection

UNDO_MINUTES = 10
WINDOW_WORKING_DAYS = 5
"""How long an agent may appeal; after that the inspection is final."""


def score_of(inspection: Inspection) -> InspectionScore:
    """Score an inspection as it stands, finished or not."""
    rubric = rubric_of(inspection.rubric_version)
    return score_inspection(rubric, scoring_answers(rubric, inspection.answers), inspection.facts)


def lacks_evidence(inspection: Inspection, rubric: Rubric, line: CriterionScore) -> bool:
    """Tell whether points were taken on a criterion that asks for the place, and no place is named."""
    criterion = rubric.criterion(line.code)
    if criterion is None or not criterion.evidence_required or criterion.kind is Kind.measured:
        return False
    loses = line.state is State.scored and ((line.value is not None and line.value < 1) or line.is_critical_error)
    return loses and not any(
        evidence.criterion == line.code and not evidence.is_praise for evidence in inspection.evidence
    )


def find_missing(inspection: Inspection, score: InspectionScore) -> list[Incomplete]:
    """List what stands between the draft and its submission, in the order of the rubric."""
    rubric = rubric_of(inspection.rubric_version)
    disputed = {row.criterion for row in inspection.answers if row.disputed == ""}
    missing: list[Incomplete] = []
    for line in score.criteria:
        if line.state in (State.missing, State.waiting):
            missing.append(Incomplete(line.code, "answer"))
        elif line.code in disputed:
            missing.append(Incomplete(line.code, "reason"))
        elif lacks_evidence(inspection, rubric, line):
            missing.append(Incomplete(line.code, "evidence"))
    return missing


def submit_inspection(
    session: Session,
    actor: User,
    inspection: Inspection,
    *,
    revision: int,
    confirmed_critical: bool = False,
    seconds: int = 0,
) -> InspectionScore:
    """Submit: fix score and points, close the assignment, mark the sample inspected when all its scorings are in."""
    require_open(inspection)
    if revision != inspection.revision:
        raise Changed
    score = score_of(inspection)
    missing = find_missing(inspection, score)
    if missing:
        raise missing[0]
    if not score.is_scoreable:
        raise NotScoreable
    if score.is_critical and not confirmed_critical:
        raise CriticalUnconfirmed(tuple(line.code for line in score.criteria if line.is_critical_error))
    _claim(session, inspection)
    fix_figures(inspection, score)
    inspection.submitted_at = now()
    inspection.seconds_spent += min(max(0, seconds), LONGEST_SAVE_SECONDS)
    _close_assignment(inspection)
    session.flush()
    audit.record(
        session,
        actor,
        action="inspection.submit",
        thing=inspection,
        score=score.score,
        quality=score.quality,
        critical=list(score.critical_classes),
        revision=inspection.revision,
    )
    return score


def _claim(session: Session, inspection: Inspection) -> None:
    """Leave the draft state; the database lets only one of two submissions, or of a submission and a save, through."""
    claimed = session.execute(
        update(Inspection)
        .where(
            Inspection.id == inspection.id,
            Inspection.revision == inspection.revision,
            Inspection.state == InspectionState.draft,
        )
        .values(state=InspectionState.submitted)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise Changed
    session.refresh(inspection, ["state"])


def fix_figures(inspection: Inspection, score: InspectionScore) -> None:
    """Store what was computed, in full; measured criteria get a row that keeps their figure."""
    inspection.quality = score.quality
    inspection.score = score.score
    inspection.is_critical = score.is_critical
    inspection.critical_classes = [str(kind) for kind in score.critical_classes]
    rows = {row.criterion: row for row in inspection.answers}
    for line in score.criteria:
        row = rows.get(line.code)
        if row is None and line.datum is not None:
            row = Answer(criterion=line.code, value={}, answered_at=now())
            inspection.answers.append(row)
        if row is None:
            continue
        if line.datum is not None:
            row.value = {"measured": line.datum}
        row.points = line.points
        row.lost_points = line.lost_points if line.points is not None else None


def _close_assignment(inspection: Inspection) -> None:
    if inspection.assignment is None:
        return
    inspection.assignment.state = AssignmentState.done
    sample = inspection.assignment.sample
    if all(assignment.state != AssignmentState.open for assignment in sample.assignments):
        sample.state = SampleState.inspected


def close_windows(session: Session, actor: User | None = None) -> int:
    """Make final what was submitted more than the appeal window ago; return how many. Appealed ones wait."""
    calendar = working_calendar(session)
    today = now().astimezone(calendar.zone).date()
    submitted = session.scalars(select(Inspection).where(Inspection.state == InspectionState.submitted))
    closed = 0
    for inspection in submitted:
        assert inspection.submitted_at is not None
        submitted_on = inspection.submitted_at.astimezone(calendar.zone).date()
        if calendar.add_working_days(submitted_on, WINDOW_WORKING_DAYS) < today:
            inspection.state, inspection.final_at = InspectionState.final, now()
            audit.record(session, actor, action="inspection.finalise", thing=inspection)
            closed += 1
    return closed


def can_undo(inspection: Inspection) -> bool:
    """Whether the submission can still be taken back; a ruling of the lead builds on it."""
    if inspection.state != InspectionState.submitted or inspection.submitted_at is None:
        return False
    if inspection.sample is not None and inspection.sample.ruling:
        return False
    return now() - inspection.submitted_at <= timedelta(minutes=UNDO_MINUTES)


def undo_submit(session: Session, actor: User, inspection: Inspection) -> None:
    """Take a submission back: it is a draft again, with every answer where it was."""
    if not can_undo(inspection):
        raise TooLate
    before = {"score": inspection.score, "submitted_at": inspection.submitted_at}
    inspection.state = InspectionState.draft
    inspection.submitted_at = None
    inspection.quality = inspection.score = None
    inspection.is_critical, inspection.critical_classes = False, []
    for row in inspection.answers:
        row.points = row.lost_points = None
        if "measured" in row.value:
            row.value = {}
    if inspection.assignment is not None:
        inspection.assignment.state = AssignmentState.open
        inspection.assignment.sample.state = SampleState.assigned
    audit.record(session, actor, action="inspection.undo_submit", thing=inspection, before=before)
