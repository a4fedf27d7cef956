"""The case library: conversations worth reading, proposed by who scored them, read by all once the QA lead agreed.

A case keeps its own masked copy without names, so that what was agreed to is what is read, whatever becomes of the
conversation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.access import NotFound
from qa_app.clock import now
from qa_app.coaching.errors import ActionRefused, ReasonMissing
from qa_app.inspections.content import read_content
from qa_app.models import (
    CaseKind,
    CaseState,
    CoachingAction,
    CoachingMaterial,
    Inspection,
    LibraryCase,
    MaterialKind,
    RoleName,
    User,
)

__all__ = [
    "CaseFacts",
    "CaseFilter",
    "NothingToRead",
    "accept_case",
    "cases_query",
    "count_proposed",
    "decline_case",
    "find_case",
    "lend_case",
    "list_tags",
    "make_lines",
    "propose_case",
    "read_tags",
    "withdraw_case",
]

NAME = "[name]"
UNSPOKEN = ("note", "draft")
"""Kinds that the customer never saw."""
MOST_TAGS, LONGEST_TAG = 8, 40
_LATIN_PART = 3
_BETWEEN_TAGS = re.compile(r"[,，、;；\n]+")


class NothingToRead(ActionRefused):
    """The inspection keeps no words, or is not submitted."""


class NotProposed(ActionRefused):
    """The case was decided already."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is said about a case."""

    kind: CaseKind
    title: str
    lesson: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What is asked of the library; empty = all."""

    text: str = ""
    kind: str = ""
    tag: str = ""
    channel: str = ""


def read_tags(typed: str) -> tuple[str, ...]:
    """Read tags as people type them, each once, in small letters."""
    tags = (tag.strip().lower()[:LONGEST_TAG] for tag in _BETWEEN_TAGS.split(typed))
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:MOST_TAGS]


def make_lines(inspection: Inspection) -> list[dict[str, str]]:
    """Copy what was said, masked, without the names of the agent and of who scored it."""
    names = [person.name for person in (inspection.agent, inspection.inspector) if person is not None]
    hidden = _pattern(names)
    content = read_content(inspection)
    return [
        {"speaker": said.speaker, "text": hidden.sub(NAME, masked.text) if hidden else masked.text}
        for said, masked in zip(content.said, content.masked, strict=True)
        if said.kind not in UNSPOKEN and masked.text.strip()
    ]


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Full names and their parts; single short words are left, they are words of the language more often."""
    parts = {part for name in names for part in (name, *name.split()) if len(part) >= _part_length(part)}
    if not parts:
        return None
    longest_first = sorted(parts, key=len, reverse=True)
    return re.compile("|".join(_bounded(part) for part in longest_first), re.IGNORECASE)


def _part_length(part: str) -> int:
    return _LATIN_PART if part.isascii() else 2


def _bounded(part: str) -> str:
    """Latin names end where words end; Chinese has no such ends."""
    return rf"\b{re.escape(part)}\b" if part.isascii() else re.escape(part)


def propose_case(session: Session, actor: User, inspection: Inspection, facts: CaseFacts) -> LibraryCase:
    """Propose a conversation for the library; nobody else reads it until the QA lead agrees."""
    lines = make_lines(inspection) if inspection.submitted_at is not None else []
    if not lines:
        raise NothingToRead
    case = LibraryCase(
        inspection_id=inspection.id,
        kind=facts.kind,
        title=facts.title,
        lesson=facts.lesson,
        channel=inspection.conversation.channel,
        topic=inspection.conversation.topic or "",
        tags=list(facts.tags),
        lines=lines,
        searched=_searched(facts, lines, inspection.conversation.topic or ""),
        proposed_by_id=actor.id,
        proposed_at=now(),
    )
    session.add(case)
    _record(session, actor, case, "case.propose")
    return case


def accept_case(session: Session, actor: User, case: LibraryCase) -> None:
    """Agree that everybody may read it."""
    _decide(session, actor, case, CaseState.accepted, "case.accept")


def decline_case(session: Session, actor: User, case: LibraryCase, *, reason: str) -> None:
    """Do not take it in, and say why."""
    if not reason.strip():
        raise ReasonMissing
    case.decision_reason = reason.strip()
    _decide(session, actor, case, CaseState.declined, "case.decline")


def withdraw_case(session: Session, actor: User, case: LibraryCase, *, reason: str) -> None:
    """Take an accepted case out again."""
    if case.state != CaseState.accepted:
        raise NotProposed
    if not reason.strip():
        raise ReasonMissing
    case.decision_reason, case.state = reason.strip(), CaseState.withdrawn
    case.decided_at, case.decided_by_id = now(), actor.id
    _record(session, actor, case, "case.withdraw")


def lend_case(session: Session, actor: User, case: LibraryCase, action: CoachingAction) -> None:
    """Lend a case to an action as material; once is enough."""
    if case.state != CaseState.accepted or not action.is_waiting:
        raise NotProposed
    if any(material.case_id == case.id for material in action.materials):
        return
    action.materials.append(CoachingMaterial(kind=MaterialKind.case, title=case.title, case_id=case.id, added_at=now()))
    session.flush()
    audit.record(session, actor, action="coaching.add_material", thing=action, name=action.title, kind="case")


def cases_query(actor: User, wanted: CaseFilter) -> Select[Any]:
    """Cases one may read: accepted ones, and those one proposed oneself; to the QA lead all that wait."""
    query: Any = select(
        LibraryCase.id,
        LibraryCase.kind,
        LibraryCase.state,
        LibraryCase.title,
        LibraryCase.lesson,
        LibraryCase.channel,
        LibraryCase.topic,
        LibraryCase.tags,
        LibraryCase.proposed_at,
    ).where(_visible(actor))
    if wanted.kind in set(CaseKind):
        query = query.where(LibraryCase.kind == wanted.kind)
    if wanted.channel:
        query = query.where(LibraryCase.channel == wanted.channel)
    for word in (*wanted.text.lower().split(), *([f"#{wanted.tag}#"] if wanted.tag else [])):
        query = query.where(LibraryCase.searched.contains(word, autoescape=True))
    waits_first = (LibraryCase.state == CaseState.proposed).desc()
    ordered: Select[Any] = query.order_by(waits_first, LibraryCase.proposed_at.desc(), LibraryCase.id.desc())
    return ordered


def list_tags(session: Session, actor: User) -> list[str]:
    """Tags of the cases one may read, the commonest first."""
    counts = Counter(tag for tags in session.scalars(select(LibraryCase.tags).where(_visible(actor))) for tag in tags)
    return [tag for tag, _count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def count_proposed(session: Session) -> int:
    """How many cases wait for the QA lead."""
    return len(session.scalars(select(LibraryCase.id).where(LibraryCase.state == CaseState.proposed)).all())


def find_case(session: Session, actor: User, case_id: int) -> LibraryCase:
    """Return a case the actor may read, or raise `NotFound`."""
    found = session.scalar(select(LibraryCase).where(LibraryCase.id == case_id, _visible(actor)))
    if found is None:
        raise NotFound
    return found


def _visible(actor: User) -> ColumnElement[bool]:
    if RoleName.qa_lead in actor.role_names:
        return true()
    return or_(LibraryCase.state == CaseState.accepted, LibraryCase.proposed_by_id == actor.id)


def _decide(session: Session, actor: User, case: LibraryCase, state: CaseState, deed: str) -> None:
    if case.state != CaseState.proposed:
        raise NotProposed
    case.state, case.decided_by_id, case.decided_at = state, actor.id, now()
    _record(session, actor, case, deed)


def _searched(facts: CaseFacts, lines: Sequence[dict[str, str]], topic: str) -> str:
    tags = "".join(f"#{tag}#" for tag in facts.tags)
    return "\n".join([facts.title, facts.lesson, topic, tags, *(line["text"] for line in lines)]).lower()


def _record(session: Session, actor: User, case: LibraryCase, deed: str) -> None:
    session.flush()
    audit.record(session, actor, action=deed, thing=case, name=case.title)
