"""What the QA lead sees beside the list: the plan with its pace, inspectors' figures, and the sealed draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.calibration.page import InspectorsPage, Overview
from qa_app.home.pace import Forecast, Pace, TeamPace, read_plan_pace
from qa_app.home.pace_picture import PacePicture, draw_pace
from qa_app.inspections.wording import unusable_title
from qa_app.models import Draw, SamplingPlan
from qa_app.web.filters import format_month, format_number, format_percent
from qa_app.web.waiting import join_sentences, say_day
from scoring.timing.working import WorkingCalendar
from scoring.trends.pace import FEWEST_DAYS

__all__ = ["Board", "DrawNote", "PlanCard", "TeamBar", "make_board"]

_LOWEST = 8


@dataclass(frozen=True, slots=True)
class TeamBar:
    """One team's bar: widths in percent of all its samples."""

    team: TeamPace
    width: float
    needed: float


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The card about the plans of one month, in finished sentences."""

    title: str
    pace: Pace
    picture: PacePicture
    stand: str
    sign: str
    forecast: tuple[str, ...]
    summary: str
    bars: tuple[TeamBar, ...]
    notes: tuple[str, ...]
    formula: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawNote:
    """One sealed draw of the month, and the commitments for the next."""

    draw_id: int
    name: str
    committed_at: datetime
    is_late: bool
    frame_size: int
    is_revealed: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything beside the lead's list; of the criteria those with the lowest agreement."""

    plan: PlanCard | None
    page: InspectorsPage
    is_whole: bool
    criteria: int
    draws: tuple[DrawNote, ...]
    coming: tuple[tuple[str, str], ...]


def make_board(session: Session, overview: Overview, calendar: WorkingCalendar) -> Board:
    """Read the plans and their draws, in two queries, and put them beside what is known of the inspectors."""
    agreement = overview.page.agreement
    page = replace(overview.page, agreement=replace(agreement, lines=agreement.lines[:_LOWEST]))
    criteria = len(agreement.lines)
    pace = read_plan_pace(session, calendar)
    if pace is None:
        return Board(None, page, overview.is_whole, criteria, (), ())
    rows = session.execute(_plans(pace.month)).all()
    here = [row for row in rows if row.month == pace.month]
    draws = tuple(
        DrawNote(row.id, row.name, row.committed_at, row.is_committed_late, row.frame_size, row.revealed_at is not None)
        for row in here
        if row.drawn_at is not None
    )
    coming = tuple((row.name, row.commitment) for row in rows if row.month > pace.month)
    asked = max((float(row.design.get("double_share") or 0) for row in here), default=0.0)
    return Board(_card(pace, asked), page, overview.is_whole, criteria, draws, coming)


def _plans(month: str) -> Any:
    year, number = (int(part) for part in month.split("-"))
    following = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
    return (
        select(
            Draw.id,
            SamplingPlan.name,
            SamplingPlan.month,
            SamplingPlan.design,
            SamplingPlan.commitment,
            SamplingPlan.committed_at,
            SamplingPlan.is_committed_late,
            Draw.frame_size,
            Draw.drawn_at,
            Draw.revealed_at,
        )
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(SamplingPlan.month.in_((month, following)), SamplingPlan.archived_at.is_(None))
        .order_by(SamplingPlan.month, Draw.id)
    )


def _card(pace: Pace, asked: float) -> PlanCard:
    stand, sign = _stand(pace)
    sentences = tuple(str(sentence) for sentence in _say_pace(pace))
    summary = _(
        "%(done)s of %(total)s samples inspected on %(day)s, %(needed)s due by then.",
        done=format_number(pace.done),
        total=format_number(pace.total),
        day=say_day(pace.today),
        needed=format_number(pace.needed),
    )
    return PlanCard(
        title=format_month(pace.month),
        pace=pace,
        picture=draw_pace(pace),
        stand=stand,
        sign=sign,
        forecast=sentences,
        summary=join_sentences([str(summary), *sentences]),
        bars=tuple(
            TeamBar(team, round(100 * team.done / team.total, 1), round(100 * team.needed / team.total, 1))
            for team in pace.by_team
        ),
        notes=tuple(_notes(pace, asked)),
        formula=tuple(_formula(pace)),
    )


def _stand(pace: Pace) -> tuple[str, str]:
    """Ahead of or behind what is due by today, with the sign that goes with it."""
    ahead = pace.done - pace.needed
    if ahead >= 0:
        words = ngettext("%(num)s more than due by today", "%(num)s more than due by today", ahead)
        return (str(words), "good") if ahead else (str(_("as many as due by today")), "good")
    return str(ngettext("%(num)s less than due by today", "%(num)s less than due by today", -ahead)), "loss"


def _say_pace(pace: Pace) -> list[str]:
    forecast = pace.forecast
    if pace.is_done:
        return [_("All samples of the plan are inspected.")]
    if forecast is None:
        days = max(0, pace.working_days_done - 1)
        told = ngettext("%(num)s is over.", "%(num)s are over.", days)
        rule = _("How fast it goes can be told after %(days)s whole working days since the hand-out:", days=FEWEST_DAYS)
        return [join_sentences([rule, told]), _("The last samples are due on %(day)s.", day=say_day(pace.last_on))]
    said = []
    is_late = pace.today > pace.last_on
    if is_late:
        said.append(_("The last samples were due on %(day)s.", day=say_day(pace.last_on)))
    elif round(pace.total - forecast.value) > 0:
        missing = pace.total - round(forecast.value)
        said.append(
            ngettext(
                "At this pace %(num)s will be missing on %(day)s (likely %(fewest)s–%(most)s).",
                "At this pace %(num)s will be missing on %(day)s (likely %(fewest)s–%(most)s).",
                missing,
                day=say_day(pace.last_on),
                fewest=pace.total - round(forecast.bounds.upper),
                most=pace.total - round(forecast.bounds.lower),
            )
        )
    return [*said, _say_end(forecast)]


def _say_end(forecast: Forecast) -> str:
    """When all is done, with the range of days that is likely."""
    if forecast.expected_on is None:
        return str(_("At this pace the end is not in sight within a year."))
    if forecast.latest_on is None:
        first = forecast.earliest_on or forecast.expected_on
        return str(
            _(
                "All would be done on %(day)s; from so few days no latest day can be told, the earliest is %(first)s.",
                day=say_day(forecast.expected_on),
                first=say_day(first),
            )
        )
    if forecast.earliest_on == forecast.latest_on:
        return str(_("At this pace all are done on %(day)s.", day=say_day(forecast.expected_on)))
    return str(
        _(
            "At this pace all are done on %(day)s (likely %(first)s to %(last)s).",
            day=say_day(forecast.expected_on),
            first=say_day(forecast.earliest_on or forecast.expected_on),
            last=say_day(forecast.latest_on),
        )
    )


def _notes(pace: Pace, asked: float) -> list[str]:
    said = []
    if pace.done:
        said.append(
            _(
                "Scored twice, blind: %(twice)s of %(done)s, %(share)s; the plan asks for %(asked)s.",
                twice=format_number(pace.twice),
                done=format_number(pace.done),
                share=format_percent(pace.twice / pace.done, pace.done),
                asked=format_percent(asked),
            )
        )
    gone = sum(count for _reason, count in pace.replaced)
    if gone:
        reasons = "; ".join(f"{count} × {unusable_title(reason)}" for reason, count in pace.replaced)
        everything = gone + pace.total
        said.append(
            _(
                "Replaced: %(count)s of %(all)s, %(share)s (%(reasons)s).",
                count=format_number(gone),
                all=format_number(everything),
                share=format_percent(gone / everything, everything),
                reasons=reasons,
            )
        )
    return [str(sentence) for sentence in said]


def _formula(pace: Pace) -> list[str]:
    """How the likely range is made, with this plan's own figures."""
    if pace.forecast is None:
        return []
    return [
        str(
            _(
                "Pace: the mean of the %(days)s whole working days since the hand-out. Likely range: days to come × "
                "(mean ± t × spread × √(1 / days to come + 1 / %(days)s)), a prediction interval that holds in 95 of "
                "100 cases; the spread from day to day is taken as at least √mean.",
                days=pace.forecast.days,
            )
        ),
        str(_("Due by a day: the samples whose date is that day or an earlier one.")),
    ]
