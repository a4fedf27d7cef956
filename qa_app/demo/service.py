"""Fills an empty database with Lantern Home: people, rubrics, conversations, draws, inspections and months."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now, travel
from qa_app.conversations.importers.record import RecordingRecord
from qa_app.conversations.importing import ImportRequest, import_conversations, new_run, reading_options
from qa_app.conversations.measuring import measure_calls
from qa_app.demo.appealing import tell_appeals
from qa_app.demo.calibrating import tell_calibration
from qa_app.demo.coaching import tell_coaching
from qa_app.demo.company import AGENTS, DEMO_PASSWORD, INSPECTORS, STAFF, TEAMS, DemoPerson
from qa_app.demo.conversations import SOURCE, Invented, invent_month
from qa_app.demo.inspecting import inspect_assignments
from qa_app.demo.months import (
    close_month,
    draw_month,
    last_full_month,
    month_after,
    month_start,
    months_before,
    plan_month,
)
from qa_app.demo.noticing import tell_notices
from qa_app.demo.personal_data import tell_personal_data
from qa_app.demo.standards import install_standards, switch_rules_on
from qa_app.jobs import NoProgress
from qa_app.models import Draw, Organisation, RoleName, Team, User
from qa_app.notices.service import quietly
from qa_app.people.service import AgentFacts, NewUser, create_agent, create_team, create_user
from qa_app.screening.rule_screening import screen_conversations

__all__ = ["NotEmpty", "Story", "fill", "is_filled", "is_whole"]

FULL_MONTHS = 6
CALLS_WITH_SOUND = 60
TOLD_UNTIL_HOURS = 10
# The running month is drawn this long before now; in its first days there is too little to draw from.
FIRST_DAYS = 3
DAYS_SINCE_THE_DRAW = 9
ZONE = "Asia/Shanghai"


WHOLE = "demo_is_whole"
APPEALS_OF_A_MONTH = ("accepted", "partly", "rejected", "withdrawn", "rejected", "accepted by hr")
APPEALS_OF_THE_LAST = ("accepted with siblings", "rejected", "partly", "open", "escalated")
APPEALS_NOW = ("open", "open", "withdrawn", "open")


class NotEmpty(Exception):
    """The database already holds an organisation: the demo never mixes with real work."""


@dataclass(frozen=True, slots=True)
class Story:
    """What was loaded."""

    months: list[str]
    running: str
    conversations: int
    inspections: int


def is_filled(session: Session) -> bool:
    """Tell whether there is an organisation already."""
    return session.get(Organisation, 1) is not None


def is_whole(organisation: Organisation) -> bool:
    """Tell whether the demo was loaded to its end; a killed one is not to be looked at."""
    return bool(organisation.settings.get(WHOLE))


def fill(
    session: Session, *, seed: int, until: str | None, checkpoint: Callable[[], None], tell: Callable[[str], None]
) -> Story:
    """Fill an empty database; `until` fixes the last full month, else it is the one before today.

    `checkpoint` commits what is whole so far; `tell` says what comes next.

    Raises
    ------
    NotEmpty
        If there is an organisation already.
    """
    if is_filled(session):
        raise NotEmpty
    with quietly():  # nobody gets mail of what happened to invented people
        return _fill(session, seed=seed, until=until, checkpoint=checkpoint, tell=tell)


def _fill(
    session: Session, *, seed: int, until: str | None, checkpoint: Callable[[], None], tell: Callable[[str], None]
) -> Story:
    # What is told ends some hours ago, so that appeals, coaching and notices fit between it and now.
    told = now() - timedelta(hours=TOLD_UNTIL_HOURS)
    months = months_before(until or last_full_month(told.astimezone(ZoneInfo(ZONE)).date()), FULL_MONTHS)
    running = month_after(months[-1])
    cut = told if until is None else month_start(running) + timedelta(days=20)
    drawn_at = max(month_start(running) + timedelta(days=FIRST_DAYS), cut - timedelta(days=DAYS_SINCE_THE_DRAW))
    with travel(month_start(months[0]) - timedelta(days=10)):
        tell("people and rubrics")
        people = _settle(session)
        install_standards(session, people["lead@example.com"])
    draws = {month: plan_month(session, people["lead@example.com"], month, seed) for month in [*months, running]}
    checkpoint()
    tell("conversations")
    invented = _import_months(session, [*months, running], seed, min(drawn_at, cut), checkpoint)
    tell("recordings")
    measure_calls(session, None, checkpoint=checkpoint, progress=NoProgress())
    tell("rules")
    switch_rules_on(session, people["lead@example.com"], months[-1], checkpoint=checkpoint)
    inspections = 0
    for month in months:
        tell(f"inspections and month {month}")
        draw_month(session, people["lead@example.com"], draws[month], month, latest=cut)
        begins = month_start(month_after(month)) + timedelta(days=1, hours=1)
        ids = [draw.id for draw in draws[month]]
        inspections += inspect_assignments(session, invented, draw_ids=ids, begins=begins, latest=cut)
        plots = APPEALS_OF_THE_LAST if month == months[-1] else APPEALS_OF_A_MONTH
        before_it_closes = min(month_start(month_after(month)) + timedelta(days=13, hours=12), cut)
        tell_appeals(session, people, ids, invented, plots, latest=before_it_closes)
        close_month(session, people, month, until="locked" if month != months[-1] else "approved", latest=cut)
        checkpoint()
    if cut > drawn_at:
        inspections += _tell_running(session, people, draws[running], running, invented, drawn_at)
        invented |= _import_since(session, running, seed, FULL_MONTHS, drawn_at, cut, checkpoint)
    tell_personal_data(session, people["admin@example.com"])
    tell("coaching")
    tell_coaching(session, people, months, latest=cut + timedelta(hours=TOLD_UNTIL_HOURS - 1))
    tell("calibration")
    tell_calibration(session, people, invented, latest=cut + timedelta(hours=TOLD_UNTIL_HOURS - 1))
    tell_notices(session, latest=cut + timedelta(hours=TOLD_UNTIL_HOURS - 1))
    organisation = session.get_one(Organisation, 1)
    organisation.settings = {**organisation.settings, WHOLE: True}
    checkpoint()
    return Story(months, running, len(invented), inspections)


def _tell_running(
    session: Session,
    people: dict[str, User],
    draws: list[Draw],
    month: str,
    invented: dict[str, Invented],
    drawn_at: datetime,
) -> int:
    """Draw what the running month has had so far, and inspect most of what is due in the days since."""
    draw_month(session, people["lead@example.com"], draws, month, latest=drawn_at + timedelta(hours=1))
    ids = [draw.id for draw in draws]
    # Work begins in the morning after the draw.
    midnight = datetime.combine(drawn_at.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=1), time(), ZoneInfo(ZONE))
    begins = midnight + timedelta(hours=9)
    count = inspect_assignments(
        session, invented, draw_ids=ids, begins=begins, latest=now(), due_by=now(), days=DAYS_SINCE_THE_DRAW
    )
    recent = now() - timedelta(days=4)
    tell_appeals(session, people, ids, invented, APPEALS_NOW, latest=now(), since=recent)
    return count


def _settle(session: Session) -> dict[str, User]:
    """Make the organisation, its teams, its agents and everybody who signs in."""
    organisation = Organisation(
        id=1, name="Lantern Home", name_zh="灯塔家居", time_zone=ZONE, language="en", calendar_country="CN",
        settings={}, is_demo=True, created_at=now(),
    )  # fmt: skip
    session.add(organisation)
    audit.record(session, None, action="organisation.create", thing=organisation, name=organisation.name, demo=True)
    teams = {team.key: create_team(session, None, name=team.name, name_zh=team.name_zh) for team in TEAMS}
    led = {team.supervisor: [teams[team.key]] for team in TEAMS}
    people = {person.email: _enter(session, person, led.get(person.email, [])) for person in (*STAFF, *INSPECTORS)}
    for index, agent in enumerate(AGENTS):
        hired = date(2021 + index % 5, 1 + index % 12, 1 + index % 27)
        facts = AgentFacts(agent.number, agent.name, teams[agent.team], hired_on=hired, active_from=hired)
        row = create_agent(session, None, facts)
        login = NewUser(f"agent{agent.number}@example.com", agent.name, [RoleName.agent], agent=row)
        people[login.email] = create_user(session, None, login)
    # Everybody has the same password: hashed once, for a good hash is slow on purpose.
    hashed = str(hash_password(DEMO_PASSWORD))
    for user in people.values():
        user.password = hashed
    session.flush()
    return people


def _enter(session: Session, person: DemoPerson, teams: list[Team]) -> User:
    new = NewUser(person.email, person.name, person.roles, supervised_teams=teams)
    return create_user(session, None, new)


def _import_months(
    session: Session, months: Sequence[str], seed: int, until: datetime, checkpoint: Callable[[], None]
) -> dict[str, Invented]:
    """Import every conversation that began before `until`, the calls of the last month with their sound."""
    invented: dict[str, Invented] = {}
    with tempfile.TemporaryDirectory() as folder:
        for age, month in enumerate(months):
            made = list(invent_month(month, seed, age=age, until=until))
            invented |= {one.record.external_id: one for one in made}
            if month == months[-1]:
                _record_calls(made, Path(folder))
            _write(made, Path(folder) / f"{month}.ndjson")
        _import_folder(session, Path(folder), checkpoint)
    return invented


def _import_since(
    session: Session,
    month: str,
    seed: int,
    age: int,
    since: datetime,
    until: datetime,
    checkpoint: Callable[[], None],
) -> dict[str, Invented]:
    """Import what the running month brought after its draw."""
    made = [one for one in invent_month(month, seed, age=age, until=until) if (one.record.opened_at or since) >= since]
    with tempfile.TemporaryDirectory() as folder:
        _write(made, Path(folder) / f"{month}-later.ndjson")
        _import_folder(session, Path(folder), checkpoint)
    screen_conversations(session, None, checkpoint=checkpoint)
    return {one.record.external_id: one for one in made}


def _write(made: Sequence[Invented], path: Path) -> None:
    path.write_bytes(b"\n".join(msgspec.json.encode(one.record) for one in made))


def _import_folder(session: Session, folder: Path, checkpoint: Callable[[], None]) -> None:
    """Import our own NDJSON with the sound beside it, as anybody would."""
    actor = session.scalars(select(User).where(User.email == "admin@example.com")).one()
    paths = tuple(sorted(folder.glob("*.ndjson")))
    options = reading_options(mapping=None, preset=None, timezone=None, organisation_zone=ZONE, source=SOURCE)
    run = new_run(session, actor, paths, {"format": "ndjson"})
    import_conversations(
        session, actor, run, ImportRequest(paths, options), checkpoint=checkpoint, progress=NoProgress()
    )


def _record_calls(made: Sequence[Invented], folder: Path) -> None:
    """Give the first answered calls of the month a two-channel recording."""
    # The sound library is slow to load and only needed here.
    from qa_app.demo.audio import write_call

    calls = [one for one in made if one.record.channel == "phone" and one.record.transcript]
    every = max(1, len(calls) // CALLS_WITH_SOUND)
    chosen = calls[::every][:CALLS_WITH_SOUND]

    for number, one in enumerate(chosen):
        turns = one.record.transcript
        assert isinstance(turns, list)
        spoken = [(turn.speaker, turn.start_seconds or 0.0, turn.end_seconds or 0.0) for turn in turns]
        name = f"{one.record.external_id}.flac"
        write_call(folder / name, spoken, spoken[-1][2] + 1.5, seed=number)
        one.record.recordings = [RecordingRecord(file=name)]
