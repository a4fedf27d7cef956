"""How long an agent may appeal, and how long the decider has: in working days, a setting of the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.models import Inspection, Organisation, User
from qa_app.people.organisation import organisation_of, working_calendar
from qa_app.web.filters import format_day
from scoring.timing.working import WorkingCalendar

__all__ = ["AppealRules", "Clock", "appeal_clock", "appeal_rules", "change_appeal_rules", "last_day"]

_KEY = "appeals"


@dataclass(frozen=True, slots=True)
class AppealRules:
    """Working days an agent has after an inspection is shown, and the decider has after an appeal came in.

    It is shown once it is submitted, or `is_shown_with_month` once its month is published.
    """

    window_days: int = 5
    decision_days: int = 5
    is_shown_with_month: bool = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any] | None) -> AppealRules:
        """Read `Organisation.settings`; what is absent takes its default."""
        kept = asdict(cls()) | (settings or {}).get(_KEY, {})
        return cls(int(kept["window_days"]), int(kept["decision_days"]), bool(kept["is_shown_with_month"]))


@dataclass(frozen=True, slots=True)
class Clock:
    """The rules and the calendar they are counted by, read once for many inspections."""

    rules: AppealRules
    calendar: WorkingCalendar

    def window_ends_at(self, shown_at: datetime) -> datetime:
        """The first moment at which an inspection shown at `shown_at` can no longer be appealed."""
        return self._end_of_day(shown_at, self.rules.window_days)

    def decision_due_at(self, filed_at: datetime) -> datetime:
        """The end of the last working day on which an appeal is decided in time."""
        return self._end_of_day(filed_at, self.rules.decision_days)

    def _end_of_day(self, moment: datetime, working_days: int) -> datetime:
        """The end of a working day: the day of `moment` itself is not counted."""
        last = self.calendar.add_working_days(moment.astimezone(self.calendar.zone).date(), working_days)
        return datetime.combine(last + timedelta(days=1), time(tzinfo=self.calendar.zone))


def appeal_rules(session: Session) -> AppealRules:
    """Return the rules in force."""
    organisation = organisation_of(session)
    return AppealRules.from_settings(organisation.settings if organisation else None)


def appeal_clock(session: Session) -> Clock:
    """Return the rules in force with the organisation's calendar."""
    return Clock(appeal_rules(session), working_calendar(session))


def last_day(end: datetime) -> str:
    """Write the last day before `end`, which is the midnight after it."""
    return format_day(end - timedelta(seconds=1))


def change_appeal_rules(session: Session, actor: User, organisation: Organisation, rules: AppealRules) -> None:
    """Change the rules. Windows that are open end by the new ones; due days that were set stay.

    What waited for its month is shown now where it no longer has to; what an agent has seen stays shown.
    """
    before = AppealRules.from_settings(organisation.settings)
    if before == rules:
        return
    organisation.settings = {**(organisation.settings or {}), _KEY: asdict(rules)}
    if before.is_shown_with_month and not rules.is_shown_with_month:
        waiting = update(Inspection).where(Inspection.waits_for_month.is_(True))
        session.execute(waiting.values(waits_for_month=False, shown_at=now()))
    audit.record(
        session,
        actor,
        action="organisation.appeal_rules",
        thing=organisation,
        name=organisation.name,
        before=asdict(before),
        after=asdict(rules),
    )
