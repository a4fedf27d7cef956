"""Reminds who decides of appeals that are due or overdue, and agents of the last day on which they can appeal."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy.orm import Session

from qa_app.appeals.due import appeals_due, windows_ending
from qa_app.appeals.notices import thing_of
from qa_app.clock import now
from qa_app.models import NoticeKind
from qa_app.notices.recipients import users_of_agents
from qa_app.notices.service import Telling, notify, notify_each, resolve, resolve_all_but
from qa_app.people.reminding import Reminding, reminding

__all__ = ["remind_of_appeals"]


def remind_of_appeals(session: Session) -> int:
    """Tell each once what is due by the next working day, and once more when it is late; returns how many notices."""
    day = reminding(session)
    return _remind_deciders(session, day) + _remind_agents(session, day)


def _remind_deciders(session: Session, day: Reminding) -> int:
    due = appeals_due(session, within=day.horizon - now())
    still = {(user_id, thing_of(one.appeal_id)) for one in due for user_id in one.user_ids}
    resolve_all_but(session, NoticeKind.appeal_due, still, because="settled")
    if not day.is_time:
        return 0
    told = 0
    for one in due:
        due_on, thing = day.day_of(one.due_at).isoformat(), thing_of(one.appeal_id)
        stage = f"{due_on}:late" if one.is_overdue else due_on
        resolve(session, NoticeKind.appeal_due, thing, because="said again", but_stage=stage)
        told += notify(
            session, one.user_ids, NoticeKind.appeal_due, thing,
            stage=stage, appeal_id=one.appeal_id, name=one.agent_name, due_on=due_on, late=int(one.is_overdue),
        )  # fmt: skip
    return told


def _remind_agents(session: Session, day: Reminding) -> int:
    """One notice an agent and last day, with how many inspections can be appealed until then."""
    ending = windows_ending(session, within=day.horizon - now())
    users = users_of_agents(session, {one.agent_id for one in ending})
    counts: Counter[tuple[int, date]] = Counter(
        (users[one.agent_id], day.day_of(one.ends_at)) for one in ending if one.agent_id in users
    )
    resolve_all_but(session, NoticeKind.appeal_window_ends, {(one, _window(on)) for one, on in counts}, because="over")
    if not day.is_time:
        return 0
    tellings = [
        Telling(user_id, _window(on), {"count": count, "ends_on": on.isoformat()})
        for (user_id, on), count in counts.items()
    ]
    return notify_each(session, NoticeKind.appeal_window_ends, tellings)


def _window(ends_on: date) -> str:
    return f"appeal_window:{ends_on.isoformat()}"
