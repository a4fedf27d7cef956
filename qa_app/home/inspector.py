"""What waits for an inspector: the queue by its dates, drafts, samples that came back, calibration sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.db import read_figures
from qa_app.inspections.closing import UNDO_MINUTES
from qa_app.inspections.page import Goal
from qa_app.inspections.queries import find_undoable, open_assignments, todays_goal
from qa_app.models import (
    Assignment,
    AssignmentState,
    CalibrationConversation,
    CalibrationSession,
    Inspection,
    InspectionState,
    Sample,
    SamplePurpose,
    User,
)
from qa_app.web.waiting import DueState, Task, count_pressing, due_state
from scoring.timing.working import WorkingCalendar

__all__ = ["InspectorsDay", "list_for_inspector", "read_day"]


@dataclass(frozen=True, slots=True)
class InspectorsDay:
    """Beside the list: today's goal, what was done lately, and what lies with the lead."""

    goal: Goal
    submitted: int
    with_lead: int


def list_for_inspector(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    """The queue in as many tasks as it has kinds of dates; three queries."""
    yield from _queue(session, actor, calendar)
    yield from _sessions(session, actor)
    yield from _undoable(session, actor)


def read_day(session: Session, actor: User) -> InspectorsDay:
    """Read what stands beside the inspector's list."""
    own = Inspection.inspector_id == actor.id
    found = read_figures(
        session,
        submitted=select(func.count(Inspection.id)).where(
            own,
            Inspection.purpose == SamplePurpose.work,
            Inspection.state != InspectionState.draft,
            Inspection.submitted_at >= now() - timedelta(days=7),
        ),
        with_lead=select(func.count(Assignment.id)).where(
            Assignment.inspector_id == actor.id,
            Assignment.state == AssignmentState.open,
            Assignment.needs_lead.is_not(None),
        ),
    )
    return InspectorsDay(todays_goal(session, actor), found.submitted, found.with_lead)


def _queue(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    rows = session.execute(
        select(
            Assignment.due_at,
            (func.coalesce(Inspection.revision, 0) > 0).label("begun"),
            Sample.ruling["instruction"].as_string().is_not(None).label("returned"),
            func.count(),
        )
        .join(Assignment.sample)
        .outerjoin(Inspection, Inspection.assignment_id == Assignment.id)
        .where(Assignment.id.in_(open_assignments(actor)))
        .group_by(Assignment.due_at, "begun", "returned")
    )
    moment = now()
    returned: list[tuple[datetime | None, int]] = []
    drafts: list[tuple[datetime | None, int]] = []
    fresh: dict[DueState, list[tuple[datetime | None, int]]] = {}
    for due_at, is_begun, is_returned, count in rows:
        if is_returned:
            returned.append((due_at, count))
        elif is_begun:
            drafts.append((due_at, count))
        else:
            fresh.setdefault(due_state(due_at, calendar, moment), []).append((due_at, count))
    queue = url_for("inspections.queue")
    count, due_at = _sum(returned)
    title = ngettext("sample came back with the lead’s word", "samples came back with the lead’s word", count)
    note = _("What to do stands above the rubric.")
    pressing = count_pressing(returned, calendar, moment)
    yield Task(count, title, queue, _("Go on"), note, due_at, is_urgent=True, icon="arrow-back-up", pressing=pressing)
    count, due_at = _sum(drafts)
    title = ngettext("inspection is begun", "inspections are begun", count)
    note, pressing = _("Drafts come first in the queue."), count_pressing(drafts, calendar, moment)
    yield Task(count, title, queue, _("Go on"), note, due_at, icon="pencil", pressing=pressing)
    for state, found in fresh.items():
        count, due_at = _sum(found)
        title = (
            ngettext("inspection is overdue", "inspections are overdue", count)
            if state is DueState.overdue
            else ngettext("inspection to do", "inspections to do", count)
        )
        is_late = state is DueState.overdue
        yield Task(count, title, queue, _("Start"), "", due_at, is_urgent=is_late, icon="clipboard", pressing=count)


def _sum(found: list[tuple[datetime | None, int]]) -> tuple[int, datetime | None]:
    """How many, and when the first of them is due."""
    return sum(count for _due, count in found), min((due for due, _count in found if due), default=None)


def _sessions(session: Session, actor: User) -> Iterator[Task]:
    rows = session.execute(
        select(CalibrationSession.id, CalibrationSession.name, CalibrationSession.due_at, func.count(Assignment.id))
        .join(CalibrationConversation, CalibrationConversation.session_id == CalibrationSession.id)
        .join(Assignment, Assignment.sample_id == CalibrationConversation.sample_id)
        .where(
            Assignment.inspector_id == actor.id,
            Assignment.state == AssignmentState.open,
            CalibrationSession.revealed_at.is_(None),
        )
        .group_by(CalibrationSession.id)
        .order_by(CalibrationSession.due_at)
    )
    for key, name, due_at, count in rows:
        title = ngettext(
            "conversation of the calibration “%(name)s” to score",
            "conversations of the calibration “%(name)s” to score",
            count,
            name=name,
        )
        note = _("Scored blind: nobody sees another’s answers before all are in.")
        address = url_for("calibration_sessions.show", session_id=key)
        yield Task(count, title, address, _("Score"), note, due_at, icon="scale", pressing=count)


def _undoable(session: Session, actor: User) -> Iterator[Task]:
    key = find_undoable(session, actor, now() - timedelta(minutes=UNDO_MINUTES))
    if key is not None:
        submitted_at = session.scalars(select(Inspection.submitted_at).where(Inspection.id == key)).one()
        assert submitted_at is not None
        until = submitted_at + timedelta(minutes=UNDO_MINUTES)
        title, address = _("submission can still be undone"), url_for("inspections.queue")
        # An offer, no duty: it is listed with its end and counted with nothing.
        yield Task(1, title, address, _("Look"), "", until, is_named=True, icon="arrow-back-up", pressing=0)
