"""The library as it is read: scripts by scene, their versions, and what points at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.access import Permission, has_permission, visible_scripts
from qa_app.drafts import draft_of
from qa_app.models import (
    CheckRule,
    Rubric,
    RubricVersion,
    RuleState,
    RuleVersion,
    ScriptVersion,
    User,
    VersionState,
)
from qa_app.models import Script as ScriptRow
from scoring.language.definition import Rule, Scene, Script, leaves_of
from scoring.language.phrases import normalize

__all__ = [
    "CriterionLink",
    "LibraryLine",
    "RuleLink",
    "cues_of",
    "draft_of",
    "latest_published",
    "list_library",
    "load_script",
    "points_here",
    "published_choices",
    "readable_versions",
]


@dataclass(frozen=True, slots=True)
class CriterionLink:
    """A criterion of a rubric in force that names a script."""

    rubric_id: int
    rubric_name: str
    rubric_name_zh: str
    number: int
    title: dict[str, str]
    version: int


@dataclass(frozen=True, slots=True)
class RuleLink:
    """A rule that looks for the words of a script, and of which version."""

    rule_id: int
    code: str
    name: str
    name_zh: str
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One script of the library as this person may read it."""

    row: ScriptRow
    version: ScriptVersion
    script: Script
    draft: ScriptVersion | None
    criteria: tuple[CriterionLink, ...] = ()
    rules: tuple[RuleLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Pointers:
    """What points at scripts, by code."""

    criteria: dict[str, list[CriterionLink]] = field(default_factory=dict)
    rules: dict[str, list[RuleLink]] = field(default_factory=dict)


def load_script(version: ScriptVersion) -> Script:
    """Return what a version says, as `scoring.language` knows it."""
    return msgspec.convert(version.definition, Script)


def latest_published(row: ScriptRow) -> ScriptVersion | None:
    """Return the version in force of one script."""
    return next((version for version in reversed(row.versions) if version.state == VersionState.published), None)


def readable_versions(actor: User, row: ScriptRow) -> list[ScriptVersion]:
    """Return the versions this person may read, newest first; drafts are for those who edit."""
    sees_drafts = has_permission(actor, Permission.edit_rubrics)
    return [one for one in reversed(row.versions) if sees_drafts or one.state != VersionState.draft]


def list_library(
    session: Session, actor: User, *, scene: str = "", words: str = "", with_retired: bool = False
) -> list[LibraryLine]:
    """Return the scripts in the order of their scenes, narrowed to a scene and to words that stand in them."""
    query = select(ScriptRow).where(visible_scripts(actor)).options(selectinload(ScriptRow.versions))
    if scene:
        query = query.where(ScriptRow.scene == scene)
    pointers = _all_pointers(session)
    lines = [
        line
        for row in session.scalars(query)
        if (line := _line(actor, row, pointers, with_retired=with_retired)) is not None
        and (not words or _mentions(line.script, words))
    ]
    order = {scene.value: place for place, scene in enumerate(Scene)}
    return sorted(lines, key=lambda line: (order.get(line.row.scene, len(order)), line.row.id))


def points_here(session: Session, code: str) -> tuple[tuple[CriterionLink, ...], tuple[RuleLink, ...]]:
    """Return the criteria in force and the rules that name a script."""
    pointers = _all_pointers(session)
    return tuple(pointers.criteria.get(code, ())), tuple(pointers.rules.get(code, ()))


def cues_of(session: Session) -> dict[tuple[str, int], tuple[str, ...]]:
    """Return the cues of every version that was ever published, by code and number: what rules look for."""
    rows = session.execute(
        select(ScriptRow.code, ScriptVersion.number, ScriptVersion.definition)
        .join(ScriptRow.versions)
        .where(ScriptVersion.state != VersionState.draft)
    )
    return {(code, number): msgspec.convert(kept, Script).cues.every for code, number, kept in rows}


def published_choices(session: Session) -> list[tuple[str, int, Script]]:
    """Return code, version and content of every script in force."""
    rows = session.execute(
        select(ScriptRow.code, ScriptVersion.number, ScriptVersion.definition)
        .join(ScriptRow.versions)
        .where(ScriptVersion.state == VersionState.published)
        .order_by(ScriptRow.id)
    )
    return [(code, number, msgspec.convert(kept, Script)) for code, number, kept in rows]


def _line(actor: User, row: ScriptRow, pointers: Pointers, *, with_retired: bool) -> LibraryLine | None:
    readable = readable_versions(actor, row)
    version = latest_published(row) or next(iter(readable), None)
    if version is None or (version.state == VersionState.retired and not with_retired):
        return None
    draft = draft_of(row) if has_permission(actor, Permission.edit_rubrics) else None
    criteria, rules = pointers.criteria.get(row.code, ()), pointers.rules.get(row.code, ())
    return LibraryLine(row, version, load_script(version), draft, tuple(criteria), tuple(rules))


def _mentions(script: Script, words: str) -> bool:
    wanted = normalize(words).text.strip()
    texts = (script.title.en, script.title.zh, *_both(script.purpose), *script.sentences.every, *script.cues.every)
    return any(wanted in normalize(text).text for text in texts)


def _both(text: Any) -> tuple[str, str]:
    return text.en, text.zh


def _all_pointers(session: Session) -> Pointers:
    pointers = Pointers()
    rubrics = session.execute(
        select(Rubric.id, Rubric.name, Rubric.name_zh, RubricVersion.number, RubricVersion.definition)
        .join(Rubric.versions)
        .where(RubricVersion.state == VersionState.published)
        .order_by(Rubric.id)
    )
    for rubric_id, name, name_zh, version, definition in rubrics:
        for number, criterion in enumerate(_criteria(definition), start=1):
            if code := criterion.get("script"):
                link = CriterionLink(rubric_id, name, name_zh, number, criterion.get("title", {}), version)
                pointers.criteria.setdefault(code, []).append(link)
    rules = session.execute(
        select(CheckRule, RuleVersion.state, RuleVersion.definition)
        .join(CheckRule.versions)
        .where(RuleVersion.state != RuleState.off)
        .order_by(CheckRule.id, RuleVersion.number)
    )
    for rule, state, definition in rules:
        for code, version in _scripts_in(msgspec.convert(definition, Rule)):
            link_of = RuleLink(rule.id, rule.code, rule.name, rule.name_zh, version, state)
            pointers.rules.setdefault(code, []).append(link_of)
    return pointers


def _criteria(definition: dict[str, Any]) -> Iterable[dict[str, Any]]:
    sections: Sequence[dict[str, Any]] = definition.get("sections", ())
    return (criterion for section in sections for criterion in section.get("criteria", ()))


def _scripts_in(rule: Rule) -> set[tuple[str, int]]:
    named = {(getattr(leaf, "script", ""), getattr(leaf, "version", 0)) for leaf in leaves_of(rule.condition)}
    return {pair for pair in named if pair[0]}
