"""Warns administrators, once a week and after every change of the rules, of content that is about to be deleted."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.models import Conversation, Notice, NoticeKind, RoleName
from qa_app.notices.recipients import users_with
from qa_app.notices.service import notify, resolve
from qa_app.retention.due import Clock, clock_of, covers, find_rules, is_free, moment

__all__ = ["WARNED_DAYS", "warn_of_deletion"]

WARNED_DAYS = 7
_THING = "retention"


def warn_of_deletion(session: Session) -> int:
    """Tell every administrator how many conversations lose their content within a week, and from which day on.

    What is counted once a week is asked for once a week: while nobody new is to be told it costs two look-ups.
    """
    rules, clock = find_rules(session), clock_of(session)
    if not rules:
        resolve(session, NoticeKind.retention_due, _THING, because="over")
        return 0
    said = "|".join(f"{rule.source}:{rule.keep_days}:{rule.starts_on}" for rule in rules.values())
    year, week, _day = clock.today.isocalendar()
    stage = f"{year}-W{week:02d}:{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    resolve(session, NoticeKind.retention_due, _THING, because="said again", but_stage=stage)
    told = users_with(session, RoleName.administrator)
    known = select(Notice.user_id).where(
        Notice.kind == NoticeKind.retention_due, Notice.thing == _THING, Notice.stage == stage, Notice.user_id.in_(told)
    )
    new = set(told) - set(session.scalars(known))
    count, due_on = _soon(session, clock) if new else (0, clock.today)
    if not count:
        return 0
    day = due_on.isoformat()
    return notify(session, sorted(new), NoticeKind.retention_due, _THING, stage=stage, count=count, due_on=day)


def _soon(session: Session, clock: Clock) -> tuple[int, date]:
    """How many conversations lose their content within a week as things stand, and the first day of it."""
    rules, free, total = find_rules(session), is_free(session, clock), 0
    first = clock.today + timedelta(days=WARNED_DAYS)
    for rule in rules.values():
        wait = max(0, (rule.starts_on - clock.today).days)
        if wait > WARNED_DAYS:
            continue
        soon = moment() < clock.due_before(rule.keep_days, ahead=WARNED_DAYS)
        query = select(func.count(), func.min(moment())).where(
            Conversation.erased_at.is_(None), covers(rule, rules), free, soon
        )
        count, oldest = session.execute(query).one()
        if not count:
            continue
        total += count
        opened = oldest.astimezone(clock.zone).date()
        goes_on = opened + timedelta(days=rule.keep_days + 1)
        first = min(first, max(goes_on, rule.starts_on, clock.today))
    return total, first
