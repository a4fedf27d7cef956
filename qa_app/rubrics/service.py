"""Rubrics and their versions: the rules by which they come, change and go, each change with its audit event.

``draft → published → retired``. A rubric has at most one draft; a published version never changes.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.drafts import copy_version, discard_version, draft_of, stored_form, take_revision
from qa_app.models import Rubric as RubricRow
from qa_app.models import RubricVersion, User, VersionState
from qa_app.rubrics.drafting import settle_codes
from qa_app.rubrics.queries import latest_published, load_definition
from qa_app.rubrics.shipped import read_presets
from scoring.rubric import Finding, Rubric, Text, diff_rubrics, lint_rubric

__all__ = [
    "DraftExists",
    "DraftMoved",
    "NotADraft",
    "NotPublished",
    "NotReady",
    "RubricRefusal",
    "create_rubric",
    "discard_draft",
    "install_presets",
    "publish_draft",
    "retire_version",
    "save_draft",
    "start_draft",
]


class RubricRefusal(Exception):
    """Something about a rubric that cannot be done.

    RubricRefusal
    ├── DraftExists    the rubric has a draft already
    ├── DraftMoved     somebody else saved the draft meanwhile
    ├── NotADraft      a published version never changes
    ├── NotPublished   only a version in force can be retired
    └── NotReady       the lint found errors
    """


class DraftExists(RubricRefusal):
    """The rubric has a draft already; it is edited or discarded first."""


class DraftMoved(RubricRefusal):
    """The draft was saved elsewhere since this page was loaded."""


class NotADraft(RubricRefusal):
    """A published or retired version never changes."""


class NotPublished(RubricRefusal):
    """Only a version in force can be retired."""


class NotReady(RubricRefusal):
    """The lint found errors, which `findings` holds."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(", ".join(f"{finding.code} at {finding.place}" for finding in findings))
        self.findings = findings


def create_rubric(session: Session, actor: User | None, definition: Rubric, *, source: str) -> RubricRow:
    """Add a rubric with a first draft; a name that is taken gets a number. `source` says where it comes from."""
    titled = replace(definition, title=_free_title(session, definition))
    moment = now()
    rubric = RubricRow(
        name=_name_of(titled), name_zh=titled.title.zh, channels=list(titled.channels), created_at=moment
    )
    rubric.versions.append(RubricVersion(number=1, definition=stored_form(titled), created_at=moment))
    session.add(rubric)
    session.flush()
    audit.record(session, actor, action="rubric.create", thing=rubric, name=rubric.name, source=source)
    return rubric


def start_draft(session: Session, actor: User, origin: RubricVersion) -> RubricVersion:
    """Open a draft of a rubric as a copy of one of its versions."""
    rubric = origin.rubric
    if draft_of(rubric) is not None:
        raise DraftExists(rubric.name)
    draft = copy_version(session, rubric.versions, origin)
    audit.record(
        session,
        actor,
        action="rubric.start_draft",
        thing=draft,
        name=rubric.name,
        number=draft.number,
        origin=origin.number,
    )
    return draft


def save_draft(session: Session, actor: User, draft: RubricVersion, definition: Rubric, *, revision: int) -> bool:
    """Keep a changed draft; return whether anything changed.

    `revision` is the one the writer has seen: two editors cannot overwrite each other.
    """
    _require_draft(draft)
    before = load_definition(draft)
    if before == definition:
        return False
    changes = [f"{change.code} {change.place}" for change in diff_rubrics(before, definition)]
    if not take_revision(session, draft, revision):
        raise DraftMoved(f"another revision than {revision} is stored")
    draft.definition = stored_form(definition)
    if latest_published(draft.rubric) is None:
        _name_after(session, draft.rubric, definition)
    audit.record(
        session,
        actor,
        action="rubric.save_draft",
        thing=draft,
        name=draft.rubric.name,
        revision=draft.revision,
        changes=changes,
    )
    return True


def publish_draft(
    session: Session, actor: User | None, draft: RubricVersion, *, note: str = "", moment: datetime | None = None
) -> RubricVersion:
    """Freeze a draft as the version in force; the one before it is retired.

    Inspections already begun keep their version; what is drawn from `moment` (now) on is scored with this one.
    """
    _require_draft(draft)
    kept = {
        code for version in draft.rubric.versions if version.state != VersionState.draft for code in _codes(version)
    }
    definition = settle_codes(load_definition(draft), kept)
    errors = [finding for finding in lint_rubric(definition) if finding.is_error]
    if errors:
        raise NotReady(errors)
    for version in draft.rubric.versions:
        if version.state == VersionState.published:
            version.state, version.retired_at = VersionState.retired, moment or now()
    draft.definition, draft.digest = stored_form(definition), _digest(definition)
    draft.state, draft.published_at, draft.note = VersionState.published, moment or now(), note
    draft.published_by_id = None if actor is None else actor.id
    draft.rubric.channels = list(definition.channels)
    _name_after(session, draft.rubric, definition)
    session.flush()
    audit.record(
        session,
        actor,
        action="rubric.publish",
        thing=draft,
        name=draft.rubric.name,
        number=draft.number,
        digest=draft.digest,
    )
    return draft


def retire_version(session: Session, actor: User, version: RubricVersion) -> None:
    """Take the version in force out of use; what was scored with it stays as it is."""
    if version.state != VersionState.published:
        raise NotPublished(f"version {version.number} is {version.state}")
    version.state, version.retired_at = VersionState.retired, now()
    audit.record(session, actor, action="rubric.retire", thing=version, name=version.rubric.name, number=version.number)


def discard_draft(session: Session, actor: User, draft: RubricVersion) -> bool:
    """Throw a draft away, and with it a rubric that has nothing else; return whether the rubric is gone."""
    _require_draft(draft)
    rubric = draft.rubric
    audit.record(session, actor, action="rubric.discard_draft", thing=draft, name=rubric.name, number=draft.number)
    return discard_version(session, rubric, rubric.versions, draft)


def install_presets(session: Session, actor: User | None) -> list[RubricVersion]:
    """Publish the shipped rubrics, for set-up and the demo company."""
    versions, moment = [], now()
    for preset in read_presets():
        rubric = create_rubric(session, actor, preset, source=f"preset {preset.code}")
        versions.append(publish_draft(session, actor, rubric.versions[0], moment=moment))
    return versions


def _require_draft(version: RubricVersion) -> None:
    if version.state != VersionState.draft:
        raise NotADraft(f"version {version.number} is {version.state}")


def _digest(definition: Rubric) -> str:
    return hashlib.sha256(msgspec.json.encode(definition, order="deterministic")).hexdigest()


def _codes(version: RubricVersion) -> set[str]:
    definition = load_definition(version)
    sections = {section.code for section in definition.sections}
    return sections | {criterion.code for criterion in definition.criteria()}


def _name_of(definition: Rubric) -> str:
    return definition.title.in_language("en") or definition.code


def _name_after(session: Session, rubric: RubricRow, definition: Rubric) -> None:
    """Let the rubric's row follow its title, as far as no other rubric has that name."""
    name = _name_of(definition)
    if name not in _taken_names(session, but=rubric):
        rubric.name = name
    rubric.name_zh = definition.title.zh
    if latest_published(rubric) is None:
        rubric.channels = list(definition.channels)


def _free_title(session: Session, definition: Rubric) -> Text:
    taken = _taken_names(session)
    title, number = definition.title, 1
    while _name_of(replace(definition, title=title)) in taken:
        number += 1
        suffix = f" ({number})"
        title = Text(
            en=f"{definition.title.en or definition.code}{suffix}",
            zh=f"{definition.title.zh}{suffix}" if definition.title.zh else "",
        )
    return title


def _taken_names(session: Session, *, but: RubricRow | None = None) -> set[str]:
    rows = session.execute(select(RubricRow.id, RubricRow.name))
    return {name for rubric_id, name in rows if but is None or rubric_id != but.id}
