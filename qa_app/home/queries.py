"""What waits for a person in all their roles, and what an empty list says; who shows what stands in one file a role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.calibration.findings import Finding
from qa_app.home.administrator import list_for_administrator
from qa_app.home.hr import list_for_hr
from qa_app.home.inspector import list_for_inspector
from qa_app.home.lead import list_findings, list_for_lead
from qa_app.home.months import MonthLine
from qa_app.home.supervisor import list_for_supervisor
from qa_app.models import Conversation, RoleName, User
from qa_app.scorecard.waiting import list_for_agent
from qa_app.web.waiting import Task
from scoring.timing.working import WorkingCalendar

__all__ = ["Known", "is_empty", "list_tasks", "say_nothing_waits"]


@dataclass(frozen=True, slots=True)
class Known:
    """What several parts of the page need, read once."""

    calendar: WorkingCalendar
    months: Sequence[MonthLine] = ()
    findings: Sequence[Finding] = ()


def list_tasks(session: Session, actor: User, known: Known) -> list[Task]:
    """Return what waits for the actor in all their roles; what two roles have alike is there once."""
    found = [task for role in RoleName if role in actor.role_names for task in _BY_ROLE[role](session, actor, known)]
    return list(dict.fromkeys(found))


def _inspector(session: Session, actor: User, known: Known) -> Iterator[Task]:
    yield from list_for_inspector(session, actor, known.calendar)


def _lead(session: Session, actor: User, known: Known) -> Iterator[Task]:
    yield from list_for_lead(session, actor, known.calendar, known.months)
    yield from list_findings(known.findings)


def _supervisor(session: Session, actor: User, known: Known) -> Iterator[Task]:
    yield from list_for_supervisor(session, actor, known.calendar)


def _agent(session: Session, actor: User, known: Known) -> Iterator[Task]:
    yield from list_for_agent(session, actor, known.calendar)


def _hr(session: Session, actor: User, known: Known) -> Iterator[Task]:
    yield from list_for_hr(session, actor, known.calendar, known.months)


def _administrator(session: Session, actor: User, known: Known) -> Iterator[Task]:  # noqa: ARG001
    yield from list_for_administrator(session)


_BY_ROLE: dict[RoleName, Callable[[Session, User, Known], Iterator[Task]]] = {
    RoleName.inspector: _inspector,
    RoleName.qa_lead: _lead,
    RoleName.supervisor: _supervisor,
    RoleName.agent: _agent,
    RoleName.hr: _hr,
    RoleName.administrator: _administrator,
}


def say_nothing_waits(actor: User) -> list[str]:
    """What the page says where nothing waits: that it is so, and when the next thing comes, role by role."""
    coming = {
        RoleName.inspector: _("New samples appear here when a draw is handed out."),
        RoleName.qa_lead: _("Appeals, late samples and cases to decide appear here with their dates."),
        RoleName.supervisor: _("Critical errors, replies to coaching and trainings of your team appear here."),
        RoleName.agent: _("Your next sheet appears here when its month is published."),
        RoleName.hr: _("The next step of a month appears here when it is yours."),
        RoleName.administrator: _("What fails, expires or stays unfinished appears here."),
    }
    return [
        str(_("Nothing waits for you right now.")),
        *(str(coming[role]) for role in RoleName if role in actor.role_names),
    ]


def is_empty(session: Session) -> bool:
    """Tell whether nothing was ever imported: the page then leads to the first import."""
    return session.scalar(select(Conversation.id).limit(1)) is None
