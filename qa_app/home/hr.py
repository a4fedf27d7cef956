"""What waits for HR: the month's next step, appeals handed up, forms and rounds, policies, exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.db import read_figures
from qa_app.home.lead import list_appeals
from qa_app.home.months import MonthLine
from qa_app.home.months import list_for_hr as list_steps
from qa_app.models import ExportFile, PolicyVersion, Rating, RatingRound, RoleName, User, VersionState
from qa_app.web.filters import format_day
from qa_app.web.waiting import Task, end_of_day
from scoring.timing.working import WorkingCalendar

__all__ = ["list_for_hr"]

_EXPORT_IS_NEWS = timedelta(days=7)


def list_for_hr(
    session: Session, actor: User, calendar: WorkingCalendar, months: Sequence[MonthLine]
) -> Iterator[Task]:
    """Everything of HR; whoever is QA lead as well has the appeals there."""
    if RoleName.qa_lead not in actor.role_names:
        yield from list_appeals(session, actor)
    yield from list_steps(months)
    yield from _rounds(session, calendar)
    yield from _files(session, actor)


def _rounds(session: Session, calendar: WorkingCalendar) -> Iterator[Task]:
    """Open rounds of ratings with forms still out."""
    day = now().astimezone(calendar.zone).date()
    rows = session.execute(
        select(
            RatingRound.id,
            RatingRound.name,
            RatingRound.closes_on,
            func.count(Rating.id),
            func.count(Rating.submitted_at),
        )
        .join(Rating, Rating.round_id == RatingRound.id)
        .where(RatingRound.opens_on <= day, RatingRound.closes_on >= day)
        .group_by(RatingRound.id)
        .order_by(RatingRound.closes_on)
    )
    for key, name, closes_on, forms, sent in rows:
        title = _("round of ratings ends: %(name)s", name=name)
        note = _("%(sent)s of %(forms)s forms are in.", sent=sent, forms=forms)
        address = url_for("ratings.show_round", round_id=key)
        yield Task(1, title, address, _("Look"), note, end_of_day(closes_on, calendar), is_named=True, icon="stars")


def _files(session: Session, actor: User) -> Iterator[Task]:
    """Policies that nobody published, and files made lately: one query."""
    moment = now()
    mine = (
        ExportFile.actor_id == actor.id,
        ExportFile.created_at >= moment - _EXPORT_IS_NEWS,
        ExportFile.expires_at > moment,
    )
    found = read_figures(
        session,
        policies=select(func.count(PolicyVersion.id)).where(PolicyVersion.state == VersionState.draft),
        exports=select(func.count(ExportFile.id)).where(*mine),
        first=select(func.min(ExportFile.expires_at)).where(*mine),
    )
    title = ngettext("policy is not published", "policies are not published", found.policies)
    yield Task(found.policies, title, url_for("policies.index"), _("Go on"), icon="adjustments")
    title = ngettext("export is ready", "exports are ready", found.exports)
    note = _("Kept until %(day)s.", day=format_day(found.first)) if found.exports else ""
    yield Task(found.exports, title, url_for("reporting.exports"), _("Fetch"), note, icon="download")
