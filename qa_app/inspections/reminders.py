"""Reminds inspectors: of samples due by the next working day once for each day, of overdue ones once a working day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Assignment, AssignmentState, NoticeKind, Sample, SamplePurpose
from qa_app.notices.service import Telling, notify_each, resolve, resolve_all_but
from qa_app.people.reminding import Reminding, reminding
from qa_app.sampling.notices import OVERDUE, due_thing

__all__ = ["remind_inspectors"]


def remind_inspectors(session: Session) -> int:
    """Tell each inspector how many samples are due or overdue, and close what is settled; returns how many notices."""
    day = reminding(session)
    due, overdue = _count(session, day)
    still = {(one, due_thing(on)) for one, days in due.items() for on in days} | {(one, OVERDUE) for one in overdue}
    resolve_all_but(session, (NoticeKind.sample_due, NoticeKind.sample_overdue), still, because="done")
    if not day.is_time:
        return 0
    late = [Telling(one, OVERDUE, {"count": count}) for one, count in overdue.items()]
    soon = [
        Telling(
            one,
            due_thing(on),
            {"count": count, "due_on": on.isoformat(), "until_at": day.end_of(on).isoformat()},
        )
        for one, days in due.items()
        for on, count in days.items()
    ]
    today = day.today.isoformat()
    resolve(session, NoticeKind.sample_overdue, OVERDUE, because="said again", but_stage=today)
    told = notify_each(session, NoticeKind.sample_overdue, late, stage=today)
    return told + notify_each(session, NoticeKind.sample_due, soon)


def _count(session: Session, day: Reminding) -> tuple[dict[int, dict[date, int]], dict[int, int]]:
    """Count what is due by inspector and day, and what is overdue; what waits for the lead's word is nobody's delay."""
    rows = session.execute(
        select(Assignment.inspector_id, Assignment.due_at, func.count())
        .join(Assignment.sample)
        .where(
            Assignment.state == AssignmentState.open,
            Assignment.needs_lead.is_(None),
            Assignment.due_at <= day.horizon,
            Sample.purpose == SamplePurpose.work,
        )
        .group_by(Assignment.inspector_id, Assignment.due_at)
    )
    due: defaultdict[int, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    overdue: defaultdict[int, int] = defaultdict(int)
    moment = now()
    for inspector_id, due_at, count in rows:
        if due_at is None:
            continue
        if due_at < moment:
            overdue[inspector_id] += count
        else:
            due[inspector_id][day.day_of(due_at)] += count
    return {one: dict(days) for one, days in due.items()}, dict(overdue)
