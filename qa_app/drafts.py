"""What drafts of versioned definitions have in common: scripts, rules and rubrics, each with its versions in a row.

The rooms keep their own words, refusals and audit events; here stands only what is the same for all of them.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.models import RubricVersion, RuleVersion, ScriptVersion

__all__ = ["discard_version", "find_free_code", "next_number", "stored_form", "take_revision"]

_LONGEST_CODE = 58
"""Leaves room for a number behind it."""
Version = TypeVar("Version", RubricVersion, RuleVersion, ScriptVersion)


def stored_form(definition: msgspec.Struct) -> dict[str, Any]:
    """Return a definition as its column keeps it."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(definition))
    return plain


def take_revision(session: Session, draft: Version, seen: int) -> bool:
    """Count a save, in the database itself: of two writers that saw the same revision one gets False."""
    model = type(draft)
    taken = session.execute(
        update(model)
        .where(model.id == draft.id, model.revision == seen)
        .values(revision=seen + 1)
        .returning(model.revision)
    ).scalar_one_or_none()
    if taken is None:
        return False
    session.refresh(draft, ["revision"])
    return True


def next_number(versions: list[Version]) -> int:
    """Return the number of a version to come."""
    return max(version.number for version in versions) + 1


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
