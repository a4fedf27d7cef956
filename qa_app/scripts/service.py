"""Scripts and their versions: how they come, change and go, each change with its audit event.

``draft → published → retired``. A script has at most one draft; a published version never changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.drafts import (
    DraftSteps,
    copy_version,
    discard_version,
    draft_of,
    find_free_code,
    import_definitions,
    stored_form,
    take_revision,
)
from qa_app.models import Script as ScriptRow
from qa_app.models import ScriptVersion, User, VersionState
from qa_app.scripts.queries import latest_published, load_script
from qa_app.scripts.shipped import read_shipped
from scoring.language.definition import Script

__all__ = [
    "DraftExists",
    "DraftMoved",
    "EmptyScript",
    "NotADraft",
    "NotPublished",
    "ScriptRefusal",
    "create_script",
    "discard_draft",
    "import_scripts",
    "install_shipped",
    "publish_draft",
    "retire_version",
    "save_draft",
    "start_draft",
]


class ScriptRefusal(Exception):
    """Something about a script that cannot be done.

    ScriptRefusal
    ├── DraftExists    the script has a draft already
    ├── DraftMoved     somebody else saved the draft meanwhile
    ├── EmptyScript    nothing is said in it, or it has no name
    ├── NotADraft      a published version never changes
    └── NotPublished   only a version in force can be retired
    """


class DraftExists(ScriptRefusal):
    """The script has a draft already; it is edited or discarded first."""


class DraftMoved(ScriptRefusal):
    """The draft was saved elsewhere since this page was loaded."""


class EmptyScript(ScriptRefusal):
    """Without a name, or without sentences and cues, there is nothing to publish."""


class NotADraft(ScriptRefusal):
    """A published or retired version never changes."""


class NotPublished(ScriptRefusal):
    """Only a version in force can be retired."""


def create_script(session: Session, actor: User | None, script: Script, *, source: str) -> ScriptRow:
    """Add a script with a first draft; a code that is taken gets a number. `source` says where it comes from."""
    coded = replace(script, code=find_free_code(session, ScriptRow.code, script.code))
    moment = now()
    row = ScriptRow(code=coded.code, scene=coded.scene, name="", created_at=moment)
    _name_after(row, coded)
    row.versions.append(ScriptVersion(number=1, definition=stored_form(coded), created_at=moment))
    session.add(row)
    session.flush()
    audit.record(session, actor, action="script.create", thing=row, name=row.name, source=source)
    return row


def start_draft(session: Session, actor: User, origin: ScriptVersion) -> ScriptVersion:
    """Open a draft of a script as a copy of one of its versions."""
    row = origin.script
    if draft_of(row) is not None:
        raise DraftExists(row.code)
    draft = copy_version(session, row.versions, origin)
    audit.record(
        session,
        actor,
        action="script.start_draft",
        thing=draft,
        name=row.name,
        number=draft.number,
        origin=origin.number,
    )
    return draft


def save_draft(session: Session, actor: User, draft: ScriptVersion, script: Script, *, revision: int) -> bool:
    """Keep a changed draft; return whether anything changed. `revision` is the one the writer has seen."""
    _require_draft(draft)
    coded = replace(script, code=draft.script.code)
    if load_script(draft) == coded:
        return False
    if not take_revision(session, draft, revision):
        raise DraftMoved(f"another revision than {revision} is stored")
    draft.definition = stored_form(coded)
    if latest_published(draft.script) is None:
        _name_after(draft.script, coded)
    audit.record(
        session, actor, action="script.save_draft", thing=draft, name=draft.script.name, revision=draft.revision
    )
    return True


def publish_draft(session: Session, actor: User | None, draft: ScriptVersion, *, note: str = "") -> ScriptVersion:
    """Freeze a draft as the version in force; the one before it is retired. Rules keep the version they name."""
    _require_draft(draft)
    script, moment = load_script(draft), now()
    if not (script.title.en or script.title.zh) or not (script.sentences.every or script.cues.every):
        raise EmptyScript(script.code)
    for version in draft.script.versions:
        if version.state == VersionState.published:
            version.state, version.retired_at = VersionState.retired, moment
    draft.state, draft.published_at, draft.note = VersionState.published, moment, note
    draft.published_by_id = None if actor is None else actor.id
    _name_after(draft.script, script)
    session.flush()
    audit.record(
        session, actor, action="script.publish", thing=draft, name=draft.script.name, number=draft.number, note=note
    )
    return draft


def retire_version(session: Session, actor: User, version: ScriptVersion) -> None:
    """Take the version in force out of use."""
    if version.state != VersionState.published:
        raise NotPublished(f"version {version.number} is {version.state}")
    version.state, version.retired_at = VersionState.retired, now()
    audit.record(session, actor, action="script.retire", thing=version, name=version.script.name, number=version.number)


def discard_draft(session: Session, actor: User, draft: ScriptVersion) -> bool:
    """Throw a draft away, and with it a script that has nothing else; return whether the script is gone."""
    _require_draft(draft)
    row = draft.script
    audit.record(session, actor, action="script.discard_draft", thing=draft, name=row.name, number=draft.number)
    return discard_version(session, row, row.versions, draft)


def import_scripts(session: Session, actor: User, scripts: Iterable[Script]) -> tuple[int, int]:
    """Take scripts from a file as drafts; return how many came, and how many say what the library says already."""
    steps = DraftSteps(load_script, create_script, start_draft, save_draft)
    return import_definitions(session, actor, ScriptRow, scripts, steps)


def install_shipped(session: Session, actor: User | None) -> list[ScriptVersion]:
    """Publish the shipped scripts whose code the library does not have."""
    known = set(session.scalars(select(ScriptRow.code)))
    versions = []
    for script in read_shipped():
        if script.code not in known:
            row = create_script(session, actor, script, source="shipped")
            versions.append(publish_draft(session, actor, row.versions[0]))
    return versions


def _require_draft(version: ScriptVersion) -> None:
    if version.state != VersionState.draft:
        raise NotADraft(f"version {version.number} is {version.state}")


def _name_after(row: ScriptRow, script: Script) -> None:
    row.scene = script.scene
    row.name = script.title.in_language("en") or script.code
    row.name_zh = script.title.zh
