"""A list of people becomes agents, teams and users: one row a person, sent again as often as one likes.

A row with an employee number makes or updates an agent, one with an e-mail address a user, one with both joins them.
Headings are matched in English and Chinese. An empty cell, like an absent column, leaves what is known as it is; a
row that cannot be understood is named with its line and left out, the others go in.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import UNASSIGNED_TEAM, Agent, RoleName, Team, User
from qa_app.people.service import (
    SHORTEST_PASSWORD,
    AgentFacts,
    LastAdministrator,
    NewUser,
    change_agent,
    change_user,
    create_agent,
    create_team,
    create_user,
)

__all__ = ["PeopleReport", "PersonRow", "Refusal", "import_people", "match_headings"]

HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "employee_number": ("employee number", "employee no", "employee id", "agent id", "工号", "员工编号", "坐席工号"),
    "name": ("name", "full name", "agent name", "姓名", "名字", "客服姓名"),
    "team": ("team", "group", "班组", "团队", "小组", "组别"),
    "email": ("email", "e mail", "mail", "邮箱", "电子邮箱", "邮件"),
    "roles": ("roles", "role", "角色", "权限"),
    "supervises": ("supervises", "supervised teams", "负责班组", "管理班组"),
    "hired_on": ("hired on", "hire date", "hired", "入职日期", "入职时间"),
    "active_from": ("active from", "start date", "启用日期", "上岗日期"),
    "active_to": ("active to", "end date", "leaving date", "离职日期", "停用日期"),
    "skills": ("skills", "技能"),
    "language": ("language", "语言"),
    "password": ("password", "initial password", "初始密码", "密码"),
}
ROLE_WORDS: Final[dict[str, RoleName]] = {
    **{role.value.replace("_", " "): role for role in RoleName},
    "质检员": RoleName.inspector,
    "质检主管": RoleName.qa_lead,
    "质检组长": RoleName.qa_lead,
    "班组长": RoleName.supervisor,
    "主管": RoleName.supervisor,
    "客服": RoleName.agent,
    "坐席": RoleName.agent,
    "人事": RoleName.hr,
    "人力资源": RoleName.hr,
    "管理员": RoleName.administrator,
}
LANGUAGE_WORDS: Final = {
    **dict.fromkeys(("en", "english", "英文", "英语"), "en"),
    **dict.fromkeys(("zh", "zh_hans_cn", "zh-cn", "chinese", "中文", "简体中文"), "zh_Hans_CN"),
}
DAY_FORMATS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
_ROLE_REMEDY: Final = f"name one of: {', '.join(RoleName)}"
_SEPARATORS: Final = re.compile(r"[;,、，；|/]")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row as text, by our field names, with the line it stands on."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row stays out: the field, what stood there, what is wrong, and how to mend it."""

    line: int
    field: str
    value: str
    reason: str
    remedy: str


class _RowRefused(Exception):
    """Carries the refusal out of the reading of a row."""

    def __init__(self, row: PersonRow, field_name: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        shown = "…" if field_name == "password" else row.values.get(field_name, "")
        self.refusal = Refusal(row.line, field_name, shown, reason, remedy)


@dataclass(frozen=True, slots=True)
class _Person:
    """A row that is understood."""

    employee_number: str
    email: str
    name: str
    team: str
    roles: frozenset[RoleName]
    supervises: tuple[str, ...]
    hired_on: date | None
    active_from: date | None
    active_to: date | None
    skills: tuple[str, ...]
    language: str | None
    password: str | None


@dataclass(slots=True)
class PeopleReport:
    """What an import did: counts by thing and deed, such as ``agents created``, and the rows left out."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)


def match_headings(headings: Sequence[str]) -> dict[int, str]:
    """Return our field for each column that is understood, by the column's index."""
    words = {word: name for name, synonyms in HEADINGS.items() for word in (name.replace("_", " "), *synonyms)}
    plain = [" ".join(re.sub(r"[_\-.*]", " ", heading).split()).lower() for heading in headings]
    return {index: words[heading] for index, heading in enumerate(plain) if heading in words}


def import_people(session: Session, actor: User | None, rows: Iterable[PersonRow]) -> PeopleReport:
    """Bring in every row that can be understood; teams that are named for the first time are opened."""
    report = PeopleReport()
    for row in rows:
        try:
            person = _read(row)
            _refuse_shared_agent(session, row, person)
            _refuse_without_role(session, row, person)
            report.counts.update(_bring_in(session, actor, person))
        except _RowRefused as refused:
            report.refused.append(refused.refusal)
        except LastAdministrator:
            remedy = "keep the role, or make somebody else administrator first"
            report.refused.append(Refusal(row.line, "roles", "", "nobody would be left to administer", remedy))
    return report


def _read(row: PersonRow) -> _Person:
    """Understand every cell before anything is changed: half a person is worse than none."""
    number, email = row.values.get("employee_number", ""), row.values.get("email", "").lower()
    if not number and not email:
        raise _RowRefused(row, "employee_number", "nobody is named", "fill in the employee number, the e-mail, or both")
    if email and not _EMAIL.fullmatch(email):
        raise _RowRefused(row, "email", "not an e-mail address", "write it like name@example.com")
    password = row.values.get("password") or None
    if password is not None and len(password) < SHORTEST_PASSWORD:
        remedy = f"use {SHORTEST_PASSWORD} characters or more, or leave it empty and set one later"
        raise _RowRefused(row, "password", "too short", remedy)
    return _Person(
        employee_number=number,
        email=email,
        name=row.values.get("name", ""),
        team=row.values.get("team", ""),
        roles=_role_names(row),
        supervises=_list(row, "supervises"),
        hired_on=_day(row, "hired_on"),
        active_from=_day(row, "active_from"),
        active_to=_day(row, "active_to"),
        skills=_list(row, "skills"),
        language=_language(row),
        password=password,
    )


def _refuse_shared_agent(session: Session, row: PersonRow, person: _Person) -> None:
    owner = session.scalar(select(User).join(User.agent).where(Agent.employee_number == person.employee_number))
    if person.email and owner is not None and owner.email != person.email:
        raise _RowRefused(row, "employee_number", f"{owner.email} has this number", "correct the number or the address")


def _refuse_without_role(session: Session, row: PersonRow, person: _Person) -> None:
    if not person.email or person.roles or person.employee_number:
        return
    if session.scalar(select(User.id).where(User.email == person.email)) is None:
        raise _RowRefused(row, "roles", "a user without a role", _ROLE_REMEDY)


def _bring_in(session: Session, actor: User | None, person: _Person) -> list[str]:
    teams = _TeamBook(session, actor)
    deeds = []
    agent = None
    if person.employee_number:
        agent, deed = _bring_in_agent(session, actor, person, teams)
        deeds.append(deed)
    if person.email:
        deeds.append(_bring_in_user(session, actor, person, agent, teams))
    return deeds + ["teams created"] * teams.opened


class _TeamBook:
    """Finds teams by either name and opens those that are not there yet."""

    def __init__(self, session: Session, actor: User | None) -> None:
        self._session = session
        self._actor = actor
        self.opened = 0

    def team(self, name: str) -> Team:
        """Return the team of this name."""
        found = self._session.scalar(select(Team).where((Team.name == name) | (Team.name_zh == name)))
        if found is not None:
            return found
        self.opened += 1
        return create_team(self._session, self._actor, name=name)


def _bring_in_agent(session: Session, actor: User | None, person: _Person, teams: _TeamBook) -> tuple[Agent, str]:
    known = session.scalar(select(Agent).where(Agent.employee_number == person.employee_number))
    facts = AgentFacts(
        employee_number=person.employee_number,
        name=person.name or (known.name if known else person.employee_number),
        team=teams.team(person.team or UNASSIGNED_TEAM) if person.team or known is None else known.team,
        hired_on=person.hired_on or (known.hired_on if known else None),
        active_from=person.active_from or (known.active_from if known else None),
        active_to=person.active_to or (known.active_to if known else None),
        skills=list(person.skills) or (known.skills if known else []),
    )
    if known is None:
        return create_agent(session, actor, facts), "agents created"
    return known, "agents changed" if change_agent(session, actor, known, facts) else "agents unchanged"


def _bring_in_user(session: Session, actor: User | None, person: _Person, agent: Agent | None, teams: _TeamBook) -> str:
    supervised = [teams.team(name) for name in person.supervises]
    known = session.scalar(select(User).where(User.email == person.email))
    if known is None:
        new = NewUser(
            email=person.email,
            name=person.name,
            roles=person.roles or {RoleName.agent},
            password=person.password,
            password_is_temporary=person.password is not None,
            language=person.language,
            agent=agent,
            supervised_teams=supervised,
        )
        create_user(session, actor, new)
        return "users created"
    changed = change_user(
        session,
        actor,
        known,
        name=person.name or known.name,
        roles=person.roles or known.role_names,
        agent=agent or known.agent,
        supervised_teams=supervised or known.supervised_teams,
    )
    return "users changed" if changed else "users unchanged"


def _list(row: PersonRow, name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SEPARATORS.split(row.values.get(name, "")) if part.strip())


def _role_names(row: PersonRow) -> frozenset[RoleName]:
    words = [word.lower().replace("_", " ") for word in _list(row, "roles")]
    if unknown := [word for word in words if word not in ROLE_WORDS]:
        raise _RowRefused(row, "roles", f"no such role: {', '.join(unknown)}", _ROLE_REMEDY)
    return frozenset(ROLE_WORDS[word] for word in words)


def _language(row: PersonRow) -> str | None:
    written = row.values.get("language", "").lower()
    if written and written not in LANGUAGE_WORDS:
        raise _RowRefused(row, "language", "no such language", "write en or zh")
    return LANGUAGE_WORDS.get(written)


def _day(row: PersonRow, name: str) -> date | None:
    written = row.values.get(name, "")
    # A workbook writes a day as the moment it begins.
    day = re.split("[ T]", written)[0]
    for layout in DAY_FORMATS:
        with contextlib.suppress(ValueError):
            return datetime.strptime(day, layout).replace(tzinfo=UTC).date()
    if written:
        raise _RowRefused(row, name, "not a date", "write it like 2026-05-01")
    return None
