"""Tells the months of Lantern Home: what was planned, drawn, inspected, computed and published, each at its time."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.assessment import service as assessment
from qa_app.assessment.sheets import acknowledge_sheet, review_remaining, see_sheet
from qa_app.clock import now, travel
from qa_app.home_folder import vault
from qa_app.models import AssessmentPeriod, Draw, RubricVersion, SamplingPlan, Sheet, Team, User
from qa_app.sampling.design import Design, Filters
from qa_app.sampling.handout import hand_out
from qa_app.sampling.stages import execute_draw, freeze_population, note_public_part, reveal_seed
from scoring.sampling.draw import commit_to_seed

__all__ = ["close_month", "draw_month", "month_after", "month_start", "months_before", "plan_month"]

RUBRIC_OF_TEAM = {"Hotline": "phone_hotline", "Live chat": "live_chat", "Shop": "shop_chat"}
ZONE_HOURS = 8


def month_start(month: str) -> datetime:
    """Return midnight of the first day in the demo's zone, as UTC."""
    year, number = (int(part) for part in month.split("-"))
    return datetime(year, number, 1, tzinfo=UTC) - timedelta(hours=ZONE_HOURS)


def month_after(month: str) -> str:
    """Return the next month."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def months_before(last: str, count: int) -> list[str]:
    """Return `count` months ending with `last`, oldest first."""
    year, number = (int(part) for part in last.split("-"))
    ordinals = range(year * 12 + number - count, year * 12 + number)
    return [f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}" for ordinal in ordinals]


def plan_month(session: Session, lead: User, month: str, seed: int) -> list[Draw]:
    """Plan one draw a team before the month begins.

    The seeds follow from the demo's own seed, so that the demo is the same every time: unlike every other plan,
    whose seed is thrown by `sampling.plans.create_plan`. The plan's name says "demo".
    """
    begins = month_start(month)
    with travel(begins - timedelta(days=3)):
        return [_plan(session, lead, team, month, seed) for team in session.scalars(select(Team).order_by(Team.id))]


def _plan(session: Session, lead: User, team: Team, month: str, seed: int) -> Draw:
    secret = hashlib.sha256(f"{seed}:{month}:{team.name}".encode()).digest()
    design = Design(double_share=0.1, public_source="Draw of lots by the agents’ representative")
    plan = SamplingPlan(
        name=f"{team.name} {month} (demo)",
        month=month,
        filters=Filters(team_ids=(team.id,)).to_json(),
        design=design.to_json(),
        rubric_version_id=_rubric_of(session, team).id,
        seed=vault().seal(secret),
        commitment=commit_to_seed(secret).hex(),
        committed_at=now(),
        is_committed_late=False,
        created_by_id=lead.id,
    )
    draw = Draw(public_id=f"{month}-{RUBRIC_OF_TEAM[team.name].replace('_', '-')}")
    plan.draws = [draw]
    session.add(plan)
    session.flush()
    audit.record(session, lead, action="plan.create", thing=plan, name=plan.name, commitment=plan.commitment)
    return draw


def _rubric_of(session: Session, team: Team) -> RubricVersion:
    versions = session.scalars(select(RubricVersion))
    return next(version for version in versions if version.definition["code"] == RUBRIC_OF_TEAM[team.name])


def draw_month(session: Session, lead: User, draws: list[Draw], month: str, *, latest: datetime) -> None:
    """Freeze, note the public part, draw, hand out and reveal, on the first days after the month (or today)."""
    with travel(min(month_start(month_after(month)) + timedelta(hours=9), latest)):
        for draw in draws:
            freeze_population(session, lead, draw)
            lots = int(hashlib.sha256(draw.public_id.encode()).hexdigest(), 16) % 1_000_000
            note_public_part(
                session, lead, draw, text=f"{lots:06d}", source="Draw of lots by the agents’ representative"
            )
            execute_draw(session, lead, draw)
            hand_out(session, lead, draw)
            reveal_seed(session, lead, draw)


def close_month(
    session: Session, people: dict[str, User], month: str, *, until: str, latest: datetime
) -> AssessmentPeriod:
    """Compute, review and approve a month; `until="locked"` also publishes and locks it, with some acknowledgements.

    No step is dated after `latest`: early in a month the one before closes in a hurry.
    """
    hr, lead = people["hr@example.com"], people["lead@example.com"]
    first = month_start(month_after(month)) + timedelta(days=14)
    period = assessment.open_period(session, month)
    with travel(min(first, latest)):
        revision = assessment.compute_month(session, hr, month)
    with travel(min(first + timedelta(days=1), latest)):
        review_remaining(session, lead, revision)
        assessment.review_month(session, lead, period)
    with travel(min(first + timedelta(days=1, hours=4), latest)):
        assessment.approve_month(session, hr, period, reason="Demo: open samples are part of the story.")
    if until == "locked":
        with travel(first + timedelta(days=2)):
            assessment.publish_month(session, hr, period)
        _answer_sheets(session, revision.id, first + timedelta(days=3))
        with travel(first + timedelta(days=10)):
            assessment.lock_month(session, hr, period)
    return period


def _answer_sheets(session: Session, revision_id: int, moment: datetime) -> None:
    """Let the agents who can sign in read their sheet, and acknowledge it."""
    rows = session.execute(
        select(Sheet, User).join(User, User.agent_id == Sheet.agent_id).where(Sheet.revision_id == revision_id)
    ).all()
    for number, (sheet, user) in enumerate(rows):
        with travel(moment + timedelta(minutes=11 * number)):
            see_sheet(session, user, sheet)
            if number % 7:
                acknowledge_sheet(session, user, sheet)


def last_full_month(today: date) -> str:
    """Return the month before the one `today` lies in."""
    first = today.replace(day=1) - timedelta(days=1)
    return f"{first:%Y-%m}"
