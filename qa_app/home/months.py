"""Where the months stand that are not locked: whose turn it is, and what blocks. For the QA lead and HR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from qa_app.assessment.open_work import OpenWork, count_open_work_of
from qa_app.assessment.service import answers_until
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.models import (
    AssessmentPeriod,
    Conversation,
    PeriodRevision,
    PeriodState,
    Sheet,
)
from qa_app.web.filters import format_month
from qa_app.web.waiting import Task, day_of, join_sentences, say_day
from scoring.timing.working import WorkingCalendar

__all__ = ["MonthLine", "list_for_hr", "list_for_lead", "read_months", "say_turns"]


_NOTHING = OpenWork(0, 0)


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month that goes on: its state, what is open in it, and when its next date is."""

    month: str
    state: PeriodState
    is_over: bool
    unreviewed: int
    held_back: int
    open_work: OpenWork
    answers_until: datetime | None
    ends_at: datetime

    @property
    def title(self) -> str:
        """The month as people say it."""
        return format_month(self.month)

    @property
    def url(self) -> str:
        """The month's page."""
        return url_for("assessment.show", month=self.month)


def read_months(session: Session, calendar: WorkingCalendar) -> list[MonthLine]:
    """Read the months that are not locked, the latest first, and the last one if nobody opened it.

    Two queries, and two for the open work of those whose step by HR asks for it.
    """
    moment = now()
    newest = (
        select(func.max(PeriodRevision.id)).where(PeriodRevision.period_id == AssessmentPeriod.id).scalar_subquery()
    )
    sheets = select(func.count(Sheet.id)).where(Sheet.revision_id == newest)
    rows = session.execute(
        select(
            AssessmentPeriod.month,
            AssessmentPeriod.state,
            AssessmentPeriod.published_at,
            sheets.where(Sheet.reviewed_at.is_(None), Sheet.is_held_back.is_(False)).scalar_subquery(),
            sheets.where(Sheet.is_held_back).scalar_subquery(),
        )
        .where(AssessmentPeriod.state != PeriodState.locked)
        .order_by(AssessmentPeriod.month.desc())
    ).all()
    ends = {row.month: month_bounds(row.month, calendar.zone)[1] for row in rows}
    # The month's page counts the same way, so that the two never disagree.
    work = count_open_work_of(session, [row.month for row in rows if _is_asked(row.state, ends[row.month] <= moment)])
    lines = []
    for month, state, published_at, unreviewed, held_back in rows:
        until = answers_until(published_at, calendar) if state == PeriodState.published and published_at else None
        lines.append(
            MonthLine(
                month=month,
                state=PeriodState(state),
                is_over=ends[month] <= moment,
                unreviewed=unreviewed,
                held_back=held_back,
                open_work=work.get(month, _NOTHING),
                answers_until=until,
                ends_at=ends[month],
            )
        )
    last = _unopened(session, calendar)
    return [*([last] if last else []), *lines]


def _is_asked(state: str, is_over: bool) -> bool:
    """Whether the month's next step is HR's and can be blocked by open work."""
    return state == PeriodState.reviewed or (state == PeriodState.open and is_over)


def _unopened(session: Session, calendar: WorkingCalendar) -> MonthLine | None:
    """The month that ended last, where it has conversations and nobody has opened it."""
    today = now().astimezone(calendar.zone).date()
    month = f"{today.year - (today.month == 1):04d}-{(today.month - 2) % 12 + 1:02d}"
    starts_at, ends_at = month_bounds(month, calendar.zone)
    has_work = exists().where(Conversation.opened_at >= starts_at, Conversation.opened_at < ends_at)
    is_opened = exists().where(AssessmentPeriod.month == month)
    if not session.scalar(select(and_(has_work, ~is_opened))):
        return None
    return MonthLine(month, PeriodState.open, True, 0, 0, _NOTHING, None, ends_at)


def list_for_lead(months: Sequence[MonthLine]) -> Iterator[Task]:
    """Months in which the review is the QA lead's."""
    for line in months:
        if line.state is not PeriodState.computed:
            continue
        left = line.unreviewed + line.held_back
        title = ngettext("sheet to review in %(month)s", "sheets to review in %(month)s", left, month=line.title)
        held = ngettext("%(num)s of them is held back.", "%(num)s of them are held back.", line.held_back)
        note = held if line.held_back else ""
        if not left:
            title, note = _("month to close the review of: %(month)s", month=line.title), _("All sheets are reviewed.")
        count, is_named = max(left, 1), not left
        yield Task(count, title, line.url, _("Review"), note, is_urgent=True, is_named=is_named, icon="file-check")


def list_for_hr(months: Sequence[MonthLine]) -> Iterator[Task]:
    """Months whose next step is HR's, with what blocks it."""
    for line in months:
        step = _hr_step(line)
        if step:
            title, note = f"{line.title} {step}", _blocks(line)
            yield Task(1, title, line.url, _("Go on"), note, is_urgent=True, is_named=True, icon="calendar")


def _hr_step(line: MonthLine) -> str:
    match line.state:
        case PeriodState.open if line.is_over:
            return str(_("is open: compute it"))
        case PeriodState.reviewed:
            return str(_("is reviewed: approve it"))
        case PeriodState.approved:
            return str(_("is approved: publish it"))
        case PeriodState.published if line.answers_until is not None and line.answers_until <= now():
            return str(_("is published, and the time to answer has ended: lock it"))
    return ""


def _blocks(line: MonthLine) -> str:
    """What is open in a month before it is published; approving then asks for a reason."""
    if not line.open_work.total:
        return ""
    said = []
    samples, appeals = line.open_work.samples, line.open_work.appeals
    if samples:
        said.append(ngettext("%(num)s sample is not inspected.", "%(num)s samples are not inspected.", samples))
    if appeals:
        said.append(ngettext("%(num)s appeal is not decided.", "%(num)s appeals are not decided.", appeals))
    said.append(_("Approving then asks for a reason."))
    return join_sentences(str(one) for one in said)


def say_turns(months: Sequence[MonthLine], calendar: WorkingCalendar) -> list[tuple[MonthLine, str]]:
    """Say of each month whose turn it is and until when, for the card beside the list."""
    return [(line, _turn(line, calendar)) for line in months]


def _turn(line: MonthLine, calendar: WorkingCalendar) -> str:
    match line.state:
        case PeriodState.open if not line.is_over:
            return str(_("runs until %(day)s; then HR computes it", day=say_day(day_of(line.ends_at, calendar))))
        case PeriodState.open:
            return str(_("waits for HR: to be computed"))
        case PeriodState.computed if line.unreviewed + line.held_back:
            left = line.unreviewed + line.held_back
            return str(
                ngettext(
                    "waits for the QA lead: %(num)s sheet to review",
                    "waits for the QA lead: %(num)s sheets to review",
                    left,
                )
            )
        case PeriodState.computed:
            return str(_("waits for the QA lead: to close the review"))
        case PeriodState.reviewed:
            return str(_("waits for HR: to be approved"))
        case PeriodState.approved:
            return str(_("waits for HR: to be published"))
        case _ if line.answers_until is not None:
            day = say_day(day_of(line.answers_until, calendar))
            return str(_("waits for the agents until %(day)s; then it locks by itself", day=day))
    return ""
