"""Scores the drawn samples as the invented inspectors would: the planted faults, seen leniently or strictly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.clock import travel
from qa_app.demo.company import INSPECTORS
from qa_app.demo.conversations import Invented
from qa_app.demo.faults import Fault, shift_faults
from qa_app.demo.texts import PRAISE
from qa_app.inspections.content import Content, read_content
from qa_app.inspections.service import (
    AnswerChange,
    EvidenceChange,
    Place,
    Save,
    open_inspection,
    save_answers,
    submit_inspection,
)
from qa_app.models import Assignment, AssignmentState, Sample, User
from qa_app.people.organisation import working_calendar
from qa_app.rubrics.queries import load_definition
from scoring.rubric.definition import Criterion, Kind
from scoring.timing.working import WorkingCalendar

__all__ = ["LENIENCY", "inspect_assignments", "inspect_one"]

LENIENCY = {person.email: person.leniency for person in INSPECTORS}
PRAISE_SHARE = 0.15
ONE_LATE_IN = 16
DAY_OF_WORK = timedelta(hours=7)
# Where in the talk a fault is heard, if not in the step of its own name.
STEP_OF = {
    "order_identified": "need_confirmed",
    "progress_told": "progress",
    "after_sales_rule": "clear_complete",
    "product_facts": "clear_complete",
}


def inspect_assignments(
    session: Session,
    invented: Mapping[str, Invented],
    *,
    draw_ids: list[int],
    begins: datetime,
    latest: datetime,
    due_by: datetime | None = None,
    days: int = 12,
) -> int:
    """Submit the open assignments of some draws on the working days among the `days` from `begins` on.

    Returns how many. Nothing is submitted after `latest`. With `due_by`, what is due later stays open, and a few of the
    others do, as in a month that is still running.
    """
    waiting = session.scalars(
        select(Assignment)
        .join(Sample)
        .where(Sample.draw_id.in_(draw_ids), Assignment.state == AssignmentState.open)
        .order_by(Assignment.due_at, Assignment.id)
        .options(selectinload(Assignment.sample).selectinload(Sample.conversation))
    ).all()
    inspectors = {user.id: user for user in session.scalars(select(User))}
    mornings = _mornings(working_calendar(session), begins, latest, days)
    chosen = [one for number, one in enumerate(waiting) if due_by is None or _is_done(one, number, due_by)]
    for number, assignment in enumerate(chosen):
        moment = mornings[number * len(mornings) // len(chosen)] + timedelta(minutes=7 * (number % 60))
        with travel(min(moment, latest)):
            inspect_one(session, inspectors[assignment.inspector_id], assignment, invented)
    return len(chosen)


def _is_done(assignment: Assignment, number: int, due_by: datetime) -> bool:
    return assignment.due_at is not None and assignment.due_at <= due_by and number % ONE_LATE_IN != 0


def _mornings(calendar: WorkingCalendar, begins: datetime, latest: datetime, days: int) -> list[datetime]:
    """When work begins on each working day that is over by `latest`; on the first day if there is none."""
    every = [begins + timedelta(days=step) for step in range(days)]
    whole = [one for one in every if calendar.is_working_day(one.astimezone(calendar.zone).date())]
    return [one for one in whole if one + DAY_OF_WORK <= latest] or [min(begins, latest)]


def inspect_one(session: Session, inspector: User, assignment: Assignment, invented: Mapping[str, Invented]) -> None:
    """Score and submit one sample as its inspector would."""
    made = invented[assignment.sample.conversation.external_id]
    random = Random(f"{made.record.external_id}:{inspector.email}")  # noqa: S311 (invented data, repeatable on purpose)
    inspection = open_inspection(session, inspector, assignment)
    content = read_content(inspection)
    seen = {fault.criterion: fault for fault in _seen(random, made, LENIENCY[inspector.email])}
    answers, evidence = [], []
    for criterion in load_definition(inspection.rubric_version).criteria():
        if criterion.kind is Kind.measured:
            continue
        level = _level(criterion, seen, made)
        reason = ""
        if level != criterion.answer_levels[0].code:
            evidence.append(_place(criterion.code, made, content, praise=False))
        elif criterion.code == "empathy" and random.random() < PRAISE_SHARE:
            evidence.append(_place(criterion.code, made, content, praise=True))
            reason = PRAISE[made.language]
        answers.append(AnswerChange(criterion.code, {"level": level}, reason))
    save = Save("demo", inspection.revision, random.randint(150, 420), answers, [one for one in evidence if one])
    save_answers(session, inspector, inspection, save)
    submit_inspection(session, inspector, inspection, revision=inspection.revision, confirmed_critical=True)


def _seen(random: Random, made: Invented, leniency: float) -> tuple[Fault, ...]:
    return shift_faults(random, made.agent.team, made.faults, leniency)


def _level(criterion: Criterion, seen: Mapping[str, Fault], made: Invented) -> str:
    """Return the answer: the fault's level, "no" for the critical error, else the best level."""
    if criterion.code in seen:
        return seen[criterion.code].level
    if criterion.code == made.critical:
        return criterion.answer_levels[-1].code
    return criterion.answer_levels[0].code


def _place(code: str, made: Invented, content: Content, *, praise: bool) -> EvidenceChange | None:
    """Point at the turn in which the step was taken; a step that was not taken points at the last thing said."""
    index = made.steps.get(STEP_OF.get(code, code), len(content.said) - 1)
    if not 0 <= index < len(content.said):
        return None
    place = Place("message", turn=content.said[index].sequence)
    return EvidenceChange(f"demo-{code}", code, praise, place)
