"""What waits for a person: one thing to do with its date, and all of them grouped by when they are due.

Rooms make tasks, home and the scorecard show them (`macros/waiting.html`). A date is said as people say it: the day in
the organisation's zone, the time where it is not the end of the day, and how many working days are left or gone.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import format_date
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scoring.timing.working import WorkingCalendar

__all__ = [
    "Agenda",
    "AgendaGroup",
    "AgendaItem",
    "DueState",
    "Task",
    "count_pressing",
    "day_of",
    "due_state",
    "end_of_day",
    "join_sentences",
    "make_agenda",
    "say_day",
]

_LAST_MINUTE = timedelta(minutes=1)
_FAR_DAYS = 60  # beyond, working days are no measure that people think in


class DueState(enum.StrEnum):
    """How pressing something is; the groups of the list, in their order."""

    overdue = "overdue"
    today = "today"
    soon = "soon"
    week = "week"
    later = "later"
    undated = "undated"


_TITLES = {
    DueState.overdue: _l("Overdue"),
    DueState.today: _l("Today"),
    DueState.soon: _l("As soon as you can"),
    DueState.week: _l("This week"),
    DueState.later: _l("Later"),
    DueState.undated: _l("No date"),
}
_SIGNS = {
    DueState.overdue: "alert-triangle",
    DueState.today: "clock",
    DueState.soon: "bell",
    DueState.week: "calendar",
    DueState.later: "calendar",
    DueState.undated: "circle",
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: how many, what, by when, and where.

    `due_at` is the first moment of being late, of the earliest where there are several; none: nobody set a date.
    `is_event` marks what takes place at that moment instead of ending there. `is_named` says that the title names one
    thing, and needs no number before it. A task of count 0 is not shown. `pressing` is how many are as pressing as the
    earliest, in whose group the task stands: where nobody counted them, only the earliest is known to be; 0 marks an
    offer, which ends at its date and is no duty.
    """

    count: int
    title: str
    url: str
    action: str
    note: str = ""
    due_at: datetime | None = None
    is_urgent: bool = False
    is_event: bool = False
    is_named: bool = False
    icon: str = "list-check"
    pressing: int | None = None


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A task with its date in words."""

    task: Task
    due: str


@dataclass(frozen=True, slots=True)
class AgendaGroup:
    """Tasks that are equally pressing."""

    state: DueState
    title: str
    icon: str
    entries: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The whole list: its groups, and one sentence on where one stands."""

    groups: tuple[AgendaGroup, ...]
    summary: str


def make_agenda(tasks: Iterable[Task], calendar: WorkingCalendar, moment: datetime) -> Agenda:
    """Group tasks by when they are due; in a group what is urgent comes first, then what is due first."""
    by_state: dict[DueState, list[Task]] = {}
    for task in tasks:
        if task.count:
            by_state.setdefault(_state(task, calendar, moment), []).append(task)
    groups = tuple(
        AgendaGroup(
            state,
            str(_TITLES[state]),
            _SIGNS[state],
            tuple(AgendaItem(task, _say_due(task, calendar, moment)) for task in sorted(by_state[state], key=_order)),
        )
        for state in DueState
        if state in by_state
    )
    return Agenda(groups, _summary(by_state, calendar, moment))


def due_state(due_at: datetime | None, calendar: WorkingCalendar, moment: datetime) -> DueState:
    """How pressing a deadline is, `undated` where there is none."""
    if due_at is None:
        return DueState.undated
    today = moment.astimezone(calendar.zone).date()
    due_on = day_of(due_at, calendar)
    if due_at <= moment:
        return DueState.overdue
    if due_on <= today:
        return DueState.today
    return DueState.week if due_on <= today + timedelta(days=6 - today.weekday()) else DueState.later


def count_pressing(
    found: Iterable[tuple[datetime | None, int]], calendar: WorkingCalendar, moment: datetime
) -> int | None:
    """How many of those counted by deadline are as pressing as the earliest; none where nothing has a date."""
    dated = [(due_at, count) for due_at, count in found if due_at is not None]
    if not dated:
        return None
    first = due_state(min(due_at for due_at, _count in dated), calendar, moment)
    return sum(count for due_at, count in dated if due_state(due_at, calendar, moment) is first)


def day_of(moment: datetime, calendar: WorkingCalendar) -> date:
    """The day that a deadline belongs to: midnight ends the day before it."""
    return (moment - timedelta(microseconds=1)).astimezone(calendar.zone).date()


def end_of_day(day: date, calendar: WorkingCalendar) -> datetime:
    """The first moment after a day, where the organisation is: when something due on that day is late."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=calendar.zone)


def say_day(day: date) -> str:
    """Write a day with its weekday: Tue 24 Nov, 11月24日周二."""
    locale = get_locale()
    return format_date(day, "M月d日EEE" if locale and locale.language == "zh" else "EEE d MMM", locale=locale)


def _order(task: Task) -> tuple[bool, bool, float]:
    return not task.is_urgent, task.due_at is None, task.due_at.timestamp() if task.due_at else 0.0


def _state(task: Task, calendar: WorkingCalendar, moment: datetime) -> DueState:
    state = due_state(task.due_at, calendar, moment)
    if state is DueState.undated and task.is_urgent:
        return DueState.soon
    if task.is_event and task.due_at is not None:
        # What takes place is there for the whole of its day, the first moment of it and what is past included.
        return due_state(end_of_day(_due_day(task, task.due_at, calendar), calendar), calendar, moment)
    return state


def _due_day(task: Task, due_at: datetime, calendar: WorkingCalendar) -> date:
    return due_at.astimezone(calendar.zone).date() if task.is_event else day_of(due_at, calendar)


def _say_due(task: Task, calendar: WorkingCalendar, moment: datetime) -> str:
    if task.due_at is None:
        return ""
    today = moment.astimezone(calendar.zone).date()
    due_on = _due_day(task, task.due_at, calendar)
    when = _say_time(task, task.due_at, calendar, _say_when(due_on, today))
    if not task.is_event:
        when = str(_("was due %(when)s", when=when) if task.due_at <= moment else _("due %(when)s", when=when))
    return _with_gap(when, _say_gap(due_on, today, calendar))


def _say_when(day: date, today: date) -> str:
    match (day - today).days:
        case 0:
            return str(_("today"))
        case 1:
            return str(_("tomorrow, %(day)s", day=say_day(day)))
        case -1:
            return str(_("yesterday, %(day)s", day=say_day(day)))
        case _:
            return say_day(day)


def _say_time(task: Task, due_at: datetime, calendar: WorkingCalendar, day: str) -> str:
    """Add the time of day, unless it says no more than "by the end of the day"."""
    local = due_at.astimezone(calendar.zone)
    if not task.is_event and (local.time() == time() or (local + _LAST_MINUTE).date() > local.date()):
        return day
    return str(_("%(day)s, %(time)s", day=day, time=f"{local:%H:%M}"))


def _with_gap(when: str, gap: str) -> str:
    return str(_("%(when)s, %(gap)s", when=when, gap=gap)) if gap else when


def _say_gap(day: date, today: date, calendar: WorkingCalendar) -> str:
    """How long it still is, or has been, in working days; nothing where the word for the day says it."""
    away = (day - today).days
    if abs(away) < 2:
        return ""
    if abs(away) > _FAR_DAYS or not any(calendar.weekly):
        if away > 0:
            return str(ngettext("in %(num)s day", "in %(num)s days", away))
        return str(ngettext("%(num)s day ago", "%(num)s days ago", -away))
    first, last = (today, day) if away > 0 else (day, today)
    days = sum(calendar.is_working_day(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))
    if not days:
        return ""
    if away > 0:
        return str(ngettext("in %(num)s working day", "in %(num)s working days", days))
    return str(ngettext("%(num)s working day ago", "%(num)s working days ago", days))


def _summary(by_state: dict[DueState, list[Task]], calendar: WorkingCalendar, moment: datetime) -> str:
    """Where one stands: what is late or due today, else when the next thing is due."""
    late, now_due = (
        sum(1 if task.pressing is None else task.pressing for task in by_state.get(state, ()))
        for state in (DueState.overdue, DueState.today)
    )
    said = []
    if late:
        said.append(ngettext("%(num)s is overdue.", "%(num)s are overdue.", late))
    if now_due:
        said.append(ngettext("%(num)s is for today.", "%(num)s are for today.", now_due))
    coming = [
        task for state in (DueState.week, DueState.later) for task in by_state.get(state, ()) if task.pressing != 0
    ]
    if not said and coming:
        first = min(coming, key=lambda task: task.due_at or moment)
        today = moment.astimezone(calendar.zone).date()
        assert first.due_at is not None
        day = _due_day(first, first.due_at, calendar)
        when = _with_gap(_say_when(day, today), _say_gap(day, today, calendar))
        said.append(_("Nothing is due today. What comes next: %(when)s.", when=when))
    return join_sentences(str(one) for one in said)


def join_sentences(sentences: Iterable[str]) -> str:
    """Write sentences one after the other; Chinese ones without blanks between them."""
    locale = get_locale()
    return ("" if locale and locale.language == "zh" else " ").join(sentences)
