"""What drafts of versioned definitions have in common: scripts, rules and rubrics, each with its versions in a row.

The rooms keep their own words, refusals and audit events; here stands only what is the same for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, overload

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.clock import now
from qa_app.keys import is_count
from qa_app.models import CheckRule, Rubric, RubricVersion, RuleVersion, Script, ScriptVersion, User

__all__ = [
    "DraftSteps",
    "code_from",
    "copy_version",
    "discard_version",
    "draft_of",
    "find_free_code",
    "import_definitions",
    "stored_form",
    "take_revision",
]

_LONGEST_CODE = 58
"""Leaves room for a number behind it."""
_DRAFT = "draft"
"""The state of a version that still changes, by whatever names its room calls the others."""
Version = TypeVar("Version", RubricVersion, RuleVersion, ScriptVersion)


class Coded(Protocol):
    """A definition that is known by its code."""

    @property
    def code(self) -> str:
        """What others name it by."""


Definition = TypeVar("Definition", bound=Coded)


@dataclass(frozen=True, slots=True)
class DraftSteps(Generic[Definition, Version]):
    """What a room does with its drafts, each step with the room's own rules and audit event."""

    load: Callable[[Version], Definition]
    create: Callable[..., object]
    start: Callable[[Session, User, Version], Version]
    save: Callable[..., object]


def stored_form(definition: msgspec.Struct) -> dict[str, Any]:
    """Return a definition as its column keeps it."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(definition))
    return plain


def take_revision(session: Session, draft: Version, seen: int) -> bool:
    """Count a save, in the database itself: of two writers that saw the same revision one gets False."""
    if not is_count(seen):
        return False
    model = type(draft)
    taken = session.execute(
        update(model)
        .where(model.id == draft.id, model.revision == seen)
        .values(revision=model.revision + 1)
        .returning(model.revision)
    ).scalar_one_or_none()
    if taken is None:
        return False
    session.refresh(draft, ["revision"])
    return True


def copy_version(session: Session, versions: list[Version], origin: Version) -> Version:
    """Add a draft with the next number that begins as a copy of one of the versions."""
    number = max(version.number for version in versions) + 1
    draft = type(origin)(number=number, definition=origin.definition, created_at=now())
    versions.append(draft)
    session.flush()
    return draft


@overload
def draft_of(row: Rubric) -> RubricVersion | None: ...
@overload
def draft_of(row: CheckRule) -> RuleVersion | None: ...
@overload
def draft_of(row: Script) -> ScriptVersion | None: ...
def draft_of(row: Rubric | CheckRule | Script) -> RubricVersion | RuleVersion | ScriptVersion | None:
    """Return the draft of a rubric, a rule or a script; there is one at most."""
    return next((version for version in row.versions if version.state == _DRAFT), None)


def discard_version(session: Session, row: object, versions: list[Version], draft: Version) -> bool:
    """Throw a draft away, and with it a row that has no other version; return whether the row is gone."""
    versions.remove(draft)
    session.delete(draft)
    if not versions:
        session.delete(row)
    session.flush()
    return not versions


def find_free_code(session: Session, column: InstrumentedAttribute[str], wanted: str) -> str:
    """Return a code that nobody has: the wanted one, or that with a number."""
    taken = set(session.scalars(select(column)))
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted[:_LONGEST_CODE]}_{number}"
    return free


def code_from(title: str, otherwise: str) -> str:
    """Return a code made of a title's Latin letters; `otherwise` where it has none to begin with."""
    code = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50]
    return code if re.match("[a-z]", code) else otherwise


def import_definitions(
    session: Session,
    actor: User,
    model: type[CheckRule] | type[Script],
    definitions: Iterable[Definition],
    steps: DraftSteps[Definition, Version],
) -> tuple[int, int]:
    """Take definitions from a file as drafts; return how many came, and how many say what is here already.

    One whose code is known becomes a draft of that row (its draft, where there is one, is written over); others are
    new. Nothing is in force until somebody puts it there.
    """
    came = known = 0
    for definition in definitions:
        row: Any = session.scalar(select(model).where(model.code == definition.code))
        if row is None:
            steps.create(session, actor, definition, source="file")
            came += 1
            continue
        latest = row.versions[-1]
        if steps.load(latest) == definition:
            known += 1
            continue
        draft = latest if latest.state == _DRAFT else steps.start(session, actor, latest)
        steps.save(session, actor, draft, definition, revision=draft.revision)
        came += 1
    return came, known
