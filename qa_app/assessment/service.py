"""The steps of a month: compute → review → approve → publish → lock. One function a step, one audit event each.

Computing again starts the next revision at `computed`; what was published stays in force, and visible to its agent,
until the new revision is published.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.assessment.errors import MonthNotOver, NoSuchMonth, NotReviewed, ReasonNeeded, WrongState
from qa_app.assessment.notices import tell_published, tell_step
from qa_app.assessment.open_work import count_open_work, count_undecided, count_unreviewed
from qa_app.assessment.opening import open_period
from qa_app.assessment.same import Comparison
from qa_app.clock import now
from qa_app.inspections.showing import show_published
from qa_app.models import AssessmentPeriod, PeriodRevision, PeriodState, Sheet, SheetState, User
from qa_app.people.organisation import working_calendar
from scoring.timing.working import WorkingCalendar

__all__ = [
    "answers_until",
    "approve_month",
    "compute_month",
    "find_period",
    "lock_ended_months",
    "lock_month",
    "open_period",
    "publish_month",
    "review_month",
    "verify_revision",
    "window_end",
]

WINDOW_WORKING_DAYS = 5


def compute_month(
    session: Session,
    actor: User | None,
    month: str,
    *,
    reason: str = "",
    step: Callable[[int, int], None] | None = None,
) -> PeriodRevision:
    """Freeze the inputs as they are and compute every sheet; see `qa_app.assessment.compute`."""
    from qa_app.assessment import compute  # SciPy is reached late (docs/architecture.md)

    return compute.compute_month(session, actor, month, reason=reason, step=step)


def verify_revision(session: Session, revision: PeriodRevision) -> Comparison:
    """Compute again from the frozen inputs and compare every sheet with the one that is kept."""
    from qa_app.assessment import compute  # SciPy is reached late (docs/architecture.md)

    return compute.verify_revision(session, revision)


def find_period(session: Session, month: str) -> AssessmentPeriod:
    """Return a month that has been opened."""
    period = session.scalar(select(AssessmentPeriod).where(AssessmentPeriod.month == month))
    if period is None:
        raise NoSuchMonth(month)
    return period


def review_month(session: Session, actor: User | None, period: AssessmentPeriod) -> None:
    """Close the QA lead's review: every sheet is reviewed, none held back, no double scoring undecided."""
    revision = _require(period, PeriodState.computed)
    unreviewed, held_back = count_unreviewed(session, revision)
    undecided = count_undecided(session, period.month)
    if unreviewed or held_back or undecided:
        raise NotReviewed(unreviewed=unreviewed, held_back=held_back, undecided=undecided)
    period.reviewed_at = now()
    _enter(session, actor, period, PeriodState.reviewed, action="month.review")


def approve_month(session: Session, actor: User | None, period: AssessmentPeriod, *, reason: str = "") -> None:
    """Approve for publication; only a month that is over, and with a reason while samples or appeals are open."""
    revision = _require(period, PeriodState.reviewed)
    if not revision.is_over:
        raise MonthNotOver(period.month)
    open_work = count_open_work(session, period.month)
    if open_work.total and not reason.strip():
        raise ReasonNeeded("open_work", open_work.total)
    period.approved_at = now()
    period.approval_reason = reason.strip() or None
    _enter(session, actor, period, PeriodState.approved, action="month.approve", reason=reason.strip())


def publish_month(session: Session, actor: User | None, period: AssessmentPeriod) -> int:
    """Show every sheet of the revision to its agent; earlier revisions are superseded. Returns how many."""
    revision = _require(period, PeriodState.approved)
    older = select(PeriodRevision.id).where(
        PeriodRevision.period_id == period.id, PeriodRevision.number < revision.number
    )
    session.execute(update(Sheet).where(Sheet.revision_id.in_(older)).values(state=SheetState.superseded))
    moment = now()
    published = session.execute(
        update(Sheet).where(Sheet.revision_id == revision.id).values(state=SheetState.published, published_at=moment)
    )
    period.published_at = moment
    count = int(published.rowcount)  # type: ignore[attr-defined]
    _enter(session, actor, period, PeriodState.published, action="month.publish", sheets=count)
    show_published(session, actor)
    tell_published(session, actor, period, revision)
    return count


def lock_month(session: Session, actor: User | None, period: AssessmentPeriod) -> int:
    """Close the month: sheets nobody answered lapse, nothing changes any more. Returns how many lapsed."""
    revision = _require(period, PeriodState.published)
    unanswered = (SheetState.published, SheetState.seen)
    moment = now()
    lapsed = session.execute(
        update(Sheet)
        .where(Sheet.revision_id == revision.id, Sheet.state.in_(unanswered))
        .values(state=SheetState.lapsed, answered_at=moment)
    )
    period.locked_at = moment
    count = int(lapsed.rowcount)  # type: ignore[attr-defined]
    _enter(session, actor, period, PeriodState.locked, action="month.lock", lapsed=count)
    return count


def lock_ended_months(session: Session) -> list[str]:
    """Lock every published month whose window has ended; returns their names.

    The rows are taken for update, so that of two workers at the same moment one locks and the other finds it done.
    """
    published = session.scalars(
        select(AssessmentPeriod)
        .where(AssessmentPeriod.state == PeriodState.published)
        .order_by(AssessmentPeriod.month)
        .with_for_update()
    ).all()
    ended = [period for period in published if (end := window_end(session, period)) is not None and end <= now()]
    for period in ended:
        lock_month(session, None, period)
    return [period.month for period in ended]


def window_end(session: Session, period: AssessmentPeriod) -> datetime | None:
    """When the time to answer ends: the end of the fifth working day after publication; None while unpublished."""
    return None if period.published_at is None else answers_until(period.published_at, working_calendar(session))


def answers_until(published_at: datetime, calendar: WorkingCalendar) -> datetime:
    """The same of a moment of publication, for who has the calendar at hand."""
    published_on = published_at.astimezone(calendar.zone).date()
    last_day = calendar.add_working_days(published_on, WINDOW_WORKING_DAYS)
    return datetime.combine(last_day + timedelta(days=1), time(tzinfo=calendar.zone))


def _require(period: AssessmentPeriod, state: PeriodState) -> PeriodRevision:
    """Return the revision in force of a month that stands where the step begins."""
    if period.state != state:
        raise WrongState(period.state, state)
    if period.revision is None:
        raise NoSuchMonth(period.month)
    return period.revision


def _enter(
    session: Session, actor: User | None, period: AssessmentPeriod, state: PeriodState, *, action: str, **data: object
) -> None:
    before, period.state = period.state, state
    session.flush()
    audit.record(session, actor, action=action, thing=period, name=period.month, before=before, after=state, **data)
    assert period.revision is not None  # every step asks for it
    tell_step(session, actor, period, period.revision)
