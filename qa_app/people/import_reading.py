"""Rows of a list of people are understood: headings and words in English and Chinese, a code for what is not.

What a code means stands in `qa_app.people.import_words`; what comes of a row in `qa_app.people.importing`.
"""

from __future__ import annotations

import contextlib
import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from qa_app.models import RoleName
from qa_app.people.service import SHORTEST_PASSWORD

__all__ = ["HEADINGS", "Person", "PersonRow", "Problem", "Refusal", "RowRefused", "match_headings", "read_person"]

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
    "known_as": ("known as", "known to sources as", "source accounts", "来源账号", "来源工号"),
    "password": ("password", "initial password", "初始密码", "密码"),
}
"""Our fields and what their columns are called; the list of a template takes the fields in this order."""

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
_SEPARATORS: Final = re.compile(r"[;,、，；|/]")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Problem(enum.StrEnum):
    """Why a row stays out."""

    nobody_named = "nobody_named"
    not_an_email = "not_an_email"
    password_short = "password_short"  # noqa: S105 (a code, not a secret)
    no_such_role = "no_such_role"
    no_role = "no_role"
    no_such_language = "no_such_language"
    not_a_date = "not_a_date"
    number_taken = "number_taken"
    no_source = "no_source"
    no_agent = "no_agent"
    name_known = "name_known"
    last_administrator = "last_administrator"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row as text, by our field names, with the line it stands on."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row stays out: the field, what stood there, and what is wrong; `detail` names whom or what it is about."""

    line: int
    field: str
    value: str
    problem: Problem
    detail: str = ""


class RowRefused(Exception):
    """Carries the refusal out of the reading of a row."""

    def __init__(self, row: PersonRow, field_name: str, problem: Problem, detail: str = "") -> None:
        super().__init__(problem)
        shown = "…" if field_name == "password" else row.values.get(field_name, "")
        self.refusal = Refusal(row.line, field_name, shown, problem, detail)


@dataclass(frozen=True, slots=True)
class Person:
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
    known_as: tuple[tuple[str, str], ...] = ()
    """Source and what it calls the agent, where that is not the employee number."""


def match_headings(headings: Sequence[str]) -> dict[int, str]:
    """Return our field for each column that is understood, by the column's index."""
    words = {word: name for name, synonyms in HEADINGS.items() for word in (name.replace("_", " "), *synonyms)}
    plain = [" ".join(re.sub(r"[_\-.*]", " ", heading).split()).lower() for heading in headings]
    return {index: words[heading] for index, heading in enumerate(plain) if heading in words}


def read_person(row: PersonRow) -> Person:
    """Understand every cell before anything is changed: half a person is worse than none. Raises `RowRefused`."""
    number, email = row.values.get("employee_number", ""), row.values.get("email", "").lower()
    if not number and not email:
        raise RowRefused(row, "employee_number", Problem.nobody_named)
    if email and not _EMAIL.fullmatch(email):
        raise RowRefused(row, "email", Problem.not_an_email)
    password = row.values.get("password") or None
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise RowRefused(row, "password", Problem.password_short)
    return Person(
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
        known_as=_known_as(row, number),
    )


def _list(row: PersonRow, name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SEPARATORS.split(row.values.get(name, "")) if part.strip())


def _known_as(row: PersonRow, number: str) -> tuple[tuple[str, str], ...]:
    """Read names such as ``helpdesk:7``; the name may hold a colon itself."""
    parted = [tuple(part.strip() for part in one.replace("：", ":").partition(":")) for one in _list(row, "known_as")]
    if parted and not number:
        raise RowRefused(row, "known_as", Problem.no_agent)
    if not all(source and name for source, _, name in parted):
        raise RowRefused(row, "known_as", Problem.no_source)
    return tuple(sorted({(source, name) for source, _, name in parted}))


def _role_names(row: PersonRow) -> frozenset[RoleName]:
    words = [word.lower().replace("_", " ") for word in _list(row, "roles")]
    if unknown := [word for word in words if word not in ROLE_WORDS]:
        raise RowRefused(row, "roles", Problem.no_such_role, ", ".join(unknown))
    return frozenset(ROLE_WORDS[word] for word in words)


def _language(row: PersonRow) -> str | None:
    written = row.values.get("language", "").lower()
    if written and written not in LANGUAGE_WORDS:
        raise RowRefused(row, "language", Problem.no_such_language)
    return LANGUAGE_WORDS.get(written)


def _day(row: PersonRow, name: str) -> date | None:
    written = row.values.get(name, "")
    # A workbook writes a day as the moment it begins.
    day = re.split("[ T]", written)[0]
    for layout in DAY_FORMATS:
        with contextlib.suppress(ValueError):
            return datetime.strptime(day, layout).replace(tzinfo=UTC).date()
    if written:
        raise RowRefused(row, name, Problem.not_a_date)
    return None
