"""The organisation: its first day, its names, zone, language and logo, and the calendar it works by."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from PIL import Image, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.home_folder import home_folder
from qa_app.models import CalendarDay, Organisation, RoleName, User
from qa_app.people.service import NewUser, PeopleError, create_user
from scoring.timing.working import WorkingCalendar

__all__ = [
    "AlreadySetUp",
    "LogoUnreadable",
    "OpeningHours",
    "OrganisationFacts",
    "change_organisation",
    "forget_calendar_day",
    "keep_logo",
    "note_calendar_day",
    "opening_hours",
    "organisation_of",
    "set_up",
    "working_calendar",
]

LOGO_PIXELS: Final = 512
WEEK: Final = 7


class AlreadySetUp(PeopleError):
    """There is an organisation; an installation serves one."""


class LogoUnreadable(PeopleError):
    """The uploaded file is no PNG, JPEG or WebP picture."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When the centre works: the same hours on each of its weekdays (Monday is 0), in minutes after midnight."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens_minute: int = 9 * 60
    closes_minute: int = 18 * 60

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> OpeningHours:
        """Read what `to_settings` wrote; what is absent takes its default."""
        kept = settings.get("opening_hours", {})
        default = cls()
        return cls(
            weekdays=tuple(kept.get("weekdays", default.weekdays)),
            opens_minute=int(kept.get("opens_minute", default.opens_minute)),
            closes_minute=int(kept.get("closes_minute", default.closes_minute)),
        )

    def to_settings(self) -> dict[str, Any]:
        """Write the part of `Organisation.settings` that holds the hours."""
        return {"opening_hours": {**asdict(self), "weekdays": list(self.weekdays)}}


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What an organisation says of itself; `calendar_country` is an ISO 3166 code, empty for no public holidays."""

    name: str
    name_zh: str
    time_zone: str
    language: str
    calendar_country: str
    hours: OpeningHours


def organisation_of(session: Session) -> Organisation | None:
    """Return the organisation; none before the first-run page."""
    return session.get(Organisation, 1)


def set_up(session: Session, facts: OrganisationFacts, administrator: NewUser) -> User:
    """Make the organisation and its first administrator; refused where there is one."""
    if organisation_of(session) is not None:
        raise AlreadySetUp
    organisation = Organisation(id=1, created_at=now(), is_demo=False)
    _apply(organisation, facts)
    session.add(organisation)
    user = create_user(session, None, administrator)
    assert RoleName.administrator in user.role_names
    audit.record(session, user, action="organisation.create", thing=organisation, name=facts.name, after=asdict(facts))
    return user


def change_organisation(session: Session, actor: User, organisation: Organisation, facts: OrganisationFacts) -> None:
    """Change names, zone, language or calendar. Months that are computed stay as they were cut."""
    before = asdict(_facts_of(organisation))
    _apply(organisation, facts)
    after = asdict(facts)
    if before != after:
        changed = {key for key in after if before[key] != after[key]}
        audit.record(
            session,
            actor,
            action="organisation.change",
            thing=organisation,
            name=organisation.name,
            before={key: before[key] for key in changed},
            after={key: after[key] for key in changed},
        )


def keep_logo(session: Session, actor: User, organisation: Organisation, content: bytes) -> None:
    """Keep an uploaded logo, drawn anew as a small PNG so that nothing but its picture remains."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            picture.thumbnail((LOGO_PIXELS, LOGO_PIXELS))
            drawn = io.BytesIO()
            picture.convert("RGBA").save(drawn, "PNG")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise LogoUnreadable from error
    name = f"logo-{hashlib.sha256(drawn.getvalue()).hexdigest()[:16]}.png"
    (home_folder().folder("files") / name).write_bytes(drawn.getvalue())
    organisation.logo = name
    audit.record(session, actor, action="organisation.logo", thing=organisation, name=organisation.name, logo=name)


def note_calendar_day(session: Session, actor: User, *, on: date, is_working: bool, name: str) -> None:
    """Say of one day whether it is worked, against the public calendar."""
    day = session.get(CalendarDay, on) or CalendarDay(on=on)
    day.is_working, day.name = is_working, name
    session.add(day)
    audit.record(
        session, actor, action="calendar.set", thing="calendar", name=str(on), is_working=is_working, title=name
    )


def forget_calendar_day(session: Session, actor: User, on: date) -> None:
    """Let the public calendar speak for the day again; nothing happens where it already does."""
    day = session.get(CalendarDay, on)
    if day is not None:
        session.delete(day)
        audit.record(session, actor, action="calendar.remove", thing="calendar", name=str(on))


def opening_hours(organisation: Organisation) -> OpeningHours:
    """Return the hours in force."""
    return OpeningHours.from_settings(organisation.settings)


def working_calendar(session: Session) -> WorkingCalendar:
    """Return the calendar by which working hours and working days are counted."""
    organisation = organisation_of(session)
    if organisation is None:
        return WorkingCalendar(ZoneInfo("UTC"))
    hours = opening_hours(organisation)
    open_day = ((hours.opens_minute, hours.closes_minute),)
    overrides = session.execute(select(CalendarDay.on, CalendarDay.is_working)).all()
    return WorkingCalendar(
        zone=ZoneInfo(organisation.time_zone),
        weekly=tuple(open_day if weekday in hours.weekdays else () for weekday in range(WEEK)),
        country=organisation.calendar_country,
        overrides={row.on: row.is_working for row in overrides},
    )


def _apply(organisation: Organisation, facts: OrganisationFacts) -> None:
    organisation.name, organisation.name_zh = facts.name, facts.name_zh
    organisation.time_zone, organisation.language = facts.time_zone, facts.language
    organisation.calendar_country = facts.calendar_country
    organisation.settings = {**(organisation.settings or {}), **facts.hours.to_settings()}


def _facts_of(organisation: Organisation) -> OrganisationFacts:
    return OrganisationFacts(
        name=organisation.name,
        name_zh=organisation.name_zh,
        time_zone=organisation.time_zone,
        language=organisation.language,
        calendar_country=organisation.calendar_country,
        hours=opening_hours(organisation),
    )
