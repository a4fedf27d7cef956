"""What waits for the administrator: what failed, what is unfinished, whose sign-in is weak, what goes when.

What takes longer than a count (the doctor's checks, the preview of retention) comes after the page, by `list_slow`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import flask_babel
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.db import read_figures
from qa_app.doctor.checks import check_installation
from qa_app.models import AuditEvent, ImportRun, JobRun, JobState, User
from qa_app.retention.preview import AHEAD_DAYS, make_preview
from qa_app.web.filters import format_day, format_number
from qa_app.web.waiting import Task

__all__ = ["list_for_administrator", "list_slow"]

_RECENT = timedelta(days=7)
_CHAIN_REST = timedelta(days=30)
_CHAIN_CHECKED = "audit.verify"


def list_for_administrator(session: Session) -> Iterator[Task]:
    """Everything that can be counted at once: one query."""
    lately = now() - _RECENT
    refused = ImportRun.counts["rejected"].as_integer()
    found = read_figures(
        session,
        failed=select(func.count(JobRun.id)).where(JobRun.state == JobState.failed, JobRun.finished_at >= lately),
        unfinished=select(func.count(ImportRun.id)).where(ImportRun.state.in_(("running", "failed", "mapped"))),
        refused=select(func.count(ImportRun.id)).where(
            ImportRun.state == "done", ImportRun.is_dry_run.is_(False), ImportRun.finished_at >= lately, refused > 0
        ),
        records=select(func.sum(refused)).where(
            ImportRun.state == "done", ImportRun.is_dry_run.is_(False), ImportRun.finished_at >= lately
        ),
        temporary=select(func.count(User.id)).where(User.active, User.password_is_temporary),
        one_factor=select(func.count(User.id)).where(User.active, User.tf_primary_method.is_(None)),
        people=select(func.count(User.id)).where(User.active),
        checked_at=select(func.max(AuditEvent.at)).where(AuditEvent.action == _CHAIN_CHECKED),
        began_at=select(func.min(AuditEvent.at)),
    )
    title = ngettext("job failed in the last week", "jobs failed in the last week", found.failed)
    yield Task(found.failed, title, url_for("jobs.index"), _("See why"), is_urgent=True, icon="alert-circle")
    title = ngettext("import is not finished", "imports are not finished", found.unfinished)
    yield Task(found.unfinished, title, url_for("imports.index"), _("Go on"), icon="file-import")
    title = ngettext("import refused records", "imports refused records", found.refused)
    note = ngettext("%(num)s record, in the last week.", "%(num)s records, in the last week.", found.records or 0)
    yield Task(found.refused, title, url_for("imports.index"), _("Look"), note, icon="file-import")
    title = ngettext("password is still the temporary one", "passwords are still the temporary ones", found.temporary)
    note = _("It is changed at the first sign-in.")
    yield Task(found.temporary, title, url_for("people.index"), _("Look"), note, icon="key")
    title = ngettext(
        "person signs in without a second factor", "people sign in without a second factor", found.one_factor
    )
    note = _("Of %(all)s; everybody sets it up under Account.", all=format_number(found.people))
    yield Task(found.one_factor, title, url_for("people.index"), _("Look"), note, icon="shield")
    yield from _chain(found.checked_at, found.began_at)


def _chain(checked_at: datetime | None, began_at: datetime | None) -> Iterator[Task]:
    """The audit chain, where nobody has checked it for a month; nobody sets a date for it."""
    last = checked_at or began_at
    if last is None or now() - last < _CHAIN_REST:
        return
    note = _("Never checked. The chain begins on %(day)s.", day=format_day(last))
    if checked_at is not None:
        note = _("Last checked on %(day)s.", day=format_day(last))
    yield Task(
        1, _("check of the audit chain"), url_for("audit.index"), _("Check"), note, is_named=True, icon="history"
    )


def list_slow(session: Session) -> Iterator[Task]:
    """What the doctor finds, and content that goes soon."""
    unwell = [finding for finding in check_installation() if not finding.is_well]
    title = ngettext("check of the doctor wants mending", "checks of the doctor want mending", len(unwell))
    note = " · ".join(flask_babel.gettext(finding.subject) for finding in unwell)
    yield Task(len(unwell), title, url_for("doctor.show"), _("See how"), note, is_urgent=True, icon="shield-check")
    preview = make_preview(session)
    soon = sum(line.soon[0] for line in preview.lines)
    title = ngettext(
        "conversation loses its content with the next run",
        "conversations lose their content with the next run",
        preview.due,
    )
    yield Task(preview.due, title, url_for("retention.index"), _("Look"), is_urgent=True, icon="archive")
    title = ngettext(
        "conversation loses its content within %(days)s days",
        "conversations lose their content within %(days)s days",
        soon,
        days=AHEAD_DAYS[0],
    )
    yield Task(soon, title, url_for("retention.index"), _("Look"), icon="archive")
