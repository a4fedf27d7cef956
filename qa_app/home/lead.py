"""What waits for the QA lead: decisions, late work by inspector, calibration sessions, standards and plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_app.appeals.queries import appeals_to_decide
from qa_app.calibration.findings import Finding
from qa_app.clock import now
from qa_app.db import read_figures
from qa_app.home.coaching import list_coaching, list_forms, list_trainings
from qa_app.home.months import MonthLine
from qa_app.home.months import list_for_lead as list_reviews
from qa_app.inspections.lead_queries import read_decisions
from qa_app.models import (
    AppealRecheck,
    Assignment,
    AssignmentState,
    CalibrationConversation,
    CalibrationSession,
    CaseState,
    Draw,
    LibraryCase,
    RecheckState,
    RubricVersion,
    Sample,
    SamplePurpose,
    SampleState,
    SamplingPlan,
    ScreeningModel,
    User,
    VersionState,
)
from qa_app.screening.auditing import AUDIT_DUE
from qa_app.web.waiting import Task
from scoring.timing.working import WorkingCalendar

__all__ = ["list_appeals", "list_findings", "list_for_lead"]

_NAMED_INSPECTORS = 4


def list_for_lead(
    session: Session, actor: User, calendar: WorkingCalendar, months: Sequence[MonthLine]
) -> Iterator[Task]:
    """Everything but what the figures about inspectors say (`list_findings`)."""
    yield from list_appeals(session, actor)
    yield from _decisions(session)
    yield from _late_work(session)
    yield from _sessions(session)
    yield from list_reviews(months)
    yield from list_coaching(session, actor, calendar)
    yield from list_forms(session, actor, calendar)
    yield from list_trainings(session, actor)
    yield from _standards(session)


def list_appeals(session: Session, actor: User) -> Iterator[Task]:
    """Appeals the actor may decide, by the day the first is due."""
    waiting = appeals_to_decide(session, actor)
    late = ngettext("%(num)s is overdue.", "%(num)s are overdue.", waiting.overdue)
    note = late if 0 < waiting.overdue < waiting.count else ""
    title = ngettext("appeal to decide", "appeals to decide", waiting.count)
    address = url_for("appeals.index", state="waiting")
    yield Task(
        waiting.count,
        title,
        address,
        _("Decide"),
        note,
        waiting.first_due_at,
        is_urgent=bool(waiting.overdue),
        icon="gavel",
        pressing=waiting.overdue or None,
    )


def list_findings(findings: Sequence[Finding]) -> Iterator[Task]:
    """Inspectors to calibrate and criteria that are read differently."""
    for found in findings:
        url = url_for("calibration.pairs", code=found.code) if found.code else url_for("calibration.inspectors")
        icon = "quote" if found.code else "scale"
        yield Task(found.count, found.title, url, _("Look"), found.note, icon=icon)


def _decisions(session: Session) -> Iterator[Task]:
    waiting = read_decisions(session)
    title = ngettext("case waits for your word", "cases wait for your word", waiting.total)
    said = (
        (waiting.referred, ngettext("%(num)s not scoreable", "%(num)s not scoreable", waiting.referred)),
        (
            waiting.disagreements,
            ngettext("%(num)s on which two disagree", "%(num)s on which two disagree", waiting.disagreements),
        ),
        (waiting.disputes, ngettext("%(num)s measurement in doubt", "%(num)s measurements in doubt", waiting.disputes)),
    )
    note = " · ".join(str(words) for count, words in said if count)
    url = url_for("inspections.decisions")
    late = waiting.overdue or None
    yield Task(
        waiting.total, title, url, _("Decide"), note, waiting.first_due_at, is_urgent=True, icon="gavel", pressing=late
    )


def _late_work(session: Session) -> Iterator[Task]:
    """Late samples of each inspector who has some: the longest lists by name, the others together."""
    count = func.count(Assignment.id)
    rows = session.execute(
        select(User.id, User.name, count, func.min(Assignment.due_at))
        .join(Assignment, Assignment.inspector_id == User.id)
        .join(Assignment.sample)
        .where(
            Assignment.state == AssignmentState.open,
            Assignment.due_at < now(),
            Sample.purpose == SamplePurpose.work,
            Sample.state != SampleState.replaced,
        )
        .group_by(User.id, User.name)
        .order_by(count.desc(), User.name)
    ).all()
    named = rows if len(rows) <= _NAMED_INSPECTORS else rows[: _NAMED_INSPECTORS - 1]
    for key, name, late, first_due_at in named:
        title = ngettext("inspection of %(name)s is overdue", "inspections of %(name)s are overdue", late, name=name)
        address = url_for("inspections.work", inspector=key)
        yield Task(
            late, title, address, _("Hand over"), "", first_due_at, is_urgent=True, icon="clipboard", pressing=late
        )
    others = rows[len(named) :]
    late = sum(row[2] for row in others)
    title = ngettext("more inspection is overdue", "more inspections are overdue", late)
    note = ngettext("Of %(num)s other inspector.", "Of %(num)s other inspectors.", len(others))
    first = min((row[3] for row in others if row[3]), default=None)
    address = url_for("inspections.work")
    yield Task(late, title, address, _("Hand over"), note, first, is_urgent=True, icon="clipboard", pressing=late)


def _sessions(session: Session) -> Iterator[Task]:
    """Calibration sessions that are not revealed: ready, or how far they are."""
    rows = session.execute(
        select(
            CalibrationSession.id,
            CalibrationSession.name,
            CalibrationSession.due_at,
            func.count(Assignment.id),
            func.count(Assignment.id).filter(Assignment.state == AssignmentState.done),
        )
        .join(CalibrationConversation, CalibrationConversation.session_id == CalibrationSession.id)
        .join(Assignment, Assignment.sample_id == CalibrationConversation.sample_id)
        .where(
            CalibrationSession.revealed_at.is_(None),
            CalibrationSession.cancelled_at.is_(None),
            Assignment.state != AssignmentState.withdrawn,
        )
        .group_by(CalibrationSession.id)
        .order_by(CalibrationSession.due_at)
    )
    for key, name, due_at, everything, done in rows:
        address = url_for("calibration_sessions.show", session_id=key)
        if done >= everything:
            title, note = _("calibration is ready to reveal: %(name)s", name=name), _("All scores are in.")
            yield Task(1, title, address, _("Reveal"), note, due_at, is_named=True, icon="eye")
        else:
            title = _("calibration is running: %(name)s", name=name)
            note = _("%(done)s of %(all)s scores are in.", done=done, all=everything)
            yield Task(1, title, address, _("Look"), note, due_at, is_named=True, icon="scale")


def _standards(session: Session) -> Iterator[Task]:
    """Siblings to look at again, cases, drafts, plans and the audit of learned scores: one query."""
    siblings = AppealRecheck.state == RecheckState.open
    active = ScreeningModel.is_active.is_(True)
    found = read_figures(
        session,
        rechecks=_count(AppealRecheck.id).where(siblings),
        rechecks_due=select(func.min(AppealRecheck.due_at)).where(siblings),
        rechecks_late=_count(AppealRecheck.id).where(siblings, AppealRecheck.due_at <= now()),
        cases=_count(LibraryCase.id).where(LibraryCase.state == CaseState.proposed),
        drafts=_count(RubricVersion.id).where(RubricVersion.state == VersionState.draft),
        plans=_count(Draw.id)
        .join(SamplingPlan)
        .where(Draw.handed_out_at.is_(None), SamplingPlan.archived_at.is_(None)),
        model=select(func.max(ScreeningModel.id)).where(active),
        audited_at=select(func.max(ScreeningModel.audited_at)).where(active),
    )
    title = ngettext("inspection to look at again", "inspections to look at again", found.rechecks)
    note = _("Siblings of an appeal that was upheld.")
    address = url_for("appeals.rechecks")
    late = found.rechecks_late or None
    yield Task(found.rechecks, title, address, _("Look"), note, found.rechecks_due, icon="repeat", pressing=late)
    title = ngettext("case waits for your consent", "cases wait for your consent", found.cases)
    yield Task(found.cases, title, url_for("library.index"), _("Read"), icon="bookmark")
    title = ngettext("rubric draft", "rubric drafts", found.drafts)
    yield Task(found.drafts, title, url_for("rubrics.index"), _("Go on"), icon="list-details")
    title = ngettext("plan is not handed out yet", "plans are not handed out yet", found.plans)
    yield Task(found.plans, title, url_for("sampling.plans"), _("Go on"), icon="dice-5")
    if found.model is not None:
        due_at = None if found.audited_at is None else found.audited_at + AUDIT_DUE
        if due_at is None or due_at <= now() + timedelta(days=14):
            title = _("audit of the learned scores")
            note = _("Never audited.") if due_at is None else ""
            yield Task(
                1,
                title,
                url_for("screening.index"),
                _("Audit"),
                note,
                due_at,
                is_urgent=due_at is None,
                is_named=True,
                icon="robot",
            )


def _count(column: Any) -> Select[Any]:
    return select(func.count(column))
