"""Submitting an inspection, and taking it back within ten minutes.

What is missing is judged here, by what the database has: the page only shows it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from qa_app import audit
from qa_app.clock import now
from qa_app.inspections.answers import scoring_answers
from qa_app.inspections.drafts import LONGEST_SAVE_SECONDS, require_open, require_takes_answers
from qa_app.inspections.proposed import settle_proposals, unsettle_proposals
from qa_app.inspections.refusals import Changed, Closed, CriticalUnconfirmed, Incomplete, NotScoreable, TooLate
from qa_app.inspections.showing import mark_waiting, show_published
from qa_app.models import (
    Answer,
    Assignment,
    AssignmentState,
    CalibrationConversation,
    CalibrationSession,
    Inspection,
    InspectionState,
    Sample,
    SamplePurpose,
    SampleState,
    User,
)
from qa_app.people.appeal_rules import appeal_clock
from qa_app.rubrics.queries import load_definition
from qa_app.sampling.notices import close_done
from scoring.rubric import CriterionScore, InspectionScore, Kind, Rubric, State, score_inspection

UNDO_MINUTES = 10


def score_of(inspection: Inspection) -> InspectionScore:
    """Score an inspection as it stands, finished or not."""
    rubric = load_definition(inspection.rubric_version)
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
    rubric = load_definition(inspection.rubric_version)
    # What is called wrong needs its reason: a figure that is disputed, a criterion that cannot be scored as written.
    unexplained = {
        row.criterion
        for row in inspection.answers
        if row.disputed == "" or (row.value.get("unscoreable") and not row.reason.strip())
    }
    missing: list[Incomplete] = []
    for line in score.criteria:
        if line.state in (State.missing, State.waiting):
            missing.append(Incomplete(line.code, "answer"))
        elif line.code in unexplained:
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
    if not score.is_scoreable and inspection.purpose == SamplePurpose.work:
        raise NotScoreable  # in a calibration session that is an answer like any other
    if score.is_critical and not confirmed_critical:
        raise CriticalUnconfirmed(tuple(line.code for line in score.criteria if line.is_critical_error))
    if not _hold_calibration(session, inspection):
        raise Closed("revealed")
    _claim(session, inspection)
    _close_assignment(session, inspection)
    fix_figures(inspection, score)
    settle_proposals(inspection)
    inspection.submitted_at = now()
    mark_waiting(session, inspection, inspection.conversation)
    inspection.seconds_spent += min(max(0, seconds), LONGEST_SAVE_SECONDS)
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
    close_done(session, {inspection.inspector_id}, because="done", done=inspection.assignment)
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
    set_committed_value(inspection, "state", InspectionState.submitted)


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


def _hold_calibration(session: Session, inspection: Inspection) -> bool:
    """Take the lock of the calibration session it was scored in, so that no end of it crosses; false where it is over.

    Daily work has none to hold.
    """
    if inspection.purpose != SamplePurpose.calibration:
        return True
    scored_in = select(CalibrationConversation.session_id).where(
        CalibrationConversation.sample_id == inspection.sample_id
    )
    held = session.execute(
        update(CalibrationSession)
        .where(CalibrationSession.id.in_(scored_in))
        .where(CalibrationSession.revealed_at.is_(None), CalibrationSession.cancelled_at.is_(None))
        .values(name=CalibrationSession.name)
        .execution_options(synchronize_session=False)
    )
    return bool(held.rowcount)  # type: ignore[attr-defined]


def _close_assignment(session: Session, inspection: Inspection) -> None:
    """Mark it done, if it is still open: it may have been withdrawn since it was read."""
    assignment = inspection.assignment
    if assignment is None:
        return
    closed = session.execute(
        update(Assignment)
        .where(Assignment.id == assignment.id, Assignment.state == AssignmentState.open)
        .values(state=AssignmentState.done)
        .execution_options(synchronize_session=False)
    )
    if closed.rowcount != 1:  # type: ignore[attr-defined]
        session.refresh(assignment, ["state", "needs_lead"])
        session.refresh(assignment.sample, ["state"])
        require_takes_answers(assignment)  # says where it went
        raise Closed("withdrawn")
    set_committed_value(assignment, "state", AssignmentState.done)
    others = session.scalar(
        select(func.count())
        .select_from(Assignment)
        .where(Assignment.sample_id == inspection.sample_id, Assignment.id != inspection.assignment_id)
        .where(Assignment.state == AssignmentState.open)
    )
    if not others:
        assignment.sample.state = SampleState.inspected


def window_ends_at(session: Session, inspection: Inspection) -> datetime | None:
    """When the time to appeal ends; none while the agent cannot see it, or once nothing can be disputed any more."""
    if inspection.shown_since is None or inspection.state not in (InspectionState.submitted, InspectionState.appealed):
        return None
    return appeal_clock(session).window_ends_at(inspection.shown_since)


def close_windows(session: Session, actor: User | None = None) -> int:
    """Make final what can no longer be appealed: the window has passed, or the appeal is decided. Returns how many.

    Of two workers at the same moment one closes an inspection and the other finds it done.
    """
    show_published(session, actor)
    clock, moment = appeal_clock(session), now()
    waiting = session.scalars(
        select(Inspection)
        .where(Inspection.state.in_((InspectionState.submitted, InspectionState.decided)))
        .where(Inspection.purpose == SamplePurpose.work)
        .order_by(Inspection.id)
    )
    closed = 0
    for inspection in waiting:
        shown_since = inspection.shown_since
        is_decided = inspection.state == InspectionState.decided
        if is_decided or (shown_since is not None and clock.window_ends_at(shown_since) <= moment):
            try:
                enter_state(session, inspection, InspectionState.final)
            except Changed:  # an appeal came in at this very moment, or another worker was here
                continue
            inspection.final_at = moment
            audit.record(session, actor, action="inspection.finalise", thing=inspection)
            closed += 1
    return closed


def enter_state(session: Session, inspection: Inspection, state: InspectionState) -> None:
    """Go from the state read to the next one; refused where somebody else was faster, by the database's word."""
    moved = session.execute(
        update(Inspection)
        .where(Inspection.id == inspection.id, Inspection.state == inspection.state)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        session.expire(inspection, ["state"])
        raise Changed
    set_committed_value(inspection, "state", state)


def can_undo(inspection: Inspection) -> bool:
    """Whether the submission can still be taken back; a ruling of the lead builds on it."""
    if inspection.state != InspectionState.submitted or inspection.submitted_at is None:
        return False
    if inspection.sample is not None and inspection.sample.ruling:
        return False
    if any("ruling" in row.value for row in inspection.answers):
        return False
    return now() - inspection.submitted_at <= timedelta(minutes=UNDO_MINUTES)


def undo_submit(session: Session, actor: User, inspection: Inspection) -> None:
    """Take a submission back: it is a draft again, with every answer where it was.

    An appeal, a ruling, the end of the window or of its calibration session that came at the same moment stands: then
    it is too late.
    """
    if not _hold_calibration(session, inspection):
        raise TooLate
    _hold_rulings(session, inspection)
    if not can_undo(inspection):
        raise TooLate
    try:
        enter_state(session, inspection, InspectionState.draft)
    except Changed as taken:
        raise TooLate from taken
    before = {"score": inspection.score, "submitted_at": inspection.submitted_at}
    inspection.submitted_at = inspection.shown_at = None
    inspection.waits_for_month = False
    inspection.quality = inspection.score = None
    inspection.is_critical, inspection.critical_classes = False, []
    unsettle_proposals(inspection)
    for row in inspection.answers:
        row.points = row.lost_points = None
        if "measured" in row.value:
            row.value = {}
    if inspection.assignment is not None:
        inspection.assignment.state = AssignmentState.open
        inspection.assignment.sample.state = SampleState.assigned
    audit.record(session, actor, action="inspection.undo_submit", thing=inspection, before=before)


def _hold_rulings(session: Session, inspection: Inspection) -> None:
    """Lock what the lead rules on, and read anew what was ruled: perhaps since it was read here.

    A lock is taken by writing what stands there; on SQLite it is the one of every writer.
    """
    unchanged = {"synchronize_session": False}
    if inspection.sample is not None:
        same = update(Sample).where(Sample.id == inspection.sample_id).values(state=Sample.state)
        session.execute(same.execution_options(**unchanged))
        session.refresh(inspection.sample, ["ruling"])
    same = update(Inspection).where(Inspection.id == inspection.id).values(state=Inspection.state)
    session.execute(same.execution_options(**unchanged))
    answers = select(Answer).where(Answer.inspection_id == inspection.id)
    session.scalars(answers.execution_options(populate_existing=True)).all()
