"""What waits for a supervisor, and how the team stands: as honest about what cannot be told as the sheets are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qa_app.assessment.policies import policy_of
from qa_app.assessment.queries import tier_place
from qa_app.clock import now
from qa_app.home.coaching import list_coaching, list_forms, list_trainings
from qa_app.models import (
    Agent,
    AssessmentPeriod,
    Inspection,
    PeriodRevision,
    PeriodState,
    PolicyVersion,
    SamplePurpose,
    Sheet,
    SheetComment,
    SheetState,
    User,
)
from qa_app.web.filters import format_day, format_moment, format_month
from qa_app.web.waiting import Task
from scoring.timing.working import WorkingCalendar

__all__ = ["TeamStanding", "list_for_supervisor", "read_standing"]

_NAMED_ERRORS = 4


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """Sheets of the team in the latest computed month: how many have a tier, and of how many none can be told."""

    month: str
    tiers: tuple[tuple[str, int], ...]
    between: int
    few: int
    not_comparable: int
    unmeasured: int

    @property
    def total(self) -> int:
        """All sheets of the team."""
        return (
            sum(count for _tier, count in self.tiers) + self.between + self.few + self.not_comparable + self.unmeasured
        )


def list_for_supervisor(session: Session, actor: User, calendar: WorkingCalendar) -> Iterator[Task]:
    """Critical errors, objections, coaching, trainings and forms."""
    yield from _read_first(session, actor)
    yield from list_coaching(session, actor, calendar)
    yield from list_forms(session, actor, calendar)
    yield from list_trainings(session, actor)


def _since(actor: User) -> datetime:
    """The sign-in before this one; a week where there was none, or it was longer ago."""
    week = now() - timedelta(days=7)
    last: datetime | None = getattr(actor, "last_login_at", None)
    # Flask-Security keeps its moments in UTC without saying so.
    return week if last is None else max(last.replace(tzinfo=UTC), week)


def _read_first(session: Session, actor: User) -> Iterator[Task]:
    teams = [team.id for team in actor.supervised_teams]
    yield from _critical(session, _since(actor), teams)
    answered = exists().where(
        SheetComment.sheet_id == Sheet.id,
        SheetComment.kind == "supervisor",
        SheetComment.created_at >= Sheet.answered_at,
    )
    objected = session.scalar(
        select(func.count(Sheet.id))
        .join(Sheet.agent)
        .where(Sheet.state == SheetState.objected, ~answered, Agent.team_id.in_(teams))
    )
    title = ngettext("sheet was objected to", "sheets were objected to", objected or 0)
    note = _("Talk about it, then comment.")
    yield Task(objected or 0, title, url_for("sheets.index"), _("Read"), note, is_urgent=True, icon="message")


def _critical(session: Session, since: datetime, teams: list[int]) -> Iterator[Task]:
    """Critical errors of the team, the latest by name, each with the inspection it stands in."""
    rows = session.execute(
        select(Inspection.id, Agent.name, Inspection.submitted_at)
        .join(Agent, Agent.id == Inspection.agent_id)
        .where(
            Agent.team_id.in_(teams),
            Inspection.is_critical,
            Inspection.purpose == SamplePurpose.work,
            Inspection.submitted_at >= since,
        )
        .order_by(Inspection.submitted_at.desc(), Inspection.id.desc())
    ).all()
    named = rows if len(rows) <= _NAMED_ERRORS else rows[: _NAMED_ERRORS - 1]
    for key, name, submitted_at in named:
        title = _("critical error of %(name)s", name=name)
        note = _("Submitted %(moment)s.", moment=format_moment(submitted_at))
        address = url_for("inspections.view", inspection_id=key)
        yield Task(1, title, address, _("Read"), note, is_urgent=True, is_named=True, icon="alert-octagon")
    more = len(rows) - len(named)
    title = ngettext(
        "more critical error since %(day)s", "more critical errors since %(day)s", more, day=format_day(since)
    )
    yield Task(more, title, url_for("trends.index"), _("Look"), is_urgent=True, icon="alert-octagon")


def read_standing(session: Session, actor: User, language: str) -> TeamStanding | None:
    """Read how many sheets of the latest month have which tier; none before a month is computed."""
    latest = (
        select(PeriodRevision.id, PeriodRevision.policy_version_id, AssessmentPeriod.month)
        .join(AssessmentPeriod, AssessmentPeriod.id == PeriodRevision.period_id)
        .where(AssessmentPeriod.state.in_((PeriodState.published, PeriodState.locked)))
        .order_by(AssessmentPeriod.month.desc(), PeriodRevision.number.desc())
        .limit(1)
        .subquery()
    )
    place = tier_place()
    rows = session.execute(
        select(latest.c.month, latest.c.policy_version_id, place, func.count(Sheet.id))
        .join(latest, latest.c.id == Sheet.revision_id)
        .join(Sheet.agent)
        .where(Agent.team_id.in_([team.id for team in actor.supervised_teams]))
        .group_by(latest.c.month, latest.c.policy_version_id, place)
    ).all()
    if not rows:
        return None
    month, policy_id = rows[0][:2]
    counts = {name: count for *_month, name, count in rows}
    policy = policy_of(session.get_one(PolicyVersion, policy_id))
    tiers = tuple(
        (tier.title.in_language(language) or tier.code, counts[tier.code])
        for tier in policy.ordered_tiers
        if tier.code in counts
    )
    untold = {name: counts.get(name, 0) for name in ("between", "few", "not_comparable", "unmeasured")}
    return TeamStanding(format_month(month), tiers, **untold)
