"""What waits for an agent: a sheet to acknowledge, appeals, coaching, ratings, trainings; each with its date.

Shown above the scorecard, and on the home page of whoever is an agent and something else as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from qa_app.appeals.queries import open_windows
from qa_app.assessment.service import answers_until
from qa_app.clock import now
from qa_app.models import (
    ActionState,
    Appeal,
    AssessmentPeriod,
    Attendance,
    AttendanceState,
    CoachingAction,
    PeriodRevision,
    Rating,
    RatingKind,
    RatingRound,
    Sheet,
    SheetState,
    TestResult,
    TrainingSession,
    User,
)
from qa_app.web.filters import format_month
from qa_app.web.waiting import Task, count_pressing, end_of_day
from scoring.timing.working import WorkingCalendar

__all__ = ["list_for_agent"]

_FULL_SCORE = 100
_NEWS = timedelta(days=7)


def list_for_agent(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    """Return the tasks of the agent that the actor is; none for others. Seven queries, and the rules of appeals."""
    if actor.agent_id is None:
        return
    yield from _sheets(session, actor, calendar)
    yield from _appeals(session, actor, calendar)
    yield from _coaching(session, actor, calendar)
    yield from _forms(session, actor, calendar)
    yield from _trainings(session, actor)
    yield from _results(session, actor)


def _sheets(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    rows = session.execute(
        select(AssessmentPeriod.month, AssessmentPeriod.published_at)
        .join(PeriodRevision, PeriodRevision.period_id == AssessmentPeriod.id)
        .join(Sheet, Sheet.revision_id == PeriodRevision.id)
        .where(Sheet.agent_id == actor.agent_id, Sheet.state.in_((SheetState.published, SheetState.seen)))
        .order_by(AssessmentPeriod.month)
    )
    for month, published_at in rows:
        title = _("scorecard to acknowledge: %(month)s", month=format_month(month))
        due_at = answers_until(published_at, calendar) if published_at else None
        address = url_for("scorecard.index", month=month)
        yield Task(
            1, title, address, _("Read"), _("Or object to it with a reason."), due_at, is_named=True, icon="signature"
        )


def _appeals(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    decided = session.scalar(
        select(func.count(Appeal.id)).where(
            Appeal.agent_id == actor.agent_id, Appeal.decided_at.is_not(None), Appeal.seen_at.is_(None)
        )
    )
    title = ngettext("appeal was decided", "appeals were decided", decided or 0)
    yield Task(decided or 0, title, url_for("appeals.mine"), _("Read"), is_urgent=True, icon="gavel")
    ends = [window.ends_at for window in open_windows(session, actor) if window.score < _FULL_SCORE]
    title = ngettext(
        "inspection lost points and can be appealed", "inspections lost points and can be appealed", len(ends)
    )
    note = _("Only if you think that an answer is not right. The date is that of the first.")
    pressing, address = count_pressing(((end, 1) for end in ends), calendar, now()), url_for("appeals.mine")
    yield Task(len(ends), title, address, _("Look"), note, min(ends, default=None), icon="help", pressing=pressing)


def _coaching(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    answered = CoachingAction.replied_at.is_not(None)
    rows = session.execute(
        select(answered, CoachingAction.due_on, func.count(CoachingAction.id))
        .where(CoachingAction.agent_id == actor.agent_id, CoachingAction.state == ActionState.open)
        .group_by(answered, CoachingAction.due_on)
    )
    by_kind: dict[bool, list[tuple[datetime, int]]] = {}
    for is_answered, due_on, count in rows:
        by_kind.setdefault(bool(is_answered), []).append((end_of_day(due_on, calendar), count))
    for is_answered, found in by_kind.items():
        count, due_at = sum(count for _due, count in found), min(due for due, _count in found)
        if is_answered:
            title, action = ngettext("coaching to practise", "coachings to practise", count), _("Look")
        else:
            title, action = ngettext("coaching to answer", "coachings to answer", count), _("Answer")
        address, pressing = url_for("coaching.index", state="open"), count_pressing(found, calendar, now())
        yield Task(count, title, address, action, "", due_at, icon="target", pressing=pressing)


def _forms(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    """Forms of open rounds: the one about oneself, and those about colleagues."""
    day = now().astimezone(calendar.zone).date()
    is_own = Rating.kind == RatingKind.own
    rows = session.execute(
        select(RatingRound.name, RatingRound.closes_on, is_own, func.count(Rating.id))
        .join(Rating, Rating.round_id == RatingRound.id)
        .where(
            Rating.rater_id == actor.id,
            Rating.kind != RatingKind.supervisor,
            Rating.submitted_at.is_(None),
            and_(RatingRound.opens_on <= day, RatingRound.closes_on >= day),
        )
        .group_by(RatingRound.id, is_own)
        .order_by(RatingRound.closes_on)
    )
    for name, closes_on, about_oneself, count in rows:
        title = (
            ngettext("self-assessment to fill in", "self-assessments to fill in", count)
            if about_oneself
            else ngettext("rating of a colleague to give", "ratings of colleagues to give", count)
        )
        due_at = end_of_day(closes_on, calendar)
        address = url_for("ratings.index")
        yield Task(count, title, address, _("Fill in"), name, due_at, icon="star", pressing=count)


def _trainings(session: Session, actor: User) -> Iterator[Task]:
    rows = session.execute(
        select(TrainingSession.id, TrainingSession.topic, TrainingSession.held_at, TrainingSession.place)
        .join(Attendance, Attendance.session_id == TrainingSession.id)
        .where(
            Attendance.agent_id == actor.agent_id,
            Attendance.state == AttendanceState.invited,
            TrainingSession.held_at > now(),
        )
        .order_by(TrainingSession.held_at)
    )
    for key, topic, held_at, place in rows:
        title = _("training: %(topic)s", topic=topic)
        address = url_for("trainings.show", training_id=key)
        yield Task(1, title, address, _("Look"), place, held_at, is_event=True, is_named=True, icon="users-group")


def _results(session: Session, actor: User) -> Iterator[Task]:
    """Results of tests that came in lately; when the next test is, nobody keeps."""
    entered = session.scalar(
        select(func.count(TestResult.id)).where(
            TestResult.agent_id == actor.agent_id, TestResult.entered_at >= now() - _NEWS
        )
    )
    title = ngettext("new test result", "new test results", entered or 0)
    yield Task(entered or 0, title, url_for("results.index"), _("Read"), icon="certificate")
