"""What waits for a person, by role: a short list of things to do, each with its count and the page that settles it.

Every entry is one count; a home page issues a fixed number of queries whatever the centre's size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from qa_app.access import visible_inspections
from qa_app.assessment.service import window_end
from qa_app.calibration.findings import list_findings
from qa_app.clock import now
from qa_app.inspections.lead_queries import count_decisions
from qa_app.models import (
    Agent,
    AssessmentPeriod,
    Assignment,
    AssignmentState,
    Conversation,
    Draw,
    ImportRun,
    Inspection,
    InspectionState,
    JobRun,
    JobState,
    PeriodState,
    RoleName,
    RubricVersion,
    Sample,
    SampleState,
    SamplingPlan,
    Sheet,
    SheetState,
    User,
    VersionState,
)
from qa_app.web.filters import format_month, format_number
from qa_app.web.i18n import current_time_zone, html_language

__all__ = ["DrawPace", "Task", "list_tasks", "read_pace"]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: how many, what, by when, and where."""

    count: int
    title: str
    note: str
    url: str
    action: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class DrawPace:
    """How far the inspections of a draw are."""

    draw_id: int
    name: str
    month: str
    inspected: int
    total: int
    overdue: int


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def list_tasks(session: Session, actor: User) -> list[Task]:
    """Return what waits for the actor in all their roles, urgent things first; nothing waiting gives an empty list."""
    tasks = [task for role in RoleName if role in actor.role_names for task in _BY_ROLE[role](session, actor)]
    return sorted((task for task in tasks if task.count), key=lambda task: not task.is_urgent)


def _for_inspector(session: Session, actor: User) -> Iterator[Task]:
    mine = select(Assignment.id).where(Assignment.inspector_id == actor.id, Assignment.state == AssignmentState.open)
    late = _count(session, mine.where(Assignment.due_at < now()))
    soon = _count(session, mine.where(Assignment.due_at >= now(), Assignment.due_at < now() + timedelta(days=2)))
    waiting = _count(session, mine)
    queue = url_for("inspections.queue")
    yield Task(late, ngettext("inspection is overdue", "inspections are overdue", late), "", queue, _("Start"), True)
    yield Task(soon, ngettext("inspection is due soon", "inspections are due soon", soon), "", queue, _("Start"))
    rest = waiting - late - soon
    yield Task(rest, ngettext("inspection waits", "inspections wait", rest), "", queue, _("Start next"))


def _for_lead(session: Session, actor: User) -> Iterator[Task]:  # noqa: ARG001
    cases = count_decisions(session)
    yield Task(
        cases,
        ngettext("case waits for your word", "cases wait for your word", cases),
        _("Not scoreable, two inspectors who disagree, or a measurement in doubt."),
        url_for("inspections.decisions"),
        _("Decide"),
        True,
    )
    late_query = select(Assignment.id).where(Assignment.state == AssignmentState.open, Assignment.due_at < now())
    late = _count(session, late_query)
    yield Task(
        late,
        ngettext("inspection is overdue", "inspections are overdue", late),
        _("Hand some over to somebody with room."),
        url_for("inspections.work"),
        _("See them"),
        True,
    )
    yield from _review_tasks(session)
    yield from _calibration_tasks(session)
    drafts = _count(session, select(RubricVersion.id).where(RubricVersion.state == VersionState.draft))
    yield Task(drafts, ngettext("rubric draft", "rubric drafts", drafts), "", url_for("rubrics.index"), _("Go on"))
    open_draws = _count(
        session,
        select(Draw.id)
        .where(Draw.handed_out_at.is_(None))
        .join(SamplingPlan)
        .where(SamplingPlan.archived_at.is_(None)),
    )
    yield Task(
        open_draws,
        ngettext("plan is not handed out yet", "plans are not handed out yet", open_draws),
        "",
        url_for("sampling.plans"),
        _("Go on"),
    )


def _review_tasks(session: Session) -> Iterator[Task]:
    periods = session.scalars(select(AssessmentPeriod).where(AssessmentPeriod.state == PeriodState.computed))
    for period in periods:
        revision = period.revision
        left = 0 if revision is None else _count(
            session, select(Sheet.id).where(Sheet.revision_id == revision.id, Sheet.reviewed_at.is_(None))
        )  # fmt: skip
        title = ngettext(
            "sheet to review in %(month)s", "sheets to review in %(month)s", left, month=format_month(period.month)
        )
        yield Task(max(left, 1), title, "", url_for("assessment.show", month=period.month), _("Review"))


def _calibration_tasks(session: Session) -> Iterator[Task]:
    for found in list_findings(session, now(), ZoneInfo(current_time_zone()), html_language()):
        url = url_for("calibration.pairs", code=found.code) if found.code else url_for("calibration.inspectors")
        yield Task(found.count, found.title, found.note, url, _("Look"))


def _for_supervisor(session: Session, actor: User) -> Iterator[Task]:
    recent = now() - timedelta(days=7)
    seen = visible_inspections(actor)
    critical = _count(
        session, select(Inspection.id).where(seen, Inspection.is_critical, Inspection.submitted_at >= recent)
    )
    yield Task(
        critical,
        ngettext("critical error in the last week", "critical errors in the last week", critical),
        "",
        url_for("sheets.index"),
        _("Read"),
        True,
    )
    objected = select(Sheet.id).where(Sheet.state == SheetState.objected)
    objected = objected.where(Sheet.agent.has(_of_teams(actor)))
    count = _count(session, objected)
    title = ngettext("sheet was objected to", "sheets were objected to", count)
    yield Task(count, title, _("Talk about it, then comment."), url_for("sheets.index"), _("Read"), True)


def _of_teams(actor: User) -> Any:
    return Agent.team_id.in_([team.id for team in actor.supervised_teams])


def _for_agent(session: Session, actor: User) -> Iterator[Task]:
    unread = select(Sheet.id).where(
        Sheet.agent_id == actor.agent_id, or_(Sheet.state == SheetState.published, Sheet.state == SheetState.seen)
    )
    count = _count(session, unread) if actor.agent_id else 0
    title = ngettext("scorecard to acknowledge", "scorecards to acknowledge", count)
    yield Task(count, title, "", url_for("scorecard.index"), _("Read"))


_NEXT_STEP = {
    PeriodState.open: "compute",
    PeriodState.reviewed: "approve",
    PeriodState.approved: "publish",
    PeriodState.published: "lock",
}


def _for_hr(session: Session, actor: User) -> Iterator[Task]:  # noqa: ARG001
    words = {
        "compute": _("is open: compute it"),
        "approve": _("is reviewed: approve it"),
        "publish": _("is approved: publish it"),
        "lock": _("is published, and the time to answer has ended: lock it"),
    }
    periods = session.scalars(select(AssessmentPeriod).where(AssessmentPeriod.state != PeriodState.locked))
    for period in periods:
        step = _NEXT_STEP.get(PeriodState(period.state))
        # Until its window has ended a published month waits for its agents, and then it locks by itself.
        ended_at = window_end(session, period)
        if step and (step != "lock" or (ended_at is not None and ended_at <= now())):
            title = f"{format_month(period.month)} {words[step]}"
            yield Task(1, title, "", url_for("assessment.show", month=period.month), _("Go on"))


def _for_administrator(session: Session, actor: User) -> Iterator[Task]:  # noqa: ARG001
    failed = _count(
        session, select(JobRun.id).where(JobRun.state == JobState.failed, JobRun.finished_at >= _last_week())
    )
    title = ngettext("job failed in the last week", "jobs failed in the last week", failed)
    yield Task(failed, title, "", url_for("jobs.index"), _("See why"), True)
    stopped = _count(session, select(ImportRun.id).where(ImportRun.state.in_(("running", "failed", "mapped"))))
    title = ngettext("import is not finished", "imports are not finished", stopped)
    yield Task(stopped, title, "", url_for("imports.index"), _("Go on"))


def _last_week() -> datetime:
    return now() - timedelta(days=7)


_BY_ROLE: dict[RoleName, Callable[[Session, User], Iterator[Task]]] = {
    RoleName.inspector: _for_inspector,
    RoleName.qa_lead: _for_lead,
    RoleName.supervisor: _for_supervisor,
    RoleName.agent: _for_agent,
    RoleName.hr: _for_hr,
    RoleName.administrator: _for_administrator,
}


def read_pace(session: Session, *, limit: int = 6) -> list[DrawPace]:
    """Return how far the newest draws are: inspected of all samples, and how many are overdue."""
    done = func.count().filter(Sample.state == SampleState.inspected)
    live = func.count().filter(Sample.state != SampleState.replaced)
    rows = session.execute(
        select(Draw.id, SamplingPlan.name, SamplingPlan.month, done, live)
        .join(SamplingPlan, Draw.plan_id == SamplingPlan.id)
        .join(Sample, Sample.draw_id == Draw.id)
        .group_by(Draw.id, SamplingPlan.name, SamplingPlan.month)
        .order_by(SamplingPlan.month.desc(), Draw.id.desc())
        .limit(limit)
    ).all()
    late = dict(
        session.execute(
            select(Sample.draw_id, func.count())
            .join(Assignment, Assignment.sample_id == Sample.id)
            .where(Assignment.state == AssignmentState.open, Assignment.due_at < now())
            .group_by(Sample.draw_id)
        ).all()
    )
    return [
        DrawPace(draw, name, month, inspected, total, late.get(draw, 0)) for draw, name, month, inspected, total in rows
    ]


def is_empty(session: Session) -> bool:
    """Tell whether nothing was ever imported: the page then leads to the first import."""
    return session.scalar(select(Conversation.id).limit(1)) is None


def describe_inspected(session: Session, actor: User) -> str:
    """Say how many inspections the actor submitted in the last seven days."""
    count = _count(
        session,
        select(Inspection.id).where(
            Inspection.inspector_id == actor.id,
            Inspection.state != InspectionState.draft,
            Inspection.submitted_at >= _last_week(),
        ),
    )
    return format_number(count)
